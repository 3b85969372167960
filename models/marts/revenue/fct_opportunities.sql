with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

linked as (

    select
        opportunities.*,
        coalesce(opportunities.won_at, opportunities.lost_at) as closed_at,
        handoff_opportunities.handoff_id,
        -- Deals of other kinds make no stage, so no hand-off brought them.
        case
            when opportunities.is_new_business
                then coalesce(handoff_opportunities.linked_by, 'unlinked')
            else 'other_type'
        end as handoff_linked_by,
        handoffs.origin as handoff_origin
    from opportunities
    left join handoff_opportunities
        on opportunities.opportunity_key = handoff_opportunities.opportunity_key
    left join handoffs
        on handoff_opportunities.handoff_id = handoffs.handoff_id

),

dated as (

    select
        linked.*,
        {{ reporting_date('created_at', 'created_precision') }} as created_date,
        {{ reporting_date('closed_at', 'closed_precision') }} as closed_date
    from linked

),

final as (

    select
        cast(dated.opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(dated.system as {{ dbt.type_string() }}) as system,
        cast(dated.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(dated.account_key as {{ dbt.type_string() }}) as account_key,
        cast(dated.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(dated.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(dated.is_new_business as boolean) as is_new_business,
        cast(coalesce(dated.stage, 'unmapped') as {{ dbt.type_string() }}) as stage,
        cast(dated.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(dated.handoff_linked_by as {{ dbt.type_string() }}) as linked_by,
        cast(dated.handoff_origin as {{ dbt.type_string() }}) as handoff_origin,
        cast(dated.creator_key as {{ dbt.type_string() }}) as creator_key,
        cast(dated.creator_team as {{ dbt.type_string() }}) as creator_team,
        cast(dated.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(dated.owner_team as {{ dbt.type_string() }}) as owner_team,
        cast(dated.created_at as timestamp) as created_at,
        cast(dated.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(dated.created_date as date) as created_date,
        cast(dated.closed_at as timestamp) as closed_at,
        cast(
            case when dated.closed_at is not null then dated.closed_precision end
            as {{ dbt.type_string() }}
        ) as closed_precision,
        cast(dated.closed_date as date) as closed_date,
        cast(dates.fiscal_quarter as {{ dbt.type_string() }}) as closed_fiscal_quarter,
        cast(dated.won_at as timestamp) as won_at,
        cast(dated.lost_at as timestamp) as lost_at,
        cast(dated.amount as decimal(18, 2)) as original_amount,
        cast(dated.currency as {{ dbt.type_string() }}) as original_currency,
        cast(dated.rate_date as date) as rate_date,
        cast(dated.amount_reporting as decimal(18, 2)) as amount
    from dated
    left join dates
        on dated.closed_date = dates.date_day

)

select * from final
