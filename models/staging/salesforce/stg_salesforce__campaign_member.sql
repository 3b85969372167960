with

campaign_member as (
    select * from {{ source('salesforce', 'campaign_member') }}
),

cleaned as (
    select
        {{ clean_value('campaign_member.id', 'salesforce') }} as id,
        {{ clean_value('campaign_member.campaign_id', 'salesforce') }} as campaign_id,
        {{ clean_value('campaign_member.lead_id', 'salesforce') }} as lead_id,
        {{ clean_value('campaign_member.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('campaign_member.lead_or_contact_id', 'salesforce') }}
            as lead_or_contact_id,
        {{ clean_value('campaign_member.status', 'salesforce') }} as status,
        {{ clean_value('campaign_member.has_responded', 'salesforce') }} as has_responded,
        {{ clean_value('campaign_member.first_responded_date', 'salesforce') }}
            as first_responded_date,
        {{ clean_value('campaign_member.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('campaign_member._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('campaign_member.created_date', 'salesforce') }} as created_date,
        {{ clean_value('campaign_member.last_modified_date', 'salesforce') }}
            as last_modified_date,
        {{ clean_value('campaign_member.system_modstamp', 'salesforce') }} as system_modstamp,
        campaign_member._source_file
    from campaign_member
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        coalesce(
            cleaned.contact_id,
            cleaned.lead_id,
            cleaned.lead_or_contact_id
        ) as chosen_who_id,
        {{ day_text('cleaned.first_responded_date') }} as chosen_responded_at,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as campaign_member_id,
        {{ salesforce_id('chosen.campaign_id') }} as campaign_id,
        {{ salesforce_id('chosen.chosen_who_id') }} as who_id,
        chosen.status as member_status,
        {{ parse_boolean('chosen.has_responded') }} as has_responded,
        chosen.has_responded as has_responded_text,
        {{ parse_timestamp('chosen.chosen_responded_at', 'salesforce') }} as responded_at,
        chosen.chosen_responded_at as responded_at_text,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        chosen.created_date as created_at_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.campaign_id', 'chosen.lead_id', 'chosen.contact_id',
            'chosen.lead_or_contact_id', 'chosen.status', 'chosen.has_responded',
            'chosen.first_responded_date', 'chosen.is_deleted',
            'chosen._fivetran_deleted', 'chosen.created_date',
            'chosen.last_modified_date', 'chosen.system_modstamp',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['campaign_member_id'],
            values=['campaign_id', 'who_id'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['campaign_member_id'],
            values=['campaign_id', 'who_id'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'has_responded', 'responded_at', 'is_deleted', 'created_at', 'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['campaign_member_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['campaign_member_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(
            ranked.campaign_member_id as {{ dbt.type_string() }}
        ) as campaign_member_id,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.who_id as {{ dbt.type_string() }}) as who_id,
        cast(ranked.member_status as {{ dbt.type_string() }}) as member_status,
        cast(ranked.has_responded as boolean) as has_responded,
        cast(ranked.responded_at as timestamp) as responded_at,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('campaign_member_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
