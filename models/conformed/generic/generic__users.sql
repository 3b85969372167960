with

stg_generic__users as (
    select * from {{ ref('stg_generic__users') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(stg_generic__users.user_id as {{ dbt.type_string() }}) as user_id,
        cast(stg_generic__users.name as {{ dbt.type_string() }}) as name,
        cast(stg_generic__users.email as {{ dbt.type_string() }}) as email,
        cast(stg_generic__users.raw_team as {{ dbt.type_string() }}) as raw_team,
        cast(stg_generic__users.is_active as boolean) as is_active,
        cast(stg_generic__users._source_file as {{ dbt.type_string() }}) as source_file
    from stg_generic__users
    where stg_generic__users.quarantine_reason is null
)

select * from final
