{#- Half-lives that are summed up at one scale: 2 to this power is far from what a double holds,
    and what is older than that many half-lives is nothing. -#}
{%- set half_lives_at_one_scale = 500 -%}

with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

attribute_values as (

    select * from {{ ref('int_lead_attribute_values') }}

),

mql_stamps as (

    select * from {{ ref('int_mql_stamps') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

lead_fit as (

    select * from {{ ref('int_lead_fit') }}

),

engagement_ledger as (

    select * from {{ ref('int_engagement_ledger') }}

),

hand_raise_rules as (

    select * from {{ ref('agreement_hand_raises') }}

),

-- The moments at which anything is judged: activity, change of a field, creation, stamp.
-- What happens within one second happens together.
moments as (

    select
        lead_id,
        {{ to_second('created_at') }} as event_at
    from lead_records

    union distinct

    select
        lead_id,
        occurred_at as event_at
    from activities
    where lead_id is not null

    union distinct

    select
        lead_id,
        valid_from as event_at
    from attribute_values
    where is_change

    union distinct

    select
        lead_id,
        stamped_at as event_at
    from mql_stamps

),

events as (

    select
        moments.lead_id,
        moments.event_at,
        cycles.cycle_index,
        cycles.holds_after,
        cycles.score_counts_after,
        versions.version_id
    from moments
    inner join cycles
        on
            moments.lead_id = cycles.lead_id
            and cycles.holds_after < moments.event_at
            and cycles.holds_until >= moments.event_at
    inner join versions
        on
            moments.event_at >= versions.effective_from
            and (
                moments.event_at < versions.effective_to
                or versions.effective_to is null
            )

),

-- What was earned decays from the moment it was earned, with the half-life of its rule. All
-- that has one half-life is summed in one pass: points are grown to a common origin, added up,
-- and the sum is decayed from there to each event. Cycles without a reset between them share
-- one `score_counts_after`, and what was earned in them.
earned as (

    select
        engagement_ledger.lead_id,
        cycles.score_counts_after,
        engagement_ledger.half_life_days,
        engagement_ledger.occurred_at,
        sum(cast(engagement_ledger.points as {{ type_double() }})) as points
    from engagement_ledger
    inner join cycles
        on
            engagement_ledger.lead_id = cycles.lead_id
            and engagement_ledger.cycle_index = cycles.cycle_index
    where engagement_ledger.is_counted
    group by
        engagement_ledger.lead_id,
        cycles.score_counts_after,
        engagement_ledger.half_life_days,
        engagement_ledger.occurred_at

),

last_events as (

    select
        lead_id,
        score_counts_after,
        max(event_at) as last_event_at
    from events
    group by lead_id, score_counts_after

),

half_lives as (

    select
        earned.lead_id,
        earned.score_counts_after,
        earned.half_life_days,
        min(earned.occurred_at) as origin_at,
        max(last_events.last_event_at) as last_event_at
    from earned
    inner join last_events
        on
            earned.lead_id = last_events.lead_id
            and earned.score_counts_after = last_events.score_counts_after
    group by earned.lead_id, earned.score_counts_after, earned.half_life_days

),

steps as (

    select
        earned.lead_id,
        earned.score_counts_after,
        earned.half_life_days,
        half_lives.origin_at,
        half_lives.last_event_at,
        earned.occurred_at as step_at,
        earned.points,
        false as is_event
    from earned
    inner join half_lives
        on
            earned.lead_id = half_lives.lead_id
            and earned.score_counts_after = half_lives.score_counts_after
            and earned.half_life_days is not distinct from half_lives.half_life_days

    union all

    select
        events.lead_id,
        events.score_counts_after,
        half_lives.half_life_days,
        half_lives.origin_at,
        half_lives.last_event_at,
        events.event_at as step_at,
        cast(0 as {{ type_double() }}) as points,
        true as is_event
    from events
    inner join half_lives
        on
            events.lead_id = half_lives.lead_id
            and events.score_counts_after = half_lives.score_counts_after
            and events.event_at >= half_lives.origin_at

),

-- Without a half-life nothing decays, and all is at one scale.
aged as (

    select
        steps.*,
        coalesce(
            {{ days_between('origin_at', 'step_at') }}
            / cast(half_life_days as {{ type_double() }}),
            0
        ) as n_half_lives,
        coalesce(
            {{ days_between('origin_at', 'last_event_at') }}
            / cast(half_life_days as {{ type_double() }}),
            0
        ) as n_half_lives_in_all
    from steps

),

scaled as (

    select
        aged.*,
        floor(n_half_lives / {{ half_lives_at_one_scale }}) as scale_number
    from aged

),

-- What was earned at the scale before still counts at this one.
rescaled as (

    select
        lead_id,
        score_counts_after,
        half_life_days,
        step_at,
        points,
        is_event,
        scale_number,
        n_half_lives - scale_number * {{ half_lives_at_one_scale }} as n_half_lives
    from scaled

    union all

    select
        lead_id,
        score_counts_after,
        half_life_days,
        step_at,
        points,
        is_event,
        scale_number + 1 as scale_number,
        n_half_lives - (scale_number + 1) * {{ half_lives_at_one_scale }} as n_half_lives
    from scaled
    where
        not is_event
        and (scale_number + 1) * {{ half_lives_at_one_scale }} <= n_half_lives_in_all

),

summed as (

    select
        lead_id,
        step_at,
        is_event,
        sum(points * power(cast(2 as {{ type_double() }}), n_half_lives)) over (
            partition by lead_id, score_counts_after, half_life_days, scale_number
            order by step_at asc nulls last
            range between unbounded preceding and current row
        ) * power(cast(2 as {{ type_double() }}), -n_half_lives) as engagement
    from rescaled

),

engagement as (

    select
        lead_id,
        step_at as event_at,
        sum(engagement) as engagement
    from summed
    where is_event
    group by lead_id, step_at

),

-- The buyer asked for sales; the version in force then says what counts as asking.
ranked_hand_raises as (

    select
        activities.lead_id,
        cycles.cycle_index,
        activities.occurred_at as hand_raised_at,
        coalesce(activities.recorded_at, activities.occurred_at) as hand_raise_recorded_at,
        row_number() over (
            partition by activities.lead_id, cycles.cycle_index
            order by
                activities.occurred_at asc nulls last,
                coalesce(activities.recorded_at, activities.occurred_at) asc nulls last
        ) as rank_in_cycle
    from activities
    inner join versions
        on
            activities.occurred_at >= versions.effective_from
            and (
                activities.occurred_at < versions.effective_to
                or versions.effective_to is null
            )
    inner join hand_raise_rules
        on
            versions.version_id = hand_raise_rules.version_id
            and activities.activity = hand_raise_rules.activity
            and (
                hand_raise_rules.asset_pattern is null
                or {{ text_like(
                    'lower(activities.asset)', 'lower(hand_raise_rules.asset_pattern)'
                ) }}
            )
    inner join cycles
        on
            activities.lead_id = cycles.lead_id
            and cycles.holds_after < activities.occurred_at
            and cycles.holds_until >= activities.occurred_at
    where
        activities.side = 'buyer'
        and not activities.is_automated
        and not activities.is_echo

),

hand_raises as (

    select
        lead_id,
        cycle_index,
        hand_raised_at,
        hand_raise_recorded_at
    from ranked_hand_raises
    where rank_in_cycle = 1

),

scored as (

    select
        events.lead_id,
        events.event_at,
        events.cycle_index,
        events.version_id,
        lead_fit.fit,
        {{ agreed_score('coalesce(engagement.engagement, 0)') }} as engagement,
        {{ agreed_score(
            'cast(lead_fit.fit as ' ~ type_double() ~ ') + coalesce(engagement.engagement, 0)'
        ) }} as score,
        lead_fit.must_haves_held,
        lead_fit.is_disqualified,
        lead_fit.disqualifier_label,
        lead_fit.fit_basis,
        lead_fit.criteria_basis,
        case
            when hand_raises.hand_raised_at <= events.event_at then hand_raises.hand_raised_at
        end as hand_raised_at,
        case
            when hand_raises.hand_raised_at <= events.event_at
                then hand_raises.hand_raise_recorded_at
        end as hand_raise_recorded_at
    from events
    inner join lead_fit
        on
            events.lead_id = lead_fit.lead_id
            and events.version_id = lead_fit.version_id
            and events.event_at >= lead_fit.valid_from
            and events.event_at < lead_fit.valid_to
    left join engagement
        on
            events.lead_id = engagement.lead_id
            and events.event_at = engagement.event_at
    left join hand_raises
        on
            events.lead_id = hand_raises.lead_id
            and events.cycle_index = hand_raises.cycle_index

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(event_at as timestamp) as event_at,
        cast(cycle_index as bigint) as cycle_index,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(fit as decimal(18, 4)) as fit,
        cast(engagement as decimal(18, 4)) as engagement,
        cast(score as decimal(18, 4)) as score,
        cast(must_haves_held as boolean) as must_haves_held,
        cast(is_disqualified as boolean) as is_disqualified,
        cast(disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(criteria_basis as {{ dbt.type_string() }}) as criteria_basis,
        cast(hand_raised_at as timestamp) as hand_raised_at,
        cast(hand_raise_recorded_at as timestamp) as hand_raise_recorded_at
    from scored

)

select * from final
