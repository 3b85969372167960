with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

verdicts as (

    select * from {{ ref('int_lead_verdicts') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

rejection_reasons as (

    select * from {{ ref('agreement_rejection_reasons') }}

),

new_business as (

    select
        opportunities.*,
        {{ last_second('coalesce(won_at, lost_at)', 'closed_precision') }} as closed_until
    from opportunities
    where lead_id is not null and is_new_business

),

known_moments as (

    select
        lead_id,
        {{ to_second('created_at') }} as moment
    from lead_records

    union all

    select
        lead_id,
        occurred_at as moment
    from activities
    where lead_id is not null

    union all

    select
        lead_id,
        changed_at as moment
    from status_changes

    union all

    select
        lead_id,
        created_at as moment
    from new_business

    union all

    select
        lead_id,
        won_at as moment
    from new_business
    where won_at is not null

),

first_moments as (

    select
        lead_id,
        min(moment) as first_known_at
    from known_moments
    group by lead_id

),

-- A lost deal ends the trip only if nothing else of the lead is open, and sales have not
-- already given the lead back since the deal was made. Where the day alone is known, the
-- deal is closed when the day is over, and it is then that the others are looked at.
lost_deals as (

    select
        new_business.lead_id,
        new_business.closed_until as ended_at,
        'lost' as ended_by,
        cast(null as {{ dbt.type_string() }}) as reason,
        4 as priority
    from new_business
    where
        new_business.lost_at is not null
        and not exists (
            select 1
            from new_business as other_deals  -- noqa: AL07
            where
                other_deals.lead_id = new_business.lead_id
                and other_deals.opportunity_key <> new_business.opportunity_key
                and other_deals.created_at <= new_business.closed_until
                and coalesce(other_deals.closed_until, cast('9999-12-31' as timestamp))
                > new_business.closed_until
        )
        and not exists (
            select 1
            from verdicts
            where
                verdicts.lead_id = new_business.lead_id
                and verdicts.verdict in ('rejected', 'recycled')
                and {{ last_second('verdicts.decided_at', 'verdicts.decided_precision') }}
                >= new_business.created_at
                and verdicts.decided_at <= new_business.closed_until
        )

),

boundaries as (

    select
        lead_id,
        {{ last_second('decided_at', 'decided_precision') }} as ended_at,
        verdict as ended_by,
        reason,
        case verdict when 'rejected' then 1 else 2 end as priority
    from verdicts
    where verdict in ('rejected', 'recycled')

    union all

    select
        lead_id,
        {{ last_second('changed_at', 'changed_precision') }} as ended_at,
        'churned' as ended_by,
        cast(null as {{ dbt.type_string() }}) as reason,
        3 as priority
    from status_changes
    where stage = 'churned'

    union all

    select
        lead_id,
        ended_at,
        ended_by,
        reason,
        priority
    from lost_deals

),

ranked_boundaries as (

    select
        boundaries.*,
        row_number() over (
            partition by lead_id, ended_at
            order by priority asc nulls last, reason asc nulls last
        ) as rank_in_moment
    from boundaries

),

-- What the agreement in force at a boundary says of the trip that follows it.
judged_boundaries as (

    select
        ranked_boundaries.lead_id,
        ranked_boundaries.ended_at,
        ranked_boundaries.ended_by,
        coalesce(versions.resets_score_each_cycle, false) as resets_score,
        coalesce(rejection_reasons.never_again, false) as never_again,
        {{ add_days(
            'ranked_boundaries.ended_at', 'coalesce(rejection_reasons.cool_down_days, 0)'
        ) }} as cool_down_until
    from ranked_boundaries
    left join versions
        on
            versions.effective_from <= ranked_boundaries.ended_at
            and (
                versions.effective_to > ranked_boundaries.ended_at
                or versions.effective_to is null
            )
    left join rejection_reasons
        on
            versions.version_id = rejection_reasons.version_id
            and ranked_boundaries.reason = rejection_reasons.reason
    where ranked_boundaries.rank_in_moment = 1

),

-- One row for each boundary, ending its cycle, and one for the trip that is still on.
ends as (

    select
        lead_id,
        ended_at,
        ended_by
    from judged_boundaries

    union all

    select
        lead_id,
        cast(null as timestamp) as ended_at,
        cast(null as {{ dbt.type_string() }}) as ended_by
    from first_moments

),

numbered as (

    select
        ends.*,
        row_number() over (partition by lead_id order by ended_at asc nulls last)
            as cycle_index,
        lag(ended_at) over (partition by lead_id order by ended_at asc nulls last)
            as previous_ended_at
    from ends

),

-- A cool-down, or a `never`, of any earlier trip still holds in this one.
held_back as (

    select
        numbered.lead_id,
        numbered.cycle_index,
        max(judged_boundaries.cool_down_until) as cool_down_until,
        max(case when judged_boundaries.never_again then 1 else 0 end) as never_again,
        -- With a reset the score counts from the latest boundary that reset it.
        max(case when judged_boundaries.resets_score then judged_boundaries.ended_at end)
            as score_counts_after
    from numbered
    inner join judged_boundaries
        on
            numbered.lead_id = judged_boundaries.lead_id
            and numbered.previous_ended_at >= judged_boundaries.ended_at
    group by numbered.lead_id, numbered.cycle_index

),

final as (

    select
        cast(numbered.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(numbered.cycle_index as bigint) as cycle_index,
        cast(coalesce(numbered.previous_ended_at, first_moments.first_known_at) as timestamp)
            as started_at,
        cast(numbered.ended_at as timestamp) as ended_at,
        cast(numbered.ended_by as {{ dbt.type_string() }}) as ended_by,
        -- Facts of the boundary's own second belong to the trip that it ends.
        cast(
            coalesce(numbered.previous_ended_at, cast('1900-01-01' as timestamp)) as timestamp
        ) as holds_after,
        cast(coalesce(numbered.ended_at, cast('9999-12-31' as timestamp)) as timestamp)
            as holds_until,
        cast(
            coalesce(held_back.score_counts_after, cast('1900-01-01' as timestamp))
            as timestamp
        ) as score_counts_after,
        cast(held_back.cool_down_until as timestamp) as cool_down_until,
        cast(coalesce(held_back.never_again, 0) = 1 as boolean) as is_never_again
    from numbered
    inner join first_moments
        on numbered.lead_id = first_moments.lead_id
    left join held_back
        on
            numbered.lead_id = held_back.lead_id
            and numbered.cycle_index = held_back.cycle_index

)

select * from final
