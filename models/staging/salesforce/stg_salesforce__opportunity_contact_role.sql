with

opportunity_contact_role as (
    select * from {{ source('salesforce', 'opportunity_contact_role') }}
),

cleaned as (
    select
        {{ clean_value('opportunity_contact_role.id', 'salesforce') }} as id,
        {{ clean_value('opportunity_contact_role.opportunity_id', 'salesforce') }}
            as opportunity_id,
        {{ clean_value('opportunity_contact_role.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('opportunity_contact_role.role', 'salesforce') }} as role,
        {{ clean_value('opportunity_contact_role.is_primary', 'salesforce') }} as is_primary,
        {{ clean_value('opportunity_contact_role.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('opportunity_contact_role._fivetran_deleted', 'salesforce') }}
            as _fivetran_deleted,
        {{ clean_value('opportunity_contact_role.created_date', 'salesforce') }} as created_date,
        {{ clean_value('opportunity_contact_role.last_modified_date', 'salesforce') }}
            as last_modified_date,
        {{ clean_value('opportunity_contact_role.system_modstamp', 'salesforce') }}
            as system_modstamp,
        opportunity_contact_role._source_file
    from opportunity_contact_role
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as contact_role_id,
        {{ salesforce_id('chosen.opportunity_id') }} as opportunity_id,
        {{ salesforce_id('chosen.contact_id') }} as contact_id,
        chosen.role,
        {{ parse_boolean('chosen.is_primary') }} as is_primary,
        chosen.is_primary as is_primary_text,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        chosen.created_date as created_at_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.opportunity_id', 'chosen.contact_id', 'chosen.role',
            'chosen.is_primary', 'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.created_date', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['contact_role_id'],
            values=['opportunity_id', 'contact_id'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['contact_role_id'],
            values=['opportunity_id', 'contact_id'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'is_primary', 'is_deleted', 'created_at', 'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['contact_role_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['contact_role_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.contact_role_id as {{ dbt.type_string() }}) as contact_role_id,
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(ranked.contact_id as {{ dbt.type_string() }}) as contact_id,
        cast(ranked.role as {{ dbt.type_string() }}) as role,
        cast(ranked.is_primary as boolean) as is_primary,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('contact_role_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
