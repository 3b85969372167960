with

smart_campaigns as (
    select * from {{ source('marketo', 'smart_campaigns') }}
),

cleaned as (
    select
        {{ clean_value('smart_campaigns.campaign_id', 'marketo') }} as campaign_id,
        {{ clean_value('smart_campaigns.name', 'marketo') }} as name,
        {{ clean_value('smart_campaigns.program_id', 'marketo') }} as program_id,
        {{ clean_value('smart_campaigns.updated_at', 'marketo') }} as updated_at,
        smart_campaigns._source_file
    from smart_campaigns
),

typed as (
    select
        cleaned.campaign_id,
        cleaned.name,
        cleaned.program_id,
        {{ parse_timestamp('cleaned.updated_at', 'marketo') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.campaign_id', 'cleaned.name', 'cleaned.program_id',
            'cleaned.updated_at', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['campaign_id']) }} as fault_reason,
        {{ row_fault_detail(['campaign_id']) }} as fault_detail,
        {{ unreadable_values(['updated_at']) }} as unreadable_values
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
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.program_id as {{ dbt.type_string() }}) as program_id,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('campaign_id', newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
