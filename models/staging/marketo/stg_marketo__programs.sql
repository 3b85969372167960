with

programs as (
    select * from {{ source('marketo', 'programs') }}
),

cleaned as (
    select
        {{ clean_value('programs.program_id', 'marketo') }} as program_id,
        {{ clean_value('programs.name', 'marketo') }} as name,
        {{ clean_value('programs.type', 'marketo') }} as type,
        {{ clean_value('programs.channel', 'marketo') }} as channel,
        {{ clean_value('programs.source', 'marketo') }} as source,
        {{ clean_value('programs.start_date', 'marketo') }} as start_date,
        {{ clean_value('programs.end_date', 'marketo') }} as end_date,
        {{ clean_value('programs.updated_at', 'marketo') }} as updated_at,
        programs._source_file
    from programs
),

typed as (
    select
        cleaned.program_id,
        cleaned.name,
        cleaned.type,
        cleaned.channel,
        cleaned.source,
        {{ parse_date('cleaned.start_date', 'marketo') }} as start_date,
        cleaned.start_date as start_date_text,
        {{ parse_date('cleaned.end_date', 'marketo') }} as end_date,
        cleaned.end_date as end_date_text,
        {{ parse_timestamp('cleaned.updated_at', 'marketo') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.program_id', 'cleaned.name', 'cleaned.type', 'cleaned.channel',
            'cleaned.source', 'cleaned.start_date', 'cleaned.end_date',
            'cleaned.updated_at', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['program_id']) }} as fault_reason,
        {{ row_fault_detail(['program_id']) }} as fault_detail,
        {{ unreadable_values(['start_date', 'end_date', 'updated_at']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['program_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['program_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.program_id as {{ dbt.type_string() }}) as program_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.type as {{ dbt.type_string() }}) as type,
        cast(ranked.channel as {{ dbt.type_string() }}) as channel,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.start_date as date) as started_on,
        cast(ranked.end_date as date) as ended_on,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('program_id', newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
