with persons as (

    select * from {{ ref('all__persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

person_addresses as (

    select * from {{ ref('int_person_addresses') }}

),

final as (

    select
        cast(lead_keys.record_key as {{ dbt.type_string() }}) as record_key,
        cast(lead_keys.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(persons.system as {{ dbt.type_string() }}) as system,
        cast(
            case
                when not person_addresses.is_shared_mailbox then person_addresses.address
            end as {{ dbt.type_string() }}
        ) as joining_email,
        cast(coalesce(person_addresses.is_shared_mailbox, false) as boolean)
            as is_shared_mailbox,
        cast(persons.created_at as timestamp) as created_at,
        cast(persons.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(persons.updated_at as timestamp) as updated_at
    from lead_keys
    inner join persons
        on lead_keys.record_key = persons.record_key
    left join person_addresses
        on
            lead_keys.record_key = person_addresses.record_key
            and person_addresses.held_until is null
    where lead_keys.has_record

)

select * from final
