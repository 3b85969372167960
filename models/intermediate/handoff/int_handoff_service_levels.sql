with speed as (

    select * from {{ ref('int_handoff_speed') }}

),

sla_targets as (

    select * from {{ ref('agreement_sla_targets') }}

),

-- The target of the lead's own segment, else that of all others.
ranked_targets as (

    select
        speed.*,
        sla_targets.clock,
        sla_targets.limit_minutes,
        row_number() over (
            partition by speed.handoff_id, speed.measure
            order by
                case when sla_targets.segment = speed.segment then 0 else 1 end asc nulls last,
                sla_targets.segment asc nulls last
        ) as rank_in_measure
    from speed
    inner join sla_targets
        on
            speed.version_id = sla_targets.version_id
            and speed.measure = sla_targets.measure
            and (
                speed.segment = sla_targets.segment
                or sla_targets.segment = 'standard'
            )

),

clocked as (

    select
        ranked_targets.*,
        case clock
            when 'business' then business_seconds_at_least
            else calendar_seconds_at_least
        end as seconds_at_least,
        case clock
            when 'business' then business_seconds_at_most
            else calendar_seconds_at_most
        end as seconds_at_most
    from ranked_targets
    where rank_in_measure = 1

),

judged as (

    select
        clocked.*,
        case
            when state = 'not_yet_observable' then 'not_yet_observable'
            when state = 'acted_before' then 'met'
            when state in ('unknown', 'not_started') then 'not_judged'
            -- Nobody agreed when the team works.
            when seconds_at_most is null then 'not_judged'
            when seconds_at_least > limit_minutes * 60 then 'missed'
            when state = 'waiting' then 'open'
            when state = 'acted' and seconds_at_most <= limit_minutes * 60 then 'met'
            else 'not_judged'
        end as verdict
    from clocked

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(measure as {{ dbt.type_string() }}) as measure,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(segment as {{ dbt.type_string() }}) as segment,
        cast(clock as {{ dbt.type_string() }}) as clock,
        cast(limit_minutes as bigint) as limit_minutes,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast(state as {{ dbt.type_string() }}) as state,
        cast(
            case
                when state = 'acted' and seconds_at_least = seconds_at_most
                    then cast(seconds_at_most as decimal(18, 4)) / 60
            end as decimal(18, 4)
        ) as minutes,
        cast(
            case
                when state = 'waiting' and verdict in ('open', 'missed')
                    then limit_minutes - cast(seconds_at_most as decimal(18, 4)) / 60
            end as decimal(18, 4)
        ) as minutes_left,
        cast(verdict as {{ dbt.type_string() }}) as verdict
    from judged

)

select * from final
