with status_changes as (

    select * from {{ ref('all__status_changes') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

statuses as (

    select * from {{ ref('map_statuses') }}

),

reasons as (

    select * from {{ ref('map_reasons') }}

),

users as (

    select * from {{ ref('int_users') }}

),

known as (

    select
        status_changes.*,
        lead_keys.lead_id,
        {{ to_second('status_changes.changed_at') }} as changed_second
    from status_changes
    inner join lead_keys
        on status_changes.record_key = lead_keys.record_key
    inner join build_clock
        on {{ to_second('status_changes.changed_at') }} <= build_clock.as_of

),

final as (

    select
        cast(known.change_key as {{ dbt.type_string() }}) as change_key,
        cast(known.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(known.system as {{ dbt.type_string() }}) as system,
        cast(known.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(statuses.stage as {{ dbt.type_string() }}) as stage,
        cast(known.changed_second as timestamp) as changed_at,
        cast(known.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(known.evidence as {{ dbt.type_string() }}) as evidence,
        cast(known.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(reasons.reason as {{ dbt.type_string() }}) as reason,
        cast(reasons.objection as {{ dbt.type_string() }}) as objection,
        cast(known.system || ':user:' || known.actor_id as {{ dbt.type_string() }})
            as actor_key,
        cast(users.team as {{ dbt.type_string() }}) as actor_team
    from known
    left join statuses
        on
            known.system = statuses.system
            and {{ comparable('known.raw_status') }} = {{ comparable('statuses.raw_status') }}
            and (statuses.valid_from <= known.changed_at or statuses.valid_from is null)
            and (statuses.valid_to > known.changed_at or statuses.valid_to is null)
    left join reasons
        on
            known.system = reasons.system
            and {{ comparable('known.raw_reason') }} = {{ comparable('reasons.raw_reason') }}
            and (reasons.valid_from <= known.changed_at or reasons.valid_from is null)
            and (reasons.valid_to > known.changed_at or reasons.valid_to is null)
    left join users
        on
            known.system = users.system
            and known.actor_id = users.user_id

)

select * from final
