with

stg_generic__opportunities as (
    select * from {{ ref('stg_generic__opportunities') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__opportunities.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_id,
        cast(
            'generic:opportunity:' || stg_generic__opportunities.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(stg_generic__opportunities.name as {{ dbt.type_string() }}) as name,
        cast(
            stg_generic__opportunities.raw_type
            as {{ dbt.type_string() }}
        ) as raw_type,
        cast(
            stg_generic__opportunities.account_id
            as {{ dbt.type_string() }}
        ) as account_id,
        cast(stg_generic__opportunities.amount as decimal(18, 2)) as amount,
        cast(
            stg_generic__opportunities.currency
            as {{ dbt.type_string() }}
        ) as currency,
        cast(
            stg_generic__opportunities.creator_id
            as {{ dbt.type_string() }}
        ) as creator_id,
        cast(
            stg_generic__opportunities.owner_id
            as {{ dbt.type_string() }}
        ) as owner_id,
        cast(
            stg_generic__opportunities.raw_stage
            as {{ dbt.type_string() }}
        ) as raw_stage,
        cast(
            coalesce(
                stg_generic__opportunities.created_at,
                stg_generic__opportunities.closed_at
            )
            as timestamp
        ) as created_at,
        cast(
            coalesce(
                stg_generic__opportunities.created_precision,
                stg_generic__opportunities.closed_precision
            )
            as {{ dbt.type_string() }}
        ) as created_precision,
        cast(
            stg_generic__opportunities.created_at is null
            as boolean
        ) as is_created_inferred,
        cast(stg_generic__opportunities.closed_at as timestamp) as closed_at,
        cast(
            stg_generic__opportunities.closed_precision
            as {{ dbt.type_string() }}
        ) as closed_precision,
        cast(
            stg_generic__opportunities.raw_source
            as {{ dbt.type_string() }}
        ) as raw_source,
        cast(
            stg_generic__opportunities.campaign_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(stg_generic__opportunities.updated_at as timestamp) as updated_at,
        cast(
            coalesce(stg_generic__opportunities.is_deleted, false)
            as boolean
        ) as is_deleted,
        cast(
            stg_generic__opportunities._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__opportunities
    where stg_generic__opportunities.quarantine_reason is null
)

select * from final
