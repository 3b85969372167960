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

-- What was earned decays from the moment it was earned, with the half-life of its rule.
engagement as (

    select
        events.lead_id,
        events.event_at,
        sum(
            cast(engagement_ledger.points as {{ type_double() }})
            * case
                when engagement_ledger.half_life_days is null then 1.0
                else
                    power(
                        cast(0.5 as {{ type_double() }}),
                        {{ days_between('engagement_ledger.occurred_at', 'events.event_at') }}
                        / cast(engagement_ledger.half_life_days as {{ type_double() }})
                    )
            end
        ) as engagement
    from events
    inner join engagement_ledger
        on
            events.lead_id = engagement_ledger.lead_id
            and events.event_at >= engagement_ledger.occurred_at
            and events.score_counts_after < engagement_ledger.occurred_at
    where engagement_ledger.is_counted
    group by events.lead_id, events.event_at

),

-- The buyer asked for sales; the version in force then says what counts as asking.
hand_raises as (

    select
        activities.lead_id,
        cycles.cycle_index,
        min(activities.occurred_at) as hand_raised_at
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
    group by activities.lead_id, cycles.cycle_index

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
        end as hand_raised_at
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
        cast(hand_raised_at as timestamp) as hand_raised_at
    from scored

)

select * from final
