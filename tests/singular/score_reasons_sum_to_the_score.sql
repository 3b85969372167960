-- Guards: a score whose rules do not add up to it, in all or in fit, by as little as 0.0001.
with mqls as (
    select * from {{ ref('fct_mqls') }}
),

reasons as (
    select
        mql_id,
        sum(points) as points,
        sum(case when kind = 'fit' then points else 0 end) as fit_points
    from {{ ref('fct_mql_score_reasons') }}
    group by mql_id
)

select
    mqls.mql_id,
    'MQL ' || mqls.mql_id || ': score ' || cast(mqls.score as {{ dbt.type_string() }})
    || ' (fit ' || cast(mqls.fit as {{ dbt.type_string() }}) || ') against reasons of '
    || cast(coalesce(reasons.points, 0) as {{ dbt.type_string() }})
    || ' (fit ' || cast(coalesce(reasons.fit_points, 0) as {{ dbt.type_string() }}) || ')'
        as message
from mqls
left join reasons
    on mqls.mql_id = reasons.mql_id
where
    coalesce(reasons.points, 0) <> mqls.score
    or coalesce(reasons.fit_points, 0) <> mqls.fit
