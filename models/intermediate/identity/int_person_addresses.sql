with persons as (

    select * from {{ ref('all__persons') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

shared_mailboxes as (

    select * from {{ ref('map_shared_mailboxes') }}

),

identity_rules as (

    select * from {{ ref('map_identity_rules') }}

),

options as (

    select
        max(build_clock.as_of) as as_of,
        max(case when identity_rules.is_on then 1 else 0 end) as ignores_plus_tags
    from build_clock
    left join identity_rules
        on identity_rules.rule = 'plus_tags_are_ignored'

),

changes as (

    select
        record_key,
        old_value,
        new_value,
        changed_at,
        row_number() over (partition by record_key order by changed_at asc nulls last)
            as change_number,
        lead(changed_at) over (partition by record_key order by changed_at asc nulls last)
            as next_changed_at
    from attribute_changes
    where attribute = 'email'

),

-- Before its first change a record had the old address, since the last the present one.
periods as (

    select
        persons.record_key,
        persons.created_at,
        changes.old_value as email,
        persons.created_at as held_from,
        changes.changed_at as held_until
    from persons
    inner join changes
        on
            persons.record_key = changes.record_key
            and changes.change_number = 1

    union all

    select
        persons.record_key,
        persons.created_at,
        case when changes.next_changed_at is null then persons.email else changes.new_value end
            as email,
        changes.changed_at as held_from,
        changes.next_changed_at as held_until
    from persons
    inner join changes
        on persons.record_key = changes.record_key

    union all

    select
        persons.record_key,
        persons.created_at,
        persons.email,
        persons.created_at as held_from,
        cast(null as timestamp) as held_until
    from persons
    where
        not exists (
            select 1
            from changes
            where changes.record_key = persons.record_key
        )

),

-- What changed after the build's clock has not changed yet.
known as (

    select
        periods.record_key,
        periods.held_from,
        case when {{ to_second('periods.held_until') }} <= options.as_of then periods.held_until end
            as held_until,
        {{ comparable_address('periods.email', 'options.ignores_plus_tags = 1') }} as address,
        {{ address_local_part('periods.email') }} as local_part
    from periods
    cross join options
    where
        {{ to_second('periods.created_at') }} <= options.as_of
        and {{ to_second('periods.held_from') }} <= options.as_of
        and (periods.held_from < periods.held_until or periods.held_until is null)

),

addressed as (

    select
        known.*,
        shared_mailboxes.local_part is not null as is_shared_mailbox,
        max(coalesce(known.held_until, cast('9999-12-31' as timestamp))) over (
            partition by known.address
            order by known.held_from asc nulls last, known.record_key asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as held_before_until
    from known
    left join shared_mailboxes
        on known.local_part = lower(trim(shared_mailboxes.local_part))
    where known.address is not null

),

-- Records that held an address at the same time are one holder; whoever gets it after the
-- last of them has left it is another.
final as (

    select
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(address as {{ dbt.type_string() }}) as address,
        cast(
            sum(case when held_before_until > held_from then 0 else 1 end) over (
                partition by address
                order by held_from asc nulls last, record_key asc nulls last
                rows between unbounded preceding and current row
            ) as bigint
        ) as holder_number,
        cast(is_shared_mailbox as boolean) as is_shared_mailbox,
        cast(held_from as timestamp) as held_from,
        cast(held_until as timestamp) as held_until
    from addressed

)

select * from final
