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

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

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

-- The first moment from the MQL on at which the lead was with sales.
handed_on as (

    select
        begun.lead_id,
        begun.cycle_index,
        min(status_changes.changed_at) as handed_on_at
    from begun
    inner join status_changes
        on
            begun.lead_id = status_changes.lead_id
            and begun.mql_at <= {{ last_second(
                'status_changes.changed_at', 'status_changes.changed_precision'
            ) }}
            and begun.holds_until >= status_changes.changed_at
    where
        status_changes.stage in ('handed_on', 'sales_accepted', 'sales_qualified')
    group by begun.lead_id, begun.cycle_index

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

-- Human attempts from the hand-off on, and two-way conversations of the whole cycle.
attempts as (

    select
        begun.lead_id,
        begun.cycle_index,
        min(activities.occurred_at) as first_attempt_at,
        count(*) as n_attempts
    from begun
    inner join activities
        on
            begun.lead_id = activities.lead_id
            and begun.handoff_at <= activities.occurred_at
            and begun.holds_until >= activities.occurred_at
    where
        activities.side = 'seller'
        and not activities.is_automated
        and (activities.actor_team in ('sales', 'sdr') or activities.actor_team is null)
    group by begun.lead_id, begun.cycle_index

),

conversations as (

    select
        begun.lead_id,
        begun.cycle_index,
        min(activities.occurred_at) as first_conversation_at
    from begun
    inner join activities
        on
            begun.lead_id = activities.lead_id
            and begun.holds_after < activities.occurred_at
            and begun.holds_until >= activities.occurred_at
    where activities.is_two_way and not activities.is_automated
    group by begun.lead_id, begun.cycle_index

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
        -- Where nobody says when the lead went over, but sales own it or the owner is not
        -- known, the MQL itself is the moment.
        cast(
            case
                when handed_on.handed_on_at < begun.mql_at then begun.mql_at
                when handed_on.handed_on_at is not null then handed_on.handed_on_at
                when
                    begun.origin = 'mql'
                    and (leads.owner_team in ('sales', 'sdr', 'queue') or leads.owner_team is null)
                    then begun.mql_at
            end as timestamp
        ) as handed_on_at,
        cast(
            begun.origin = 'mql'
            and handed_on.handed_on_at is null
            and (leads.owner_team in ('sales', 'sdr', 'queue') or leads.owner_team is null)
            as boolean
        ) as is_handed_on_assumed,
        cast(attempts.first_attempt_at as timestamp) as first_attempt_at,
        cast(coalesce(attempts.n_attempts, 0) as bigint) as n_attempts,
        cast(conversations.first_conversation_at as timestamp) as first_conversation_at,
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
    left join versions
        on
            begun.handoff_at >= versions.effective_from
            and (
                begun.handoff_at < versions.effective_to
                or versions.effective_to is null
            )
    left join handed_on
        on
            begun.lead_id = handed_on.lead_id
            and begun.cycle_index = handed_on.cycle_index
    left join sourced
        on
            begun.lead_id = sourced.lead_id
            and begun.cycle_index = sourced.cycle_index
            and sourced.rank_in_cycle = 1
    left join attempts
        on
            begun.lead_id = attempts.lead_id
            and begun.cycle_index = attempts.cycle_index
    left join conversations
        on
            begun.lead_id = conversations.lead_id
            and begun.cycle_index = conversations.cycle_index

)

select * from final
