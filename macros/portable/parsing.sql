{#- From the text of an export to typed values. The parse macros take text as clean_text
    leaves it and give null for what they cannot read; nothing raises. Patterns have no
    backslash: Spark's parser eats them.

    column: an expression of type text · system: a name in vars.systems. -#}


{#- The text without blanks, tabs, line ends and no-break spaces around it; null when
    nothing is left. -#}
{% macro clean_text(column) -%}
    {{ return(adapter.dispatch('clean_text', 'handoff')(column)) }}
{%- endmacro %}

{% macro default__clean_text(column) -%}
    nullif(trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) from {{ column }}), '')
{%- endmacro %}

{% macro duckdb__clean_text(column) -%}
    nullif(trim({{ column }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')
{%- endmacro %}


{#- The moment that the text names, as a UTC timestamp. Read are:
      ISO 8601 dates and times, `T` or a blank between them, seconds and fraction optional,
      with a zone (Z, UTC, +02, +0200, +02:00) or without one;
      seconds since 1970 (10 digits) and milliseconds (13 digits);
      the system's own `timestamp_formats`, tried in their order.
    Without a zone the time is read in the system's `time_zone`, a date as its midnight.
    A time that clocks skip in spring counts on from before the change (02:30 is 03:30);
    one that they show twice in autumn is the second. -#}
{% macro parse_timestamp(column, system) -%}
    case
        {%- for form in timestamp_forms(column, system) %}
        when {{ form['holds'] }} then {{ form['moment'] }}
        {%- endfor %}
    end
{%- endmacro %}


{#- How exactly the text names its moment: 'day' for a date without a time, else 'second';
    null where parse_timestamp is null. -#}
{% macro timestamp_precision(column, system) -%}
    case
        {%- for form in timestamp_forms(column, system) %}
        when {{ form['holds'] }}
            then case when {{ form['moment'] }} is not null then '{{ form['precision'] }}' end
        {%- endfor %}
    end
{%- endmacro %}


{#- The date that the text names: an ISO date, or the date part of an ISO time as it is
    written, or one of the system's `timestamp_formats`. -#}
{% macro parse_date(column, system) -%}
    case
        when {{ text_matches(column, "'^" ~ iso_date() ~ "([Tt ]" ~ iso_time() ~ iso_zone() ~ "?)?$'") }}
            then cast({{ try_timestamp('substring(' ~ column ~ ', 1, 10)') }} as date)
        {%- for format in system_settings(system).get('timestamp_formats', []) %}
        when {{ try_timestamp_format(column, format) }} is not null
            then cast({{ try_timestamp_format(column, format) }} as date)
        {%- endfor %}
    end
{%- endmacro %}


{#- A plain number, decimal point alone: `1234.5`, not `1,234.5` or `1.2e3`, as a
    decimal(18, scale), half rounded away from zero. -#}
{% macro parse_decimal(column, scale=2) -%}
    case
        when {{ text_matches(column, "'^[+-]?([0-9]{1," ~ (18 - scale) ~ "}([.][0-9]*)?|[.][0-9]+)$'") }}
            then {{ try_decimal(column, scale) }}
    end
{%- endmacro %}


{#- A plain whole number; `120.0`, as spreadsheets and Parquet write it, is one, `120.5`
    is not. -#}
{% macro parse_bigint(column) -%}
    case
        when {{ text_matches(column, "'^[+-]?[0-9]{1,18}([.]0*)?$'") }}
            then cast({{ text_around(column ~ " || '.'", '.', 1) }} as bigint)
    end
{%- endmacro %}


{#- true: true, t, yes, y, 1; false: false, f, no, n, 0; in any case. -#}
{% macro parse_boolean(column) -%}
    case
        when lower({{ column }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ column }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}


{#- The settings of a system in vars.systems. -#}
{% macro system_settings(system) -%}
    {% do return(var('systems').get(system, {})) %}
{%- endmacro %}


{#- The forms in which a system writes moments, in the order in which they are tried: a
    list of {holds: condition, moment: expression, precision}. -#}
{% macro timestamp_forms(text, system) -%}
    {% set settings = system_settings(system) %}
    {% set zone = settings.get('time_zone', 'UTC') %}
    {% set iso = iso_date() ~ '[Tt ]' ~ iso_time() %}
    {% set forms = [
        {
            'holds': text_matches(text, "'^" ~ iso ~ "$'"),
            'moment': local_to_utc(try_timestamp(text), zone),
            'precision': 'second',
        },
        {
            'holds': text_matches(text, "'^" ~ iso_date() ~ "$'"),
            'moment': local_to_utc(try_timestamp(text), zone),
            'precision': 'day',
        },
        {
            'holds': text_matches(text, "'^" ~ iso ~ iso_zone() ~ "$'"),
            'moment': try_zoned_timestamp(text),
            'precision': 'second',
        },
        {
            'holds': text_matches(text, "'^[0-9]{10}$'"),
            'moment': epoch_timestamp(text, 1),
            'precision': 'second',
        },
        {
            'holds': text_matches(text, "'^[0-9]{13}$'"),
            'moment': epoch_timestamp(text, 1000),
            'precision': 'second',
        },
    ] %}
    {% for format in settings.get('timestamp_formats', []) %}
        {% if '%z' in format or '%Z' in format %}
            {% do exceptions.raise_compiler_error(
                "vars.systems." ~ system ~ ".timestamp_formats: '" ~ format ~ "' has a zone;"
                ~ " formats are read in the system's time_zone and cannot name one"
            ) %}
        {% endif %}
        {% do forms.append({
            'holds': try_timestamp_format(text, format) ~ ' is not null',
            'moment': local_to_utc(try_timestamp_format(text, format), zone),
            'precision': 'second' if '%H' in format or '%I' in format else 'day',
        }) %}
    {% endfor %}
    {% do return(forms) %}
{%- endmacro %}


{#- Regular expressions of the parts of an ISO 8601 text. -#}
{% macro iso_date() -%}
    {% do return('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])') %}
{%- endmacro %}

{#- Pattern of a time of day in ISO 8601: hours and minutes, seconds and fractions if given. -#}
{% macro iso_time() -%}
    {% do return('([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?') %}
{%- endmacro %}

{#- Pattern of a zone in ISO 8601: `Z` or an offset. -#}
{% macro iso_zone() -%}
    {% do return(' ?([Zz]|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)') %}
{%- endmacro %}


{#- An ISO date or time without a zone as a timestamp, null for the 30th of February. -#}
{% macro try_timestamp(text) -%}
    {{ return(adapter.dispatch('try_timestamp', 'handoff')(text)) }}
{%- endmacro %}

{% macro duckdb__try_timestamp(text) -%}
    try_cast(replace(upper({{ text }}), ',', '.') as timestamp)
{%- endmacro %}

{% macro spark__try_timestamp(text) -%}
    try_cast(replace(upper({{ text }}), ',', '.') as timestamp)
{%- endmacro %}

{% macro postgres__try_timestamp(text) -%}
    case
        when cast(substring({{ text }}, 9, 2) as integer) <= extract(
            day from cast(substring({{ text }}, 1, 8) || '01' as date)
            + interval '1 month' - interval '1 day'
        )
            then cast(replace(upper({{ text }}), ',', '.') as timestamp)
    end
{%- endmacro %}


{#- An ISO time with a zone as a UTC timestamp. -#}
{% macro try_zoned_timestamp(text) -%}
    {{ return(adapter.dispatch('try_zoned_timestamp', 'handoff')(text)) }}
{%- endmacro %}

{% macro duckdb__try_zoned_timestamp(text) -%}
    timezone('UTC', try_cast(
        replace(replace(replace(upper({{ text }}), ',', '.'), ' +', '+'), ' -', '-')
        as timestamptz
    ))
{%- endmacro %}

{#- The session's zone is UTC. Spark wants offsets as +02:00. -#}
{% macro spark__try_zoned_timestamp(text) -%}
    try_cast(
        regexp_replace(
            regexp_replace(
                replace(upper({{ text }}), ',', '.'), ' ?([+-][0-9]{2}):?([0-9]{2})$', '$1:$2'
            ),
            ' ?([+-][0-9]{2})$',
            '$1:00'
        ) as timestamp
    )
{%- endmacro %}

{% macro postgres__try_zoned_timestamp(text) -%}
    case
        when {{ postgres__try_timestamp('substring(' ~ text ~ ', 1, 10)') }} is not null
            then cast(replace(upper({{ text }}), ',', '.') as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}


{#- Digits that count seconds (per_second 1) or milliseconds (1000) since 1970. -#}
{% macro epoch_timestamp(text, per_second) -%}
    {{ return(adapter.dispatch('epoch_timestamp', 'handoff')(text, per_second)) }}
{%- endmacro %}

{% macro duckdb__epoch_timestamp(text, per_second) -%}
    make_timestamp(try_cast({{ text }} as bigint) * {{ 1000000 // per_second }})
{%- endmacro %}

{% macro spark__epoch_timestamp(text, per_second) -%}
    timestamp_micros(try_cast({{ text }} as bigint) * {{ 1000000 // per_second }})
{%- endmacro %}

{% macro postgres__epoch_timestamp(text, per_second) -%}
    (
        timestamp '1970-01-01'
        + cast({{ text }} as bigint) * interval '{{ 1000000 // per_second }} microseconds'
    )
{%- endmacro %}


{#- A text in a strptime format (of %Y %y %m %d %b %B %H %I %M %S %f %p and signs) as a
    timestamp; null when it does not fit. -#}
{% macro try_timestamp_format(text, format) -%}
    {{ return(adapter.dispatch('try_timestamp_format', 'handoff')(text, format)) }}
{%- endmacro %}

{% macro duckdb__try_timestamp_format(text, format) -%}
    try_strptime({{ text }}, '{{ format }}')
{%- endmacro %}

{% macro spark__try_timestamp_format(text, format) -%}
    {%- set words = {
        '%Y': 'yyyy', '%y': 'yy', '%m': 'M', '%d': 'd', '%b': 'MMM', '%B': 'MMMM',
        '%H': 'H', '%I': 'h', '%M': 'm', '%S': 's', '%f': 'SSSSSS', '%p': 'a', 'T': "''T''",
    } -%}
    to_timestamp({{ text }}, '{{ translated_format(format, words) }}')
{%- endmacro %}

{#- Postgres' to_timestamp reads on past what does not fit: a pattern stands before it. -#}
{% macro postgres__try_timestamp_format(text, format) -%}
    {%- set words = {
        '%Y': 'YYYY', '%y': 'YY', '%m': 'MM', '%d': 'DD', '%b': 'Mon', '%B': 'FMMonth',
        '%H': 'HH24', '%I': 'HH12', '%M': 'MI', '%S': 'SS', '%f': 'US', '%p': 'AM', 'T': '"T"',
    } -%}
    {%- set patterns = {
        '%Y': '[0-9]{4}', '%y': '[0-9]{2}', '%m': '(0?[1-9]|1[0-2])',
        '%d': '(0?[1-9]|[12][0-9]|3[01])', '%b': '[A-Za-z]{3}', '%B': '[A-Za-z]+',
        '%H': '([01]?[0-9]|2[0-3])', '%I': '(0?[1-9]|1[0-2])', '%M': '[0-5]?[0-9]',
        '%S': '[0-5]?[0-9]', '%f': '[0-9]{1,6}', '%p': '[AaPp][Mm]', '.': '[.]',
    } -%}
    case
        when {{ text }} ~ '^{{ translated_format(format, patterns) }}$'
            then to_timestamp({{ text }}, '{{ translated_format(format, words) }}')
                at time zone 'UTC'
    end
{%- endmacro %}


{#- A strptime format with its words put into another engine's. -#}
{% macro translated_format(format, words) -%}
    {% set out = [] %}
    {% for word in modules.re.findall('%.|.', format) %}
        {% do out.append(words.get(word, word)) %}
    {% endfor %}
    {% do return(out | join('')) %}
{%- endmacro %}


{#- A text of digits, sign and decimal point as a decimal; null past its range. -#}
{% macro try_decimal(text, scale) -%}
    {{ return(adapter.dispatch('try_decimal', 'handoff')(text, scale)) }}
{%- endmacro %}

{% macro default__try_decimal(text, scale) -%}
    try_cast({{ text }} as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro postgres__try_decimal(text, scale) -%}
    case
        when abs(round(cast({{ text }} as numeric), {{ scale }})) < 1e{{ 18 - scale }}
            then cast({{ text }} as decimal(18, {{ scale }}))
    end
{%- endmacro %}


{#- A wall-clock time in a zone as a UTC timestamp; DuckDB and Postgres take the second of
    two equal clock times, Spark the first, so Spark looks an hour on. -#}
{% macro local_to_utc(moment, zone) -%}
    {%- if zone == 'UTC' -%}
        {{ return(moment) }}
    {%- endif -%}
    {{ return(adapter.dispatch('local_to_utc', 'handoff')(moment, zone)) }}
{%- endmacro %}

{% macro duckdb__local_to_utc(moment, zone) -%}
    timezone('UTC', timezone('{{ zone }}', {{ moment }}))
{%- endmacro %}

{% macro postgres__local_to_utc(moment, zone) -%}
    (({{ moment }}) at time zone '{{ zone }}' at time zone 'UTC')
{%- endmacro %}

{% macro spark__local_to_utc(moment, zone) -%}
    case
        when from_utc_timestamp(
            to_utc_timestamp({{ moment }}, '{{ zone }}') + interval 1 hour, '{{ zone }}'
        ) = {{ moment }}
            then to_utc_timestamp({{ moment }}, '{{ zone }}') + interval 1 hour
        else to_utc_timestamp({{ moment }}, '{{ zone }}')
    end
{%- endmacro %}


{#- A moment as digits, microseconds since 1970, for keys that contain one. -#}
{% macro moment_digits(moment) -%}
    {{ return(adapter.dispatch('moment_digits', 'handoff')(moment)) }}
{%- endmacro %}

{% macro duckdb__moment_digits(moment) -%}
    cast(epoch_us({{ moment }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro spark__moment_digits(moment) -%}
    cast(unix_micros({{ moment }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro postgres__moment_digits(moment) -%}
    cast(cast(extract(epoch from {{ moment }}) * 1000000 as bigint) as {{ dbt.type_string() }})
{%- endmacro %}
