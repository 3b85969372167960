{#- Lower end of the Wilson score interval of a share, as a double between 0 and 1; null
    where nothing was counted. Two-sided: a confidence level of 0.95 means z = 1.96.
    (E. B. Wilson, Journal of the American Statistical Association 22, 1927, p. 209.)

    successes, trials: counts; confidence_level: one of 0.8, 0.9, 0.95, 0.99. -#}
{% macro wilson_lower_bound(successes, trials, confidence_level) -%}
    {%- set z -%}
    (
        case cast({{ confidence_level }} as decimal(18, 4))
            when 0.8000 then 1.2815515655
            when 0.9000 then 1.6448536270
            when 0.9500 then 1.9599639845
            when 0.9900 then 2.5758293035
        end
    )
    {%- endset -%}
    {%- set n = 'cast(' ~ trials ~ ' as ' ~ type_double() ~ ')' -%}
    {%- set p = '(cast(' ~ successes ~ ' as ' ~ type_double() ~ ') / ' ~ n ~ ')' -%}
    case
        when {{ trials }} > 0
            then
                (
                    {{ p }} + {{ z }} * {{ z }} / (2 * {{ n }})
                    - {{ z }} * sqrt(
                        {{ p }} * (1 - {{ p }}) / {{ n }}
                        + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})
                    )
                ) / (1 + {{ z }} * {{ z }} / {{ n }})
    end
{%- endmacro %}


{#- Upper end of that interval: what the rest of the trials leaves at least, from 1. -#}
{% macro wilson_upper_bound(successes, trials, confidence_level) -%}
    (1 - {{ wilson_lower_bound('(' ~ trials ~ ' - ' ~ successes ~ ')', trials, confidence_level) }})
{%- endmacro %}


{#- Whether a row is the nearest-rank percentile of its group: the first at or below which lie at
    least so many per cent of it. In whole numbers, so that engines agree; the rows are numbered in
    the order of their values, and no percentile lies between two of them.

    number: the row's number in its group, from 1; count: the group's size; percent: 1 to 100. -#}
{% macro is_nearest_rank(number, count, percent) -%}
    (
        {{ number }} * 100 >= {{ count }} * {{ percent }}
        and ({{ number }} - 1) * 100 < {{ count }} * {{ percent }}
    )
{%- endmacro %}
