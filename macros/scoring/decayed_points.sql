{#- What is left at `moment` of points earned at `earned_at`, as a double: half after each
    half-life, all of them where the rule has none. After a thousand half-lives nothing is left;
    PostgreSQL would stop at a number too small for it. -#}
{% macro decayed_points(points, half_life_days, earned_at, moment) -%}
    cast({{ points }} as {{ type_double() }})
    * case
        when {{ half_life_days }} is null then 1.0
        else
            power(
                cast(0.5 as {{ type_double() }}),
                least(
                    {{ days_between(earned_at, moment) }}
                    / cast({{ half_life_days }} as {{ type_double() }}),
                    cast(1000 as {{ type_double() }})
                )
            )
    end
{%- endmacro %}
