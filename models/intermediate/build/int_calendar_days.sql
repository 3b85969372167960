{%- set digits = range(10) -%}

with cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

spend as (

    select * from {{ ref('int_spend') }}

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

facts as (

    select min(started_at) as first_at
    from cycles

    union all

    select min(handoff_at) as first_at
    from handoffs

    union all

    select min(least(created_at, coalesce(won_at, lost_at, created_at))) as first_at
    from opportunities

    union all

    select min(cast(spent_on as timestamp)) as first_at
    from spend

),

-- A century is enough: one mistyped year would fill the calendar before it reached today.
firsts as (

    select
        build_clock.as_of,
        cast(
            cast(
                greatest(
                    min(facts.first_at), {{ add_days('build_clock.as_of', -36525) }}
                ) as date
            ) as timestamp
        ) as first_at
    from facts
    cross join build_clock
    group by build_clock.as_of

),

-- A day more at each end: somewhere it is still yesterday, or tomorrow already.
span as (

    select
        {{ add_days('first_at', -1) }} as first_day,
        {{ days_between('first_at', 'as_of') }} + 2 as n_days
    from firsts

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
