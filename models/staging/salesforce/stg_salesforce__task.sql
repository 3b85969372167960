with

task as (
    select * from {{ source('salesforce', 'task') }}
),

cleaned as (
    select
        {{ clean_value('task.id', 'salesforce') }} as id,
        {{ clean_value('task.who_id', 'salesforce') }} as who_id,
        {{ clean_value('task.lead_id', 'salesforce') }} as lead_id,
        {{ clean_value('task.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('task.what_id', 'salesforce') }} as what_id,
        {{ clean_value('task.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('task.subject', 'salesforce') }} as subject,
        {{ clean_value('task.type', 'salesforce') }} as type,
        {{ clean_value('task.task_subtype', 'salesforce') }} as task_subtype,
        {{ clean_value('task.status', 'salesforce') }} as status,
        {{ clean_value('task.is_closed', 'salesforce') }} as is_closed,
        {{ clean_value('task.call_type', 'salesforce') }} as call_type,
        {{ clean_value('task.call_disposition', 'salesforce') }} as call_disposition,
        {{ clean_value('task.activity_date', 'salesforce') }} as activity_date,
        {{ clean_value('task.completed_date_time', 'salesforce') }} as completed_date_time,
        {{ clean_value('task.is_recurrence', 'salesforce') }} as is_recurrence,
        {{ clean_value('task.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('task._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('task.created_date', 'salesforce') }} as created_date,
        {{ clean_value('task.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('task.system_modstamp', 'salesforce') }} as system_modstamp,
        task._source_file
    from task
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        coalesce(cleaned.who_id, cleaned.contact_id, cleaned.lead_id) as chosen_who_id,
        {{ day_text('cleaned.activity_date') }} as chosen_activity_at,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as task_id,
        {{ salesforce_id('chosen.chosen_who_id') }} as who_id,
        {{ salesforce_id('chosen.what_id') }} as what_id,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen.subject,
        chosen.type,
        chosen.task_subtype,
        chosen.status,
        {{ parse_boolean('chosen.is_closed') }} as is_closed,
        chosen.is_closed as is_closed_text,
        chosen.call_type,
        chosen.call_disposition,
        {{ parse_timestamp('chosen.chosen_activity_at', 'salesforce') }} as activity_at,
        {{ timestamp_precision('chosen.chosen_activity_at', 'salesforce') }}
            as activity_precision,
        chosen.chosen_activity_at as activity_at_text,
        {{ parse_timestamp('chosen.completed_date_time', 'salesforce') }} as completed_at,
        chosen.completed_date_time as completed_at_text,
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
            'chosen.task_subtype', 'chosen.status', 'chosen.is_closed',
            'chosen.call_type', 'chosen.call_disposition', 'chosen.activity_date',
            'chosen.completed_date_time', 'chosen.is_recurrence', 'chosen.is_deleted',
            'chosen._fivetran_deleted', 'chosen.created_date',
            'chosen.last_modified_date', 'chosen.system_modstamp',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['task_id'], parsed=['created_at']) }} as fault_reason,
        {{ row_fault_detail(['task_id'], parsed=['created_at']) }} as fault_detail,
        {{ unreadable_values([
            'is_closed', 'activity_at', 'completed_at', 'is_recurrence', 'is_deleted',
            'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['task_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['task_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.task_id as {{ dbt.type_string() }}) as task_id,
        cast(ranked.who_id as {{ dbt.type_string() }}) as who_id,
        cast(ranked.what_id as {{ dbt.type_string() }}) as what_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.subject as {{ dbt.type_string() }}) as subject,
        cast(ranked.type as {{ dbt.type_string() }}) as type,
        cast(ranked.task_subtype as {{ dbt.type_string() }}) as task_subtype,
        cast(ranked.status as {{ dbt.type_string() }}) as status,
        cast(ranked.is_closed as boolean) as is_closed,
        cast(ranked.call_type as {{ dbt.type_string() }}) as call_type,
        cast(ranked.call_disposition as {{ dbt.type_string() }}) as call_disposition,
        cast(ranked.activity_at as timestamp) as activity_at,
        cast(
            ranked.activity_precision as {{ dbt.type_string() }}
        ) as activity_precision,
        cast(ranked.completed_at as timestamp) as completed_at,
        cast(ranked.is_recurrence as boolean) as is_recurrence,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('task_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
