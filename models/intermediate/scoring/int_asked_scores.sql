with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

lead_fit as (

    select * from {{ ref('int_lead_fit') }}

),

engagement_points as (

    select * from {{ ref('int_engagement_points') }}

),

moments as (

    select distinct
        lead_records.lead_id,
        {{ to_second('build_clock.as_of') }} as asked_at
    from lead_records
    cross join build_clock

),

-- Before the first version there is nothing to score by.
asked as (

    select
        moments.lead_id,
        moments.asked_at,
        cycles.cycle_index,
        versions.version_id
    from moments
    inner join cycles
        on
            moments.lead_id = cycles.lead_id
            and cycles.holds_after < moments.asked_at
            and cycles.holds_until >= moments.asked_at
    inner join versions
        on
            moments.asked_at >= versions.effective_from
            and (
                moments.asked_at < versions.effective_to
                or versions.effective_to is null
            )

),

engagement as (

    select
        asked.lead_id,
        asked.asked_at,
        sum({{ decayed_points(
            'engagement_points.points', 'engagement_points.half_life_days',
            'engagement_points.occurred_at', 'asked.asked_at'
        ) }}) as engagement
    from asked
    inner join engagement_points
        on
            asked.lead_id = engagement_points.lead_id
            and asked.asked_at >= engagement_points.occurred_at
            and (
                engagement_points.counts_until is null
                or asked.asked_at <= engagement_points.counts_until
            )
    group by asked.lead_id, asked.asked_at

),

final as (

    select
        cast(asked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(asked.asked_at as timestamp) as asked_at,
        cast(asked.asked_at = {{ to_second('build_clock.as_of') }} as boolean) as is_as_of,
        cast(asked.cycle_index as bigint) as cycle_index,
        cast(asked.version_id as {{ dbt.type_string() }}) as version_id,
        cast(lead_fit.fit as decimal(18, 4)) as fit,
        cast(
            {{ agreed_score('coalesce(engagement.engagement, 0)') }} as decimal(18, 4)
        ) as engagement,
        cast(
            {{ agreed_score(
                'cast(lead_fit.fit as ' ~ type_double()
                ~ ') + coalesce(engagement.engagement, 0)'
            ) }} as decimal(18, 4)
        ) as score,
        cast(lead_fit.must_haves_held as boolean) as must_haves_held,
        cast(lead_fit.is_disqualified as boolean) as is_disqualified,
        cast(lead_fit.disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(lead_fit.fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(lead_fit.criteria_basis as {{ dbt.type_string() }}) as criteria_basis
    from asked
    cross join build_clock
    inner join lead_fit
        on
            asked.lead_id = lead_fit.lead_id
            and asked.version_id = lead_fit.version_id
            and asked.asked_at >= lead_fit.valid_from
            and asked.asked_at < lead_fit.valid_to
    left join engagement
        on
            asked.lead_id = engagement.lead_id
            and asked.asked_at = engagement.asked_at

)

select * from final
