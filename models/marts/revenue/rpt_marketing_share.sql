{%- set groups = ['mql', 'direct', 'unlinked', 'other_type'] -%}

with opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

touches as (

    select * from {{ ref('int_opportunity_touches') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

touched as (

    select distinct opportunity_key
    from touches

),

-- Every won deal is of one group; whether it was influenced is a matter beside.
won as (

    select
        opportunities.opportunity_key,
        opportunities.amount,
        dates.fiscal_quarter,
        dates.fiscal_quarter_start_date,
        case
            when not opportunities.is_new_business then 'other_type'
            else coalesce(opportunities.handoff_origin, 'unlinked')
        end as sourced_by,
        touched.opportunity_key is not null as is_influenced
    from opportunities
    inner join dates
        on opportunities.closed_date = dates.date_day
    left join touched
        on opportunities.opportunity_key = touched.opportunity_key
    where opportunities.stage = 'won'

),

final as (

    select
        cast(fiscal_quarter as {{ dbt.type_string() }}) as fiscal_quarter,
        cast(fiscal_quarter_start_date as date) as fiscal_quarter_start_date,
        cast(count(*) as bigint) as n_won,
        cast(coalesce(sum(amount), 0) as decimal(18, 2)) as won_amount,
        {% for group in groups %}
        cast(sum(case when sourced_by = '{{ group }}' then 1 else 0 end) as bigint)
            as n_{{ group }}_won,
        cast(
            coalesce(sum(case when sourced_by = '{{ group }}' then amount end), 0)
            as decimal(18, 2)
        ) as {{ group }}_won_amount,
        {% endfor %}
        cast(sum(case when is_influenced then 1 else 0 end) as bigint) as n_influenced_won,
        cast(coalesce(sum(case when is_influenced then amount end), 0) as decimal(18, 2))
            as influenced_won_amount
    from won
    group by fiscal_quarter, fiscal_quarter_start_date

)

select * from final
