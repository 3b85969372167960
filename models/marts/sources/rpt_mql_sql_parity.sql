{#- One MQL for one that sales qualify: where both teams mean the same by qualified, nothing that
    marketing hands on is in vain. Nobody has to promise it, so it is no row of the agreement. -#}
{%- set target = 1 -%}

with funnel_cycles as (

    select * from {{ ref('fct_funnel_cycles') }}

),

counted as (

    select
        {{ period_start('quarter', local_time(
            'mql_at', "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as quarter_start,
        source,
        channel,
        count(*) as n_mqls,
        sum(case when decision = 'sales_qualified' then 1 else 0 end) as n_sales_qualified,
        sum(case when decision in ('rejected', 'recycled') then 1 else 0 end) as n_refused,
        sum(case when decision = 'pending' and ended_at is null then 1 else 0 end) as n_pending,
        sum(case when decision = 'pending' and ended_at is not null then 1 else 0 end)
            as n_never_decided
    from funnel_cycles
    where mql_at is not null
    group by
        {{ period_start('quarter', local_time(
            'mql_at', "'" ~ var('reporting_time_zone') ~ "'"
        )) }},
        source,
        channel

),

final as (

    select
        cast(quarter_start as date) as quarter_start_date,
        cast(source as {{ dbt.type_string() }}) as source,
        cast(channel as {{ dbt.type_string() }}) as channel,
        cast(n_mqls as bigint) as n_mqls,
        cast(n_sales_qualified as bigint) as n_sales_qualified,
        cast(n_refused as bigint) as n_refused,
        cast(n_pending as bigint) as n_pending,
        cast(n_never_decided as bigint) as n_never_decided,
        cast({{ target }} as bigint) as target_mqls_per_sales_qualified,
        cast(
            n_mqls - n_sales_qualified * {{ target }} as bigint
        ) as n_mqls_above_target,
        cast(
            case
                when n_mqls <= n_sales_qualified * {{ target }} then 'met'
                when n_mqls <= (n_sales_qualified + n_pending) * {{ target }} then 'open'
                else 'missed'
            end as {{ dbt.type_string() }}
        ) as verdict
    from counted

)

select * from final
