with accounts as (

    select * from {{ ref('all__accounts') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

opportunities as (

    select * from {{ ref('all__opportunities') }}

),

users as (

    select * from {{ ref('int_users') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

known as (

    select accounts.*
    from accounts
    inner join build_clock
        on
            {{ to_second('accounts.created_at') }} <= build_clock.as_of
            or accounts.created_at is null

),

-- An account that persons or deals name is one, whether it was exported or not.
named as (

    {% for entity in ['known', 'persons', 'opportunities'] %}
    select distinct
        system,
        account_id
    from {{ entity }}
    where account_id is not null
    {{ 'union distinct' if not loop.last }}
    {% endfor %}

),

described as (

    select
        named.system,
        named.account_id,
        known.name,
        known.website,
        {{ website_domain('known.website') }} as domain,
        known.country,
        known.industry,
        known.employees,
        known.owner_id,
        known.created_at,
        coalesce(known.is_deleted, false) as is_deleted,
        known.account_id is not null as is_exported
    from named
    left join known
        on
            named.system = known.system
            and named.account_id = known.account_id

),

final as (

    select
        cast(
            described.system || ':account:' || described.account_id
            as {{ dbt.type_string() }}
        ) as account_key,
        cast(described.system as {{ dbt.type_string() }}) as system,
        cast(described.account_id as {{ dbt.type_string() }}) as account_id,
        cast(described.name as {{ dbt.type_string() }}) as name,
        cast(described.website as {{ dbt.type_string() }}) as website,
        cast(described.domain as {{ dbt.type_string() }}) as domain,
        cast(described.country as {{ dbt.type_string() }}) as country,
        cast(described.industry as {{ dbt.type_string() }}) as industry,
        cast(described.employees as bigint) as employees,
        cast(
            described.system || ':user:' || described.owner_id as {{ dbt.type_string() }}
        ) as owner_key,
        cast(users.team as {{ dbt.type_string() }}) as owner_team,
        cast(described.created_at as timestamp) as created_at,
        cast(described.is_deleted as boolean) as is_deleted,
        cast(described.is_exported as boolean) as is_exported
    from described
    left join users
        on
            described.system = users.system
            and described.owner_id = users.user_id

)

select * from final
