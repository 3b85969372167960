{{ config(materialized='table') }}

with

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

stg_salesforce__contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

salesforce__persons as (
    select * from {{ ref('salesforce__persons') }}
),

salesforce__field_changes as (
    select * from {{ ref('salesforce__field_changes') }}
),

records as (
    select
        'lead' as record_type,
        stg_salesforce__lead.lead_id as record_id,
        coalesce(stg_salesforce__lead.is_converted, false) as is_converted,
        stg_salesforce__lead.converted_at as conversion_stamped_at,
        stg_salesforce__lead.converted_precision as conversion_stamped_precision,
        stg_salesforce__lead.creator_id
    from stg_salesforce__lead
    where stg_salesforce__lead.quarantine_reason is null
    union all
    select
        'contact' as record_type,
        stg_salesforce__contact.contact_id as record_id,
        false as is_converted,
        cast(null as timestamp) as conversion_stamped_at,
        cast(null as {{ dbt.type_string() }}) as conversion_stamped_precision,
        stg_salesforce__contact.creator_id
    from stg_salesforce__contact
    where stg_salesforce__contact.quarantine_reason is null
),

persons as (
    select
        salesforce__persons.*,
        records.is_converted,
        records.conversion_stamped_at,
        records.conversion_stamped_precision,
        records.creator_id
    from salesforce__persons
    inner join records
        on
            salesforce__persons.record_type = records.record_type
            and salesforce__persons.record_id = records.record_id
),

history as (
    select
        salesforce__field_changes.record_type,
        salesforce__field_changes.record_id,
        salesforce__field_changes.old_value,
        salesforce__field_changes.new_value as raw_status,
        salesforce__field_changes.changed_at,
        salesforce__field_changes.is_first_in_second,
        salesforce__field_changes.is_last_in_second,
        salesforce__field_changes.actor_id,
        salesforce__field_changes.source_file
    from salesforce__field_changes
    where salesforce__field_changes.attribute = 'raw_status'
),

first_changes as (
    select
        history.*,
        row_number() over (
            partition by history.record_type, history.record_id
            order by
                history.changed_at asc nulls last,
                case when history.is_first_in_second then 0 else 1 end asc nulls last,
                history.old_value asc nulls last,
                history.raw_status asc nulls last
        ) as change_number
    from history
),

last_changes as (
    select
        history.*,
        row_number() over (
            partition by history.record_type, history.record_id
            order by
                history.changed_at desc nulls last,
                case when history.is_last_in_second then 0 else 1 end asc nulls last,
                history.raw_status asc nulls last,
                history.old_value asc nulls last
        ) as change_number
    from history
),

conversion_actors as (
    select
        salesforce__field_changes.record_id,
        min(salesforce__field_changes.actor_id) as actor_id
    from salesforce__field_changes
    where
        salesforce__field_changes.record_type = 'lead'
        and salesforce__field_changes.attribute = 'conversion'
    group by salesforce__field_changes.record_id
),

-- Whether the org keeps a history of the status at all.
tracked_types as (
    select distinct history.record_type
    from history
),

-- What stood before the first row of the history held since creation, also where the history
-- was cut off (Salesforce keeps 18 months) and begins long after it.
born as (
    select
        persons.record_type,
        persons.record_id,
        first_changes.old_value as raw_status,
        persons.created_at as changed_at,
        persons.created_precision as changed_precision,
        persons.creator_id as actor_id,
        'record' as evidence,
        persons.source_file
    from persons
    inner join first_changes
        on
            persons.record_type = first_changes.record_type
            and persons.record_id = first_changes.record_id
    where
        first_changes.change_number = 1
        and first_changes.old_value is not null
        and persons.created_at <= first_changes.changed_at
),

starting_statuses as (
    select distinct
        born.record_type,
        born.raw_status
    from born
),

-- A conversion that the history of the status does not show: what the lead became has the
-- stamp of the conversion. Status and IsConverted may disagree (a converted lead called
-- `Working`, a `Qualified` one that never was converted): each status is given as it is
-- exported, and nothing is made up from the flag. A status that leads begin with is none that
-- a conversion gives. When on that day it was set is not known, even if the history has the
-- second of the conversion.
converted as (
    select
        persons.record_type,
        persons.record_id,
        persons.raw_status,
        persons.conversion_stamped_at as changed_at,
        persons.conversion_stamped_precision as changed_precision,
        conversion_actors.actor_id,
        'stamp' as evidence,
        persons.source_file
    from persons
    left join last_changes
        on
            persons.record_type = last_changes.record_type
            and persons.record_id = last_changes.record_id
            and last_changes.change_number = 1
    left join conversion_actors
        on persons.record_id = conversion_actors.record_id
    where
        persons.is_converted
        and persons.raw_status is not null
        and persons.conversion_stamped_at is not null
        and last_changes.raw_status is distinct from persons.raw_status
        and (
            last_changes.changed_at is null
            or last_changes.changed_at
            <= {{ last_second(
                'persons.conversion_stamped_at', 'persons.conversion_stamped_precision'
            ) }}
        )
        and not exists (
            select 1
            from starting_statuses
            where
                starting_statuses.record_type = persons.record_type
                and starting_statuses.raw_status = persons.raw_status
        )
),

-- Neither history nor stamp: where the org tracks the status, the record was born in it;
-- where it does not, the status held at the latest moment that the record tells of.
unchanged as (
    select
        persons.*,
        tracked_types.record_type is not null as is_tracked,
        greatest(
            persons.created_at,
            coalesce(persons.mql_stamped_at, persons.created_at),
            coalesce(persons.updated_at, persons.created_at)
        ) as latest_at
    from persons
    left join tracked_types
        on persons.record_type = tracked_types.record_type
    where
        persons.raw_status is not null
        and not exists (
            select 1
            from first_changes
            where
                first_changes.record_type = persons.record_type
                and first_changes.record_id = persons.record_id
        )
        and not exists (
            select 1
            from converted
            where
                converted.record_type = persons.record_type
                and converted.record_id = persons.record_id
        )
),

