{%- set digits = range(10) -%}

with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

digits as (

    {% for digit in digits %}
    select {{ digit }} as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

numbers as (

    select
        ones.digit
        + 10 * tens.digit
        + 100 * hundreds.digit
        + 1000 * thousands.digit
        + 10000 * ten_thousands.digit as number
    from digits as ones  -- noqa: AL07
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
    cross join digits as ten_thousands

),

-- A day more at each end: somewhere it is still yesterday, or tomorrow already.
span as (

    select
        {{ add_days(
            'cast(cast(min(handoffs.handoff_at) as date) as timestamp)', -1
        ) }} as first_day,
        {{ days_between(
            'cast(cast(min(handoffs.handoff_at) as date) as timestamp)',
            'max(build_clock.as_of)'
        ) }} + 2 as n_days
    from handoffs
    cross join build_clock

),

final as (

    select
        cast({{ add_days('span.first_day', 'numbers.number') }} as date) as on_date,
        cast({{ add_days('span.first_day', 'numbers.number') }} as timestamp) as day_at
    from numbers
    inner join span
        on numbers.number <= span.n_days

)

select * from final
