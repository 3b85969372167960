{#- The latest moment that the build may know of, as a UTC timestamp literal: var 'as_of'
    where one is given, else var 'as_of_cap' (a replay passes the stored one), else the
    start of the run. The one place that looks at a clock. -#}
{% macro build_clock_limit() -%}
    cast('{{ var("as_of", none) or var("as_of_cap", none) or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
