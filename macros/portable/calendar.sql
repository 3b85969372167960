{#- The first day of the month that a UTC moment lies in, in the reporting time zone
    (var 'reporting_time_zone'), as a date. -#}
{% macro reporting_month(moment) -%}
    {{ period_start('month', local_time(moment, "'" ~ var('reporting_time_zone') ~ "'")) }}
{%- endmacro %}
