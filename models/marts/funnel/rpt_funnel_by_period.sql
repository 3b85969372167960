with leads as (

    select * from {{ ref('dim_leads') }}

),

funnel_cycles as (

    select * from {{ ref('fct_funnel_cycles') }}

),

unioned as (

    select
        created_at as reached_at,
        'lead' as stage,
        'mql' as origin,
        'new_business' as cycle_type,
        false as is_implied
    from leads

    {%- for stage in funnel_stages() %}

    union all

    select
        {{ stage['moment'] }} as reached_at,
        '{{ stage["stage"] }}' as stage,
        origin,
        cycle_type,
        {{ stage['implied'] }} as is_implied
    from funnel_cycles
    where {{ stage['moment'] }} is not null
    {%- endfor %}

),

final as (

    select
        cast({{ reporting_month('reached_at') }} as date) as period_month,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(count(*) as bigint) as n_events,
        cast(sum(case when origin = 'direct' then 1 else 0 end) as bigint) as n_direct,
        cast(sum(case when cycle_type = 'expansion' then 1 else 0 end) as bigint) as n_expansion,
        cast(sum(case when is_implied then 1 else 0 end) as bigint) as n_implied
    from unioned
    group by {{ reporting_month('reached_at') }}, stage

)

select * from final
