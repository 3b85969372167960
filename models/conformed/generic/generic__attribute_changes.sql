with

stg_generic__attribute_changes as (
    select * from {{ ref('stg_generic__attribute_changes') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(
            stg_generic__attribute_changes.record_id
            as {{ dbt.type_string() }}
        ) as record_id,
        cast(
            'generic:person:' || stg_generic__attribute_changes.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(
            stg_generic__attribute_changes.attribute
            as {{ dbt.type_string() }}
        ) as attribute,
        cast(
            stg_generic__attribute_changes.old_value
            as {{ dbt.type_string() }}
        ) as old_value,
        cast(
            stg_generic__attribute_changes.new_value
            as {{ dbt.type_string() }}
        ) as new_value,
        cast(stg_generic__attribute_changes.changed_at as timestamp) as changed_at,
        cast(
            stg_generic__attribute_changes.actor_id
            as {{ dbt.type_string() }}
        ) as actor_id,
        cast(
            stg_generic__attribute_changes._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__attribute_changes
    where stg_generic__attribute_changes.quarantine_reason is null
)

select * from final
