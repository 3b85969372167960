with

leads as (
    select * from {{ source('marketo', 'leads') }}
),

cleaned as (
    select
        {{ clean_value('leads.lead_id', 'marketo') }} as lead_id,
        {{ clean_value('leads.email', 'marketo') }} as email,
        {{ clean_value('leads.first_name', 'marketo') }} as first_name,
        {{ clean_value('leads.last_name', 'marketo') }} as last_name,
        {{ clean_value('leads.title', 'marketo') }} as title,
        {{ clean_value('leads.company', 'marketo') }} as company,
        {{ clean_value('leads.website', 'marketo') }} as website,
        {{ clean_value('leads.country', 'marketo') }} as country,
        {{ clean_value('leads.industry', 'marketo') }} as industry,
        {{ clean_value('leads.employees', 'marketo') }} as employees,
        {{ clean_value('leads.lead_source', 'marketo') }} as lead_source,
        {{ clean_value('leads.lead_status', 'marketo') }} as lead_status,
        {{ clean_value('leads.rejection_reason', 'marketo') }} as rejection_reason,
        {{ clean_value('leads.lead_score', 'marketo') }} as lead_score,
        {{ clean_value('leads.mql_at', 'marketo') }} as mql_at,
        {{ clean_value('leads.created_at', 'marketo') }} as created_at,
        {{ clean_value('leads.updated_at', 'marketo') }} as updated_at,
        {{ clean_value(
            'leads.acquisition_program_id', 'marketo'
        ) }} as acquisition_program_id,
        {{ clean_value('leads.sfdc_lead_id', 'marketo') }} as sfdc_lead_id,
        {{ clean_value('leads.sfdc_contact_id', 'marketo') }} as sfdc_contact_id,
        {{ clean_value('leads.sfdc_account_id', 'marketo') }} as sfdc_account_id,
        {{ clean_value('leads.is_deleted', 'marketo') }} as is_deleted,
        leads._source_file
    from leads
),

typed as (
    select
        cleaned.lead_id,
        cleaned.email,
        cleaned.first_name,
        cleaned.last_name,
        cleaned.title,
        cleaned.company,
        cleaned.website,
        cleaned.country,
        cleaned.industry,
        {{ parse_bigint('cleaned.employees') }} as employees,
        cleaned.employees as employees_text,
        cleaned.lead_source,
        cleaned.lead_status,
        cleaned.rejection_reason,
        {{ parse_decimal('cleaned.lead_score', scale=4) }} as lead_score,
        cleaned.lead_score as lead_score_text,
        {{ parse_timestamp('cleaned.mql_at', 'marketo') }} as mql_at,
        {{ timestamp_precision('cleaned.mql_at', 'marketo') }} as mql_stamped_precision,
        cleaned.mql_at as mql_at_text,
        {{ parse_timestamp('cleaned.created_at', 'marketo') }} as created_at,
        {{ timestamp_precision('cleaned.created_at', 'marketo') }} as created_precision,
        cleaned.created_at as created_at_text,
        {{ parse_timestamp('cleaned.updated_at', 'marketo') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        cleaned.acquisition_program_id,
        {{ salesforce_id('cleaned.sfdc_lead_id') }} as sfdc_lead_id,
        {{ salesforce_id('cleaned.sfdc_contact_id') }} as sfdc_contact_id,
        {{ salesforce_id('cleaned.sfdc_account_id') }} as sfdc_account_id,
        {{ parse_boolean('cleaned.is_deleted') }} as is_deleted,
        cleaned.is_deleted as is_deleted_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.lead_id', 'cleaned.email', 'cleaned.first_name',
            'cleaned.last_name', 'cleaned.title', 'cleaned.company',
            'cleaned.website', 'cleaned.country', 'cleaned.industry',
            'cleaned.employees', 'cleaned.lead_source', 'cleaned.lead_status',
            'cleaned.rejection_reason', 'cleaned.lead_score', 'cleaned.mql_at',
            'cleaned.created_at', 'cleaned.updated_at',
            'cleaned.acquisition_program_id', 'cleaned.sfdc_lead_id',
            'cleaned.sfdc_contact_id', 'cleaned.sfdc_account_id',
            'cleaned.is_deleted', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['lead_id'], parsed=['created_at']) }} as fault_reason,
        {{ row_fault_detail(['lead_id'], parsed=['created_at']) }} as fault_detail,
        {{ unreadable_values([
            'employees', 'lead_score', 'mql_at', 'updated_at', 'is_deleted',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['lead_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['lead_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.first_name as {{ dbt.type_string() }}) as first_name,
        cast(ranked.last_name as {{ dbt.type_string() }}) as last_name,
        cast(ranked.title as {{ dbt.type_string() }}) as title,
        cast(ranked.company as {{ dbt.type_string() }}) as company,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as bigint) as employees,
        cast(ranked.lead_source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.lead_status as {{ dbt.type_string() }}) as raw_status,
        cast(ranked.rejection_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ranked.lead_score as decimal(18, 4)) as stamped_score,
        cast(ranked.mql_at as timestamp) as mql_stamped_at,
        cast(
            ranked.mql_stamped_precision as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(ranked.acquisition_program_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.sfdc_lead_id as {{ dbt.type_string() }}) as sfdc_lead_id,
        cast(ranked.sfdc_contact_id as {{ dbt.type_string() }}) as sfdc_contact_id,
        cast(ranked.sfdc_account_id as {{ dbt.type_string() }}) as sfdc_account_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('lead_id', newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
