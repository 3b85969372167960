{#- The first day of the month that a UTC moment lies in, in the reporting time zone
    (var 'reporting_time_zone'), as a date. -#}
{% macro reporting_month(moment) -%}
    {{ period_start('month', local_time(moment, "'" ~ var('reporting_time_zone') ~ "'")) }}
{%- endmacro %}


{#- The day that a UTC moment lies in, in the reporting time zone, as a date. A moment known to
    the day alone ('day' precision) is that day, in whichever zone. -#}
{% macro reporting_date(moment, precision) -%}
    case
        when {{ precision }} = 'day' then cast({{ moment }} as date)
        else {{ period_start(
            'day', local_time(moment, "'" ~ var('reporting_time_zone') ~ "'")
        ) }}
    end
{%- endmacro %}
