with

opportunity_field_history as (
    select * from {{ source('salesforce', 'opportunity_field_history') }}
),

cleaned as (
    select
        {{ clean_value('opportunity_field_history.id', 'salesforce') }} as id,
        {{ clean_value('opportunity_field_history.opportunity_id', 'salesforce') }}
            as opportunity_id,
        {{ clean_value('opportunity_field_history.field', 'salesforce') }} as field,
        {{ clean_value('opportunity_field_history.old_value', 'salesforce') }} as old_value,
        {{ clean_value('opportunity_field_history.new_value', 'salesforce') }} as new_value,
        {{ clean_value('opportunity_field_history.data_type', 'salesforce') }} as data_type,
        {{ clean_value('opportunity_field_history.created_date', 'salesforce') }} as created_date,
        {{ clean_value('opportunity_field_history.created_by_id', 'salesforce') }}
            as created_by_id,
        {{ clean_value('opportunity_field_history.is_deleted', 'salesforce') }} as is_deleted,
        opportunity_field_history._source_file
    from opportunity_field_history
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        coalesce(
            cleaned.id,
            cleaned.opportunity_id
            || '@' || coalesce(cleaned.field, '')
            || '@' || coalesce(cleaned.created_date, '')
            || '@' || coalesce(cleaned.old_value, '')
            || '@' || coalesce(cleaned.new_value, '')
        ) as chosen_change_id
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.chosen_change_id') }} as change_id,
        {{ salesforce_id('chosen.opportunity_id') }} as opportunity_id,
        chosen.field,
        chosen.old_value,
        chosen.new_value,
        chosen.data_type,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as changed_at,
        chosen.created_date as changed_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as actor_id,
        {{ parse_boolean('chosen.is_deleted') }} as is_deleted,
        chosen.is_deleted as is_deleted_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.opportunity_id', 'chosen.field', 'chosen.old_value',
            'chosen.new_value', 'chosen.data_type', 'chosen.created_date',
            'chosen.created_by_id', 'chosen.is_deleted', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['opportunity_id'],
            parsed=['changed_at'],
            values=['field'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['opportunity_id'],
            parsed=['changed_at'],
            values=['field'],
        ) }} as fault_detail,
        {{ unreadable_values(['is_deleted']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['change_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.change_id as {{ dbt.type_string() }}) as change_id,
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(ranked.field as {{ dbt.type_string() }}) as field,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.data_type as {{ dbt.type_string() }}) as data_type,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('change_id') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
