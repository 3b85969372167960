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
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(
            stg_generic__opportunities.record_id
            as {{ dbt.type_string() }}
        ) as record_id,
        cast(
            'generic:person:' || stg_generic__opportunities.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(null as {{ dbt.type_string() }}) as role,
        cast(true as boolean) as is_primary,
        cast(
            coalesce(
                stg_generic__opportunities.created_at,
                stg_generic__opportunities.closed_at
            )
            as timestamp
        ) as linked_at,
        cast(
            stg_generic__opportunities._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__opportunities
    where
        stg_generic__opportunities.quarantine_reason is null
        and stg_generic__opportunities.record_id is not null
)

select * from final
