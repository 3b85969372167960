with agreed_laws as (

    select * from {{ ref('agreement_laws') }}

),

handoff_laws as (

    select * from {{ ref('int_handoff_laws') }}

),

breaches as (

    select * from {{ ref('rpt_law_breaches') }}

),

handoffs_counted as (

    select
        version_id,
        law,
        sum(case when verdict = 'kept' then 1 else 0 end) as n_kept,
        sum(case when verdict = 'not_judged' then 1 else 0 end) as n_not_judged
    from handoff_laws
    where version_id is not null
    group by version_id, law

),

breaches_counted as (

    select
        version_id,
        law,
        count(*) as n_breached
    from breaches
    group by version_id, law

),

final as (

    select
        cast(agreed_laws.version_id as {{ dbt.type_string() }}) as version_id,
        cast(agreed_laws.law as {{ dbt.type_string() }}) as law,
        cast(agreed_laws.description as {{ dbt.type_string() }}) as description,
        cast(coalesce(agreed_laws.severity, 'error') as {{ dbt.type_string() }}) as severity,
        cast(agreed_laws.tolerated_breaches as bigint) as n_tolerated,
        cast(coalesce(breaches_counted.n_breached, 0) as bigint) as n_breached,
        cast(handoffs_counted.n_kept as bigint) as n_kept,
        cast(handoffs_counted.n_not_judged as bigint) as n_not_judged,
        cast(
            coalesce(breaches_counted.n_breached, 0) > agreed_laws.tolerated_breaches
            as boolean
        ) as is_past_ceiling
    from agreed_laws
    left join handoffs_counted
        on
            agreed_laws.version_id = handoffs_counted.version_id
            and agreed_laws.law = handoffs_counted.law
    left join breaches_counted
        on
            agreed_laws.version_id = breaches_counted.version_id
            and agreed_laws.law = breaches_counted.law

)

select * from final
