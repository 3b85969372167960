-- Why sales gave MQLs back, by the month and source of the hand-off.
select
    reporting_month(handoff_at) as month,
    source,
    coalesce(segment, '') as segment,
    coalesce(rejection_category, 'no_agreed_reason') as category,
    coalesce(rejection_reason, 'no_agreed_reason') as reason,
    count(*) as n
from fct_sql_acceptances
where origin = 'mql' and decision in ('rejected', 'recycled')
group by all
order by all
