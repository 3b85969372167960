with acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

speed as (

    select * from {{ ref('int_handoff_speed') }}

),

service_levels as (

    select * from {{ ref('int_handoff_service_levels') }}

),

openings as (

    select * from {{ ref('int_business_openings') }}

),

source_verdicts as (

    select * from {{ ref('agreement_source_verdicts') }}

),

confidence_levels as (

    select
        version_id,
        max(confidence_level) as confidence_level
    from source_verdicts
    group by version_id

),

-- When the clock of the decision started, and up to when we could have seen it.
observed as (

    select
        acceptances.handoff_id,
        acceptances.version_id,
        service_levels.clock,
        service_levels.limit_minutes,
        speed.calendar_team,
        {{ last_second('service_levels.started_at', 'acceptances.handed_on_precision') }}
            as started_at,
        acceptances.observed_until
    from acceptances
    inner join service_levels
        on
            acceptances.handoff_id = service_levels.handoff_id
            and service_levels.measure = 'decision'
    inner join speed
        on
            acceptances.handoff_id = speed.handoff_id
            and speed.measure = 'decision'
    where service_levels.started_at is not null

),

-- Old enough is who has had the agreed time to decide, decided or not: a share of those
-- decided alone would be one of the quick.
elapsed as (

    select
        observed.handoff_id,
        observed.limit_minutes,
        case observed.clock
            when 'business'
                then coalesce(
                    until_openings.open_seconds_before + {{ seconds_between(
                        'until_openings.opens_at',
                        'least(observed.observed_until, until_openings.closes_at)'
                    ) }},
                    0
                ) - coalesce(
                    start_openings.open_seconds_before + {{ seconds_between(
                        'start_openings.opens_at',
                        'least(observed.started_at, start_openings.closes_at)'
                    ) }},
                    0
                )
            else {{ seconds_between('observed.started_at', 'observed.observed_until') }}
        end as elapsed_seconds
    from observed
    left join openings as start_openings
        on
            observed.version_id = start_openings.version_id
            and observed.calendar_team = start_openings.team
            and observed.started_at >= start_openings.opens_at
            and observed.started_at < start_openings.next_opens_at
    left join openings as until_openings
        on
            observed.version_id = until_openings.version_id
            and observed.calendar_team = until_openings.team
            and observed.observed_until >= until_openings.opens_at
            and observed.observed_until < until_openings.next_opens_at

),

-- What sales did not answer is told from what was settled before they could.
banded as (

    select
        acceptances.version_id,
        acceptances.segment,
        case
            when {{ is_before(
                'acceptances.first_conversation_at', 'acceptances.first_conversation_precision',
                'acceptances.handed_on_at', 'acceptances.handed_on_precision'
            ) }} then 'before_hand_on'
            when speed.state = 'overtaken' then 'decided_first'
            when acceptances.response_band in ('never', 'not_yet') then 'never'
            else acceptances.response_band
        end as response_band,
        case when acceptances.first_conversation_at is not null then 1 else 0 end
            as has_conversation,
        case when acceptances.decision = 'sales_qualified' then 1 else 0 end
            as is_sales_qualified
    from acceptances
    inner join speed
        on
            acceptances.handoff_id = speed.handoff_id
            and speed.measure = 'first_attempt'
    inner join elapsed
        on acceptances.handoff_id = elapsed.handoff_id
    where
        acceptances.response_band is not null
        and elapsed.elapsed_seconds >= elapsed.limit_minutes * 60

),

-- Intervals cannot be added up: all segments together have rows of their own.
segmented as (

    select
        version_id,
        segment,
        response_band,
        has_conversation,
        is_sales_qualified
    from banded

    union all

    select
        version_id,
        'all' as segment,
        response_band,
        has_conversation,
        is_sales_qualified
    from banded

),

counted as (

    select
        version_id,
        segment,
        response_band,
        count(*) as n_handoffs,
        sum(has_conversation) as n_conversations,
        sum(is_sales_qualified) as n_sales_qualified
    from segmented
    group by version_id, segment, response_band

),

final as (

    select
        cast(counted.version_id as {{ dbt.type_string() }}) as version_id,
        cast(counted.segment as {{ dbt.type_string() }}) as segment,
        cast(counted.response_band as {{ dbt.type_string() }}) as response_band,
        cast(counted.n_handoffs as bigint) as n_handoffs,
        cast(counted.n_conversations as bigint) as n_conversations,
        cast(counted.n_sales_qualified as bigint) as n_sales_qualified,
        cast(confidence_levels.confidence_level as decimal(18, 4)) as confidence_level,
        cast(
            {{ wilson_lower_bound(
                'counted.n_conversations',
                'counted.n_handoffs',
                'confidence_levels.confidence_level'
            ) }} as decimal(18, 4)
        ) as conversation_share_low,
        cast(
            {{ wilson_upper_bound(
                'counted.n_conversations',
                'counted.n_handoffs',
                'confidence_levels.confidence_level'
            ) }} as decimal(18, 4)
        ) as conversation_share_high,
        cast(
            {{ wilson_lower_bound(
                'counted.n_sales_qualified',
                'counted.n_handoffs',
                'confidence_levels.confidence_level'
            ) }} as decimal(18, 4)
        ) as sales_qualified_share_low,
        cast(
            {{ wilson_upper_bound(
                'counted.n_sales_qualified',
                'counted.n_handoffs',
                'confidence_levels.confidence_level'
            ) }} as decimal(18, 4)
        ) as sales_qualified_share_high
    from counted
    left join confidence_levels
        on counted.version_id = confidence_levels.version_id

)

select * from final
