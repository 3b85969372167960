with person_addresses as (

    select * from {{ ref('int_person_addresses') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

holders as (

    select
        person_addresses.address,
        person_addresses.holder_number,
        min(lead_keys.lead_id) as lead_id,
        min(person_addresses.held_from) as held_from
    from person_addresses
    inner join lead_keys
        on person_addresses.record_key = lead_keys.record_key
    where not person_addresses.is_shared_mailbox
    group by person_addresses.address, person_addresses.holder_number

),

-- Somebody may act before anyone writes their record, and after their address is given up.
final as (

    select
        cast(address as {{ dbt.type_string() }}) as address,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(
            case when holder_number = 1 then cast('1900-01-01' as timestamp) else held_from end
            as timestamp
        ) as valid_from,
        cast(
            coalesce(
                lead(held_from) over (
                    partition by address
                    order by holder_number asc nulls last
                ),
                cast('9999-12-31' as timestamp)
            ) as timestamp
        ) as valid_to
    from holders

)

select * from final
