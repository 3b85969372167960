{%- set first_month = var('fiscal_year_first_month') | int -%}

with calendar_days as (

    select * from {{ ref('int_calendar_days') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A week belongs to the year and the number of its Thursday (ISO 8601).
weeks as (

    select
        calendar_days.on_date,
        calendar_days.day_at,
        {{ period_start('week', 'calendar_days.day_at') }} as week_start_date,
        {{ add_days(
            'cast(' ~ period_start('week', 'calendar_days.day_at') ~ ' as timestamp)', 3
        ) }} as thursday_at,
        cast(extract(year from calendar_days.on_date) as integer) as calendar_year,
        cast(extract(month from calendar_days.on_date) as integer) as calendar_month,
        {{ reporting_date('build_clock.as_of', "'second'") }} as as_of_date
    from calendar_days
    cross join build_clock

),

numbered as (

    select
        weeks.*,
        cast(extract(year from thursday_at) as integer) as iso_year,
        cast(
            floor(
                {{ days_between(
                    'cast(' ~ period_start('year', 'thursday_at') ~ ' as timestamp)',
                    'thursday_at'
                ) }} / 7
            ) as integer
        ) + 1 as iso_week,
        cast(
            {{ days_between('cast(week_start_date as timestamp)', 'day_at') }} as integer
        ) + 1 as iso_weekday,
        case
            when calendar_month < {{ first_month }} then calendar_year - 1
            else calendar_year
        end as fiscal_start_year,
        mod(calendar_month + {{ 12 - first_month }}, 12) + 1 as fiscal_month
    from weeks

),

fiscal as (

    select
        numbered.*,
        fiscal_start_year + {{ 0 if first_month == 1 else 1 }} as fiscal_year,
        case
            when fiscal_month <= 3 then 1
            when fiscal_month <= 6 then 2
            when fiscal_month <= 9 then 3
            else 4
        end as fiscal_quarter_number
    from numbered

),

labelled as (

    select
        fiscal.*,
        'FY' || cast(fiscal_year as {{ dbt.type_string() }}) as fiscal_year_name,
        cast(iso_year as {{ dbt.type_string() }}) || '-W'
        || case when iso_week < 10 then '0' else '' end
        || cast(iso_week as {{ dbt.type_string() }}) as iso_week_name,
        case fiscal_quarter_number
            {% for quarter in range(4) %}
            {% set month = first_month + 3 * quarter %}
            when {{ quarter + 1 }}
                then
                    cast(fiscal_start_year + {{ (month - 1) // 12 }} as {{ dbt.type_string() }})
                    || '-{{ '%02d' % ((month - 1) % 12 + 1) }}-01'
            {% endfor %}
        end as fiscal_quarter_first_day,
        cast(fiscal_start_year as {{ dbt.type_string() }})
        || '-{{ '%02d' % first_month }}-01' as fiscal_year_first_day
    from fiscal

),

final as (

    select
        cast(on_date as date) as date_day,
        cast(iso_weekday as bigint) as iso_weekday,
        cast(week_start_date as date) as week_start_date,
        cast(iso_week_name as {{ dbt.type_string() }}) as iso_week,
        cast({{ period_start('month', 'day_at') }} as date) as month_start_date,
        cast({{ period_start('quarter', 'day_at') }} as date) as quarter_start_date,
        cast(calendar_year as bigint) as calendar_year,
        cast(fiscal_month as bigint) as fiscal_month_number,
        cast(
            fiscal_year_name || '-Q' || cast(fiscal_quarter_number as {{ dbt.type_string() }})
            as {{ dbt.type_string() }}
        ) as fiscal_quarter,
        cast(fiscal_quarter_first_day as date) as fiscal_quarter_start_date,
        cast(fiscal_year_name as {{ dbt.type_string() }}) as fiscal_year,
        cast(fiscal_year_first_day as date) as fiscal_year_start_date,
        cast(on_date < as_of_date as boolean) as is_over
    from labelled

)

select * from final
