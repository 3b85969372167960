{%- set far_future = "cast('9999-12-31' as timestamp)" -%}

with cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}

),

sales_acts as (

    select * from {{ ref('int_cycle_sales_acts') }}

),

hand_overs as (

    select * from {{ ref('int_cycle_hand_overs') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

freshness as (

    select * from {{ ref('int_lead_freshness') }}

),

handoffs as (

    select
        cycles.lead_id,
        cycles.cycle_index,
        cycles.holds_after,
        cycles.holds_until,
        cycles.ended_at,
        cycles.ended_by,
        mqls.mql_at,
        mqls.mql_precision,
        mqls.version_id as mql_version_id,
        case when mqls.lead_id is not null then 'mql' else 'direct' end as origin,
        sales_acts.accepted_at,
        sales_acts.accepted_precision,
        sales_acts.verdict,
        sales_acts.decided_at,
        sales_acts.decided_precision,
        sales_acts.opportunity_at,
        sales_acts.opportunity_precision,
        sales_acts.won_at,
        sales_acts.won_precision,
        -- What sales did first, where there is no MQL before it.
        least(
            coalesce(sales_acts.accepted_at, {{ far_future }}),
            coalesce(sales_acts.decided_at, {{ far_future }}),
            coalesce(sales_acts.opportunity_at, {{ far_future }})
        ) as first_sales_at
    from cycles
    left join mqls
        on
            cycles.lead_id = mqls.lead_id
            and cycles.cycle_index = mqls.cycle_index
    left join sales_acts
        on
            cycles.lead_id = sales_acts.lead_id
            and cycles.cycle_index = sales_acts.cycle_index
    where
        mqls.lead_id is not null
        or sales_acts.accepted_at is not null
        or sales_acts.decided_at is not null
        or sales_acts.opportunity_at is not null

),

begun as (

    select
        handoffs.*,
        coalesce(mql_at, first_sales_at) as handoff_at,
        row_number() over (partition by lead_id order by cycle_index asc nulls last)
            as cycle_number
    from handoffs

),

-- Source and campaign: the latest sourced inbound activity of the cycle up to the moment.
sourced as (

    select
        begun.lead_id,
        begun.cycle_index,
        activities.source,
        activities.campaign_key,
        row_number() over (
            partition by begun.lead_id, begun.cycle_index
            order by
                activities.occurred_at desc nulls last,
                activities.activity_id asc nulls last
        ) as rank_in_cycle
    from begun
    inner join activities
        on
            begun.lead_id = activities.lead_id
            and begun.holds_after < activities.occurred_at
            and begun.holds_until >= activities.occurred_at
            and {{ last_second('begun.handoff_at', 'begun.mql_precision') }}
            >= activities.occurred_at
    where activities.direction = 'inbound' and activities.source is not null

),

-- What a human of sales did from the hand-off on; of a day known only as such, one that may
-- have been after it. Two on one day, one of them exact: the exact one speaks.
attempts as (

    select
        begun.lead_id,
        begun.cycle_index,
        activities.occurred_at,
        activities.occurred_precision,
        activities.actor_key,
        activities.actor_team,
        case
            when
                begun.decided_at is null
                or activities.occurred_at <= {{ last_second(
                    'begun.decided_at', 'begun.decided_precision'
                ) }}
                then 1
            else 0
        end as is_before_decision,
        row_number() over (
            partition by begun.lead_id, begun.cycle_index
            order by
                {{ last_second('activities.occurred_at', 'activities.occurred_precision') }}
                asc nulls last,
                activities.system asc nulls last,
                activities.activity_id asc nulls last
        ) as attempt_number
    from begun
    inner join activities
        on
            begun.lead_id = activities.lead_id
            and begun.handoff_at <= {{ last_second(
                'activities.occurred_at', 'activities.occurred_precision'
            ) }}
            and begun.holds_after < activities.occurred_at
            and begun.holds_until >= activities.occurred_at
    where
        activities.side = 'seller'
        and not activities.is_automated
        and (activities.actor_team in ('sales', 'sdr') or activities.actor_team is null)

),

attempts_by_handoff as (

    select
        lead_id,
        cycle_index,
        max(case when attempt_number = 1 then occurred_at end) as first_attempt_at,
        max(case when attempt_number = 1 then occurred_precision end)
            as first_attempt_precision,
        max(case when attempt_number = 1 then actor_key end) as first_attempt_by,
        max(case when attempt_number = 1 then actor_team end) as first_attempt_team,
        count(*) as n_attempts,
        sum(is_before_decision) as n_attempts_before_decision
    from attempts
    group by lead_id, cycle_index

),

-- Two-way conversations of the whole cycle, before the MQL too.
conversations as (

    select
        begun.lead_id,
        begun.cycle_index,
        activities.occurred_at,
        activities.occurred_precision,
        row_number() over (
            partition by begun.lead_id, begun.cycle_index
            order by
                activities.occurred_at asc nulls last,
                activities.occurred_precision desc nulls last,
                activities.system asc nulls last,
                activities.activity_id asc nulls last
        ) as conversation_number
    from begun
    inner join activities
        on
            begun.lead_id = activities.lead_id
            and begun.holds_after < activities.occurred_at
            and begun.holds_until >= activities.occurred_at
    where activities.is_two_way and not activities.is_automated

),

conversations_by_handoff as (

    select
        lead_id,
        cycle_index,
        max(case when conversation_number = 1 then occurred_at end) as first_conversation_at,
        max(case when conversation_number = 1 then occurred_precision end)
            as first_conversation_precision,
        count(*) as n_conversations
    from conversations
    group by lead_id, cycle_index

),

final as (

    select
        cast(begun.lead_id || ':cycle:' || begun.cycle_number as {{ dbt.type_string() }})
            as handoff_id,
        cast(begun.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(begun.cycle_index as bigint) as cycle_index,
        cast(begun.cycle_number as bigint) as cycle_number,
        cast(begun.origin as {{ dbt.type_string() }}) as origin,
        cast(begun.handoff_at as timestamp) as handoff_at,
        cast(begun.mql_at as timestamp) as mql_at,
        cast(begun.mql_precision as {{ dbt.type_string() }}) as mql_precision,
        cast(coalesce(begun.mql_version_id, versions.version_id) as {{ dbt.type_string() }})
            as version_id,
        cast(coalesce(sourced.source, leads.source) as {{ dbt.type_string() }}) as source,
        cast(
            case
                when sourced.source is not null then sourced.campaign_key
                else leads.campaign_key
            end as {{ dbt.type_string() }}
        ) as campaign_key,
        cast(hand_overs.handed_on_at as timestamp) as handed_on_at,
        cast(hand_overs.handed_on_precision as {{ dbt.type_string() }})
            as handed_on_precision,
        cast(coalesce(hand_overs.is_handed_on_assumed, false) as boolean)
            as is_handed_on_assumed,
        cast(hand_overs.owner_key as {{ dbt.type_string() }}) as handed_on_owner_key,
        cast(hand_overs.owner_team as {{ dbt.type_string() }}) as handed_on_owner_team,
        cast(attempts_by_handoff.first_attempt_at as timestamp) as first_attempt_at,
        cast(attempts_by_handoff.first_attempt_precision as {{ dbt.type_string() }})
            as first_attempt_precision,
        cast(attempts_by_handoff.first_attempt_by as {{ dbt.type_string() }})
            as first_attempt_by,
        cast(attempts_by_handoff.first_attempt_team as {{ dbt.type_string() }})
            as first_attempt_team,
        cast(coalesce(attempts_by_handoff.n_attempts, 0) as bigint) as n_attempts,
        cast(coalesce(attempts_by_handoff.n_attempts_before_decision, 0) as bigint)
            as n_attempts_before_decision,
        cast(conversations_by_handoff.first_conversation_at as timestamp)
            as first_conversation_at,
        cast(conversations_by_handoff.first_conversation_precision as {{ dbt.type_string() }})
            as first_conversation_precision,
        cast(coalesce(conversations_by_handoff.n_conversations, 0) as bigint)
            as n_conversations,
        cast(freshness.fresh_until as timestamp) as observed_until,
        cast(begun.holds_after as timestamp) as cycle_holds_after,
        cast(begun.holds_until as timestamp) as cycle_holds_until,
        cast(begun.ended_at as timestamp) as cycle_ended_at,
        cast(begun.ended_by as {{ dbt.type_string() }}) as cycle_ended_by,
        -- A stage of sales that came before the MQL it should follow from.
        cast(
            coalesce(
                begun.origin = 'mql'
                and (
                    {{ is_before(
                        'begun.accepted_at', 'begun.accepted_precision',
                        'begun.mql_at', 'begun.mql_precision'
                    ) }}
                    or (
                        begun.verdict = 'sales_qualified'
                        and {{ is_before(
                            'begun.decided_at', 'begun.decided_precision',
                            'begun.mql_at', 'begun.mql_precision'
                        ) }}
                    )
                    or {{ is_before(
                        'begun.opportunity_at', 'begun.opportunity_precision',
                        'begun.mql_at', 'begun.mql_precision'
                    ) }}
                    or {{ is_before(
                        'begun.won_at', 'begun.won_precision',
                        'begun.mql_at', 'begun.mql_precision'
                    ) }}
                ),
                false
            ) as boolean
        ) as is_out_of_order
    from begun
    inner join leads
        on begun.lead_id = leads.lead_id
    left join freshness
        on begun.lead_id = freshness.lead_id
    left join versions
        on
            begun.handoff_at >= versions.effective_from
            and (
                begun.handoff_at < versions.effective_to
                or versions.effective_to is null
            )
    left join hand_overs
        on
            begun.lead_id = hand_overs.lead_id
            and begun.cycle_index = hand_overs.cycle_index
    left join sourced
        on
            begun.lead_id = sourced.lead_id
            and begun.cycle_index = sourced.cycle_index
            and sourced.rank_in_cycle = 1
    left join attempts_by_handoff
        on
            begun.lead_id = attempts_by_handoff.lead_id
            and begun.cycle_index = attempts_by_handoff.cycle_index
    left join conversations_by_handoff
        on
            begun.lead_id = conversations_by_handoff.lead_id
            and begun.cycle_index = conversations_by_handoff.cycle_index

)

select * from final
