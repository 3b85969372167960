with acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

-- Who came back, and has not gone to sales again since.
ranked_handoffs as (

    select
        acceptances.*,
        row_number() over (
            partition by lead_id
            order by cycle_number desc nulls last
        ) as rank_from_last
    from acceptances

),

returned as (

    select
        handoff_id,
        lead_id,
        source,
        rejection_reason,
        rejection_category,
        decision_version_id,
        cycle_ended_at as returned_at,
        cycle_ended_by as returned_as
    from ranked_handoffs
    where
        rank_from_last = 1
        and cycle_ended_by in ('rejected', 'recycled', 'lost')

),

present_cycles as (

    select *
    from cycles
    where ended_at is null

),

done_since as (

    select
        returned.handoff_id,
        count(*) as n_activities,
        max(activities.occurred_at) as last_activity_at
    from returned
    inner join activities
        on
            returned.lead_id = activities.lead_id
            and returned.returned_at < activities.occurred_at
    where
        activities.side = 'buyer'
        and not activities.is_automated
        and not activities.is_echo
    group by returned.handoff_id

),

nurturing as (

    select
        returned.handoff_id,
        status_changes.changed_at as nurtured_at
    from returned
    inner join status_changes
        on
            returned.lead_id = status_changes.lead_id
            and returned.returned_at <= {{ last_second(
                'status_changes.changed_at', 'status_changes.changed_precision'
            ) }}
    where status_changes.stage = 'nurture'

    union all

    select
        returned.handoff_id,
        activities.occurred_at as nurtured_at
    from returned
    inner join activities
        on
            returned.lead_id = activities.lead_id
            and returned.returned_at < activities.occurred_at
    where activities.side = 'seller' and activities.is_automated

),

nurtured as (

    select
        handoff_id,
        min(nurtured_at) as first_nurtured_at
    from nurturing
    group by handoff_id

),

map_statuses as (

    select
        lead_id,
        system,
        stage,
        row_number() over (
            partition by lead_id, system
            order by changed_at desc nulls last, change_key desc nulls last
        ) as rank_from_last
    from status_changes
    where
        stage is not null
        and system in ({{ quoted_words(map_systems()) or "''" }})

),

map_says as (

    select
        lead_id,
        max(case when stage = 'mql' then 1 else 0 end) as is_mql
    from map_statuses
    where rank_from_last = 1
    group by lead_id

),

-- What a score has to reach today, where the agreement goes by one.
thresholds as (

    select
        case
            when versions.basis = 'rules' and versions.qualification = 'score'
                then versions.threshold_score
        end as threshold_score
    from build_clock
    left join versions
        on
            build_clock.as_of >= versions.effective_from
            and (
                build_clock.as_of < versions.effective_to
                or versions.effective_to is null
            )

),

final as (

    select
        cast(returned.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(returned.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(returned.source as {{ dbt.type_string() }}) as source,
        cast(returned.returned_as as {{ dbt.type_string() }}) as returned_as,
        cast(returned.returned_at as timestamp) as returned_at,
        cast(returned.rejection_reason as {{ dbt.type_string() }}) as rejection_reason,
        cast(returned.rejection_category as {{ dbt.type_string() }}) as rejection_category,
        cast(returned.decision_version_id as {{ dbt.type_string() }}) as decision_version_id,
        cast(leads.current_score as decimal(18, 4)) as current_score,
        cast(
            case
                when leads.current_score >= thresholds.threshold_score then 0
                else thresholds.threshold_score - coalesce(leads.current_score, 0)
            end as decimal(18, 4)
        ) as points_to_threshold,
        cast(coalesce(done_since.n_activities, 0) as bigint) as n_activities_since,
        cast(done_since.last_activity_at as timestamp) as last_activity_at,
        cast(present_cycles.is_never_again as boolean) as is_never_again,
        cast(
            case
                when not present_cycles.is_never_again
                    then greatest(
                        returned.returned_at,
                        coalesce(present_cycles.cool_down_until, returned.returned_at)
                    )
            end as timestamp
        ) as may_qualify_from,
        cast(nurtured.handoff_id is not null as boolean) as is_nurtured,
        cast(nurtured.first_nurtured_at as timestamp) as first_nurtured_at,
        cast(coalesce(map_says.is_mql, 0) = 1 as boolean) as is_still_mql_in_map
    from returned
    inner join present_cycles
        on returned.lead_id = present_cycles.lead_id
    inner join leads
        on returned.lead_id = leads.lead_id
    cross join thresholds
    left join done_since
        on returned.handoff_id = done_since.handoff_id
    left join nurtured
        on returned.handoff_id = nurtured.handoff_id
    left join map_says
        on returned.lead_id = map_says.lead_id

)

select * from final
