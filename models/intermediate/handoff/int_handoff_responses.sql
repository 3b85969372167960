with speed as (

    select * from {{ ref('int_handoff_speed') }}

),

service_levels as (

    select * from {{ ref('int_handoff_service_levels') }}

),

judged as (

    select
        speed.*,
        service_levels.verdict
    from speed
    left join service_levels
        on
            speed.handoff_id = service_levels.handoff_id
            and speed.measure = service_levels.measure

),

-- The band of the shortest and of the longest time that it may have been; where the days
-- alone are known, the two differ.
banded as (

    select
        judged.*,
        calendar_seconds_at_least = calendar_seconds_at_most as is_exact,
        case
            when calendar_seconds_at_least <= 300 then 'within_5_minutes'
            when calendar_seconds_at_least <= 1800 then 'within_30_minutes'
            when calendar_seconds_at_least <= 3600 then 'within_1_hour'
            when is_same_day_at_least then 'same_day'
            else 'later'
        end as band_at_least,
        case
            when calendar_seconds_at_most <= 300 then 'within_5_minutes'
            when calendar_seconds_at_most <= 1800 then 'within_30_minutes'
            when calendar_seconds_at_most <= 3600 then 'within_1_hour'
            when is_same_day_at_most then 'same_day'
            else 'later'
        end as band_at_most
    from judged

),

-- Nobody tried: for certain once the decision came first or the agreed time is over.
measured as (

    select
        handoff_id,
        measure,
        segment,
        verdict,
        case
            when state = 'acted' and is_exact
                then cast(calendar_seconds_at_most as decimal(18, 4)) / 60
        end as calendar_minutes,
        case
            when state = 'acted' and is_exact
                then cast(business_seconds_at_most as decimal(18, 4)) / 60
        end as business_minutes,
        case
            when state = 'acted_before' then 'before_hand_on'
            when state = 'acted' and band_at_least = band_at_most then band_at_most
            when state = 'acted' then 'unknown'
            when state = 'overtaken' then 'never'
            when state = 'waiting' and verdict = 'missed' then 'never'
            when state = 'waiting' then 'not_yet'
        end as band,
        coalesce(state = 'waiting' and verdict = 'missed', false) as is_overdue
    from banded

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(max(segment) as {{ dbt.type_string() }}) as segment,
        cast(
            max(case when measure = 'hand_on' then calendar_minutes end) as decimal(18, 4)
        ) as hand_on_minutes,
        cast(
            max(case when measure = 'first_attempt' then calendar_minutes end)
            as decimal(18, 4)
        ) as first_attempt_minutes,
        cast(
            max(case when measure = 'first_attempt' then business_minutes end)
            as decimal(18, 4)
        ) as first_attempt_business_minutes,
        cast(
            max(case when measure = 'decision' then calendar_minutes end) as decimal(18, 4)
        ) as decision_minutes,
        cast(
            max(case when measure = 'decision' then business_minutes end) as decimal(18, 4)
        ) as decision_business_minutes,
        cast(
            max(case when measure = 'first_attempt' then band end) as {{ dbt.type_string() }}
        ) as response_band,
        cast(
            max(case when measure = 'hand_on' then verdict end) as {{ dbt.type_string() }}
        ) as sla_hand_on,
        cast(
            max(case when measure = 'first_attempt' then verdict end)
            as {{ dbt.type_string() }}
        ) as sla_first_attempt,
        cast(
            max(case when measure = 'decision' then verdict end) as {{ dbt.type_string() }}
        ) as sla_decision,
        cast(
            max(case when measure = 'decision' and is_overdue then 1 else 0 end) = 1
            as boolean
        ) as is_overdue
    from measured
    group by handoff_id

)

select * from final
