-- How soon sales tried after the hand-on, and how many of those MQLs had a two-way conversation
-- and were qualified.
select
    reporting_month(mql_at) as month,
    source,
    coalesce(segment, '') as segment,
    response_band as band,
    count(*) as n,
    count(first_conversation_at) as conversations,
    count(sales_qualified_at) as qualified
from fct_sql_acceptances
where origin = 'mql' and response_band is not null
group by all
order by all
