with

event as (
    select * from {{ source('salesforce', 'event') }}
),

cleaned as (
    select
        {{ clean_value('event.id', 'salesforce') }} as id,
        {{ clean_value('event.who_id', 'salesforce') }} as who_id,
        {{ clean_value('event.lead_id', 'salesforce') }} as lead_id,
        {{ clean_value('event.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('event.what_id', 'salesforce') }} as what_id,
        {{ clean_value('event.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('event.subject', 'salesforce') }} as subject,
        {{ clean_value('event.type', 'salesforce') }} as type,
        {{ clean_value('event.event_subtype', 'salesforce') }} as event_subtype,
        {{ clean_value('event.activity_date_time', 'salesforce') }} as activity_date_time,
        {{ clean_value('event.start_date_time', 'salesforce') }} as start_date_time,
        {{ clean_value('event.activity_date', 'salesforce') }} as activity_date,
        {{ clean_value('event.is_all_day_event', 'salesforce') }} as is_all_day_event,
        {{ clean_value('event.is_child', 'salesforce') }} as is_child,
        {{ clean_value('event.is_recurrence', 'salesforce') }} as is_recurrence,
        {{ clean_value('event.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('event._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('event.created_date', 'salesforce') }} as created_date,
        {{ clean_value('event.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('event.system_modstamp', 'salesforce') }} as system_modstamp,
        event._source_file
    from event
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        coalesce(cleaned.who_id, cleaned.contact_id, cleaned.lead_id) as chosen_who_id,
        {{ day_text(
            'coalesce(cleaned.activity_date_time, cleaned.start_date_time, cleaned.activity_date)'
        ) }} as chosen_starts_at,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as event_id,
        {{ salesforce_id('chosen.chosen_who_id') }} as who_id,
        {{ salesforce_id('chosen.what_id') }} as what_id,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen.subject,
        chosen.type,
        chosen.event_subtype,
        {{ parse_timestamp('chosen.chosen_starts_at', 'salesforce') }} as starts_at,
        {{ timestamp_precision('chosen.chosen_starts_at', 'salesforce') }}
            as starts_precision,
        chosen.chosen_starts_at as starts_at_text,
        {{ parse_boolean('chosen.is_all_day_event') }} as is_all_day,
        chosen.is_all_day_event as is_all_day_text,
        {{ parse_boolean('chosen.is_child') }} as is_child,
        chosen.is_child as is_child_text,
        {{ parse_boolean('chosen.is_recurrence') }} as is_recurrence,
        chosen.is_recurrence as is_recurrence_text,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        {{ timestamp_precision('chosen.created_date', 'salesforce') }} as created_precision,
        chosen.created_date as created_at_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.who_id', 'chosen.lead_id', 'chosen.contact_id',
            'chosen.what_id', 'chosen.owner_id', 'chosen.subject', 'chosen.type',
            'chosen.event_subtype', 'chosen.activity_date_time',
            'chosen.start_date_time', 'chosen.activity_date',
            'chosen.is_all_day_event', 'chosen.is_child', 'chosen.is_recurrence',
            'chosen.is_deleted', 'chosen._fivetran_deleted', 'chosen.created_date',
            'chosen.last_modified_date', 'chosen.system_modstamp',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['event_id'], parsed=['created_at']) }} as fault_reason,
        {{ row_fault_detail(['event_id'], parsed=['created_at']) }} as fault_detail,
        {{ unreadable_values([
            'starts_at', 'is_all_day', 'is_child', 'is_recurrence', 'is_deleted',
            'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['event_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['event_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.event_id as {{ dbt.type_string() }}) as event_id,
        cast(ranked.who_id as {{ dbt.type_string() }}) as who_id,
        cast(ranked.what_id as {{ dbt.type_string() }}) as what_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.subject as {{ dbt.type_string() }}) as subject,
        cast(ranked.type as {{ dbt.type_string() }}) as type,
        cast(ranked.event_subtype as {{ dbt.type_string() }}) as event_subtype,
        cast(ranked.starts_at as timestamp) as starts_at,
        cast(ranked.starts_precision as {{ dbt.type_string() }}) as starts_precision,
        cast(ranked.is_all_day as boolean) as is_all_day,
        cast(ranked.is_child as boolean) as is_child,
        cast(ranked.is_recurrence as boolean) as is_recurrence,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('event_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
