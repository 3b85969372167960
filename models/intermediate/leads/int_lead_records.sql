with persons as (

    select * from {{ ref('all__persons') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

shared_mailboxes as (

    select * from {{ ref('map_shared_mailboxes') }}

),

known as (

    select
        persons.*,
        lower(trim(persons.email)) as normalised_email
    from persons
    inner join build_clock
        on persons.created_at <= build_clock.as_of

),

-- A blank address, a broken one and a shared mailbox say nothing about who it is.
addressed as (

    select
        known.*,
        shared_mailboxes.local_part is not null as is_shared_mailbox,
        coalesce(
            shared_mailboxes.local_part is null
            and {{ text_around('known.normalised_email', '@', 1) }} <> ''
            and {{ text_around('known.normalised_email', '@', 2) }} <> '',
            false
        ) as is_joinable
    from known
    left join shared_mailboxes
        on
            {{ text_around('known.normalised_email', '@', 1) }}
            = lower(trim(shared_mailboxes.local_part))

),

components as (

    select
        addressed.*,
        case
            when is_joinable then 'email:' || normalised_email
            else record_key
        end as component
    from addressed

),

-- The key of the earliest-created member: stable as records are added.
keyed as (

    select
        components.*,
        first_value(record_key) over (
            partition by component
            order by created_at asc nulls last, record_key asc nulls last
            rows between unbounded preceding and unbounded following
        ) as lead_id,
        count(*) over (partition by component) as n_members
    from components

),

final as (

    select
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(system as {{ dbt.type_string() }}) as system,
        cast(
            case when is_joinable then normalised_email end as {{ dbt.type_string() }}
        ) as joining_email,
        cast(is_shared_mailbox as boolean) as is_shared_mailbox,
        cast(
            case when n_members > 1 then 'email' else 'none' end as {{ dbt.type_string() }}
        ) as joined_by,
        cast(created_at as timestamp) as created_at,
        cast(created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(updated_at as timestamp) as updated_at
    from keyed

)

select * from final
