-- How far those who entered came, ever and within 30, 60, 90 and 180 days of entry; within a
-- number of days, only those count who have been followed for as long. A lead is followed over
-- all its hand-offs, an MQL through its own cycle.
with moments as (
    unpivot (
        select
            handoff_id,
            lead_id,
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

entered as (
    select
        'lead' as follow,
        lead_id as entry_id,
        source,
        '' as segment,
        created_at as entered_at
    from dim_leads

    union all

    select
        'mql' as follow,
        handoff_id as entry_id,
        source,
        coalesce(segment, '') as segment,
        mql_at as entered_at
    from fct_sql_acceptances
    where origin = 'mql'
),

reached as (
    select
        'lead' as follow,
        lead_id as entry_id,
        stage,
        min(reached_at) as reached_at
    from moments
    group by lead_id, stage

    union all

    select
        'mql' as follow,
        handoff_id as entry_id,
        stage,
        reached_at
    from moments
    where origin = 'mql'
),

followed as (
    select
        entered.*,
        reached.stage,
        reporting_month(entered.entered_at) as month,
        epoch(reached.reached_at - entered.entered_at) / 86400 as days_to_stage,
        epoch(build_facts.as_of - entered.entered_at) / 86400 as days
    from entered
    inner join reached
        on entered.follow = reached.follow and entered.entry_id = reached.entry_id
    cross join build_facts
)

select
    follow,
    month,
    source,
    segment,
    stage,
    count(*) as reached,
    count_if(days >= 30 and days_to_stage <= 30) as within_30,
    count_if(days >= 60 and days_to_stage <= 60) as within_60,
    count_if(days >= 90 and days_to_stage <= 90) as within_90,
    count_if(days >= 180 and days_to_stage <= 180) as within_180
from followed
group by all
order by all
