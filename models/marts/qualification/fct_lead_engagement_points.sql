with engagement_points as (

    select * from {{ ref('int_engagement_points') }}

),

scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

final as (

    select
        cast(engagement_points.system as {{ dbt.type_string() }}) as system,
        cast(engagement_points.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(engagement_points.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(engagement_points.version_id as {{ dbt.type_string() }}) as rule_version_id,
        cast(engagement_points.rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(scoring_rules.description as {{ dbt.type_string() }}) as description,
        cast(engagement_points.occurred_at as timestamp) as occurred_at,
        cast(engagement_points.recorded_at as timestamp) as recorded_at,
        cast(engagement_points.points as decimal(18, 4)) as points,
        cast(engagement_points.half_life_days as decimal(18, 4)) as half_life_days,
        cast(engagement_points.counts_until as timestamp) as counts_until
    from engagement_points
    inner join scoring_rules
        on
            engagement_points.version_id = scoring_rules.version_id
            and engagement_points.rule_id = scoring_rules.rule_id

)

select * from final
