{#- Reading one JSON object in a text column. What cannot be read is null; nothing raises. -#}


{#- Whether the text is one readable JSON object. Postgres (before 16) can only try and fail,
    so there a pattern asks first: objects and lists may nest once, which is more than exports
    of activities do. What is nearly JSON (a comma too many, single quotes, half of a
    surrogate pair) may be readable to one engine alone. -#}
{% macro is_json_object(column) -%}
    {{ return(adapter.dispatch('is_json_object', 'handoff')(column)) }}
{%- endmacro %}

{% macro duckdb__is_json_object(column) -%}
    (json_valid({{ column }}) and substring({{ column }}, 1, 1) = {{ "'{'" }})
{%- endmacro %}

{#- Spark reads to the end of the first object: what follows goes unseen where it ends in a
    brace too. -#}
{% macro spark__is_json_object(column) -%}
    (
        ({{ column }} is null or get_json_object({{ column }}, '$') is not null)
        and substring({{ column }}, 1, 1) = {{ "'{'" }}
        and substring({{ column }}, length({{ column }}), 1) = {{ "'}'" }}
    )
{%- endmacro %}

{% macro postgres__is_json_object(column) -%}
    {%- set blank = '[ \\t\\n\\r]*' -%}
    {%- set unicode = '\\\\u(?!0000|[dD][89abAB])[0-9a-fA-F]{4}'
        ~ '|\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}' -%}
    {%- set string = '"([^"\\\\\\u0001-\\u001f]|\\\\["\\\\/bfnrt]|' ~ unicode ~ ')*"' -%}
    {%- set scalar = '(' ~ string
        ~ '|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null)' -%}
    {%- set list = '\\[' ~ blank ~ '(' ~ scalar ~ blank ~ '(,' ~ blank ~ scalar ~ blank
        ~ ')*)?\\]' -%}
    {%- set flat = json_object_pattern(string, scalar, blank) -%}
    {%- set value = '(' ~ scalar ~ '|' ~ list ~ '|' ~ flat ~ ')' -%}
    ({{ column }} ~ '^{{ json_object_pattern(string, value, blank) }}$')
{%- endmacro %}

{#- Pattern of a JSON object with such keys and values. -#}
{% macro json_object_pattern(key, value, blank) -%}
    {%- set pair = key ~ blank ~ ':' ~ blank ~ value ~ blank -%}
    \{{ '{' }}{{ blank }}({{ pair }}(,{{ blank }}{{ pair }})*)?\}
{%- endmacro %}


{#- The value of a key at the top of a JSON object, as text: a string without its quotes and
    escapes, a number or truth value as JSON has it, a list or object as JSON. Null where the key
    is absent or JSON's null. Takes only text that is_json_object let pass, or null: asking
    once for all keys of a row is much cheaper than once a key.
    key: the key's name, letters, digits and blanks -#}
{% macro json_text(column, key) -%}
    {{ return(adapter.dispatch('json_text', 'handoff')(column, key)) }}
{%- endmacro %}

{% macro duckdb__json_text(column, key) -%}
    json_extract_string({{ column }}, '$."{{ key }}"')
{%- endmacro %}

{% macro spark__json_text(column, key) -%}
    get_json_object({{ column }}, '$.{{ key }}')
{%- endmacro %}

{% macro postgres__json_text(column, key) -%}
    (cast({{ column }} as json) ->> '{{ key }}')
{%- endmacro %}
