with engagement_ledger as (

    select * from {{ ref('int_engagement_ledger') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

counted as (

    select *
    from engagement_ledger
    where is_counted

),

-- The boundaries from which a score began anew; most leads have none.
resets as (

    select distinct
        lead_id,
        score_counts_after as reset_at
    from cycles
    where score_counts_after > cast('1900-01-01' as timestamp)

),

-- Points earned in the boundary's own second belong to the cycle that it ends.
cut as (

    select
        counted.system,
        counted.activity_id,
        counted.rule_id,
        min(resets.reset_at) as counts_until
    from counted
    inner join resets
        on
            counted.lead_id = resets.lead_id
            and counted.occurred_at <= resets.reset_at
    group by counted.system, counted.activity_id, counted.rule_id

),

final as (

    select
        cast(counted.system as {{ dbt.type_string() }}) as system,
        cast(counted.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(counted.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(counted.version_id as {{ dbt.type_string() }}) as version_id,
        cast(counted.rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(counted.occurred_at as timestamp) as occurred_at,
        cast(cut.counts_until as timestamp) as counts_until,
        cast(counted.points as decimal(18, 4)) as points,
        cast(counted.half_life_days as decimal(18, 4)) as half_life_days,
        -- An act whose recording no system tells of was known when it happened; none was
        -- known before.
        cast(
            {{ to_second(
                'greatest(coalesce(activities.recorded_at, counted.occurred_at),'
                ~ ' counted.occurred_at)'
            ) }} as timestamp
        ) as recorded_at
    from counted
    inner join activities
        on
            counted.system = activities.system
            and counted.activity_id = activities.activity_id
    left join cut
        on
            counted.system = cut.system
            and counted.activity_id = cut.activity_id
            and counted.rule_id = cut.rule_id

)

select * from final
