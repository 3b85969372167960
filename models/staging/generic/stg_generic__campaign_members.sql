with

campaign_members as (
    select * from {{ source('generic', 'campaign_members') }}
),

cleaned as (
    select
        {{ clean_text('campaign_members.campaign_id') }} as campaign_id,
        {{ clean_text('campaign_members.person_id') }} as person_id,
        {{ clean_text('campaign_members.status') }} as status,
        {{ clean_text('campaign_members.has_responded') }} as has_responded,
        {{ clean_text('campaign_members.responded_at') }} as responded_at,
        {{ clean_text('campaign_members.created_at') }} as created_at,
        campaign_members._source_file
    from campaign_members
),

typed as (
    select
        cleaned.campaign_id,
        cleaned.person_id,
        cleaned.status,
        {{ parse_boolean('cleaned.has_responded') }} as has_responded,
        cleaned.has_responded as has_responded_text,
        {{ parse_timestamp('cleaned.responded_at', 'generic') }} as responded_at,
        cleaned.responded_at as responded_at_text,
        {{ parse_timestamp('cleaned.created_at', 'generic') }} as created_at,
        cleaned.created_at as created_at_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.campaign_id', 'cleaned.person_id', 'cleaned.status',
            'cleaned.has_responded', 'cleaned.responded_at', 'cleaned.created_at',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['campaign_id', 'person_id']) }} as fault_reason,
        {{ row_fault_detail(['campaign_id', 'person_id']) }} as fault_detail,
        {{ unreadable_values([
            'has_responded', 'responded_at', 'created_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['campaign_id', 'person_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.status as {{ dbt.type_string() }}) as member_status,
        cast(ranked.has_responded as boolean) as has_responded,
        cast(ranked.responded_at as timestamp) as responded_at,
        cast(ranked.created_at as timestamp) as created_at,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('person_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
