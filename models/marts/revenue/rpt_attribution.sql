{%- set stages = ['won', 'open', 'lost'] -%}

with credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- An open deal stands in the month of the build's clock, at whose rate its amount is.
placed as (

    select
        credits.*,
        opportunities.is_new_business,
        opportunities.stage,
        {{ period_start(
            'month',
            'coalesce(opportunities.closed_date, '
            ~ reporting_date('build_clock.as_of', "'second'") ~ ')'
        ) }} as closing_month
    from credits
    inner join opportunities
        on credits.opportunity_key = opportunities.opportunity_key
    cross join build_clock

),

final as (

    select
        cast(attribution_model as {{ dbt.type_string() }}) as attribution_model,
        cast(closing_month as date) as closing_month,
        cast(is_new_business as boolean) as is_new_business,
        cast(source as {{ dbt.type_string() }}) as source,
        cast(channel as {{ dbt.type_string() }}) as channel,
        cast(coalesce(campaign_key, 'none') as {{ dbt.type_string() }}) as campaign_key,
    {% for stage in stages %}
    cast(
        count(distinct case when stage = '{{ stage }}' then opportunity_key end) as bigint
    ) as n_{{ stage }},
    cast(
        coalesce(sum(case when stage = '{{ stage }}' then credit end), 0)
        as decimal(18, 6)
    ) as {{ stage }}_credit,
    cast(
        coalesce(sum(case when stage = '{{ stage }}' then credited_amount end), 0)
        as decimal(18, 2)
    ) as {{ stage }}_amount
    {{- ',' if not loop.last }}
    {% endfor %}
    from placed
    group by
        attribution_model,
        closing_month,
        is_new_business,
        source,
        channel,
        coalesce(campaign_key, 'none')

)

select * from final
