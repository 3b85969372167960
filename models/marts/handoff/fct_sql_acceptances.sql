with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

qualifications as (

    select * from {{ ref('int_cycle_qualifications') }}

),

decisions as (

    select * from {{ ref('int_handoff_decisions') }}

),

responses as (

    select * from {{ ref('int_handoff_responses') }}

),

criteria as (

    select * from {{ ref('int_handoff_criteria') }}

),

handoff_laws as (

    select * from {{ ref('int_handoff_laws') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

rejection_reasons as (

    select * from {{ ref('agreement_rejection_reasons') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

verdicts as (

    select
        handoff_id,
    {%- for law in agreement_handoff_laws() %}
    max(case when law = '{{ law }}' then verdict end) as {{ law }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from handoff_laws
    group by handoff_id

),

answers as (

    select
        handoff_id,
        max(case when criterion = 'need' then answer end) as need,
        max(case when criterion = 'current_solution' then answer end) as current_solution,
        max(case when criterion = 'decision_maker' then answer end) as decision_maker,
        max(case when criterion = 'ready_to_move' then answer end) as ready_to_move,
        max(case when criterion = 'budget' then answer end) as budget
    from criteria
    group by handoff_id

),

-- Reasons are judged by the agreement in force when sales decided.
judged as (

    select
        handoffs.*,
        decisions.decision,
        decisions.decided_at,
        decisions.decided_precision,
        decisions.n_reversals,
        decisions.decider_key,
        decisions.decider_team,
        decisions.raw_reason,
        decisions.rejection_reason,
        decisions.sales_accepted_at,
        decisions.is_sales_accepted_implied,
        decisions.sales_qualified_at,
        decisions.is_sales_qualified_implied,
        decisions.opportunity_key,
        decisions.opportunity_linked_by,
        decisions.n_opportunities,
        decisions.opportunity_at,
        decisions.opportunity_amount,
        decisions.is_won,
        decisions.won_at,
        decisions.won_amount,
        decisions.lost_at,
        decisions.outcome,
        rejection_reasons.category as reason_category,
        versions.version_id as decision_version_id
    from handoffs
    inner join decisions
        on handoffs.handoff_id = decisions.handoff_id
    left join versions
        on
            decisions.decided_at >= versions.effective_from
            and (
                decisions.decided_at < versions.effective_to
                or versions.effective_to is null
            )
    left join rejection_reasons
        on
            versions.version_id = rejection_reasons.version_id
            and decisions.rejection_reason = rejection_reasons.reason

),

final as (

    select
        cast(judged.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(judged.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(mqls.mql_id as {{ dbt.type_string() }}) as mql_id,
        cast(judged.cycle_number as bigint) as cycle_number,
        cast(judged.origin as {{ dbt.type_string() }}) as origin,
        cast(judged.version_id as {{ dbt.type_string() }}) as version_id,
        cast(judged.handoff_at as timestamp) as handoff_at,
        cast(judged.mql_at as timestamp) as mql_at,
        cast(judged.mql_precision as {{ dbt.type_string() }}) as mql_precision,
        cast(qualifications.qualified_at as timestamp) as late_qualification_at,
        cast(judged.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(judged.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(judged.handed_on_at as timestamp) as handed_on_at,
        cast(judged.handed_on_precision as {{ dbt.type_string() }}) as handed_on_precision,
        cast(judged.is_handed_on_assumed as boolean) as is_handed_on_assumed,
        cast(judged.handed_on_owner_key as {{ dbt.type_string() }}) as handed_on_owner_key,
        cast(judged.handed_on_owner_team as {{ dbt.type_string() }}) as handed_on_owner_team,
        cast(
            case
                when judged.handed_on_at is null then null
                when judged.handed_on_owner_team = 'queue' then 'queue'
                when judged.handed_on_owner_team in ('sales', 'sdr') then 'person'
                when judged.handed_on_owner_team is not null then 'other'
                else 'unknown'
            end as {{ dbt.type_string() }}
        ) as handed_on_to,
        cast(judged.first_attempt_at as timestamp) as first_attempt_at,
        cast(judged.first_attempt_precision as {{ dbt.type_string() }})
            as first_attempt_precision,
        cast(judged.first_attempt_by as {{ dbt.type_string() }}) as first_attempt_by,
        cast(judged.n_attempts as bigint) as n_attempts,
        cast(judged.n_attempts_before_decision as bigint) as n_attempts_before_decision,
        cast(judged.first_conversation_at as timestamp) as first_conversation_at,
        cast(judged.first_conversation_precision as {{ dbt.type_string() }})
            as first_conversation_precision,
        cast(judged.n_conversations as bigint) as n_conversations,
        cast(responses.segment as {{ dbt.type_string() }}) as segment,
        cast(responses.hand_on_minutes as decimal(18, 4)) as hand_on_minutes,
        cast(responses.first_attempt_minutes as decimal(18, 4)) as first_attempt_minutes,
        cast(responses.first_attempt_business_minutes as decimal(18, 4))
            as first_attempt_business_minutes,
        cast(responses.response_band as {{ dbt.type_string() }}) as response_band,
        cast(responses.decision_minutes as decimal(18, 4)) as decision_minutes,
        cast(responses.decision_business_minutes as decimal(18, 4))
            as decision_business_minutes,
        cast(responses.sla_hand_on as {{ dbt.type_string() }}) as sla_hand_on,
        cast(responses.sla_first_attempt as {{ dbt.type_string() }}) as sla_first_attempt,
        cast(responses.sla_decision as {{ dbt.type_string() }}) as sla_decision,
        cast(coalesce(responses.is_overdue, false) as boolean) as is_overdue,
        cast(judged.sales_accepted_at as timestamp) as sales_accepted_at,
        cast(judged.is_sales_accepted_implied as boolean) as is_sales_accepted_implied,
        cast(judged.decision as {{ dbt.type_string() }}) as decision,
        cast(judged.decided_at as timestamp) as decided_at,
        cast(judged.decided_precision as {{ dbt.type_string() }}) as decided_precision,
        cast(judged.decider_key as {{ dbt.type_string() }}) as decider_key,
        cast(judged.decider_team as {{ dbt.type_string() }}) as decider_team,
        cast(judged.decision_version_id as {{ dbt.type_string() }}) as decision_version_id,
        cast(judged.n_reversals as bigint) as n_reversals,
        cast(judged.sales_qualified_at as timestamp) as sales_qualified_at,
        cast(judged.is_sales_qualified_implied as boolean) as is_sales_qualified_implied,
        cast(judged.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(judged.rejection_reason as {{ dbt.type_string() }}) as rejection_reason,
        cast(judged.reason_category as {{ dbt.type_string() }}) as rejection_category,
        cast(coalesce(answers.need, 'unknown') as {{ dbt.type_string() }})
            as criterion_need,
        cast(coalesce(answers.current_solution, 'unknown') as {{ dbt.type_string() }})
            as criterion_current_solution,
        cast(coalesce(answers.decision_maker, 'unknown') as {{ dbt.type_string() }})
            as criterion_decision_maker,
        cast(coalesce(answers.ready_to_move, 'unknown') as {{ dbt.type_string() }})
            as criterion_ready_to_move,
        cast(coalesce(answers.budget, 'unknown') as {{ dbt.type_string() }})
            as criterion_budget,
        cast(judged.opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(judged.opportunity_linked_by as {{ dbt.type_string() }})
            as opportunity_linked_by,
        cast(judged.n_opportunities as bigint) as n_opportunities,
        cast(judged.opportunity_at as timestamp) as opportunity_at,
        cast(judged.opportunity_amount as decimal(18, 2)) as opportunity_amount,
        cast(judged.is_won as boolean) as is_won,
        cast(judged.won_at as timestamp) as won_at,
        cast(judged.won_amount as decimal(18, 2)) as won_amount,
        cast(judged.lost_at as timestamp) as lost_at,
        cast(judged.outcome as {{ dbt.type_string() }}) as outcome,
        cast(judged.is_out_of_order as boolean) as is_out_of_order,
        cast(judged.cycle_ended_at as timestamp) as cycle_ended_at,
        cast(judged.cycle_ended_by as {{ dbt.type_string() }}) as cycle_ended_by,
        cast(judged.observed_until as timestamp) as observed_until,
        cast(judged.handoff_at > judged.observed_until as boolean) as is_not_yet_observable,
    {%- for law in agreement_handoff_laws() %}
    cast(coalesce(verdicts.{{ law }}, 'not_judged') as {{ dbt.type_string() }})
        as law_{{ law }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from judged
    left join mqls
        on judged.handoff_id = mqls.handoff_id
    left join qualifications
        on
            judged.lead_id = qualifications.lead_id
            and judged.cycle_index = qualifications.cycle_index
            and qualifications.is_late
    left join responses
        on judged.handoff_id = responses.handoff_id
    left join answers
        on judged.handoff_id = answers.handoff_id
    left join verdicts
        on judged.handoff_id = verdicts.handoff_id
    left join sources
        on judged.source = sources.source

)

select * from final
