{%- set stages = ['won', 'open', 'lost'] -%}

with touches as (

    select * from {{ ref('int_opportunity_touches') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- However often a source touched a deal, it counts there once.
touched as (

    select distinct
        opportunity_key,
        source
    from touches

),

placed as (

    select
        touched.source,
        opportunities.opportunity_key,
        opportunities.is_new_business,
        opportunities.stage,
        opportunities.amount,
        {{ period_start(
            'month',
            'coalesce(opportunities.closed_date, '
            ~ reporting_date('build_clock.as_of', "'second'") ~ ')'
        ) }} as closing_month
    from touched
    inner join opportunities
        on touched.opportunity_key = opportunities.opportunity_key
    cross join build_clock

),

final as (

    select
        cast(placed.closing_month as date) as closing_month,
        cast(placed.is_new_business as boolean) as is_new_business,
        cast(placed.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
    {% for stage in stages %}
    cast(sum(case when placed.stage = '{{ stage }}' then 1 else 0 end) as bigint)
        as n_{{ stage }}_influenced,
    cast(
        coalesce(sum(case when placed.stage = '{{ stage }}' then placed.amount end), 0)
        as decimal(18, 2)
    ) as {{ stage }}_influenced_amount
    {{- ',' if not loop.last }}
    {% endfor %}
    from placed
    left join sources
        on placed.source = sources.source
    group by
        placed.closing_month,
        placed.is_new_business,
        placed.source,
        sources.channel

)

select * from final
