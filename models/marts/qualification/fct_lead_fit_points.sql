with lead_fit_points as (

    select * from {{ ref('int_lead_fit_points') }}

),

scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

final as (

    select
        cast(lead_fit_points.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(lead_fit_points.version_id as {{ dbt.type_string() }}) as version_id,
        cast(lead_fit_points.rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(scoring_rules.description as {{ dbt.type_string() }}) as description,
        cast(lead_fit_points.points as decimal(18, 4)) as points,
        cast(lead_fit_points.basis as {{ dbt.type_string() }}) as basis,
        cast(lead_fit_points.valid_from as timestamp) as valid_from,
        cast(lead_fit_points.valid_to as timestamp) as valid_to
    from lead_fit_points
    inner join scoring_rules
        on
            lead_fit_points.version_id = scoring_rules.version_id
            and lead_fit_points.rule_id = scoring_rules.rule_id

)

select * from final
