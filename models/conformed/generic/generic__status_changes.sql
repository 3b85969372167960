with

stg_generic__persons as (
    select * from {{ ref('stg_generic__persons') }}
),

stg_generic__status_changes as (
    select * from {{ ref('stg_generic__status_changes') }}
),

history as (
    select
        stg_generic__status_changes.record_id,
        stg_generic__status_changes.raw_status,
        stg_generic__status_changes.changed_at,
        stg_generic__status_changes.changed_precision,
        stg_generic__status_changes.actor_id,
        stg_generic__status_changes.raw_reason,
        'history' as evidence,
        stg_generic__status_changes._source_file
    from stg_generic__status_changes
    where stg_generic__status_changes.quarantine_reason is null
),

-- Without any history the record's present status is all that is known: it held at the
-- latest moment that the record tells of. A history that starts later, or cannot be read, is
-- not made up for.
dated as (
    select
        stg_generic__persons.*,
        greatest(
            stg_generic__persons.created_at,
            coalesce(stg_generic__persons.mql_stamped_at, stg_generic__persons.created_at),
            coalesce(stg_generic__persons.converted_at, stg_generic__persons.created_at),
            coalesce(stg_generic__persons.updated_at, stg_generic__persons.created_at)
        ) as latest_at
    from stg_generic__persons
    where
        stg_generic__persons.quarantine_reason is null
        and stg_generic__persons.raw_status is not null
        and not exists (
            select 1
            from stg_generic__status_changes
            where stg_generic__status_changes.record_id = stg_generic__persons.record_id
        )
),

present as (
    select
        dated.record_id,
        dated.raw_status,
        dated.latest_at as changed_at,
        case
            when dated.latest_at = dated.updated_at then 'second'
            when dated.latest_at = dated.converted_at then dated.converted_precision
            when dated.latest_at = dated.mql_stamped_at then dated.mql_stamped_precision
            else dated.created_precision
        end as changed_precision,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        dated.raw_reason,
        'record' as evidence,
        dated._source_file
    from dated
),

changes as (
    select * from history
    union all
    select * from present
),

ordered as (
    select
        changes.*,
        row_number() over (
            partition by changes.record_id
            order by changes.changed_at asc nulls last, changes.raw_status asc nulls last
        ) as change_number
    from changes
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(ordered.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'generic:person:' || ordered.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(
            'generic:person:' || ordered.record_id
            || ':' || {{ moment_digits('ordered.changed_at') }}
            || ':' || ordered.raw_status
            as {{ dbt.type_string() }}
        ) as change_key,
        cast(ordered.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(ordered.changed_at as timestamp) as changed_at,
        cast(ordered.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(ordered.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ordered.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ordered.change_number = 1 as boolean) as is_first,
        cast(ordered.evidence as {{ dbt.type_string() }}) as evidence,
        cast(ordered._source_file as {{ dbt.type_string() }}) as source_file
    from ordered
)

select * from final
