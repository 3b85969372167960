with

campaign_member_status as (
    select * from {{ source('salesforce', 'campaign_member_status') }}
),

cleaned as (
    select
        {{ clean_value('campaign_member_status.id', 'salesforce') }} as id,
        {{ clean_value('campaign_member_status.campaign_id', 'salesforce') }} as campaign_id,
        {{ clean_value('campaign_member_status.label', 'salesforce') }} as label,
        {{ clean_value('campaign_member_status.has_responded', 'salesforce') }} as has_responded,
        {{ clean_value('campaign_member_status.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('campaign_member_status._fivetran_deleted', 'salesforce') }}
            as _fivetran_deleted,
        {{ clean_value('campaign_member_status.last_modified_date', 'salesforce') }}
            as last_modified_date,
        {{ clean_value('campaign_member_status.system_modstamp', 'salesforce') }}
            as system_modstamp,
        campaign_member_status._source_file
    from campaign_member_status
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
        {{ salesforce_id('chosen.id') }} as campaign_member_status_id,
        {{ salesforce_id('chosen.campaign_id') }} as campaign_id,
        chosen.label,
        {{ parse_boolean('chosen.has_responded') }} as has_responded,
        chosen.has_responded as has_responded_text,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.campaign_id', 'chosen.label', 'chosen.has_responded',
            'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.last_modified_date', 'chosen.system_modstamp',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['campaign_member_status_id'],
            values=['campaign_id', 'label'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['campaign_member_status_id'],
            values=['campaign_id', 'label'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'has_responded', 'is_deleted', 'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['campaign_member_status_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['campaign_member_status_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(
            ranked.campaign_member_status_id as {{ dbt.type_string() }}
        ) as campaign_member_status_id,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.label as {{ dbt.type_string() }}) as label,
        cast(ranked.has_responded as boolean) as has_responded,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('campaign_member_status_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
