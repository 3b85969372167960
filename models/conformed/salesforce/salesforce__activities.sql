with

stg_salesforce__task as (
    select * from {{ ref('stg_salesforce__task') }}
),

stg_salesforce__event as (
    select * from {{ ref('stg_salesforce__event') }}
),

-- A task that is still open is a plan. Without the moment at which it was done, a task that
-- was logged on its day happened when it was logged, one of another day on that day.
tasks as (
    select
        stg_salesforce__task.task_id as activity_id,
        stg_salesforce__task.who_id,
        stg_salesforce__task.what_id,
        coalesce(stg_salesforce__task.type, stg_salesforce__task.task_subtype, '(blank)')
        || coalesce(': ' || stg_salesforce__task.call_disposition, '')
        || coalesce(' ' || {{ leading_brackets('stg_salesforce__task.subject') }}, '') as raw_type,
        case
            when stg_salesforce__task.completed_at is not null
                then stg_salesforce__task.completed_at
            when
                stg_salesforce__task.created_at >= stg_salesforce__task.activity_at
                and stg_salesforce__task.created_at
                <= {{ last_second(
                    'stg_salesforce__task.activity_at',
                    'stg_salesforce__task.activity_precision',
                ) }}
                then stg_salesforce__task.created_at
            else coalesce(stg_salesforce__task.activity_at, stg_salesforce__task.created_at)
        end as occurred_at,
        case
            when stg_salesforce__task.completed_at is not null then 'second'
            when
                stg_salesforce__task.created_at >= stg_salesforce__task.activity_at
                and stg_salesforce__task.created_at
                <= {{ last_second(
                    'stg_salesforce__task.activity_at',
                    'stg_salesforce__task.activity_precision',
                ) }}
                then stg_salesforce__task.created_precision
            else coalesce(
                stg_salesforce__task.activity_precision, stg_salesforce__task.created_precision
            )
        end as occurred_precision,
        stg_salesforce__task.created_at as recorded_at,
        stg_salesforce__task.subject as asset,
        case
            when lower(stg_salesforce__task.call_type) in ('inbound', 'outbound')
                then lower(stg_salesforce__task.call_type)
        end as direction,
        stg_salesforce__task.owner_id as actor_id,
        stg_salesforce__task._source_file
    from stg_salesforce__task
    where
        stg_salesforce__task.quarantine_reason is null
        and not coalesce(stg_salesforce__task.is_deleted, false)
        and not coalesce(stg_salesforce__task.is_recurrence, false)
        and coalesce(
            stg_salesforce__task.is_closed,
            lower(stg_salesforce__task.status) = 'completed',
            stg_salesforce__task.completed_at is not null
        )
),

-- An invited user's copy of a group event is the same meeting.
events as (
    select
        stg_salesforce__event.event_id as activity_id,
        stg_salesforce__event.who_id,
        stg_salesforce__event.what_id,
        'Event: '
        || coalesce(stg_salesforce__event.type, stg_salesforce__event.event_subtype, '(blank)')
            as raw_type,
        coalesce(stg_salesforce__event.starts_at, stg_salesforce__event.created_at)
            as occurred_at,
        case
            when stg_salesforce__event.is_all_day then 'day'
            else coalesce(
                stg_salesforce__event.starts_precision, stg_salesforce__event.created_precision
            )
        end as occurred_precision,
        stg_salesforce__event.created_at as recorded_at,
        stg_salesforce__event.subject as asset,
        cast(null as {{ dbt.type_string() }}) as direction,
        stg_salesforce__event.owner_id as actor_id,
        stg_salesforce__event._source_file
    from stg_salesforce__event
    where
        stg_salesforce__event.quarantine_reason is null
        and not coalesce(stg_salesforce__event.is_deleted, false)
        and not coalesce(stg_salesforce__event.is_child, false)
        and not coalesce(stg_salesforce__event.is_recurrence, false)
),

done as (
    select * from tasks
    union all
    select * from events
),

-- The first three characters of an id say what it is of. An activity stays with the record
-- that it names: conversion has moved the lead's to the contact, identity joins the two.
attached as (
    select
        done.*,
        case substring(done.who_id, 1, 3)
            when '00Q' then 'lead'
            when '003' then 'contact'
        end as record_type,
        case when substring(done.what_id, 1, 3) = '701' then done.what_id end as campaign_id
    from done
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(attached.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(attached.record_type as {{ dbt.type_string() }}) as record_type,
        cast(
            case when attached.record_type is not null then attached.who_id end
            as {{ dbt.type_string() }}
        ) as record_id,
        cast(
            'salesforce:' || attached.record_type || ':' || attached.who_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(attached.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(attached.occurred_at as timestamp) as occurred_at,
        cast(
            attached.occurred_precision as {{ dbt.type_string() }}
        ) as occurred_precision,
        cast(attached.recorded_at as timestamp) as recorded_at,
        cast(attached.asset as {{ dbt.type_string() }}) as asset,
        cast(attached.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as raw_source,
        cast(attached.direction as {{ dbt.type_string() }}) as direction,
        cast(null as boolean) as is_two_way,
        cast(null as boolean) as is_automated,
        cast(attached.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(attached._source_file as {{ dbt.type_string() }}) as source_file
    from attached
)

select * from final
