{#- By law: its verdict, when and by which version it is judged, whose act it is, and the
    words for a breach. -#}
{%- set laws = {
    'sales_decides': (
        'sales_decides', 'decided_at', 'decision_version_id', 'decider_key', 'decider_team',
        "'sales qualified by team ' || decider_team || ', which may not decide'",
    ),
    'conversation_before_sales_qualified': (
        'conversation', 'decided_at', 'decision_version_id', 'decider_key', 'decider_team',
        "case when first_conversation_at is null then 'sales qualified without any two-way "
        ~ "conversation' else 'sales qualified before the first two-way conversation of ' "
        ~ "|| " ~ shown('first_conversation_at') ~ " end",
    ),
    'qualifier_does_not_forecast': (
        'forecast', 'forecast_at', 'forecast_version_id', 'forecast_actor_key',
        'forecast_actor_team',
        "'set MQL or SAL and made the first forecast of ' || forecast_opportunity_key "
        ~ "|| ', which ' || forecast_owner_key || ' owned'",
    ),
    'rejection_has_reason': (
        'reason', 'decided_at', 'decision_version_id', 'decider_key', 'decider_team',
        "decision || case when raw_reason is null then ' without a reason' "
        ~ "else ' with the reason \"' || raw_reason || '\", which is not agreed' end",
    ),
    'contact_attempts_made': (
        'attempts', 'decided_at', 'decision_version_id', 'decider_key', 'decider_team',
        "decision || ' as ' || rejection_reason || ' after ' || " ~ shown('n_attempts_made')
        ~ " || ' attempts, ' || " ~ shown('minimum_contact_attempts') ~ " || ' are agreed'",
    ),
    'returned_is_not_mql': (
        'returned', 'returned_at', 'return_version_id', 'decider_key', 'decider_team',
        "'returned by sales, but still MQL in ' || map_system || ' since ' || "
        ~ shown('map_changed_at'),
    ),
    'mql_keeps_definition': (
        'definition', 'mql_at', 'version_id', none, none, 'definition_fault',
    ),
    'mql_is_handed_on': (
        'handed_on', 'mql_at', 'version_id', none, none, "'MQL that nobody handed on'",
    ),
    'recycled_is_nurtured': (
        'nurtured', 'decided_at', 'decision_version_id', none, none,
        "'recycled, and since then neither a nurture status nor an automated mail'",
    ),
} -%}

with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

decisions as (

    select * from {{ ref('int_handoff_decisions') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}

),

handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

forecasts as (

    select * from {{ ref('int_deal_forecasts') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

system_freshness as (

    select * from {{ ref('int_system_freshness') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

rejection_reasons as (

    select * from {{ ref('agreement_rejection_reasons') }}

),

deciding_teams as (

    select * from {{ ref('agreement_deciding_teams') }}

),

agreed_laws as (

    select * from {{ ref('agreement_laws') }}

),

-- Where no activity of a kind was exported at all, nobody can say that there was none.
exported as (

    select
        sum(case when side = 'seller' then 1 else 0 end) as n_seller_activities,
        sum(case when side = 'seller' and is_automated then 1 else 0 end) as n_automated
    from activities

),

nurture_statuses as (

    select count(*) as n_nurture_statuses
    from status_changes
    where stage = 'nurture'

),

known as (

    select
        handoffs.*,
        decisions.decision,
        decisions.decided_at,
        decisions.decided_precision,
        decisions.decider_key,
        decisions.decider_team,
        decisions.raw_reason,
        decisions.rejection_reason,
        decisions.is_sales_qualified_implied,
        build_clock.as_of,
        coalesce(exported.n_seller_activities, 0) as n_seller_activities,
        coalesce(exported.n_automated, 0) + nurture_statuses.n_nurture_statuses as n_nurturing,
        {{ last_second('decisions.decided_at', 'decisions.decided_precision') }}
            as decided_until,
        case
            when decisions.decision in ('rejected', 'recycled')
                then {{ last_second('decisions.decided_at', 'decisions.decided_precision') }}
            when decisions.outcome = 'returned' then handoffs.cycle_ended_at
        end as returned_at,
        lead(handoffs.handoff_at) over (
            partition by handoffs.lead_id
            order by handoffs.cycle_number asc nulls last
        ) as next_handoff_at
    from handoffs
    inner join decisions
        on handoffs.handoff_id = decisions.handoff_id
    cross join build_clock
    cross join exported
    cross join nurture_statuses

),

-- A decision is judged by the version in force when it was made.
decided as (

    select
        known.*,
        coalesce(known.next_handoff_at, known.as_of) as returned_until,
        versions.version_id as decision_version_id,
        versions.minimum_contact_attempts,
        rejection_reasons.category as reason_category,
        coalesce(rejection_reasons.needs_contact_attempts, false) as needs_contact_attempts,
        deciding_teams.team is not null as is_deciding_team
    from known
    left join versions
        on
            known.decided_at >= versions.effective_from
            and (known.decided_at < versions.effective_to or versions.effective_to is null)
    left join rejection_reasons
        on
            versions.version_id = rejection_reasons.version_id
            and known.rejection_reason = rejection_reasons.reason
    left join deciding_teams
        on
            versions.version_id = deciding_teams.version_id
            and known.decider_team = deciding_teams.team

),

-- Attempts of the whole trip: who was not reached before the MQL was not reached either.
attempts as (

    select
        decided.handoff_id,
        count(*) as n_attempts
    from decided
    inner join activities
        on
            decided.lead_id = activities.lead_id
            and decided.cycle_holds_after < activities.occurred_at
            and decided.decided_until >= activities.occurred_at
    where
        decided.needs_contact_attempts
        and activities.side = 'seller'
        and not activities.is_automated
        and (activities.actor_team in ('sales', 'sdr') or activities.actor_team is null)
    group by decided.handoff_id

),

-- The humans who set MQL or SAL in the trip.
qualifiers as (

    select distinct
        decided.handoff_id,
        status_changes.actor_key
    from decided
    inner join status_changes
        on
            decided.lead_id = status_changes.lead_id
            and decided.cycle_holds_after < status_changes.changed_at
            and decided.cycle_holds_until >= status_changes.changed_at
    where
        status_changes.stage in ('mql', 'sales_accepted')
        and status_changes.actor_team not in ('system', 'queue')

),

qualified_by as (

    select
        handoff_id,
        count(*) as n_qualifiers
    from qualifiers
    group by handoff_id

),

judged_forecasts as (

    select
        decided.handoff_id,
        forecasts.opportunity_key,
        forecasts.forecast_at,
        forecasts.actor_key,
        forecasts.actor_team,
        forecasts.owner_key,
        versions.version_id,
        case
            when versions.version_id is null then 'not_judged'
            when qualified_by.handoff_id is null then 'not_judged'
            when forecasts.actor_team is null or forecasts.actor_team = 'system'
                then 'not_judged'
            when qualifiers.actor_key is null then 'kept'
            when forecasts.owner_key = forecasts.actor_key then 'kept'
            when forecasts.owner_key is null then 'not_judged'
            else 'breached'
        end as verdict
    from decided
    inner join handoff_opportunities
        on decided.handoff_id = handoff_opportunities.handoff_id
    inner join forecasts
        on handoff_opportunities.opportunity_key = forecasts.opportunity_key
    left join qualified_by
        on decided.handoff_id = qualified_by.handoff_id
    left join qualifiers
        on
            decided.handoff_id = qualifiers.handoff_id
            and forecasts.actor_key = qualifiers.actor_key
    left join versions
        on
            forecasts.forecast_at >= versions.effective_from
            and (
                forecasts.forecast_at < versions.effective_to
                or versions.effective_to is null
            )

),

-- One deal that breaks the law is enough, one that keeps it too where none does.
ranked_forecasts as (

    select
        judged_forecasts.*,
        row_number() over (
            partition by handoff_id
            order by
                case verdict when 'breached' then 0 when 'kept' then 1 else 2 end asc nulls last,
                forecast_at asc nulls last,
                opportunity_key asc nulls last
        ) as rank_in_handoff
    from judged_forecasts

),

-- What marketing automation said of the lead from its return to its next hand-off.
map_statuses as (

    select
        decided.handoff_id,
        status_changes.system,
        status_changes.stage,
        status_changes.changed_at,
        case
            when
                status_changes.stage <> 'mql'
                and {{ last_second(
                    'status_changes.changed_at', 'status_changes.changed_precision'
                ) }} >= decided.returned_at
                then 1
            else 0
        end as is_release,
        row_number() over (
            partition by decided.handoff_id, status_changes.system
            order by
                status_changes.changed_at desc nulls last,
                status_changes.change_key desc nulls last
        ) as rank_from_last
    from decided
    inner join status_changes
        on
            decided.lead_id = status_changes.lead_id
            and (
                decided.next_handoff_at > status_changes.changed_at
                or decided.next_handoff_at is null
            )
    where
        decided.returned_at is not null
        and status_changes.stage is not null
        and status_changes.system in ({{ quoted_words(map_systems()) or "''" }})

),

map_systems as (

    select
        handoff_id,
        system,
        sum(is_release) as n_releases,
        max(case when rank_from_last = 1 then stage end) as last_stage,
        max(case when rank_from_last = 1 then changed_at end) as last_changed_at
    from map_statuses
    group by handoff_id, system

),

-- Of several systems one that still says MQL speaks.
ranked_map_systems as (

    select
        map_systems.handoff_id,
        map_systems.system,
        map_systems.last_changed_at,
        system_freshness.fresh_until,
        map_systems.last_stage = 'mql' and map_systems.n_releases = 0 as is_still_mql,
        row_number() over (
            partition by map_systems.handoff_id
            order by
                case
                    when map_systems.last_stage = 'mql' and map_systems.n_releases = 0 then 0
                    else 1
                end asc nulls last,
                map_systems.system asc nulls last
        ) as rank_in_handoff
    from map_systems
    left join system_freshness
        on map_systems.system = system_freshness.system

),

nurturing as (

    select
        decided.handoff_id,
        status_changes.changed_at as nurtured_at
    from decided
    inner join status_changes
        on
            decided.lead_id = status_changes.lead_id
            and decided.decided_at <= {{ last_second(
                'status_changes.changed_at', 'status_changes.changed_precision'
            ) }}
            and (
                decided.next_handoff_at > status_changes.changed_at
                or decided.next_handoff_at is null
            )
    where decided.decision = 'recycled' and status_changes.stage = 'nurture'

    union all

    select
        decided.handoff_id,
        activities.occurred_at as nurtured_at
    from decided
    inner join activities
        on
            decided.lead_id = activities.lead_id
            and decided.decided_until < activities.occurred_at
            and (
                decided.next_handoff_at > activities.occurred_at
                or decided.next_handoff_at is null
            )
    where
        decided.decision = 'recycled'
        and activities.side = 'seller'
        and activities.is_automated

),

nurtured as (

    select
        handoff_id,
        min(nurtured_at) as nurtured_at
    from nurturing
    group by handoff_id

),

definitions as (

    select
        handoffs.handoff_id,
        case
            when not mqls.must_haves_held then 'a must-have is missing'
            when mqls.is_disqualified
                then 'it is disqualified: ' || coalesce(mqls.disqualifier_label, 'no label')
            when
                mqls.path = 'score'
                and (
                    mqls.score < versions.threshold_score
                    or mqls.fit < versions.minimum_fit
                )
                then 'score or fit is too low'
            when
                (mqls.path = 'hand_raise' and coalesce(mqls.hand_raised_at > mqls.mql_at, true))
                or (mqls.path = 'matrix' and versions.qualification <> 'matrix')
                or mqls.mql_at < versions.effective_from
                or mqls.mql_at >= versions.effective_to
                then 'its path or moment does not fit'
        end as definition_fault
    from handoffs
    inner join mqls
        on
            handoffs.lead_id = mqls.lead_id
            and handoffs.cycle_index = mqls.cycle_index
    inner join versions
        on mqls.version_id = versions.version_id

),

facts as (

    select
        decided.*,
        ranked_forecasts.verdict as forecast_verdict,
        ranked_forecasts.version_id as forecast_version_id,
        ranked_forecasts.forecast_at,
        ranked_forecasts.opportunity_key as forecast_opportunity_key,
        ranked_forecasts.actor_key as forecast_actor_key,
        ranked_forecasts.actor_team as forecast_actor_team,
        ranked_forecasts.owner_key as forecast_owner_key,
        ranked_map_systems.system as map_system,
        ranked_map_systems.last_changed_at as map_changed_at,
        ranked_map_systems.is_still_mql,
        least(
            decided.returned_until,
            coalesce(ranked_map_systems.fresh_until, decided.as_of)
        ) as map_known_until,
        nurtured.nurtured_at,
        definitions.definition_fault,
        versions.version_id as return_version_id,
        coalesce(attempts.n_attempts, 0) as n_attempts_made,
        {%- for law, moment in {
            'returned_is_not_mql': 'returned_at',
            'recycled_is_nurtured': 'decided_until',
            'mql_is_handed_on': 'mql_at',
        }.items() %}
        {{ add_days(
            'decided.' ~ moment, 'coalesce(cast(' ~ law ~ '.grace_days as integer), 0)'
        ) }} as {{ law }}_from{{ ',' if not loop.last }}
    {%- endfor %}
    from decided
    left join attempts
        on decided.handoff_id = attempts.handoff_id
    left join ranked_forecasts
        on
            decided.handoff_id = ranked_forecasts.handoff_id
            and ranked_forecasts.rank_in_handoff = 1
    left join ranked_map_systems
        on
            decided.handoff_id = ranked_map_systems.handoff_id
            and ranked_map_systems.rank_in_handoff = 1
    left join nurtured
        on decided.handoff_id = nurtured.handoff_id
    left join definitions
        on decided.handoff_id = definitions.handoff_id
    left join versions
        on
            decided.returned_at >= versions.effective_from
            and (
                decided.returned_at < versions.effective_to
                or versions.effective_to is null
            )
    left join agreed_laws as returned_is_not_mql
        on
            versions.version_id = returned_is_not_mql.version_id
            and returned_is_not_mql.law = 'returned_is_not_mql'
    left join agreed_laws as recycled_is_nurtured
        on
            decided.decision_version_id = recycled_is_nurtured.version_id
            and recycled_is_nurtured.law = 'recycled_is_nurtured'
    left join agreed_laws as mql_is_handed_on
        on
            decided.version_id = mql_is_handed_on.version_id
            and mql_is_handed_on.law = 'mql_is_handed_on'

),

judged as (

    select
        facts.*,
        case
            when decision <> 'sales_qualified' or is_sales_qualified_implied then 'not_judged'
            when decider_team is null or decider_team = 'system' then 'not_judged'
            when is_deciding_team then 'kept'
            else 'breached'
        end as sales_decides,
        case
            when decision <> 'sales_qualified' then 'not_judged'
            when n_seller_activities = 0 then 'not_judged'
            when first_conversation_at <= decided_until then 'kept'
            else 'breached'
        end as conversation,
        coalesce(forecast_verdict, 'not_judged') as forecast,
        case
            when decision not in ('rejected', 'recycled') then 'not_judged'
            when reason_category is not null then 'kept'
            else 'breached'
        end as reason,
        case
            when not needs_contact_attempts then 'not_judged'
            when n_seller_activities = 0 then 'not_judged'
            when n_attempts_made >= minimum_contact_attempts then 'kept'
            else 'breached'
        end as attempts,
        case
            when returned_at is null or map_system is null then 'not_judged'
            when not is_still_mql then 'kept'
            when returned_is_not_mql_from > map_known_until then 'not_judged'
            else 'breached'
        end as returned,
        case
            when origin <> 'mql' then 'not_judged'
            when definition_fault is null then 'kept'
            else 'breached'
        end as definition,
        case
            when origin <> 'mql' or is_handed_on_assumed then 'not_judged'
            when
                handed_on_at is not null
                or first_attempt_at is not null
                or decision <> 'pending'
                then 'kept'
            when mql_is_handed_on_from > least(cycle_holds_until, observed_until) then 'not_judged'
            else 'breached'
        end as handed_on,
        case
            when decision <> 'recycled' or n_nurturing = 0 then 'not_judged'
            when nurtured_at is not null then 'kept'
            when recycled_is_nurtured_from > returned_until then 'not_judged'
            else 'breached'
        end as nurtured
    from facts

),

unpivoted as (
    {% for law, (verdict, judged_at, version, user_key, team, evidence) in laws.items() %}
    select
        handoff_id,
        lead_id,
        '{{ law }}' as law,
        {{ verdict }} as verdict,
        {{ version }} as judged_by,
        {{ judged_at }} as judged_at,
        {{ user_key or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as user_key,
        {{ team or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as team,
        {{ evidence }} as evidence
    from judged
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Before the first version, and where a version does not name the law, nothing was agreed.
agreed as (

    select unpivoted.*
    from unpivoted
    inner join agreed_laws
        on
            unpivoted.judged_by = agreed_laws.version_id
            and unpivoted.law = agreed_laws.law

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(law as {{ dbt.type_string() }}) as law,
        cast(verdict as {{ dbt.type_string() }}) as verdict,
        cast(judged_by as {{ dbt.type_string() }}) as version_id,
        cast(judged_at as timestamp) as judged_at,
        cast(user_key as {{ dbt.type_string() }}) as user_key,
        cast(team as {{ dbt.type_string() }}) as team,
        cast(case when verdict = 'breached' then evidence end as {{ dbt.type_string() }})
            as evidence
    from agreed

)

select * from final
