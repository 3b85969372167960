with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

decisions as (

    select * from {{ ref('int_handoff_decisions') }}

),

acceptances as (

    select
        handoffs.handoff_id,
        handoffs.lead_id,
        handoffs.origin,
        handoffs.mql_at,
        handoffs.handed_on_at,
        handoffs.is_handed_on_assumed,
        decisions.sales_accepted_at,
        decisions.is_sales_accepted_implied,
        decisions.sales_qualified_at,
        decisions.is_sales_qualified_implied,
        decisions.opportunity_at,
        decisions.won_at
    from handoffs
    inner join decisions
        on handoffs.handoff_id = decisions.handoff_id

),

unioned as (

    select
        handoff_id,
        lead_id,
        origin,
        'mql' as stage,
        mql_at as reached_at,
        false as is_implied
    from acceptances

    union all

    select
        handoff_id,
        lead_id,
        origin,
        'handed_on' as stage,
        handed_on_at as reached_at,
        is_handed_on_assumed as is_implied
    from acceptances

    union all

    select
        handoff_id,
        lead_id,
        origin,
        'sales_accepted' as stage,
        sales_accepted_at as reached_at,
        is_sales_accepted_implied as is_implied
    from acceptances

    union all

    select
        handoff_id,
        lead_id,
        origin,
        'sales_qualified' as stage,
        sales_qualified_at as reached_at,
        is_sales_qualified_implied as is_implied
    from acceptances

    union all

    select
        handoff_id,
        lead_id,
        origin,
        'opportunity' as stage,
        opportunity_at as reached_at,
        false as is_implied
    from acceptances

    union all

    select
        handoff_id,
        lead_id,
        origin,
        'won' as stage,
        won_at as reached_at,
        false as is_implied
    from acceptances

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(origin as {{ dbt.type_string() }}) as origin,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(reached_at as timestamp) as reached_at,
        cast(is_implied as boolean) as is_implied
    from unioned
    where reached_at is not null

)

select * from final
