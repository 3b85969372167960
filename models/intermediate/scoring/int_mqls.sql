with qualifications as (

    select * from {{ ref('int_cycle_qualifications') }}

),

-- Who qualifies when sales have already taken the lead up is none.
final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycle_index as bigint) as cycle_index,
        cast(qualified_at as timestamp) as mql_at,
        cast(qualified_precision as {{ dbt.type_string() }}) as mql_precision,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(basis as {{ dbt.type_string() }}) as basis,
        cast(path as {{ dbt.type_string() }}) as path,
        cast(evidence as {{ dbt.type_string() }}) as evidence,
        cast(score as decimal(18, 4)) as score,
        cast(fit as decimal(18, 4)) as fit,
        cast(engagement as decimal(18, 4)) as engagement,
        cast(must_haves_held as boolean) as must_haves_held,
        cast(is_disqualified as boolean) as is_disqualified,
        cast(disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(criteria_basis as {{ dbt.type_string() }}) as criteria_basis,
        cast(hand_raised_at as timestamp) as hand_raised_at,
        cast(hand_raise_recorded_at as timestamp) as hand_raise_recorded_at
    from qualifications
    where not is_late

)

select * from final
