-- MQLs and what sales made of them, by quarter and source: how many it takes for one SQL.
select
    quarter_start_date as month,
    source,
    n_mqls as mqls,
    n_sales_qualified as qualified,
    n_refused as refused,
    n_pending as pending,
    n_never_decided as undecided,
    target_mqls_per_sales_qualified as target
from rpt_mql_sql_parity
order by all
