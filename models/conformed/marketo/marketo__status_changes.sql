with

stg_marketo__leads as (
    select * from {{ ref('stg_marketo__leads') }}
),

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

leads as (
    select *
    from stg_marketo__leads
    where stg_marketo__leads.quarantine_reason is null
),

value_changes as (
    select
        stg_marketo__activities.activity_id,
        stg_marketo__activities.record_id,
        stg_marketo__activities.field,
        stg_marketo__activities.old_value,
        stg_marketo__activities.new_value,
        stg_marketo__activities.occurred_at,
        stg_marketo__activities.occurred_precision,
        stg_marketo__activities._source_file
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes = 'value_change'
),

-- Marketo keeps changes of values for some months only: what they say begins here.
history as (
    select min(value_changes.occurred_at) as begins_at
    from value_changes
),

changes as (
    select
        value_changes.*,
        row_number() over (
            partition by value_changes.record_id
            order by
                value_changes.occurred_at asc nulls last,
                length(value_changes.activity_id) asc nulls last,
                value_changes.activity_id asc nulls last
        ) as change_number,
        max(value_changes.occurred_at) over (
            partition by value_changes.record_id
        ) as last_change_at,
        -- One status told twice within a second is one change.
        row_number() over (
            partition by
                value_changes.record_id,
                value_changes.occurred_at,
                value_changes.new_value
            order by
                length(value_changes.activity_id) asc nulls last,
                value_changes.activity_id asc nulls last
        ) as telling
    from value_changes
    where value_changes.field in ('leadstatus', 'personstatus')
),

reasons as (
    select
        value_changes.activity_id,
        value_changes.record_id,
        value_changes.new_value as raw_reason,
        value_changes.occurred_at
    from value_changes
    where
        value_changes.new_value is not null
        and value_changes.field in (
            'rejectionreason', 'statusreason', 'leadstatusreason', 'personstatusreason',
            'disqualifiedreason', 'unqualifiedreason'
        )
),

-- The reason is a field of its own, filled in with the status: within a minute of it.
reasons_of_changes as (
    select
        changes.activity_id,
        reasons.raw_reason,
        row_number() over (
            partition by changes.activity_id
            order by
                abs({{ seconds_between('changes.occurred_at', 'reasons.occurred_at') }})
                asc nulls last,
                reasons.occurred_at asc nulls last,
                reasons.activity_id asc nulls last
        ) as nearness
    from changes
    inner join reasons on changes.record_id = reasons.record_id
    where
        abs({{ seconds_between('changes.occurred_at', 'reasons.occurred_at') }}) <= 60
),

told as (
    select
        changes.record_id,
        changes.new_value as raw_status,
        changes.occurred_at as changed_at,
        changes.occurred_precision as changed_precision,
        coalesce(
            reasons_of_changes.raw_reason,
            case
                when
                    changes.occurred_at = changes.last_change_at
                    and changes.new_value = leads.raw_status
                    then leads.raw_reason
            end
        ) as raw_reason,
        'history' as evidence,
        changes._source_file
    from changes
    left join leads on changes.record_id = leads.record_id
    left join reasons_of_changes
        on
            changes.activity_id = reasons_of_changes.activity_id
            and reasons_of_changes.nearness = 1
    where
        changes.new_value is not null
        and changes.telling = 1
),

-- The status before the first change; without one, that of the record. It held from the
-- record's creation or, where that is older, since the history begins: nobody knows what was
-- before. Where no history was exported, it held at the latest moment that the record tells
-- of.
born as (
    select
        leads.record_id,
        case
            when changes.activity_id is null then leads.raw_status
            else changes.old_value
        end as raw_status,
        case
            when history.begins_at is null
                then greatest(
                    leads.created_at,
                    coalesce(leads.mql_stamped_at, leads.created_at),
                    coalesce(leads.updated_at, leads.created_at)
                )
            else greatest(leads.created_at, history.begins_at)
        end as changed_at,
        leads.created_at,
        leads.created_precision,
        leads.mql_stamped_at,
        leads.mql_stamped_precision,
        changes.occurred_at as first_change_at,
        case when changes.activity_id is null then leads.raw_reason end as raw_reason,
        leads._source_file
    from leads
    cross join history
    left join changes
        on
            leads.record_id = changes.record_id
            and changes.change_number = 1
),

-- An old status that did not last a second before its change is none.
known as (
    select
        born.record_id,
        born.raw_status,
        born.changed_at,
        case
            when born.changed_at = born.created_at then born.created_precision
            when born.changed_at = born.mql_stamped_at then born.mql_stamped_precision
            else 'second'
        end as changed_precision,
        born.raw_reason,
        'record' as evidence,
        born._source_file
    from born
    where
        born.raw_status is not null
        and (born.first_change_at is null or born.changed_at < born.first_change_at)
),

statuses as (
    select * from told
    union all
    select * from known
),

ordered as (
    select
        statuses.*,
        row_number() over (
            partition by statuses.record_id
            order by
                statuses.changed_at asc nulls last,
                statuses.raw_status asc nulls last
        ) as status_number
    from statuses
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(ordered.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'marketo:lead:' || ordered.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(
            'marketo:lead:' || ordered.record_id
            || ':' || {{ moment_digits('ordered.changed_at') }}
            || ':' || ordered.raw_status
            as {{ dbt.type_string() }}
        ) as change_key,
        cast(ordered.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(ordered.changed_at as timestamp) as changed_at,
        cast(ordered.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(ordered.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ordered.status_number = 1 as boolean) as is_first,
        cast(ordered.evidence as {{ dbt.type_string() }}) as evidence,
        cast(ordered._source_file as {{ dbt.type_string() }}) as source_file
    from ordered
)

select * from final
