-- What happened in each month, whoever it happened to: leads that came in, and hand-offs that
-- reached a stage, direct ones included.
with moments as (
    unpivot (
        select
            source,
            coalesce(segment, '') as segment,
            origin,
            mql_at as mql,
            handed_on_at as handed_on,
            sales_accepted_at as sales_accepted,
            sales_qualified_at as sales_qualified,
            opportunity_at as opportunity,
            won_at as won
        from fct_sql_acceptances
    )
    on mql, handed_on, sales_accepted, sales_qualified, opportunity, won
    into name stage value reached_at
),

happened as (
    select
        'lead' as stage,
        created_at as reached_at,
        source,
        '' as segment,
        'mql' as origin
    from dim_leads

    union all by name

    select * from moments
)

select
    reporting_month(reached_at) as month,
    source,
    segment,
    stage,
    count(*) as n,
    count_if(origin = 'direct') as direct
from happened
group by all
order by all
