with

person_merges as (
    select * from {{ source('generic', 'person_merges') }}
),

cleaned as (
    select
        {{ clean_text('person_merges.person_id') }} as person_id,
        {{ clean_text('person_merges.merged_into') }} as merged_into,
        {{ clean_text('person_merges.merged_at') }} as merged_at,
        person_merges._source_file
    from person_merges
),

typed as (
    select
        cleaned.person_id,
        cleaned.merged_into,
        {{ parse_timestamp('cleaned.merged_at', 'generic') }} as merged_at,
        cleaned.merged_at as merged_at_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.person_id', 'cleaned.merged_into', 'cleaned.merged_at',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['person_id'], values=['merged_into']) }} as fault_reason,
        {{ row_fault_detail(['person_id'], values=['merged_into']) }} as fault_detail,
        {{ unreadable_values(['merged_at']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['person_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.person_id as {{ dbt.type_string() }}) as loser_id,
        cast(ranked.merged_into as {{ dbt.type_string() }}) as winner_id,
        cast(ranked.merged_at as timestamp) as merged_at,
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
