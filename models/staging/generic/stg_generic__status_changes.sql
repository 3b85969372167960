with

status_changes as (
    select * from {{ source('generic', 'status_changes') }}
),

cleaned as (
    select
        {{ clean_text('status_changes.person_id') }} as person_id,
        {{ clean_text('status_changes.status') }} as status,
        {{ clean_text('status_changes.changed_at') }} as changed_at,
        {{ clean_text('status_changes.changed_by') }} as changed_by,
        {{ clean_text('status_changes.reason') }} as reason,
        status_changes._source_file
    from status_changes
),

typed as (
    select
        cleaned.person_id,
        cleaned.status,
        {{ parse_timestamp('cleaned.changed_at', 'generic') }} as changed_at,
        {{ timestamp_precision('cleaned.changed_at', 'generic') }} as changed_precision,
        cleaned.changed_at as changed_at_text,
        cleaned.changed_by,
        cleaned.reason,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.person_id', 'cleaned.status', 'cleaned.changed_at',
            'cleaned.changed_by', 'cleaned.reason', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['person_id'],
            parsed=['changed_at'],
            values=['status'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['person_id'],
            parsed=['changed_at'],
            values=['status'],
        ) }} as fault_detail
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['person_id', 'changed_at', 'status']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.status as {{ dbt.type_string() }}) as raw_status,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(ranked.changed_by as {{ dbt.type_string() }}) as actor_id,
        cast(ranked.reason as {{ dbt.type_string() }}) as raw_reason,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('person_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
