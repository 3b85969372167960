-- Who entered: leads by the month they came in, MQLs by the month they qualified, and how many
-- of them have been followed for 30, 60, 90 and 180 days. Segments belong to MQLs.
with entries as (
    select
        'lead' as follow,
        source,
        '' as segment,
        created_at as entered_at,
        0 as won_amount
    from dim_leads

    union all

    select
        'mql' as follow,
        source,
        coalesce(segment, '') as segment,
        mql_at as entered_at,
        coalesce(won_amount, 0) as won_amount
    from fct_sql_acceptances
    where origin = 'mql'
),

followed as (
    select
        entries.*,
        reporting_month(entered_at) as month,
        epoch(build_facts.as_of - entered_at) / 86400 as days
    from entries
    cross join build_facts
)

select
    follow,
    month,
    source,
    segment,
    count(*) as entered,
    count_if(days >= 30) as observed_30,
    count_if(days >= 60) as observed_60,
    count_if(days >= 90) as observed_90,
    count_if(days >= 180) as observed_180,
    cast(round(sum(won_amount) * 100) as bigint) as won_cents
from followed
group by all
order by all
