with

stg_generic__accounts as (
    select * from {{ ref('stg_generic__accounts') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__accounts.account_id
            as {{ dbt.type_string() }}
        ) as account_id,
        cast(stg_generic__accounts.name as {{ dbt.type_string() }}) as name,
        cast(stg_generic__accounts.website as {{ dbt.type_string() }}) as website,
        cast(stg_generic__accounts.country as {{ dbt.type_string() }}) as country,
        cast(stg_generic__accounts.industry as {{ dbt.type_string() }}) as industry,
        cast(stg_generic__accounts.employees as bigint) as employees,
        cast(stg_generic__accounts.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(stg_generic__accounts.created_at as timestamp) as created_at,
        cast(stg_generic__accounts.updated_at as timestamp) as updated_at,
        cast(
            coalesce(stg_generic__accounts.is_deleted, false)
            as boolean
        ) as is_deleted,
        cast(
            stg_generic__accounts._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__accounts
    where stg_generic__accounts.quarantine_reason is null
)

select * from final
