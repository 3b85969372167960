with

stg_generic__persons as (
    select * from {{ ref('stg_generic__persons') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(stg_generic__persons.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'generic:person:' || stg_generic__persons.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(stg_generic__persons.email as {{ dbt.type_string() }}) as email,
        cast(stg_generic__persons.first_name as {{ dbt.type_string() }}) as first_name,
        cast(stg_generic__persons.last_name as {{ dbt.type_string() }}) as last_name,
        cast(stg_generic__persons.title as {{ dbt.type_string() }}) as title,
        cast(stg_generic__persons.company as {{ dbt.type_string() }}) as company,
        cast(stg_generic__persons.website as {{ dbt.type_string() }}) as website,
        cast(stg_generic__persons.country as {{ dbt.type_string() }}) as country,
        cast(stg_generic__persons.industry as {{ dbt.type_string() }}) as industry,
        cast(stg_generic__persons.employees as bigint) as employees,
        cast(stg_generic__persons.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(
            stg_generic__persons.campaign_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(stg_generic__persons.account_id as {{ dbt.type_string() }}) as account_id,
        cast(stg_generic__persons.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(stg_generic__persons.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(stg_generic__persons.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(stg_generic__persons.created_at as timestamp) as created_at,
        cast(
            stg_generic__persons.created_precision
            as {{ dbt.type_string() }}
        ) as created_precision,
        cast(stg_generic__persons.updated_at as timestamp) as updated_at,
        cast(coalesce(stg_generic__persons.is_deleted, false) as boolean) as is_deleted,
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as crm_lead_id,
        cast(null as {{ dbt.type_string() }}) as crm_contact_id,
        cast(stg_generic__persons.converted_at as timestamp) as converted_at,
        cast(
            stg_generic__persons.converted_precision
            as {{ dbt.type_string() }}
        ) as converted_precision,
        cast(
            stg_generic__persons.converted_opportunity_id
            as {{ dbt.type_string() }}
        ) as converted_opportunity_id,
        cast(stg_generic__persons.mql_stamped_at as timestamp) as mql_stamped_at,
        cast(
            stg_generic__persons.mql_stamped_precision
            as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(stg_generic__persons.stamped_score as decimal(18, 4)) as stamped_score,
        cast(
            stg_generic__persons._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__persons
    where stg_generic__persons.quarantine_reason is null
)

select * from final
