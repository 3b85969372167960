with lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

asked_scores as (

    select * from {{ ref('int_asked_scores') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

dated as (

    select
        lead_scores.*,
        {{ period_start('day', local_time(
            'lead_scores.event_at', "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as score_date
    from lead_scores

),

-- A day's last event leaves the score that the lead went home with.
ranked as (

    select
        dated.*,
        row_number() over (
            partition by lead_id, score_date
            order by event_at desc nulls last
        ) as rank_from_last
    from dated

),

scored as (

    select
        lead_id,
        score_date,
        event_at as scored_at,
        false as is_as_of,
        cycle_index,
        version_id,
        fit,
        engagement,
        score,
        must_haves_held,
        is_disqualified,
        disqualifier_label,
        fit_basis,
        criteria_basis
    from ranked
    where rank_from_last = 1

    union all

    select
        lead_id,
        {{ period_start('day', local_time(
            'asked_at', "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as score_date,
        asked_at as scored_at,
        true as is_as_of,
        cycle_index,
        version_id,
        fit,
        engagement,
        score,
        must_haves_held,
        is_disqualified,
        disqualifier_label,
        fit_basis,
        criteria_basis
    from asked_scores
    where is_as_of

),

final as (

    select
        cast(scored.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(scored.score_date as date) as score_date,
        cast(scored.is_as_of as boolean) as is_as_of,
        cast(scored.scored_at as timestamp) as scored_at,
        cast(scored.version_id as {{ dbt.type_string() }}) as version_id,
        cast(handoffs.cycle_number as bigint) as cycle_number,
        cast(scored.score as decimal(18, 4)) as score,
        cast(scored.fit as decimal(18, 4)) as fit,
        cast(scored.engagement as decimal(18, 4)) as engagement,
        cast(
            scored.score - lag(scored.score) over (
                partition by scored.lead_id
                order by
                    scored.scored_at asc nulls last,
                    case when scored.is_as_of then 1 else 0 end asc nulls last
            ) as decimal(18, 4)
        ) as score_change,
        cast(scored.must_haves_held as boolean) as must_haves_held,
        cast(scored.is_disqualified as boolean) as is_disqualified,
        cast(scored.disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(scored.fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(scored.criteria_basis as {{ dbt.type_string() }}) as criteria_basis
    from scored
    left join handoffs
        on
            scored.lead_id = handoffs.lead_id
            and scored.cycle_index = handoffs.cycle_index

)

select * from final
