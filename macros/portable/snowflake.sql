{#- Snowflake's own words, where the default of a portable macro is not valid there or means
    something else. Compiled and parsed by the tests, never run by them. -#}


{% macro snowflake__clean_text(column) -%}
    nullif(
        trim(
            {{ column }},
            ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)
            || '{{ unicode_blanks() }}'
        ),
        ''
    )
{%- endmacro %}

{#- Snowflake knows `(?i)` as a parameter alone; its rlike wants the whole text to fit. -#}
{% macro snowflake__text_matches(text, pattern) -%}
    case
        when substring({{ pattern }}, 1, 4) = '(?i)'
            then regexp_instr({{ text }}, substring({{ pattern }}, 5), 1, 1, 0, 'is') > 0
        else regexp_instr({{ text }}, {{ pattern }}, 1, 1, 0, 's') > 0
    end
{%- endmacro %}

{% macro snowflake__text_extract(text, pattern) -%}
    nullif(regexp_substr({{ text }}, {{ pattern }}, 1, 1, 's'), '')
{%- endmacro %}

{% macro snowflake__text_captured(text, pattern) -%}
    regexp_substr({{ text }}, {{ pattern }}, 1, 1, 'se', 1)
{%- endmacro %}

{% macro snowflake__try_timestamp(text) -%}
    try_to_timestamp_ntz(substring(replace(upper({{ text }}), ',', '.'), 1, 26))
{%- endmacro %}

{#- Snowflake wants no blank before an offset, and Z for UTC. -#}
{% macro snowflake__try_zoned_timestamp(text) -%}
    cast(
        convert_timezone('UTC', date_trunc('microsecond', try_to_timestamp_tz(
            regexp_replace(
                replace(replace(upper({{ text }}), ',', '.'), 'UTC', 'Z'), ' ([Z+-])', '\\1'
            )
        ))) as timestamp_ntz
    )
{%- endmacro %}

{% macro snowflake__epoch_timestamp(text, per_second) -%}
    to_timestamp_ntz(cast({{ text }} as bigint), {{ 0 if per_second == 1 else 3 }})
{%- endmacro %}

{% macro snowflake__utc_time(local_moment, time_zone) -%}
    convert_timezone({{ time_zone }}, 'UTC', {{ local_moment }})
{%- endmacro %}

{% macro snowflake__local_time(moment, time_zone) -%}
    convert_timezone('UTC', {{ time_zone }}, {{ moment }})
{%- endmacro %}

{% macro snowflake__moment_digits(moment) -%}
    cast(date_part(epoch_microsecond, {{ moment }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro snowflake__seconds_between(since, until) -%}
    (cast(timestampdiff(microsecond, {{ since }}, {{ until }}) as double) / 1000000)
{%- endmacro %}

{% macro snowflake__add_days(moment, days) -%}
    dateadd(day, {{ days }}, {{ moment }})
{%- endmacro %}

{% macro snowflake__ordered_text_agg(text, separator) -%}
    case
        when count({{ text }}) > 0
            then listagg({{ text }}, '{{ separator }}') within group (order by {{ text }})
    end
{%- endmacro %}

{% macro snowflake__is_json_object(column) -%}
    case
        when {{ column }} is not null
            then coalesce(typeof(try_parse_json({{ column }})) = 'OBJECT', false)
    end
{%- endmacro %}

{% macro snowflake__json_text(column, key) -%}
    cast(get(parse_json({{ column }}), '{{ key }}') as {{ dbt.type_string() }})
{%- endmacro %}
