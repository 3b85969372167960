with

stg_salesforce__account as (
    select * from {{ ref('stg_salesforce__account') }}
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(
            stg_salesforce__account.account_id as {{ dbt.type_string() }}
        ) as account_id,
        cast(stg_salesforce__account.name as {{ dbt.type_string() }}) as name,
        cast(stg_salesforce__account.website as {{ dbt.type_string() }}) as website,
        cast(stg_salesforce__account.country as {{ dbt.type_string() }}) as country,
        cast(stg_salesforce__account.industry as {{ dbt.type_string() }}) as industry,
        cast(stg_salesforce__account.employees as bigint) as employees,
        cast(stg_salesforce__account.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(stg_salesforce__account.created_at as timestamp) as created_at,
        cast(stg_salesforce__account.updated_at as timestamp) as updated_at,
        cast(
            coalesce(stg_salesforce__account.is_deleted, false) as boolean
        ) as is_deleted,
        cast(
            stg_salesforce__account._source_file as {{ dbt.type_string() }}
        ) as source_file
    from stg_salesforce__account
    where stg_salesforce__account.quarantine_reason is null
)

select * from final
