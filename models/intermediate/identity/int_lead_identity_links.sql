with identity_links as (

    select * from {{ ref('int_identity_links') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

-- A key that one record alone names ties nobody.
named_keys as (

    select
        linked_key,
        min(record_key) <> max(record_key) as is_named_by_several
    from identity_links
    group by linked_key

),

linked_keys as (

    select
        record_key,
        has_record
    from lead_keys

),

final as (

    select
        cast(lead_keys.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(identity_links.record_key as {{ dbt.type_string() }}) as record_key,
        cast(identity_links.evidence as {{ dbt.type_string() }}) as evidence,
        cast(identity_links.key_kind as {{ dbt.type_string() }}) as key_kind,
        cast(identity_links.linked_key as {{ dbt.type_string() }}) as linked_key,
        cast(identity_links.recorded_at as timestamp) as recorded_at,
        cast(identity_links.recorded_precision as {{ dbt.type_string() }})
            as recorded_precision,
        cast(lead_keys.has_record as boolean) as has_record,
        cast(coalesce(linked_keys.has_record, false) as boolean) as has_linked_record,
        cast(
            coalesce(linked_keys.has_record, false) or named_keys.is_named_by_several
            as boolean
        ) as is_joining
    from identity_links
    inner join lead_keys
        on identity_links.record_key = lead_keys.record_key
    inner join named_keys
        on identity_links.linked_key = named_keys.linked_key
    left join linked_keys
        on
            identity_links.linked_key = linked_keys.record_key
            and identity_links.key_kind = 'record'

)

select * from final
