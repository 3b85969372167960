with lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

mql_stamps as (

    select * from {{ ref('int_mql_stamps') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

grades as (

    select * from {{ ref('agreement_grades') }}

),

grade_cells as (

    select * from {{ ref('agreement_grade_cells') }}

),

sales_acts as (

    select * from {{ ref('int_cycle_sales_acts') }}

),

customer_periods as (

    select * from {{ ref('int_customer_periods') }}

),

-- The best grade whose minimum the points reach: each holds up to the minimum of the next.
grade_bands as (

    select
        version_id,
        dimension,
        grade,
        minimum_points,
        lead(minimum_points) over (
            partition by version_id, dimension
            order by minimum_points asc nulls last, grade desc nulls last
        ) as next_minimum_points
    from grades

),

matrix_cells as (

    select
        versions.version_id,
        fit_bands.minimum_points as minimum_fit,
        fit_bands.next_minimum_points as next_minimum_fit,
        engagement_bands.minimum_points as minimum_engagement,
        engagement_bands.next_minimum_points as next_minimum_engagement
    from versions
    inner join grade_cells
        on versions.version_id = grade_cells.version_id
    inner join grade_bands as fit_bands
        on
            grade_cells.version_id = fit_bands.version_id
            and grade_cells.fit_grade = fit_bands.grade
            and fit_bands.dimension = 'fit'
    inner join grade_bands as engagement_bands
        on
            grade_cells.version_id = engagement_bands.version_id
            and grade_cells.engagement_grade = engagement_bands.grade
            and engagement_bands.dimension = 'engagement'
    where versions.qualification = 'matrix'

),

pathed as (

    select
        lead_scores.*,
        versions.threshold_score,
        versions.customer_scope,
        case
            when lead_scores.hand_raised_at is not null then 'hand_raise'
            when
                versions.qualification = 'score'
                and lead_scores.score >= versions.threshold_score
                and (versions.minimum_fit is null or lead_scores.fit >= versions.minimum_fit)
                then 'score'
            when matrix_cells.version_id is not null then 'matrix'
        end as path
    from lead_scores
    inner join versions
        on lead_scores.version_id = versions.version_id
    left join matrix_cells
        on
            lead_scores.version_id = matrix_cells.version_id
            and lead_scores.fit >= matrix_cells.minimum_fit
            and (
                lead_scores.fit < matrix_cells.next_minimum_fit
                or matrix_cells.next_minimum_fit is null
            )
            and lead_scores.engagement >= matrix_cells.minimum_engagement
            and (
                lead_scores.engagement < matrix_cells.next_minimum_engagement
                or matrix_cells.next_minimum_engagement is null
            )
    where versions.basis = 'rules'

),

-- Must-haves and disqualifiers stand above any score; nobody who is a customer, or who cools
-- down qualifies, but a hand-raise passes the cool-down. Whom sales had taken up before is late.
qualifying as (

    select
        pathed.*,
        coalesce(pathed.event_at > sales_acts.taken_up_at, false) as is_late,
        row_number() over (
            partition by pathed.lead_id, pathed.cycle_index
            order by pathed.event_at asc nulls last
        ) as rank_in_cycle
    from pathed
    inner join cycles
        on
            pathed.lead_id = cycles.lead_id
            and pathed.cycle_index = cycles.cycle_index
    left join sales_acts
        on
            pathed.lead_id = sales_acts.lead_id
            and pathed.cycle_index = sales_acts.cycle_index
    where
        pathed.path is not null
        and pathed.must_haves_held
        and not pathed.is_disqualified
        and not cycles.is_never_again
        and (
            cycles.cool_down_until is null
            or pathed.event_at >= cycles.cool_down_until
            or pathed.path = 'hand_raise'
        )
        and not exists (
            select 1
            from customer_periods
            where
                customer_periods.lead_id = pathed.lead_id
                and customer_periods.scope in ('lead', pathed.customer_scope)
                and customer_periods.customer_since < pathed.event_at
                and customer_periods.customer_until >= pathed.event_at
        )

),

unioned as (

    select
        lead_id,
        cycle_index,
        event_at as qualified_at,
        'second' as qualified_precision,
        is_late,
        version_id,
        'rules' as basis,
        path,
        'replay' as evidence
    from qualifying
    where rank_in_cycle = 1

    union all

    select
        lead_id,
        cycle_index,
        stamped_at as qualified_at,
        stamped_precision as qualified_precision,
        false as is_late,
        version_id,
        'stamped' as basis,
        'stamped' as path,
        evidence
    from mql_stamps

),

-- One a cycle: an MQL before what came late; where versions of both bases meet, the earlier.
ranked as (

    select
        unioned.*,
        row_number() over (
            partition by lead_id, cycle_index
            order by
                case when is_late then 1 else 0 end asc nulls last,
                qualified_at asc nulls last,
                basis asc nulls last
        ) as rank_in_cycle
    from unioned

),

final as (

    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ranked.cycle_index as bigint) as cycle_index,
        cast(ranked.qualified_at as timestamp) as qualified_at,
        cast(ranked.qualified_precision as {{ dbt.type_string() }}) as qualified_precision,
        cast(ranked.is_late as boolean) as is_late,
        cast(ranked.version_id as {{ dbt.type_string() }}) as version_id,
        cast(ranked.basis as {{ dbt.type_string() }}) as basis,
        cast(ranked.path as {{ dbt.type_string() }}) as path,
        cast(ranked.evidence as {{ dbt.type_string() }}) as evidence,
        cast(lead_scores.score as decimal(18, 4)) as score,
        cast(lead_scores.fit as decimal(18, 4)) as fit,
        cast(lead_scores.engagement as decimal(18, 4)) as engagement,
        cast(lead_scores.must_haves_held as boolean) as must_haves_held,
        cast(lead_scores.is_disqualified as boolean) as is_disqualified,
        cast(lead_scores.disqualifier_label as {{ dbt.type_string() }})
            as disqualifier_label,
        cast(lead_scores.fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(lead_scores.criteria_basis as {{ dbt.type_string() }}) as criteria_basis,
        cast(lead_scores.hand_raised_at as timestamp) as hand_raised_at,
        cast(lead_scores.hand_raise_recorded_at as timestamp) as hand_raise_recorded_at
    from ranked
    inner join lead_scores
        on
            ranked.lead_id = lead_scores.lead_id
            and ranked.qualified_at = lead_scores.event_at
    where ranked.rank_in_cycle = 1

)

select * from final
