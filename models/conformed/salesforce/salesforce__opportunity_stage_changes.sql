with

stg_salesforce__opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

stg_salesforce__opportunity_history as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
),

stg_salesforce__opportunity_field_history as (
    select * from {{ ref('stg_salesforce__opportunity_field_history') }}
),

opportunities as (
    select * from stg_salesforce__opportunity
    where stg_salesforce__opportunity.quarantine_reason is null
),

-- Salesforce's own rows, or a connector's versions of the deal: both repeat the stage when
-- something else has changed.
snapshots as (
    select
        stg_salesforce__opportunity_history.*,
        lag(stg_salesforce__opportunity_history.raw_stage) over (
            partition by stg_salesforce__opportunity_history.opportunity_id
            order by
                stg_salesforce__opportunity_history.changed_at asc nulls last,
                stg_salesforce__opportunity_history.change_id asc nulls last
        ) as stage_before
    from stg_salesforce__opportunity_history
    where stg_salesforce__opportunity_history.quarantine_reason is null
),

-- The field's history stands in for deals without snapshots.
stage_fields as (
    select
        stg_salesforce__opportunity_field_history.*,
        row_number() over (
            partition by stg_salesforce__opportunity_field_history.opportunity_id
            order by
                stg_salesforce__opportunity_field_history.changed_at asc nulls last,
                stg_salesforce__opportunity_field_history.change_id asc nulls last
        ) as change_number
    from stg_salesforce__opportunity_field_history
    where
        stg_salesforce__opportunity_field_history.quarantine_reason is null
        and lower(replace(stg_salesforce__opportunity_field_history.field, ' ', ''))
        in ('stagename', 'stage', 'stage_name')
        and not exists (
            select 1
            from snapshots
            where
                snapshots.opportunity_id
                = stg_salesforce__opportunity_field_history.opportunity_id
        )
),

changes as (
    select
        snapshots.opportunity_id,
        snapshots.raw_stage,
        snapshots.changed_at,
        snapshots.changed_precision,
        snapshots.actor_id,
        snapshots.amount,
        'history' as evidence,
        snapshots._source_file
    from snapshots
    where snapshots.raw_stage is distinct from snapshots.stage_before
    union all
    select
        stage_fields.opportunity_id,
        stage_fields.new_value as raw_stage,
        stage_fields.changed_at,
        'second' as changed_precision,
        stage_fields.actor_id,
        cast(null as decimal(18, 2)) as amount,
        'history' as evidence,
        stage_fields._source_file
    from stage_fields
    where stage_fields.new_value is not null
    union all
    -- What stood before the first change held since creation.
    select
        opportunities.opportunity_id,
        stage_fields.old_value as raw_stage,
        opportunities.created_at as changed_at,
        opportunities.created_precision as changed_precision,
        opportunities.creator_id as actor_id,
        cast(null as decimal(18, 2)) as amount,
        'record' as evidence,
        opportunities._source_file
    from opportunities
    inner join stage_fields
        on opportunities.opportunity_id = stage_fields.opportunity_id
    where
        stage_fields.change_number = 1
        and stage_fields.old_value is not null
        and opportunities.created_at <= stage_fields.changed_at
    union all
    -- Without any history: the stamp of the last change, else closing, else creation.
    select
        opportunities.opportunity_id,
        opportunities.raw_stage,
        case
            when opportunities.stage_changed_at is not null
                then opportunities.stage_changed_at
            when opportunities.is_closed and opportunities.close_at is not null
                then opportunities.close_at
            else opportunities.created_at
        end as changed_at,
        case
            when opportunities.stage_changed_at is not null then 'second'
            when opportunities.is_closed and opportunities.close_at is not null
                then opportunities.close_precision
            else opportunities.created_precision
        end as changed_precision,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        opportunities.amount,
        case
            when opportunities.stage_changed_at is not null then 'stamp' else 'record'
        end as evidence,
        opportunities._source_file
    from opportunities
    where
        not exists (
            select 1
            from snapshots
            where snapshots.opportunity_id = opportunities.opportunity_id
        )
        and not exists (
            select 1
            from stage_fields
            where stage_fields.opportunity_id = opportunities.opportunity_id
        )
),

-- A stage left and taken again within one second is one change.
distinct_changes as (
    select
        changes.*,
        row_number() over (
            partition by changes.opportunity_id, changes.changed_at, changes.raw_stage
            order by
                changes.amount asc nulls last,
                changes.actor_id asc nulls last,
                changes._source_file asc nulls last
        ) as repeat_number
    from changes
),

ordered as (
    select
        distinct_changes.*,
        row_number() over (
            partition by distinct_changes.opportunity_id
            order by
                case when distinct_changes.evidence = 'record' then 0 else 1 end asc nulls last,
                distinct_changes.changed_at asc nulls last,
                distinct_changes.raw_stage asc nulls last
        ) as change_number
    from distinct_changes
    where distinct_changes.repeat_number = 1
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(ordered.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(
            'salesforce:opportunity:' || ordered.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(ordered.raw_stage as {{ dbt.type_string() }}) as raw_stage,
        cast(ordered.changed_at as timestamp) as changed_at,
        cast(ordered.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(ordered.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ordered.amount as decimal(18, 2)) as amount,
        cast(ordered.change_number = 1 as boolean) as is_first,
        cast(ordered.evidence as {{ dbt.type_string() }}) as evidence,
        cast(ordered._source_file as {{ dbt.type_string() }}) as source_file
    from ordered
)

select * from final
