with activities as (

    select * from {{ ref('int_lead_activities') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

-- Only the buyer's own acts earn, once: no seller, no machine, no echo.
earning_activities as (

    select *
    from activities
    where
        lead_id is not null
        and side = 'buyer'
        and not is_automated
        and not is_echo

),

-- An activity earns what the version in force when it happened gives it.
earned as (

    select
        earning_activities.system,
        earning_activities.activity_id,
        earning_activities.lead_id,
        earning_activities.occurred_at,
        cycles.cycle_index,
        versions.version_id,
        scoring_rules.rule_id,
        scoring_rules.points,
        scoring_rules.half_life_days,
        scoring_rules.cap_count,
        scoring_rules.cap_period,
        {{ local_time('earning_activities.occurred_at', 'versions.time_zone') }}
            as local_occurred_at
    from earning_activities
    inner join versions
        on
            earning_activities.occurred_at >= versions.effective_from
            and (
                earning_activities.occurred_at < versions.effective_to
                or versions.effective_to is null
            )
    inner join scoring_rules
        on
            versions.version_id = scoring_rules.version_id
            and earning_activities.activity = scoring_rules.activity
            and scoring_rules.kind = 'engagement'
            and (
                scoring_rules.asset_pattern is null
                or {{ text_like(
                    'lower(earning_activities.asset)', 'lower(scoring_rules.asset_pattern)'
                ) }}
            )
            and (
                scoring_rules.campaign_pattern is null
                or {{ text_like(
                    'lower(earning_activities.campaign_name)',
                    'lower(scoring_rules.campaign_pattern)'
                ) }}
            )
    inner join cycles
        on
            earning_activities.lead_id = cycles.lead_id
            and cycles.holds_after < earning_activities.occurred_at
            and cycles.holds_until >= earning_activities.occurred_at

),

-- Days, weeks and months of a cap are those of the agreement's zone.
dated as (

    select
        earned.*,
        case cap_period
            when 'day' then {{ period_start('day', 'local_occurred_at') }}
            when 'week' then {{ period_start('week', 'local_occurred_at') }}
            when 'month' then {{ period_start('month', 'local_occurred_at') }}
        end as local_period
    from earned

),

capped as (

    select
        dated.*,
        case
            when cap_period in ('day', 'week', 'month')
                then cast(local_period as {{ dbt.type_string() }})
            when cap_period = 'cycle' then cast(cycle_index as {{ dbt.type_string() }})
        end as cap_window
    from dated

),

ranked as (

    select
        capped.*,
        row_number() over (
            partition by lead_id, version_id, rule_id, cap_window
            order by
                occurred_at asc nulls last,
                system asc nulls last,
                activity_id asc nulls last
        ) as rank_in_window
    from capped

),

final as (

    select
        cast(system as {{ dbt.type_string() }}) as system,
        cast(activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(occurred_at as timestamp) as occurred_at,
        cast(cycle_index as bigint) as cycle_index,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(points as decimal(18, 4)) as points,
        cast(half_life_days as decimal(18, 4)) as half_life_days,
        -- At most n of the rule's activities in its period, the earliest ones.
        cast(
            coalesce(cap_count is null or rank_in_window <= cap_count, false) as boolean
        ) as is_counted
    from ranked

)

select * from final
