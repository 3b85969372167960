{#- The text without blanks around it; null when nothing is left. Every engine's own trim
    takes other signs for blanks: here they are blanks, tabs, line ends and all the blanks
    of Unicode, such as the no-break and the ideographic one. -#}
{% macro clean_text(column) -%}
    {{ return(adapter.dispatch('clean_text', 'handoff')(column)) }}
{%- endmacro %}

{% macro default__clean_text(column) -%}
    nullif(
        trim(
            both ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)
            || '{{ unicode_blanks() }}' from {{ column }}
        ),
        ''
    )
{%- endmacro %}

{#- DuckDB's trim is slow with many signs. -#}
{% macro duckdb__clean_text(column) -%}
    {%- set blank = '[[:space:]' ~ unicode_blanks() ~ ']+' -%}
    nullif(regexp_replace({{ column }}, '^{{ blank }}|{{ blank }}$', '', 'g'), '')
{%- endmacro %}


{#- The blanks of Unicode besides those of ASCII, as they are (a text, no SQL). -#}
{% macro unicode_blanks() -%}
    {% do return(
        '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f'
        ~ '\u205f\u3000'
    ) %}
{%- endmacro %}


{#- Raw text as mappings and rules compare it: without blanks around it and in lower case;
    a missing value is the word `(blank)`, so that a mapping can name it. -#}
{% macro comparable(text) -%}
    lower(coalesce({{ clean_text(text) }}, '(blank)'))
{%- endmacro %}


{#- Whether a text contains a match of a regular expression (not anchored). The pattern
    may be a column. A dot is any sign, line ends too; a dollar is the very end of the text.
    Keep to what RE2, Java and Postgres share: no look-around; of the backslash words only
    those for digits and edges of words. -#}
{% macro text_matches(text, pattern) -%}
    {{ return(adapter.dispatch('text_matches', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_matches(text, pattern) -%}
    ({{ text }} ~ {{ shared_pattern(pattern) }})
{%- endmacro %}

{% macro duckdb__text_matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ shared_pattern(pattern) }}, 's')
{%- endmacro %}

{% macro spark__text_matches(text, pattern) -%}
    ({{ text }} rlike {{ shared_pattern(pattern) }})
{%- endmacro %}


{#- The first match of a regular expression in a text; null where there is none, or nothing in
    it. Patterns are those of text_matches; where matches of several lengths begin at one
    place, engines may take another one. -#}
{% macro text_extract(text, pattern) -%}
    {{ return(adapter.dispatch('text_extract', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_extract(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ shared_pattern(pattern) }}, 0), '')
{%- endmacro %}

{% macro duckdb__text_extract(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ shared_pattern(pattern) }}, 0, 's'), '')
{%- endmacro %}

{#- Postgres gives the first group of a pattern that has groups: one around the whole. -#}
{% macro postgres__text_extract(text, pattern) -%}
    nullif(substring({{ text }} from '(' || {{ shared_pattern(pattern) }} || ')'), '')
{%- endmacro %}


{#- A regular expression in the engine's own words for what the patterns of text_matches
    mean. Every engine has another default. -#}
{% macro shared_pattern(pattern) -%}
    {{ return(adapter.dispatch('shared_pattern', 'handoff')(pattern)) }}
{%- endmacro %}

{#- DuckDB's functions take the option `s`: a dot is any sign. -#}
{% macro default__shared_pattern(pattern) -%}
    {{ pattern }}
{%- endmacro %}

{#- Postgres calls the edge of a word otherwise than RE2 and Java. -#}
{% macro postgres__shared_pattern(pattern) -%}
    regexp_replace({{ pattern }}, '(^|[^\\])((\\\\)*)\\b', '\1\2\\y', 'g')
{%- endmacro %}

{#- Java's dollar also stands before a line end at the end of the text. So every dollar
    outside of brackets that no backslash precedes becomes Java's sign for the very end. -#}
{% macro spark__shared_pattern(pattern) -%}
    '(?su)' || regexp_replace(
        {{ pattern }},
        '\\G((?:\\\\.|\\[\\^?\\]?(?:\\\\.|[^\\]\\\\])*\\]|[^$\\[\\\\])*+)[$]',
        '$1\\\\z'
    )
{%- endmacro %}


{#- Whether a text fits a pattern in which `%` stands for any signs and `_` for one; nothing
    else has a meaning. The pattern may be a column; null where either is. -#}
{% macro text_like(text, pattern) -%}
    {{ return(adapter.dispatch('text_like', 'handoff')(text, pattern)) }}
{%- endmacro %}

{% macro default__text_like(text, pattern) -%}
    ({{ text }} like {{ pattern }})
{%- endmacro %}

{#- Here a backslash takes the meaning from the sign behind it, unless told otherwise. -#}
{% macro postgres__text_like(text, pattern) -%}
    ({{ text }} like {{ pattern }} escape '')
{%- endmacro %}

{% macro spark__text_like(text, pattern) -%}
    ({{ text }} like replace({{ pattern }}, chr(92), chr(92) || chr(92)))
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
