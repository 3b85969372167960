{#- BigQuery's own words, where the default of a portable macro is not valid there or means
    something else. Compiled and parsed by the tests, never run by them. Its timestamps are
    moments in UTC. -#}


{% macro bigquery__clean_text(column) -%}
    nullif(
        trim(
            {{ column }},
            ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)
            || '{{ unicode_blanks() }}'
        ),
        ''
    )
{%- endmacro %}

{% macro bigquery__shared_pattern(pattern) -%}
    '(?s)' || {{ pattern }}
{%- endmacro %}

{% macro bigquery__text_matches(text, pattern) -%}
    regexp_contains({{ text }}, {{ shared_pattern(pattern) }})
{%- endmacro %}

{#- BigQuery gives the group of a pattern that has one: it should have none. -#}
{% macro bigquery__text_extract(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ shared_pattern(pattern) }}), '')
{%- endmacro %}

{% macro bigquery__text_captured(text, pattern) -%}
    regexp_extract({{ text }}, {{ shared_pattern(pattern) }})
{%- endmacro %}

{% macro bigquery__text_part(text, separator, n) -%}
    coalesce(split({{ text }}, '{{ separator }}')[safe_ordinal({{ n }})], '')
{%- endmacro %}

{#- A backslash takes the meaning from the sign behind it. -#}
{% macro bigquery__text_like(text, pattern) -%}
    ({{ text }} like replace({{ pattern }}, chr(92), chr(92) || chr(92)))
{%- endmacro %}

{#- BigQuery wants seconds, no more than six digits of fractions, and offsets as +02:00. -#}
{% macro bigquery__try_timestamp(text) -%}
    safe_cast(
        substring(
            regexp_replace(
                replace(upper({{ text }}), ',', '.'), r'^(.{13}:[0-9]{2})$', r'\1:00'
            ),
            1,
            26
        ) as timestamp
    )
{%- endmacro %}

{% macro bigquery__try_zoned_timestamp(text) -%}
    safe_cast(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        replace(replace(upper({{ text }}), ',', '.'), 'UTC', 'Z'),
                        r'([.][0-9]{6})[0-9]+',
                        r'\1'
                    ),
                    r'^(.{16})([^:])',
                    r'\1:00\2'
                ),
                r' ?([+-][0-9]{2}):?([0-9]{2})$',
                r'\1:\2'
            ),
            r' (Z|[+-][0-9]{2})$',
            r'\1'
        ) as timestamp
    )
{%- endmacro %}

{% macro bigquery__epoch_timestamp(text, per_second) -%}
    timestamp_micros(cast({{ text }} as int64) * {{ 1000000 // per_second }})
{%- endmacro %}

{% macro bigquery__try_decimal(text, scale) -%}
    safe_cast({{ text }} as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro bigquery__utc_time(local_moment, time_zone) -%}
    timestamp(datetime({{ local_moment }}), {{ time_zone }})
{%- endmacro %}

{% macro bigquery__local_time(moment, time_zone) -%}
    timestamp(datetime({{ moment }}, {{ time_zone }}))
{%- endmacro %}

{% macro bigquery__moment_digits(moment) -%}
    cast(unix_micros({{ moment }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro bigquery__seconds_between(since, until) -%}
    (cast(unix_micros({{ until }}) - unix_micros({{ since }}) as float64) / 1000000)
{%- endmacro %}

{% macro bigquery__add_days(moment, days) -%}
    timestamp_add({{ moment }}, interval ({{ days }}) day)
{%- endmacro %}

{#- A week of BigQuery's starts on Sunday unless it is an ISO one. -#}
{% macro bigquery__period_start(period, moment) -%}
    cast({{ dbt.date_trunc('isoweek' if period == 'week' else period, moment) }} as date)
{%- endmacro %}

{% macro bigquery__last_second(moment, precision) -%}
    case
        when {{ precision }} = 'day' then timestamp_add({{ moment }}, interval 86399 second)
        else {{ moment }}
    end
{%- endmacro %}

{#- A decimal of BigQuery's has no 38 digits before the point. -#}
{% macro bigquery__whole_quotient(dividend, divisor) -%}
    cast(div({{ dividend }}, {{ divisor }}) as bigint)
{%- endmacro %}

{% macro bigquery__type_double() -%}float64{%- endmacro %}

{% macro bigquery__ordered_text_agg(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro bigquery__is_json_object(column) -%}
    case
        when {{ column }} is not null
            then coalesce(json_type(safe.parse_json({{ column }})) = 'object', false)
    end
{%- endmacro %}

{#- A string comes without its quotes, a list or object as JSON. -#}
{% macro bigquery__json_text(column, key) -%}
    coalesce(
        json_value({{ column }}, '$."{{ key }}"'),
        nullif(json_query({{ column }}, '$."{{ key }}"'), 'null')
    )
{%- endmacro %}
