with persons as (

    select * from {{ ref('all__persons') }}

),

person_merges as (

    select * from {{ ref('all__person_merges') }}

),

person_addresses as (

    select * from {{ ref('int_person_addresses') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

known as (

    select persons.*
    from persons
    inner join build_clock
        on {{ to_second('persons.created_at') }} <= build_clock.as_of

),

-- The CRM record that a record names: its own contact after a conversion, else one that
-- another system keeps in step with.
named as (

    select
        known.*,
        'lead' as named_type,
        known.crm_system || ':lead:' || known.crm_lead_id as linked_key
    from known

    union all

    select
        known.*,
        'contact' as named_type,
        known.crm_system || ':contact:' || known.crm_contact_id as linked_key
    from known

),

partners as (

    select
        record_key,
        created_at,
        created_precision
    from known

),

named_links as (

    select
        named.record_key,
        case when named.system = named.crm_system then 'conversion' else 'sync' end
            as evidence,
        'record' as key_kind,
        named.linked_key,
        -- Nobody can have written a sync id before both records were there.
        case
            when named.system = named.crm_system then named.converted_at
            when partners.created_at > named.created_at then partners.created_at
            else named.created_at
        end as recorded_at,
        case
            when named.system = named.crm_system then named.converted_precision
            when partners.created_at > named.created_at then partners.created_precision
            else named.created_precision
        end as recorded_precision
    from named
    inner join build_clock
        on
            {{ to_second('named.converted_at') }} <= build_clock.as_of
            or named.converted_at is null
            or named.system <> named.crm_system
    left join partners
        on named.linked_key = partners.record_key
    where named.linked_key <> named.record_key

),

merge_links as (

    select
        person_merges.system || ':' || person_merges.record_type || ':'
        || person_merges.loser_id as record_key,
        'merge' as evidence,
        'record' as key_kind,
        person_merges.system || ':' || person_merges.record_type || ':'
        || person_merges.winner_id as linked_key,
        person_merges.merged_at as recorded_at,
        'second' as recorded_precision
    from person_merges
    inner join build_clock
        on
            {{ to_second('person_merges.merged_at') }} <= build_clock.as_of
            or person_merges.merged_at is null
    where person_merges.loser_id <> person_merges.winner_id

),

-- An address taken up again was known since the first time.
held_addresses as (

    select
        record_key,
        address,
        holder_number,
        min(held_from) as held_from
    from person_addresses
    where not is_shared_mailbox
    group by record_key, address, holder_number

),

email_links as (

    select
        held_addresses.record_key,
        'email' as evidence,
        'email' as key_kind,
        'email:' || held_addresses.address
        || case
            when held_addresses.holder_number > 1
                then '#' || cast(held_addresses.holder_number as {{ dbt.type_string() }})
            else ''
        end as linked_key,
        held_addresses.held_from as recorded_at,
        case
            when held_addresses.held_from = known.created_at then known.created_precision
            else 'second'
        end as recorded_precision
    from held_addresses
    inner join known
        on held_addresses.record_key = known.record_key

),

unioned as (

    select * from named_links

    union all

    select * from merge_links

    union all

    select * from email_links

),

final as (

    select
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(evidence as {{ dbt.type_string() }}) as evidence,
        cast(key_kind as {{ dbt.type_string() }}) as key_kind,
        cast(linked_key as {{ dbt.type_string() }}) as linked_key,
        cast(recorded_at as timestamp) as recorded_at,
        cast(
            case when recorded_at is not null then recorded_precision end
            as {{ dbt.type_string() }}
        ) as recorded_precision
    from unioned
    where linked_key is not null

)

select * from final
