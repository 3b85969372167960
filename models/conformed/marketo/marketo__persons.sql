with

stg_marketo__leads as (
    select * from {{ ref('stg_marketo__leads') }}
),

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

-- A record exported before it was deleted is still there; what was deleted without having
-- been exported has no record to flag.
deleted_leads as (
    select distinct stg_marketo__activities.record_id
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes = 'deletion'
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(stg_marketo__leads.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'marketo:lead:' || stg_marketo__leads.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(stg_marketo__leads.email as {{ dbt.type_string() }}) as email,
        cast(stg_marketo__leads.first_name as {{ dbt.type_string() }}) as first_name,
        cast(stg_marketo__leads.last_name as {{ dbt.type_string() }}) as last_name,
        cast(stg_marketo__leads.title as {{ dbt.type_string() }}) as title,
        cast(stg_marketo__leads.company as {{ dbt.type_string() }}) as company,
        cast(stg_marketo__leads.website as {{ dbt.type_string() }}) as website,
        cast(stg_marketo__leads.country as {{ dbt.type_string() }}) as country,
        cast(stg_marketo__leads.industry as {{ dbt.type_string() }}) as industry,
        cast(stg_marketo__leads.employees as bigint) as employees,
        cast(stg_marketo__leads.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(stg_marketo__leads.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        -- Accounts and owners are the CRM's own: its records name them.
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as owner_id,
        cast(stg_marketo__leads.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(stg_marketo__leads.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(stg_marketo__leads.created_at as timestamp) as created_at,
        cast(
            stg_marketo__leads.created_precision
            as {{ dbt.type_string() }}
        ) as created_precision,
        cast(stg_marketo__leads.updated_at as timestamp) as updated_at,
        cast(
            coalesce(stg_marketo__leads.is_deleted, false)
            or deleted_leads.record_id is not null
            as boolean
        ) as is_deleted,
        cast(
            case
                when
                    stg_marketo__leads.sfdc_lead_id is not null
                    or stg_marketo__leads.sfdc_contact_id is not null
                    then 'salesforce'
            end as {{ dbt.type_string() }}
        ) as crm_system,
        cast(
            stg_marketo__leads.sfdc_lead_id
            as {{ dbt.type_string() }}
        ) as crm_lead_id,
        cast(
            stg_marketo__leads.sfdc_contact_id
            as {{ dbt.type_string() }}
        ) as crm_contact_id,
        cast(null as timestamp) as converted_at,
        cast(null as {{ dbt.type_string() }}) as converted_precision,
        cast(null as {{ dbt.type_string() }}) as converted_opportunity_id,
        cast(stg_marketo__leads.mql_stamped_at as timestamp) as mql_stamped_at,
        cast(
            stg_marketo__leads.mql_stamped_precision
            as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(stg_marketo__leads.stamped_score as decimal(18, 4)) as stamped_score,
        cast(
            stg_marketo__leads._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_marketo__leads
    left join deleted_leads
        on stg_marketo__leads.record_id = deleted_leads.record_id
    where stg_marketo__leads.quarantine_reason is null
)

select * from final
