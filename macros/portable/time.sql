{#- Seconds from one UTC moment to another, as a double (negative when `until` is earlier):
    whole microseconds are subtracted before anything is divided. dbt.datediff is not equal
    on all engines for hours and weeks, hence our own. -#}
{% macro seconds_between(since, until) -%}
    {{ return(adapter.dispatch('seconds_between', 'handoff')(since, until)) }}
{%- endmacro %}

{% macro default__seconds_between(since, until) -%}
    cast(extract(epoch from {{ until }}) - extract(epoch from {{ since }}) as {{ type_double() }})
{%- endmacro %}

{% macro duckdb__seconds_between(since, until) -%}
    (cast(epoch_us({{ until }}) - epoch_us({{ since }}) as double) / 1000000)
{%- endmacro %}

{% macro spark__seconds_between(since, until) -%}
    (cast(unix_micros({{ until }}) - unix_micros({{ since }}) as double) / 1000000)
{%- endmacro %}


{#- Days from one UTC moment to another, as a double: 86,400 seconds are a day. -#}
{% macro days_between(since, until) -%}
    ({{ seconds_between(since, until) }} / 86400.0)
{%- endmacro %}


{#- A UTC moment plus a whole number of days (an expression; a day is 86,400 seconds). -#}
{% macro add_days(moment, days) -%}
    {{ return(adapter.dispatch('add_days', 'handoff')(moment, days)) }}
{%- endmacro %}

{% macro default__add_days(moment, days) -%}
    ({{ moment }} + ({{ days }}) * interval '1 day')
{%- endmacro %}

{% macro spark__add_days(moment, days) -%}
    ({{ moment }} + make_dt_interval({{ days }}))
{%- endmacro %}


{#- The wall-clock time in a zone at a UTC moment, as a zone-less timestamp. -#}
{% macro local_time(moment, time_zone) -%}
    {{ return(adapter.dispatch('local_time', 'handoff')(moment, time_zone)) }}
{%- endmacro %}

{% macro default__local_time(moment, time_zone) -%}
    (({{ moment }}) at time zone 'UTC' at time zone {{ time_zone }})
{%- endmacro %}

{% macro duckdb__local_time(moment, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ moment }}))
{%- endmacro %}

{% macro spark__local_time(moment, time_zone) -%}
    from_utc_timestamp({{ moment }}, {{ time_zone }})
{%- endmacro %}


{#- The UTC moment at which the clocks of a zone show a time, the inverse of local_time. Of
    two such moments it is the second. -#}
{% macro utc_time(local_moment, time_zone) -%}
    {{ return(adapter.dispatch('utc_time', 'handoff')(local_moment, time_zone)) }}
{%- endmacro %}

{% macro default__utc_time(local_moment, time_zone) -%}
    (({{ local_moment }}) at time zone {{ time_zone }} at time zone 'UTC')
{%- endmacro %}

{% macro duckdb__utc_time(local_moment, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ local_moment }}))
{%- endmacro %}

{#- Spark takes the first: the second is found by the zone's offset a day later. -#}
{% macro spark__utc_time(local_moment, time_zone) -%}
    {%- set first = 'to_utc_timestamp(' ~ local_moment ~ ', ' ~ time_zone ~ ')' -%}
    {%- set next_day = '(' ~ first ~ ' + interval 1 day)' -%}
    {%- set second -%}
        timestamp_micros(
            unix_micros({{ local_moment }}) + unix_micros({{ next_day }})
            - unix_micros(from_utc_timestamp({{ next_day }}, {{ time_zone }}))
        )
    {%- endset -%}
    case
        when {{ second }} > {{ first }}
            and from_utc_timestamp({{ second }}, {{ time_zone }}) = {{ local_moment }}
            then {{ second }}
        else {{ first }}
    end
{%- endmacro %}


{#- The first day of the period that a moment or date lies in, as a date.
    period: 'day', 'week' (ISO, from Monday), 'month', 'quarter', 'year'. -#}
{% macro period_start(period, moment) -%}
    {{ return(adapter.dispatch('period_start', 'handoff')(period, moment)) }}
{%- endmacro %}

{% macro default__period_start(period, moment) -%}
    cast({{ dbt.date_trunc(period, moment) }} as date)
{%- endmacro %}


{#- The moment cut to the whole second: the engine's clock ticks in seconds. -#}
{% macro to_second(moment) -%}
    cast({{ dbt.date_trunc('second', moment) }} as timestamp)
{%- endmacro %}


{#- Whether `first_at` lies before `then_at`, as far as both are known. Where one of them
    is known to the day alone ('day' precision), moments of one day are not out of order:
    within that day funnel order holds. -#}
{% macro is_before(first_at, first_precision, then_at, then_precision) -%}
    case
        when {{ first_precision }} = 'day' or {{ then_precision }} = 'day'
            then cast({{ first_at }} as date) < cast({{ then_at }} as date)
        else {{ first_at }} < {{ then_at }}
    end
{%- endmacro %}


{#- The last second of what a moment stands for: itself, or the end of its day where it is
    known to the day alone ('day' precision). -#}
{% macro last_second(moment, precision) -%}
    {{ return(adapter.dispatch('last_second', 'handoff')(moment, precision)) }}
{%- endmacro %}

{% macro default__last_second(moment, precision) -%}
    case
        when {{ precision }} = 'day' then {{ moment }} + interval '86399 seconds'
        else {{ moment }}
    end
{%- endmacro %}

{% macro spark__last_second(moment, precision) -%}
    case
        when {{ precision }} = 'day' then {{ moment }} + make_dt_interval(0, 0, 0, 86399)
        else {{ moment }}
    end
{%- endmacro %}
