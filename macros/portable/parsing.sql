{#- From the text of an export to typed values. The parse macros take text as clean_text
    leaves it and give null for what they cannot read; nothing raises. Patterns have no
    backslash: Spark's parser eats them.

    column: an expression of type text · system: a name in vars.systems. -#}


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


{#- Regular expressions of the parts of an ISO 8601 text. There is no year 0. -#}
{% macro iso_date() -%}
    {% do return(
        '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])'
        ~ '-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
    ) %}
{%- endmacro %}

{#- Pattern of a time of day in ISO 8601: hours and minutes, seconds and fractions if given. -#}
{% macro iso_time() -%}
    {% do return('([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?') %}
{%- endmacro %}

{#- Pattern of a zone in ISO 8601: `Z` or an offset. -#}
{% macro iso_zone() -%}
    {% do return(' ?([Zz]|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)') %}
{%- endmacro %}


{#- An ISO date or time without a zone as a timestamp, null for the 30th of February. What
    is finer than a microsecond is cut off. -#}
{% macro try_timestamp(text) -%}
    {{ return(adapter.dispatch('try_timestamp', 'handoff')(text)) }}
{%- endmacro %}

{% macro default__try_timestamp(text) -%}
    try_cast(replace(upper({{ text }}), ',', '.') as timestamp)
{%- endmacro %}

{#- Postgres rounds to the microsecond: further digits are left out. -#}
{% macro postgres__try_timestamp(text) -%}
    case
        when cast(substring({{ text }}, 9, 2) as integer) <= extract(
            day from cast(substring({{ text }}, 1, 8) || '01' as date)
            + interval '1 month' - interval '1 day'
        )
            then cast(substring(replace(upper({{ text }}), ',', '.'), 1, 26) as timestamp)
    end
{%- endmacro %}


{#- An ISO time with a zone as a UTC timestamp. -#}
{% macro try_zoned_timestamp(text) -%}
    {{ return(adapter.dispatch('try_zoned_timestamp', 'handoff')(text)) }}
{%- endmacro %}

{% macro duckdb__try_zoned_timestamp(text) -%}
    timezone('UTC', try_cast(
        replace(
            replace(replace(replace(upper({{ text }}), ',', '.'), ' Z', 'Z'), ' +', '+'),
            ' -',
            '-'
        ) as timestamptz
    ))
{%- endmacro %}

{#- The session's zone is UTC. Spark wants seconds before a zone, and offsets as +02:00. -#}
{% macro spark__try_zoned_timestamp(text) -%}
    try_cast(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    replace(upper({{ text }}), ',', '.'), '^(.{16})([^:])', '$1:00$2'
                ),
                ' ?([+-][0-9]{2}):?([0-9]{2})$',
                '$1:$2'
            ),
            ' ?([+-][0-9]{2})$',
            '$1:00'
        ) as timestamp
    )
{%- endmacro %}

{% macro postgres__try_zoned_timestamp(text) -%}
    case
        when {{ postgres__try_timestamp('substring(' ~ text ~ ', 1, 10)') }} is not null
            then cast(
                regexp_replace(
                    replace(upper({{ text }}), ',', '.'), '([.][0-9]{6})[0-9]+', '\1'
                ) as timestamptz
            ) at time zone 'UTC'
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


{#- A text in a strptime format as a timestamp; null when it does not fit. Engines' own
    readers of formats differ in what they let pass: here the text must fit a pattern, and
    its fields are put together to an ISO time. Years of two digits are those of 1969 to
    2068, as strptime has them; names of months are English, in any case. -#}
{% macro try_timestamp_format(text, format) -%}
    {%- set signs = format_signs(format) -%}
    {%- set text = 'lower(' ~ text ~ ')' -%}
    {%- set field = {} -%}
    {%- for sign in signs if sign['word'] | length == 2 -%}
        {%- set before = signs[:signs.index(sign)] | map(attribute='pattern') | join('') -%}
        {%- set after = signs[signs.index(sign) + 1:] | map(attribute='pattern') | join('') -%}
        {%- do field.update({
            sign['word']:
                text_captured(text, "'^" ~ before ~ '(' ~ sign['pattern'] ~ ')' ~ after ~ "$'")
        }) -%}
    {%- endfor -%}
    {%- set year = field.get(
        '%Y', "case when " ~ field['%y'] ~ " < '69' then '20' else '19' end || " ~ field['%y']
    ) -%}
    {%- set month -%}
        {%- if '%m' in field -%}
            lpad({{ field['%m'] }}, 2, '0')
        {%- elif '%b' in field or '%B' in field -%}
            case {{ field.get('%b', field['%B']) }}
            {%- for name in month_names() %}
                when '{{ name[:3] if '%b' in field else name }}' then '{{ '%02d' % loop.index }}'
            {%- endfor %}
            end
        {%- else -%}
            '01'
        {%- endif -%}
    {%- endset -%}
    {%- set hour -%}
        {%- if '%I' in field -%}
            lpad(
                cast(
                    mod(cast({{ field['%I'] }} as integer), 12)
                    + case when {{ field.get('%p', "'am'") }} = 'pm' then 12 else 0 end
                    as {{ dbt.type_string() }}
                ),
                2,
                '0'
            )
        {%- else -%}
            lpad({{ field.get('%H', "'0'") }}, 2, '0')
        {%- endif -%}
    {%- endset -%}
    {%- set iso -%}
        {{ year }} || '-' || {{ month }} || '-' || lpad({{ field.get('%d', "'1'") }}, 2, '0')
        || ' ' || {{ hour }} || ':' || lpad({{ field.get('%M', "'0'") }}, 2, '0')
        || ':' || lpad({{ field.get('%S', "'0'") }}, 2, '0')
        || '.' || {{ field.get('%f', "'0'") }}
    {%- endset -%}
    case
        when {{ text_matches(text, "'^" ~ signs | map(attribute='check') | join('') ~ "$'") }}
            then {{ try_timestamp('(' ~ iso ~ ')') }}
    end
{%- endmacro %}


{#- What a strptime format is made of, in its order: a list of {word, check, pattern}. `check`
    is the regular expression of what may stand there, `pattern` one without groups that is
    enough to find it. Numbers may lack their leading nought, except beside another number. -#}
{% macro format_signs(format) -%}
    {% set checks = {
        '%Y': '[0-9]{4}', '%y': '[0-9]{2}', '%m': '(0?[1-9]|1[0-2])',
        '%d': '(0?[1-9]|[12][0-9]|3[01])', '%b': '[a-z]{3}', '%B': '[a-z]+',
        '%H': '([01]?[0-9]|2[0-3])', '%I': '(0?[1-9]|1[0-2])', '%M': '[0-5]?[0-9]',
        '%S': '[0-5]?[0-9]', '%f': '[0-9]{1,6}', '%p': '[ap]m',
    } %}
    {% set numbers = ['%Y', '%y', '%m', '%d', '%H', '%I', '%M', '%S', '%f'] %}
    {% set signs = [] %}
    {% for word in modules.re.findall('%.|.', format) %}
        {% set check = checks.get(word) or ('[' ~ word | lower ~ ']') %}
        {% if word not in checks and not modules.re.match('[A-Za-z0-9 .,:;/()_-]$', word) %}
            {% do exceptions.raise_compiler_error(
                "vars.systems, timestamp_formats: '" ~ format ~ "' has '" ~ word ~ "'; known are "
                ~ checks | join(' ') ~ ', letters, digits, blanks and . , : ; / ( ) _ -'
            ) %}
        {% endif %}
        {% set is_beside = loop.previtem in numbers or loop.nextitem in numbers %}
        {% if is_beside and word in numbers %}
            {% set check = check.replace('?', '') %}
        {% endif %}
        {% if word not in numbers or word in ('%Y', '%y', '%f') %}
            {% set pattern = check %}
        {% else %}
            {% set pattern = '[0-9]{2}' if is_beside else '[0-9]{1,2}' %}
        {% endif %}
        {% do signs.append({'word': word, 'check': check, 'pattern': pattern}) %}
    {% endfor %}
    {% do return(signs) %}
{%- endmacro %}


{#- The names of the months as formats read them (a list, no SQL). -#}
{% macro month_names() -%}
    {% do return([
        'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september',
        'october', 'november', 'december',
    ]) %}
{%- endmacro %}


{#- The part of a text that the one group of a regular expression finds. -#}
{% macro text_captured(text, pattern) -%}
    {{ return(adapter.dispatch('text_captured', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_captured(text, pattern) -%}
    regexp_extract({{ text }}, {{ pattern }}, 1)
{%- endmacro %}

{% macro postgres__text_captured(text, pattern) -%}
    substring({{ text }} from {{ pattern }})
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


{#- A wall-clock time in a named zone as a UTC timestamp. -#}
{% macro local_to_utc(moment, zone) -%}
    {{ return(moment if zone == 'UTC' else utc_time(moment, "'" ~ zone ~ "'")) }}
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
