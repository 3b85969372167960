with

campaign as (
    select * from {{ source('salesforce', 'campaign') }}
),

cleaned as (
    select
        {{ clean_value('campaign.id', 'salesforce') }} as id,
        {{ clean_value('campaign.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('campaign._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('campaign.name', 'salesforce') }} as name,
        {{ clean_value('campaign.type', 'salesforce') }} as type,
        {{ clean_value('campaign.lead_source', 'salesforce') }} as lead_source,
        {{ clean_value('campaign.start_date', 'salesforce') }} as start_date,
        {{ clean_value('campaign.end_date', 'salesforce') }} as end_date,
        {{ clean_value('campaign.actual_cost', 'salesforce') }} as actual_cost,
        {{ clean_value('campaign.currency_iso_code', 'salesforce') }} as currency_iso_code,
        {{ clean_value('campaign.created_date', 'salesforce') }} as created_date,
        {{ clean_value('campaign.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('campaign.system_modstamp', 'salesforce') }} as system_modstamp,
        campaign._source_file
    from campaign
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
        {{ salesforce_id('chosen.id') }} as campaign_id,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        chosen.name,
        chosen.type as raw_type,
        chosen.lead_source as raw_source,
        {{ parse_date('chosen.start_date', 'salesforce') }} as started_on,
        chosen.start_date as started_on_text,
        {{ parse_date('chosen.end_date', 'salesforce') }} as ended_on,
        chosen.end_date as ended_on_text,
        {{ parse_decimal('chosen.actual_cost') }} as actual_cost,
        chosen.actual_cost as actual_cost_text,
        chosen.currency_iso_code as currency,
        {{ parse_date('chosen.created_date', 'salesforce') }} as created_on,
        chosen.created_date as created_on_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.name', 'chosen.type', 'chosen.lead_source', 'chosen.start_date',
            'chosen.end_date', 'chosen.actual_cost', 'chosen.currency_iso_code',
            'chosen.created_date', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['campaign_id']) }} as fault_reason,
        {{ row_fault_detail(['campaign_id']) }} as fault_detail,
        {{ unreadable_values([
            'is_deleted', 'started_on', 'ended_on', 'actual_cost', 'created_on',
            'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['campaign_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['campaign_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(ranked.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.started_on as date) as started_on,
        cast(ranked.ended_on as date) as ended_on,
        cast(ranked.actual_cost as decimal(18, 2)) as actual_cost,
        cast(ranked.currency as {{ dbt.type_string() }}) as currency,
        cast(ranked.created_on as date) as created_on,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('campaign_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
