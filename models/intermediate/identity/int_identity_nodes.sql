with persons as (

    select * from {{ ref('all__persons') }}

),

identity_links as (

    select * from {{ ref('int_identity_links') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A key that is named but has no record (merged away, deleted, not exported) is a node
-- too: what happened to it reaches the lead that it belongs to.
named as (

    select
        persons.record_key,
        1 as has_record
    from persons
    inner join build_clock
        on {{ to_second('persons.created_at') }} <= build_clock.as_of

    union all

    select
        record_key,
        0 as has_record
    from identity_links

    union all

    select
        linked_key as record_key,
        0 as has_record
    from identity_links
    where key_kind = 'record'

),

keys as (

    select
        record_key,
        max(has_record) as has_record
    from named
    group by record_key

),

final as (

    select
        cast(
            -- By hash: numbers that climb along a chain of keys would be contracted slowly.
            row_number() over (
                order by {{ dbt.hash('record_key') }} asc nulls last, record_key asc nulls last
            ) as bigint
        ) as node,
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(has_record = 1 as boolean) as has_record
    from keys

)

select * from final
