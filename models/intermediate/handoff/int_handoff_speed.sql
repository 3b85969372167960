with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

decisions as (

    select * from {{ ref('int_handoff_decisions') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}

),

mql_evidence as (

    select * from {{ ref('int_mql_evidence') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

sla_targets as (

    select * from {{ ref('agreement_sla_targets') }}

),

business_hours as (

    select * from {{ ref('agreement_business_hours') }}

),

openings as (

    select * from {{ ref('int_business_openings') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

seller_exports as (

    select count(*) as n_seller_activities
    from activities
    where side = 'seller'

),

hot_scores as (

    select
        version_id,
        max(minimum_score) as minimum_score
    from sla_targets
    where segment = 'hot'
    group by version_id

),

calendars as (

    select distinct
        version_id,
        team
    from business_hours

),

-- The calendar of the owner's team; where it has none (a queue, an unknown owner) that of
-- sales, else the first in the alphabet.
ranked_calendars as (

    select
        handoffs.handoff_id,
        calendars.team,
        row_number() over (
            partition by handoffs.handoff_id
            order by
                case
                    when calendars.team = handoffs.handed_on_owner_team then 0
                    when calendars.team = 'sales' then 1
                    else 2
                end asc nulls last,
                calendars.team asc nulls last
        ) as rank_in_handoff
    from handoffs
    inner join calendars
        on handoffs.version_id = calendars.version_id

),

-- Nobody owes anything for an MQL before its evidence is recorded.
known_handoffs as (

    select
        handoffs.*,
        greatest(
            handoffs.mql_at,
            coalesce(mql_evidence.known_at, handoffs.mql_at)
        ) as known_at
    from handoffs
    left join mql_evidence
        on
            handoffs.lead_id = mql_evidence.lead_id
            and handoffs.cycle_index = mql_evidence.cycle_index

),

-- Every moment as the first and the last second that it may have been. Marketing's clock
-- starts with the MQL, that of sales when they were handed the lead and it was known as one.
facts as (

    select
        known_handoffs.handoff_id,
        known_handoffs.version_id,
        versions.time_zone,
        ranked_calendars.team as calendar_team,
        case
            when mqls.hand_raised_at is not null then 'hand_raise'
            when mqls.score >= hot_scores.minimum_score then 'hot'
            else 'standard'
        end as segment,
        known_handoffs.observed_until,
        known_handoffs.is_handed_on_assumed,
        seller_exports.n_seller_activities,
        known_handoffs.known_at as mql_from,
        greatest(
            known_handoffs.known_at,
            {{ last_second('known_handoffs.mql_at', 'known_handoffs.mql_precision') }}
        ) as mql_until,
        known_handoffs.handed_on_at as handed_on_from,
        {{ last_second('known_handoffs.handed_on_at', 'known_handoffs.handed_on_precision') }}
            as handed_on_until,
        case
            when known_handoffs.handed_on_at is not null
                then greatest(known_handoffs.handed_on_at, known_handoffs.known_at)
        end as owed_from,
        case
            when known_handoffs.handed_on_at is not null
                then greatest(
                    {{ last_second(
                        'known_handoffs.handed_on_at', 'known_handoffs.handed_on_precision'
                    ) }},
                    known_handoffs.known_at
                )
        end as owed_until,
        known_handoffs.first_attempt_at as attempt_from,
        {{ last_second(
            'known_handoffs.first_attempt_at', 'known_handoffs.first_attempt_precision'
        ) }} as attempt_until,
        decisions.decided_at as decision_from,
        {{ last_second('decisions.decided_at', 'decisions.decided_precision') }}
            as decision_until,
        known_handoffs.cycle_ended_at
    from known_handoffs
    inner join decisions
        on known_handoffs.handoff_id = decisions.handoff_id
    inner join mqls
        on
            known_handoffs.lead_id = mqls.lead_id
            and known_handoffs.cycle_index = mqls.cycle_index
    cross join seller_exports
    left join versions
        on known_handoffs.version_id = versions.version_id
    left join hot_scores
        on known_handoffs.version_id = hot_scores.version_id
    left join ranked_calendars
        on
            known_handoffs.handoff_id = ranked_calendars.handoff_id
            and ranked_calendars.rank_in_handoff = 1

),

-- What each measure runs from, what it waits for, and what makes the wait pointless: a
-- decision, or the end of the trip.
measures as (

    select
        facts.*,
        'hand_on' as measure,
        is_handed_on_assumed as is_unknown,
        mql_from as start_from,
        mql_until as start_until,
        handed_on_from as act_from,
        handed_on_until as act_until,
        coalesce(decision_from, cycle_ended_at) as overtaken_from,
        coalesce(decision_until, cycle_ended_at) as overtaken_until
    from facts

    union all

    select
        facts.*,
        'first_attempt' as measure,
        n_seller_activities = 0 as is_unknown,
        owed_from as start_from,
        owed_until as start_until,
        attempt_from as act_from,
        attempt_until as act_until,
        coalesce(decision_from, cycle_ended_at) as overtaken_from,
        coalesce(decision_until, cycle_ended_at) as overtaken_until
    from facts

    union all

    select
        facts.*,
        'decision' as measure,
        false as is_unknown,
        owed_from as start_from,
        owed_until as start_until,
        decision_from as act_from,
        decision_until as act_until,
        cycle_ended_at as overtaken_from,
        cycle_ended_at as overtaken_until
    from facts

),

-- Absence is judged by what is known of the lead's CRM, not by the build's clock.
stated as (

    select
        measures.*,
        case
            when is_unknown then 'unknown'
            when act_from <= overtaken_until or (act_from is not null and overtaken_until is null)
                then case
                    when start_from is null or act_until < start_from then 'acted_before'
                    else 'acted'
                end
            when coalesce(start_from, mql_from) > observed_until then 'not_yet_observable'
            when start_from is null then 'not_started'
            when overtaken_from is not null then 'overtaken'
            else 'waiting'
        end as state
    from measures

),

ended as (

    select
        stated.*,
        case state
            when 'acted' then act_from
            when 'overtaken' then overtaken_from
            when 'waiting' then observed_until
        end as end_from,
        case state
            when 'acted' then act_until
            when 'overtaken' then overtaken_until
            when 'waiting' then observed_until
        end as end_until
    from stated

),

moments as (

    select
        version_id,
        calendar_team,
        start_from as moment
    from ended
    where end_from is not null

    union distinct

    select
        version_id,
        calendar_team,
        start_until as moment
    from ended
    where end_from is not null

    union distinct

    select
        version_id,
        calendar_team,
        end_from as moment
    from ended
    where end_from is not null

    union distinct

    select
        version_id,
        calendar_team,
        end_until as moment
    from ended
    where end_from is not null

),

-- Seconds that the team had been open up to a moment.
business_clock as (

    select
        moments.version_id,
        moments.calendar_team,
        moments.moment,
        coalesce(
            openings.open_seconds_before + {{ seconds_between(
                'openings.opens_at', 'least(moments.moment, openings.closes_at)'
            ) }},
            0
        ) as open_seconds
    from moments
    left join openings
        on
            moments.version_id = openings.version_id
            and moments.calendar_team = openings.team
            and moments.moment >= openings.opens_at
            and moments.moment < openings.next_opens_at

),

timed as (

    select
        ended.*,
        {{ seconds_between('ended.start_until', 'ended.end_from') }} as calendar_at_least,
        {{ seconds_between('ended.start_from', 'ended.end_until') }} as calendar_at_most,
        end_from_clock.open_seconds - start_until_clock.open_seconds as business_at_least,
        end_until_clock.open_seconds - start_from_clock.open_seconds as business_at_most
    from ended
    left join business_clock as start_from_clock
        on
            ended.version_id = start_from_clock.version_id
            and ended.calendar_team = start_from_clock.calendar_team
            and ended.start_from = start_from_clock.moment
    left join business_clock as start_until_clock
        on
            ended.version_id = start_until_clock.version_id
            and ended.calendar_team = start_until_clock.calendar_team
            and ended.start_until = start_until_clock.moment
    left join business_clock as end_from_clock
        on
            ended.version_id = end_from_clock.version_id
            and ended.calendar_team = end_from_clock.calendar_team
            and ended.end_from = end_from_clock.moment
    left join business_clock as end_until_clock
        on
            ended.version_id = end_until_clock.version_id
            and ended.calendar_team = end_until_clock.calendar_team
            and ended.end_until = end_until_clock.moment

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(measure as {{ dbt.type_string() }}) as measure,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(segment as {{ dbt.type_string() }}) as segment,
        cast(calendar_team as {{ dbt.type_string() }}) as calendar_team,
        cast(state as {{ dbt.type_string() }}) as state,
        cast(start_from as timestamp) as started_at,
        cast(end_from as timestamp) as ended_at,
        -- Funnel order holds within a day: nothing takes less than no time.
        cast(case when calendar_at_least > 0 then calendar_at_least else 0 end as bigint)
            as calendar_seconds_at_least,
        cast(calendar_at_most as bigint) as calendar_seconds_at_most,
        cast(case when business_at_least > 0 then business_at_least else 0 end as bigint)
            as business_seconds_at_least,
        cast(business_at_most as bigint) as business_seconds_at_most,
        cast(
            {{ period_start('day', local_time('start_until', 'time_zone')) }}
            = {{ period_start('day', local_time('end_from', 'time_zone')) }} as boolean
        ) as is_same_day_at_least,
        cast(
            {{ period_start('day', local_time('start_from', 'time_zone')) }}
            = {{ period_start('day', local_time('end_until', 'time_zone')) }} as boolean
        ) as is_same_day_at_most
    from timed

)

select * from final
