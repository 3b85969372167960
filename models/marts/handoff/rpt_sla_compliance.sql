with acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

speed as (

    select * from {{ ref('int_handoff_speed') }}

),

service_levels as (

    select * from {{ ref('int_handoff_service_levels') }}

),

commitments as (

    select * from {{ ref('agreement_commitments') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

calendar_days as (

    select * from {{ ref('int_calendar_days') }}

),

-- Each MQL and measure that its version agrees a limit for, in the week of the MQL.
limits_judged as (

    select
        case when service_levels.measure = 'hand_on' then 'marketing' else 'sales' end as side,
        service_levels.measure,
        {{ period_start(
            'week',
            local_time('acceptances.mql_at', "'" ~ var('reporting_time_zone') ~ "'")
        ) }} as period_start_date,
        service_levels.version_id,
        case
            when acceptances.handed_on_at is null then 'none'
            else coalesce(acceptances.handed_on_owner_team, 'unknown')
        end as team,
        case
            when acceptances.handed_on_at is null then 'none'
            else coalesce(acceptances.handed_on_owner_key, 'unknown')
        end as owner_key,
        service_levels.segment,
        acceptances.source,
        service_levels.clock,
        case when service_levels.clock = 'business' then speed.calendar_team end
            as calendar_team,
        service_levels.limit_minutes,
        service_levels.verdict
    from service_levels
    inner join acceptances
        on service_levels.handoff_id = acceptances.handoff_id
    inner join speed
        on
            service_levels.handoff_id = speed.handoff_id
            and service_levels.measure = speed.measure

),

limits_counted as (

    select
        side,
        measure,
        period_start_date,
        version_id,
        team,
        owner_key,
        segment,
        source,
        max(clock) as clock,
        max(calendar_team) as calendar_team,
        max(limit_minutes) as target,
        count(*) as n_handoffs,
        sum(case when verdict = 'met' then 1 else 0 end) as n_met,
        sum(case when verdict = 'missed' then 1 else 0 end) as n_missed,
        sum(case when verdict = 'open' then 1 else 0 end) as n_open,
        sum(case when verdict = 'not_yet_observable' then 1 else 0 end)
            as n_not_yet_observable,
        sum(case when verdict = 'not_judged' then 1 else 0 end) as n_not_judged
    from limits_judged
    group by
        side, measure, period_start_date, version_id, team, owner_key, segment, source

),

-- What a promise counts, at the moment at which it counts: MQLs when they are handed on,
-- acceptances when sales decide, the time to hand on when it begins.
promised as (

    select
        'mqls' as measure,
        handed_on_at as counted_at,
        'met' as verdict,
        cast(null as {{ dbt.type_string() }}) as state,
        cast(null as bigint) as seconds_at_least,
        cast(null as bigint) as seconds_at_most
    from acceptances
    where origin = 'mql' and handed_on_at is not null

    union all

    select
        'acceptance_rate' as measure,
        decided_at as counted_at,
        case when sales_accepted_at is not null then 'met' else 'missed' end as verdict,
        cast(null as {{ dbt.type_string() }}) as state,
        cast(null as bigint) as seconds_at_least,
        cast(null as bigint) as seconds_at_most
    from acceptances
    where origin = 'mql' and decision <> 'pending'

    union all

    select
        'hand_on_minutes' as measure,
        acceptances.mql_at as counted_at,
        cast(null as {{ dbt.type_string() }}) as verdict,
        speed.state,
        speed.calendar_seconds_at_least as seconds_at_least,
        speed.calendar_seconds_at_most as seconds_at_most
    from acceptances
    inner join speed
        on
            acceptances.handoff_id = speed.handoff_id
            and speed.measure = 'hand_on'

),

-- A hundred days after its first day a quarter is over, 32 days after its own a month is.
calendar_periods as (

    select distinct
        'month' as period,
        {{ period_start('month', 'day_at') }} as period_start_date,
        {{ period_start(
            'month', add_days('cast(' ~ period_start('month', 'day_at') ~ ' as timestamp)', 32)
        ) }} as next_period_start_date
    from calendar_days

    union all

    select distinct
        'quarter' as period,
        {{ period_start('quarter', 'day_at') }} as period_start_date,
        {{ period_start(
            'quarter',
            add_days('cast(' ~ period_start('quarter', 'day_at') ~ ' as timestamp)', 100)
        ) }} as next_period_start_date
    from calendar_days

),

-- Promises run from the first MQL on, as far as sales are known.
known_span as (

    select
        min(mql_at) as known_from,
        max(observed_until) as known_until
    from acceptances
    where origin = 'mql'

),

-- A period is judged by the version in force when it ends, in that version's zone.
ranked_versions as (

    select
        calendar_periods.period,
        calendar_periods.period_start_date,
        calendar_periods.next_period_start_date,
        versions.version_id,
        versions.time_zone,
        {{ local_time('known_span.known_until', 'versions.time_zone') }}
        < calendar_periods.next_period_start_date as is_open,
        row_number() over (
            partition by calendar_periods.period, calendar_periods.period_start_date
            order by versions.effective_from desc nulls last
        ) as rank_in_period
    from calendar_periods
    cross join known_span
    inner join versions
        on
            {{ local_time('versions.effective_from', 'versions.time_zone') }}
            < calendar_periods.next_period_start_date
            and versions.effective_from <= known_span.known_until
            and {{ local_time('known_span.known_from', 'versions.time_zone') }}
            < calendar_periods.next_period_start_date
            and {{ local_time('known_span.known_until', 'versions.time_zone') }}
            >= calendar_periods.period_start_date

),

promises as (

    select
        commitments.version_id,
        commitments.team,
        commitments.measure,
        commitments.period,
        commitments.target,
        ranked_versions.period_start_date,
        ranked_versions.next_period_start_date,
        ranked_versions.time_zone,
        ranked_versions.is_open
    from commitments
    inner join ranked_versions
        on
            commitments.version_id = ranked_versions.version_id
            and commitments.period = ranked_versions.period
            and ranked_versions.rank_in_period = 1

),

-- A period in which nothing happened has its row too.
promises_judged as (

    select
        promises.*,
        promised.measure is not null as is_counted,
        case
            when promises.measure <> 'hand_on_minutes' then promised.verdict
            when promised.state = 'acted_before' then 'met'
            when promised.state = 'not_yet_observable' then 'not_yet_observable'
            when promised.seconds_at_least > promises.target * 60 then 'missed'
            when promised.state = 'waiting' then 'open'
            when promised.state = 'acted' and promised.seconds_at_most <= promises.target * 60
                then 'met'
            else 'not_judged'
        end as verdict
    from promises
    left join promised
        on
            promises.measure = promised.measure
            and {{ local_time('promised.counted_at', 'promises.time_zone') }}
            >= promises.period_start_date
            and {{ local_time('promised.counted_at', 'promises.time_zone') }}
            < promises.next_period_start_date

),

promises_counted as (

    select
        version_id,
        team,
        measure,
        period,
        period_start_date,
        target,
        is_open,
        sum(case when is_counted then 1 else 0 end) as n_handoffs,
        sum(case when is_counted and verdict = 'met' then 1 else 0 end) as n_met,
        sum(case when is_counted and verdict = 'missed' then 1 else 0 end) as n_missed,
        sum(case when is_counted and verdict = 'open' then 1 else 0 end) as n_open,
        sum(case when is_counted and verdict = 'not_yet_observable' then 1 else 0 end)
            as n_not_yet_observable,
        sum(case when is_counted and verdict = 'not_judged' then 1 else 0 end) as n_not_judged
    from promises_judged
    group by version_id, team, measure, period, period_start_date, target, is_open

),

-- The median keeps a limit when at least half of all do: counts alone tell, and who still
-- waits counts too.
promises_kept as (

    select
        promises_counted.*,
        case
            when is_open then 'open'
            when measure = 'mqls' then case when n_met >= target then 'met' else 'missed' end
            when n_handoffs = n_not_judged then 'not_judged'
            when measure = 'acceptance_rate'
                then case
                    when n_met >= target * (n_met + n_missed) then 'met'
                    else 'missed'
                end
            when 2 * n_met >= n_handoffs - n_not_judged then 'met'
            when 2 * (n_met + n_open + n_not_yet_observable) < n_handoffs - n_not_judged
                then 'missed'
            else 'open'
        end as commitment_verdict
    from promises_counted

),

unioned as (

    select
        side,
        'service_level' as kind,
        measure,
        'week' as period,
        period_start_date,
        version_id,
        team,
        owner_key,
        segment,
        source,
        clock,
        calendar_team,
        cast(target as decimal(18, 4)) as target,
        n_handoffs,
        n_met,
        n_missed,
        n_open,
        n_not_yet_observable,
        n_not_judged,
        cast(null as {{ dbt.type_string() }}) as commitment_verdict
    from limits_counted

    union all

    select
        case when team = 'marketing' then 'marketing' else 'sales' end as side,
        'commitment' as kind,
        measure,
        period,
        period_start_date,
        version_id,
        team,
        'all' as owner_key,
        'all' as segment,
        'all' as source,
        case when measure = 'hand_on_minutes' then 'calendar' end as clock,
        cast(null as {{ dbt.type_string() }}) as calendar_team,
        cast(target as decimal(18, 4)) as target,
        n_handoffs,
        n_met,
        n_missed,
        n_open,
        n_not_yet_observable,
        n_not_judged,
        commitment_verdict
    from promises_kept

),

final as (

    select
        cast(side as {{ dbt.type_string() }}) as side,
        cast(kind as {{ dbt.type_string() }}) as kind,
        cast(measure as {{ dbt.type_string() }}) as measure,
        cast(period as {{ dbt.type_string() }}) as period,
        cast(period_start_date as date) as period_start_date,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(team as {{ dbt.type_string() }}) as team,
        cast(owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(segment as {{ dbt.type_string() }}) as segment,
        cast(source as {{ dbt.type_string() }}) as source,
        cast(clock as {{ dbt.type_string() }}) as clock,
        cast(calendar_team as {{ dbt.type_string() }}) as calendar_team,
        cast(target as decimal(18, 4)) as target,
        cast(n_handoffs as bigint) as n_handoffs,
        cast(n_met as bigint) as n_met,
        cast(n_missed as bigint) as n_missed,
        cast(n_open as bigint) as n_open,
        cast(n_not_yet_observable as bigint) as n_not_yet_observable,
        cast(n_not_judged as bigint) as n_not_judged,
        cast(commitment_verdict as {{ dbt.type_string() }}) as commitment_verdict
    from unioned

)

select * from final
