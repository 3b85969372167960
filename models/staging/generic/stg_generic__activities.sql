with

activities as (
    select * from {{ source('generic', 'activities') }}
),

cleaned as (
    select
        {{ clean_text('activities.activity_id') }} as activity_id,
        {{ clean_text('activities.person_id') }} as person_id,
        {{ clean_text('activities.email') }} as email,
        {{ clean_text('activities.activity_type') }} as activity_type,
        {{ clean_text('activities.occurred_at') }} as occurred_at,
        {{ clean_text('activities.recorded_at') }} as recorded_at,
        {{ clean_text('activities.asset') }} as asset,
        {{ clean_text('activities.campaign_id') }} as campaign_id,
        {{ clean_text('activities.source') }} as source,
        {{ clean_text('activities.direction') }} as direction,
        {{ clean_text('activities.is_two_way') }} as is_two_way,
        {{ clean_text('activities.is_automated') }} as is_automated,
        {{ clean_text('activities.actor_id') }} as actor_id,
        activities._source_file
    from activities
),

typed as (
    select
        cleaned.activity_id,
        cleaned.person_id,
        cleaned.email,
        cleaned.activity_type,
        {{ parse_timestamp('cleaned.occurred_at', 'generic') }} as occurred_at,
        {{ timestamp_precision('cleaned.occurred_at', 'generic') }} as occurred_precision,
        cleaned.occurred_at as occurred_at_text,
        {{ parse_timestamp('cleaned.recorded_at', 'generic') }} as recorded_at,
        cleaned.recorded_at as recorded_at_text,
        cleaned.asset,
        cleaned.campaign_id,
        cleaned.source,
        cleaned.direction,
        {{ parse_boolean('cleaned.is_two_way') }} as is_two_way,
        cleaned.is_two_way as is_two_way_text,
        {{ parse_boolean('cleaned.is_automated') }} as is_automated,
        cleaned.is_automated as is_automated_text,
        cleaned.actor_id,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.activity_id', 'cleaned.person_id', 'cleaned.email',
            'cleaned.activity_type', 'cleaned.occurred_at', 'cleaned.recorded_at',
            'cleaned.asset', 'cleaned.campaign_id', 'cleaned.source',
            'cleaned.direction', 'cleaned.is_two_way', 'cleaned.is_automated',
            'cleaned.actor_id', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['activity_id'],
            parsed=['occurred_at'],
            values=['activity_type'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['activity_id'],
            parsed=['occurred_at'],
            values=['activity_type'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'recorded_at', 'is_two_way', 'is_automated',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['activity_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.activity_type as {{ dbt.type_string() }}) as raw_type,
        cast(ranked.occurred_at as timestamp) as occurred_at,
        cast(
            ranked.occurred_precision as {{ dbt.type_string() }}
        ) as occurred_precision,
        cast(ranked.recorded_at as timestamp) as recorded_at,
        cast(ranked.asset as {{ dbt.type_string() }}) as asset,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.direction as {{ dbt.type_string() }}) as direction,
        cast(ranked.is_two_way as boolean) as is_two_way,
        cast(ranked.is_automated as boolean) as is_automated,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('activity_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
