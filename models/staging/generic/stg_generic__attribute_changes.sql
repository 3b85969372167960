with

attribute_changes as (
    select * from {{ source('generic', 'attribute_changes') }}
),

cleaned as (
    select
        {{ clean_text('attribute_changes.person_id') }} as person_id,
        {{ clean_text('attribute_changes.field') }} as field,
        {{ clean_text('attribute_changes.old_value') }} as old_value,
        {{ clean_text('attribute_changes.new_value') }} as new_value,
        {{ clean_text('attribute_changes.changed_at') }} as changed_at,
        {{ clean_text('attribute_changes.changed_by') }} as changed_by,
        attribute_changes._source_file
    from attribute_changes
),

typed as (
    select
        cleaned.person_id,
        cleaned.field,
        cleaned.old_value,
        cleaned.new_value,
        {{ parse_timestamp('cleaned.changed_at', 'generic') }} as changed_at,
        cleaned.changed_at as changed_at_text,
        cleaned.changed_by,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.person_id', 'cleaned.field', 'cleaned.old_value',
            'cleaned.new_value', 'cleaned.changed_at', 'cleaned.changed_by',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['person_id', 'field'], parsed=['changed_at']) }} as fault_reason,
        {{ row_fault_detail(
            ['person_id', 'field'],
            parsed=['changed_at'],
        ) }} as fault_detail
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['person_id', 'field', 'changed_at']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.field as {{ dbt.type_string() }}) as attribute,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.changed_by as {{ dbt.type_string() }}) as actor_id,
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
