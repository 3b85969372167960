{{ config(materialized='table') }}

with

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

stg_salesforce__contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

stg_salesforce__account as (
    select * from {{ ref('stg_salesforce__account') }}
),

salesforce__field_changes as (
    select * from {{ ref('salesforce__field_changes') }}
),

-- ConvertedDate is a day; where the history has the conversion, it has the second.
conversions as (
    select
        salesforce__field_changes.record_id,
        min(salesforce__field_changes.changed_at) as converted_at
    from salesforce__field_changes
    where
        salesforce__field_changes.record_type = 'lead'
        and salesforce__field_changes.attribute = 'conversion'
    group by salesforce__field_changes.record_id
),

leads as (
    select
        'lead' as record_type,
        stg_salesforce__lead.lead_id as record_id,
        stg_salesforce__lead.email,
        stg_salesforce__lead.first_name,
        stg_salesforce__lead.last_name,
        stg_salesforce__lead.title,
        stg_salesforce__lead.company,
        stg_salesforce__lead.website,
        stg_salesforce__lead.country,
        stg_salesforce__lead.industry,
        stg_salesforce__lead.employees,
        stg_salesforce__lead.raw_source,
        stg_salesforce__lead.campaign_id,
        stg_salesforce__lead.converted_account_id as account_id,
        stg_salesforce__lead.owner_id,
        stg_salesforce__lead.raw_status,
        stg_salesforce__lead.raw_reason,
        stg_salesforce__lead.created_at,
        stg_salesforce__lead.created_precision,
        stg_salesforce__lead.updated_at,
        stg_salesforce__lead.is_deleted,
        stg_salesforce__lead.converted_contact_id as crm_contact_id,
        case
            when stg_salesforce__lead.converted_precision = 'second'
                then stg_salesforce__lead.converted_at
            else coalesce(conversions.converted_at, stg_salesforce__lead.converted_at)
        end as converted_at,
        case
            when conversions.converted_at is not null then 'second'
            else stg_salesforce__lead.converted_precision
        end as converted_precision,
        stg_salesforce__lead.converted_opportunity_id,
        stg_salesforce__lead.mql_stamped_at,
        stg_salesforce__lead.mql_stamped_precision,
        stg_salesforce__lead.stamped_score,
        stg_salesforce__lead._source_file
    from stg_salesforce__lead
    left join conversions
        on stg_salesforce__lead.lead_id = conversions.record_id
    where stg_salesforce__lead.quarantine_reason is null
),

-- What a contact's company is stands in its account.
contacts as (
    select
        'contact' as record_type,
        stg_salesforce__contact.contact_id as record_id,
        stg_salesforce__contact.email,
        stg_salesforce__contact.first_name,
        stg_salesforce__contact.last_name,
        stg_salesforce__contact.title,
        stg_salesforce__account.name as company,
        stg_salesforce__account.website,
        coalesce(stg_salesforce__contact.country, stg_salesforce__account.country) as country,
        stg_salesforce__account.industry,
        stg_salesforce__account.employees,
        stg_salesforce__contact.raw_source,
        stg_salesforce__contact.campaign_id,
        stg_salesforce__contact.account_id,
        stg_salesforce__contact.owner_id,
        stg_salesforce__contact.raw_status,
        stg_salesforce__contact.raw_reason,
        stg_salesforce__contact.created_at,
        stg_salesforce__contact.created_precision,
        stg_salesforce__contact.updated_at,
        stg_salesforce__contact.is_deleted,
        cast(null as {{ dbt.type_string() }}) as crm_contact_id,
        cast(null as timestamp) as converted_at,
        cast(null as {{ dbt.type_string() }}) as converted_precision,
        cast(null as {{ dbt.type_string() }}) as converted_opportunity_id,
        stg_salesforce__contact.mql_stamped_at,
        stg_salesforce__contact.mql_stamped_precision,
        stg_salesforce__contact.stamped_score,
        stg_salesforce__contact._source_file
    from stg_salesforce__contact
    left join stg_salesforce__account
        on
            stg_salesforce__contact.account_id = stg_salesforce__account.account_id
            and stg_salesforce__account.quarantine_reason is null
    where stg_salesforce__contact.quarantine_reason is null
),

records as (
    select * from leads
    union all
    select * from contacts
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(records.record_type as {{ dbt.type_string() }}) as record_type,
        cast(records.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'salesforce:' || records.record_type || ':' || records.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(records.email as {{ dbt.type_string() }}) as email,
        cast(records.first_name as {{ dbt.type_string() }}) as first_name,
        cast(records.last_name as {{ dbt.type_string() }}) as last_name,
        cast(records.title as {{ dbt.type_string() }}) as title,
        cast(records.company as {{ dbt.type_string() }}) as company,
        cast(records.website as {{ dbt.type_string() }}) as website,
        cast(records.country as {{ dbt.type_string() }}) as country,
        cast(records.industry as {{ dbt.type_string() }}) as industry,
        cast(records.employees as bigint) as employees,
        cast(records.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(records.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(records.account_id as {{ dbt.type_string() }}) as account_id,
        cast(records.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(records.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(records.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(records.created_at as timestamp) as created_at,
        cast(records.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(records.updated_at as timestamp) as updated_at,
        cast(coalesce(records.is_deleted, false) as boolean) as is_deleted,
        cast(
            case when records.crm_contact_id is not null then 'salesforce' end
            as {{ dbt.type_string() }}
        ) as crm_system,
        cast(null as {{ dbt.type_string() }}) as crm_lead_id,
        cast(records.crm_contact_id as {{ dbt.type_string() }}) as crm_contact_id,
        cast(records.converted_at as timestamp) as converted_at,
        cast(
            records.converted_precision as {{ dbt.type_string() }}
        ) as converted_precision,
        cast(
            records.converted_opportunity_id as {{ dbt.type_string() }}
        ) as converted_opportunity_id,
        cast(records.mql_stamped_at as timestamp) as mql_stamped_at,
        cast(
            records.mql_stamped_precision as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(records.stamped_score as decimal(18, 4)) as stamped_score,
        cast(records._source_file as {{ dbt.type_string() }}) as source_file
    from records
)

select * from final
