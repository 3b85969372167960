with leads as (

    select * from {{ ref('dim_leads') }}

),

funnel_stages as (

    select * from {{ ref('int_funnel_stages') }}

),

unioned as (

    select
        created_at as reached_at,
        'lead' as stage,
        'mql' as origin,
        false as is_implied
    from leads

    union all

    select
        reached_at,
        stage,
        origin,
        is_implied
    from funnel_stages

),

final as (

    select
        cast({{ reporting_month('reached_at') }} as date) as period_month,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(count(*) as bigint) as n_events,
        cast(sum(case when origin = 'direct' then 1 else 0 end) as bigint) as n_direct,
        cast(sum(case when is_implied then 1 else 0 end) as bigint) as n_implied
    from unioned
    group by {{ reporting_month('reached_at') }}, stage

)

select * from final
