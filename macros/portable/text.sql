{#- Raw text as mappings and rules compare it: trimmed and in lower case; a missing value
    is the word `(blank)`, so that a mapping can name it. -#}
{% macro comparable(text) -%}
    lower(trim(coalesce(nullif(trim({{ text }}), ''), '(blank)')))
{%- endmacro %}


{#- Whether a text contains a match of a regular expression (not anchored). The pattern
    may be a column. Keep to what RE2, Java and Postgres share: no look-around. -#}
{% macro text_matches(text, pattern) -%}
    {{ return(adapter.dispatch('text_matches', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_matches(text, pattern) -%}
    ({{ text }} ~ {{ pattern }})
{%- endmacro %}

{% macro duckdb__text_matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__text_matches(text, pattern) -%}
    ({{ text }} rlike {{ pattern }})
{%- endmacro %}


{#- Whether a text contains another, letter by letter. -#}
{% macro text_contains(text, part) -%}
    ({{ dbt.position(part, text) }} > 0)
{%- endmacro %}


{#- The text before (part 1) or after (part 2) the first separator; blank where absent.
    dbt.split_part is not equal on all engines for separators that are letters or dots. -#}
{% macro text_around(text, separator, part) -%}
    {%- if part == 1 -%}
    case
        when {{ dbt.position("'" ~ separator ~ "'", text) }} > 0
            then substring({{ text }}, 1, cast({{ dbt.position("'" ~ separator ~ "'", text) }} - 1 as integer))
        else ''
    end
    {%- else -%}
    case
        when {{ dbt.position("'" ~ separator ~ "'", text) }} > 0
            then substring({{ text }}, cast({{ dbt.position("'" ~ separator ~ "'", text) }} + {{ separator | length }} as integer))
        else ''
    end
    {%- endif -%}
{%- endmacro %}


{#- The first match of a regular expression in a text; null where there is none. The same
    patterns as in text_matches. -#}
{% macro text_extract(text, pattern) -%}
    {{ return(adapter.dispatch('text_extract', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_extract(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ pattern }}, 0), '')
{%- endmacro %}

{#- Postgres gives the first group of a pattern that has groups: one around the whole. -#}
{% macro postgres__text_extract(text, pattern) -%}
    nullif(substring({{ text }} from '(' || {{ pattern }} || ')'), '')
{%- endmacro %}
