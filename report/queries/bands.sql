-- How soon sales tried after the hand-on, by the month of the MQL.
select
    reporting_month(mql_at) as month,
    source,
    coalesce(segment, '') as segment,
    response_band as band,
    count(*) as n
from fct_sql_acceptances
where origin = 'mql' and response_band is not null
group by all
order by all
