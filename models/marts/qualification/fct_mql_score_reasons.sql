with mqls as (

    select * from {{ ref('fct_mqls') }}

),

fit_points as (

    select * from {{ ref('int_lead_fit_points') }}

),

engagement_points as (

    select * from {{ ref('int_engagement_points') }}

),

scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

fit_reasons as (

    select
        mqls.mql_id,
        fit_points.version_id as rule_version_id,
        fit_points.rule_id,
        fit_points.points
    from mqls
    inner join fit_points
        on
            mqls.lead_id = fit_points.lead_id
            and mqls.version_id = fit_points.version_id
            and mqls.mql_at >= fit_points.valid_from
            and (fit_points.valid_to is null or mqls.mql_at < fit_points.valid_to)

),

-- What was earned under an earlier version stays that version's.
engagement_reasons as (

    select
        mqls.mql_id,
        mqls.score - mqls.fit as engagement_in_score,
        engagement_points.version_id as rule_version_id,
        engagement_points.rule_id,
        count(*) as n_activities,
        max(engagement_points.occurred_at) as last_activity_at,
        {{ agreed_score('sum(' ~ decayed_points(
            'engagement_points.points', 'engagement_points.half_life_days',
            'engagement_points.occurred_at', 'mqls.mql_at'
        ) ~ ')') }} as rounded_points
    from mqls
    inner join engagement_points
        on
            mqls.lead_id = engagement_points.lead_id
            and mqls.mql_at >= engagement_points.occurred_at
            and (
                engagement_points.counts_until is null
                or mqls.mql_at <= engagement_points.counts_until
            )
    group by
        mqls.mql_id,
        mqls.score,
        mqls.fit,
        engagement_points.version_id,
        engagement_points.rule_id

),

-- Rules rounded one by one need not add up to the rounded score: the largest takes the rest.
settled as (

    select
        engagement_reasons.*,
        engagement_in_score - sum(rounded_points) over (partition by mql_id) as remainder,
        row_number() over (
            partition by mql_id
            order by
                abs(rounded_points) desc nulls last,
                rule_version_id asc nulls last,
                rule_id asc nulls last
        ) as rank_in_mql
    from engagement_reasons

),

reasons as (

    select
        mql_id,
        rule_version_id,
        rule_id,
        cast(null as bigint) as n_activities,
        points,
        cast(null as timestamp) as last_activity_at
    from fit_reasons

    union all

    select
        mql_id,
        rule_version_id,
        rule_id,
        n_activities,
        rounded_points + case when rank_in_mql = 1 then remainder else 0 end as points,
        last_activity_at
    from settled

),

final as (

    select
        cast(mqls.mql_id as {{ dbt.type_string() }}) as mql_id,
        cast(mqls.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(mqls.cycle_number as bigint) as cycle_number,
        cast(mqls.mql_at as timestamp) as mql_at,
        cast(mqls.version_id as {{ dbt.type_string() }}) as version_id,
        cast(reasons.rule_version_id as {{ dbt.type_string() }}) as rule_version_id,
        cast(reasons.rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(scoring_rules.kind as {{ dbt.type_string() }}) as kind,
        cast(scoring_rules.description as {{ dbt.type_string() }}) as description,
        cast(reasons.n_activities as bigint) as n_activities,
        cast(reasons.points as decimal(18, 4)) as points,
        cast(reasons.last_activity_at as timestamp) as last_activity_at
    from reasons
    inner join mqls
        on reasons.mql_id = mqls.mql_id
    inner join scoring_rules
        on
            reasons.rule_version_id = scoring_rules.version_id
            and reasons.rule_id = scoring_rules.rule_id

)

select * from final
