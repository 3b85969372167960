with

stg_salesforce__opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

-- The close date of an open deal is a hope. Without IsClosed the mapping of stages decides.
closed as (
    select
        stg_salesforce__opportunity.*,
        coalesce(stg_salesforce__opportunity.is_closed, true) as has_closed
    from stg_salesforce__opportunity
    where stg_salesforce__opportunity.quarantine_reason is null
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(closed.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(
            'salesforce:opportunity:' || closed.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(closed.name as {{ dbt.type_string() }}) as name,
        cast(closed.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(closed.account_id as {{ dbt.type_string() }}) as account_id,
        cast(closed.amount as decimal(18, 2)) as amount,
        cast(closed.currency as {{ dbt.type_string() }}) as currency,
        cast(closed.creator_id as {{ dbt.type_string() }}) as creator_id,
        cast(closed.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(closed.raw_stage as {{ dbt.type_string() }}) as raw_stage,
        cast(closed.created_at as timestamp) as created_at,
        cast(closed.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(false as boolean) as is_created_inferred,
        cast(
            case when closed.has_closed then closed.close_at end as timestamp
        ) as closed_at,
        cast(
            case when closed.has_closed then closed.close_precision end
            as {{ dbt.type_string() }}
        ) as closed_precision,
        cast(closed.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(closed.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(closed.updated_at as timestamp) as updated_at,
        cast(coalesce(closed.is_deleted, false) as boolean) as is_deleted,
        cast(closed._source_file as {{ dbt.type_string() }}) as source_file
    from closed
)

select * from final
