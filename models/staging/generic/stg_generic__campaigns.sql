with

campaigns as (
    select * from {{ source('generic', 'campaigns') }}
),

cleaned as (
    select
        {{ clean_text('campaigns.campaign_id') }} as campaign_id,
        {{ clean_text('campaigns.name') }} as name,
        {{ clean_text('campaigns.type') }} as type,
        {{ clean_text('campaigns.source') }} as source,
        {{ clean_text('campaigns.started_on') }} as started_on,
        {{ clean_text('campaigns.ended_on') }} as ended_on,
        campaigns._source_file
    from campaigns
),

typed as (
    select
        cleaned.campaign_id,
        cleaned.name,
        cleaned.type,
        cleaned.source,
        {{ parse_date('cleaned.started_on', 'generic') }} as started_on,
        cleaned.started_on as started_on_text,
        {{ parse_date('cleaned.ended_on', 'generic') }} as ended_on,
        cleaned.ended_on as ended_on_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.campaign_id', 'cleaned.name', 'cleaned.type', 'cleaned.source',
            'cleaned.started_on', 'cleaned.ended_on', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['campaign_id']) }} as fault_reason,
        {{ row_fault_detail(['campaign_id']) }} as fault_detail,
        {{ unreadable_values(['started_on', 'ended_on']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['campaign_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.type as {{ dbt.type_string() }}) as raw_type,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.started_on as date) as started_on,
        cast(ranked.ended_on as date) as ended_on,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('campaign_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