dated as (
    select
        unchanged.record_type,
        unchanged.record_id,
        unchanged.raw_status,
        case
            when unchanged.is_tracked then unchanged.created_at
            else unchanged.latest_at
        end as changed_at,
        case
            when unchanged.is_tracked or unchanged.latest_at = unchanged.created_at
                then unchanged.created_precision
            when unchanged.latest_at = unchanged.updated_at then 'second'
            else unchanged.mql_stamped_precision
        end as changed_precision,
        case when unchanged.is_tracked then unchanged.creator_id end as actor_id,
        'record' as evidence,
        unchanged.source_file
    from unchanged
),

changes as (
    select
        history.record_type,
        history.record_id,
        history.raw_status,
        history.changed_at,
        'second' as changed_precision,
        history.actor_id,
        'history' as evidence,
        history.source_file,
        case when history.is_last_in_second then 1 else 0 end as place_in_second
    from history
    where history.raw_status is not null
    union all
    select
        born.*,
        0 as place_in_second
    from born
    union all
    select
        converted.*,
        1 as place_in_second
    from converted
    union all
    select
        dated.*,
        1 as place_in_second
    from dated
),

-- A status taken twice in one second is one change: it was there at the second's end.
distinct_changes as (
    select
        changes.*,
        'salesforce:' || changes.record_type || ':' || changes.record_id as record_key,
        {{ last_second('changes.changed_at', 'changes.changed_precision') }} as last_second,
        row_number() over (
            partition by
                changes.record_type, changes.record_id, changes.changed_at, changes.raw_status
            order by
                changes.place_in_second desc nulls last,
                changes.evidence asc nulls last,
                changes.actor_id asc nulls last,
                changes.source_file asc nulls last
        ) as repeat_number
    from changes
),

-- A conversion known to the day stands at midnight, before what happened that day.
ordered as (
    select
        distinct_changes.*,
        row_number() over (
            partition by distinct_changes.record_type, distinct_changes.record_id
            order by
                case when distinct_changes.evidence = 'record' then 0 else 1 end asc nulls last,
                distinct_changes.changed_at asc nulls last,
                distinct_changes.place_in_second asc nulls last,
                distinct_changes.raw_status asc nulls last
        ) as change_number,
        row_number() over (
            partition by distinct_changes.record_type, distinct_changes.record_id
            order by
                distinct_changes.last_second desc nulls last,
                distinct_changes.place_in_second desc nulls last,
                distinct_changes.raw_status desc nulls last
        ) as change_number_from_end
    from distinct_changes
    where distinct_changes.repeat_number = 1
),

-- Users pick the reason with the status, or in the minute around it.
near_reasons as (
    select
        ordered.record_key,
        ordered.changed_at,
        ordered.raw_status,
        salesforce__field_changes.new_value as raw_reason,
        salesforce__field_changes.changed_at as reason_changed_at,
        salesforce__field_changes.is_last_in_second,
        abs({{ seconds_between(
            'ordered.changed_at', 'salesforce__field_changes.changed_at'
        ) }}) as seconds_apart
    from ordered
    inner join salesforce__field_changes
        on
            ordered.record_key = salesforce__field_changes.record_key
            and salesforce__field_changes.attribute = 'raw_reason'
            and salesforce__field_changes.new_value is not null
),

nearest_reasons as (
    select
        near_reasons.*,
        row_number() over (
            partition by
                near_reasons.record_key, near_reasons.changed_at, near_reasons.raw_status
            order by
                near_reasons.seconds_apart asc nulls last,
                near_reasons.reason_changed_at asc nulls last,
                case when near_reasons.is_last_in_second then 0 else 1 end asc nulls last,
                near_reasons.raw_reason asc nulls last
        ) as reason_number
    from near_reasons
    where near_reasons.seconds_apart <= 60
),

-- The record's own reason is that of its present status.
reasoned as (
    select
        ordered.*,
        case
            when nearest_reasons.raw_reason is not null then nearest_reasons.raw_reason
            when
                ordered.change_number_from_end = 1
                and ordered.raw_status = salesforce__persons.raw_status
                then salesforce__persons.raw_reason
        end as raw_reason
    from ordered
    left join nearest_reasons
        on
            ordered.record_key = nearest_reasons.record_key
            and ordered.changed_at = nearest_reasons.changed_at
            and ordered.raw_status = nearest_reasons.raw_status
            and nearest_reasons.reason_number = 1
    left join salesforce__persons
        on ordered.record_key = salesforce__persons.record_key
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(reasoned.record_type as {{ dbt.type_string() }}) as record_type,
        cast(reasoned.record_id as {{ dbt.type_string() }}) as record_id,
        cast(reasoned.record_key as {{ dbt.type_string() }}) as record_key,
        cast(
            reasoned.record_key
            || ':' || {{ moment_digits('reasoned.changed_at') }}
            || ':' || reasoned.raw_status
            as {{ dbt.type_string() }}
        ) as change_key,
        cast(reasoned.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(reasoned.changed_at as timestamp) as changed_at,
        cast(
            reasoned.changed_precision as {{ dbt.type_string() }}
        ) as changed_precision,
        cast(reasoned.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(reasoned.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(reasoned.change_number = 1 as boolean) as is_first,
        cast(reasoned.evidence as {{ dbt.type_string() }}) as evidence,
        cast(reasoned.source_file as {{ dbt.type_string() }}) as source_file
    from reasoned
)

select * from final
