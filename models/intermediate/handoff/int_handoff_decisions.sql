with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

sales_acts as (

    select * from {{ ref('int_cycle_sales_acts') }}

),

deals as (

    select * from {{ ref('int_handoff_deals') }}

),

decided as (

    select
        handoffs.handoff_id,
        handoffs.lead_id,
        handoffs.cycle_index,
        handoffs.cycle_ended_by,
        sales_acts.accepted_at,
        sales_acts.verdict,
        sales_acts.n_reversals,
        sales_acts.raw_reason,
        sales_acts.reason,
        sales_acts.objection,
        sales_acts.decider_key,
        sales_acts.decider_team,
        deals.opportunity_key,
        deals.opportunity_linked_by,
        deals.opportunity_at,
        deals.amount_reporting,
        deals.won_at,
        deals.won_amount_reporting,
        deals.last_lost_at,
        coalesce(deals.n_opportunities, 0) as n_opportunities,
        coalesce(deals.n_won, 0) as n_won,
        coalesce(deals.n_lost, 0) as n_lost,
        -- A deal says that sales qualified the lead, where they did not say it themselves.
        case
            when sales_acts.verdict is not null then sales_acts.verdict
            when deals.opportunity_at is not null then 'sales_qualified'
            else 'pending'
        end as decision,
        case
            when sales_acts.verdict is not null then sales_acts.decided_at
            else deals.opportunity_at
        end as decided_at,
        case
            when sales_acts.verdict is not null then sales_acts.decided_precision
            else deals.opportunity_precision
        end as decided_precision
    from handoffs
    left join sales_acts
        on
            handoffs.lead_id = sales_acts.lead_id
            and handoffs.cycle_index = sales_acts.cycle_index
    left join deals
        on handoffs.handoff_id = deals.handoff_id

),

staged as (

    select
        decided.*,
        case when decision = 'sales_qualified' then decided_at end as sales_qualified_at,
        decision = 'sales_qualified' and verdict is null as is_sales_qualified_implied,
        case
            when accepted_at is not null then accepted_at
            when decision = 'sales_qualified' then decided_at
        end as sales_accepted_at,
        accepted_at is null and decision = 'sales_qualified' as is_sales_accepted_implied
    from decided

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycle_index as bigint) as cycle_index,
        cast(decision as {{ dbt.type_string() }}) as decision,
        cast(decided_at as timestamp) as decided_at,
        cast(decided_precision as {{ dbt.type_string() }}) as decided_precision,
        cast(coalesce(n_reversals, 0) as bigint) as n_reversals,
        cast(decider_key as {{ dbt.type_string() }}) as decider_key,
        cast(decider_team as {{ dbt.type_string() }}) as decider_team,
        cast(
            case when decision in ('rejected', 'recycled') then raw_reason end
            as {{ dbt.type_string() }}
        ) as raw_reason,
        cast(
            case when decision in ('rejected', 'recycled') then reason end
            as {{ dbt.type_string() }}
        ) as rejection_reason,
        cast(sales_accepted_at as timestamp) as sales_accepted_at,
        cast(is_sales_accepted_implied as boolean) as is_sales_accepted_implied,
        cast(sales_qualified_at as timestamp) as sales_qualified_at,
        cast(is_sales_qualified_implied as boolean) as is_sales_qualified_implied,
        cast(opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(opportunity_linked_by as {{ dbt.type_string() }}) as opportunity_linked_by,
        cast(n_opportunities as bigint) as n_opportunities,
        cast(opportunity_at as timestamp) as opportunity_at,
        cast(amount_reporting as decimal(18, 2)) as opportunity_amount,
        cast(n_won > 0 as boolean) as is_won,
        cast(won_at as timestamp) as won_at,
        cast(won_amount_reporting as decimal(18, 2)) as won_amount,
        cast(
            case when n_won = 0 and n_lost = n_opportunities then last_lost_at end
            as timestamp
        ) as lost_at,
        cast(
            case
                when n_won > 0 then 'won'
                when
                    decision = 'sales_qualified'
                    and cycle_ended_by in ('rejected', 'recycled')
                    then 'returned'
                when n_opportunities > 0 and n_lost = n_opportunities then 'lost'
                when n_opportunities > 0 then 'open'
                when decision in ('rejected', 'recycled') then 'returned'
                else 'none'
            end as {{ dbt.type_string() }}
        ) as outcome
    from staged

)

select * from final
