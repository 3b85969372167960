with identity_links as (

    select * from {{ ref('int_lead_identity_links') }}

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(evidence as {{ dbt.type_string() }}) as evidence,
        cast(key_kind as {{ dbt.type_string() }}) as key_kind,
        cast(linked_key as {{ dbt.type_string() }}) as linked_key,
        cast(recorded_at as timestamp) as recorded_at,
        cast(recorded_precision as {{ dbt.type_string() }}) as recorded_precision,
        cast(has_record as boolean) as has_record,
        cast(has_linked_record as boolean) as has_linked_record,
        cast(is_joining as boolean) as is_joining
    from identity_links

)

select * from final
