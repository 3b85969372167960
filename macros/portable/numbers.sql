{#- A text, blanks around it left out, as a number (double); null when it is none. Plain
    decimal notation alone, of up to 255 digits on each side of the point. -#}
{% macro number_or_null(text) -%}
    case
        when {{ text_matches(
            clean_text(text), "'^[+-]?[0-9]{1,255}([.][0-9]{1,255})?$'"
        ) }}
            then cast({{ clean_text(text) }} as {{ type_double() }})
    end
{%- endmacro %}


{#- A score as it is stored and compared: rounded half up to 4 decimals, after a nudge of
    1e-9 that keeps sums such as 49.99995 from falling on different sides per engine. -#}
{% macro agreed_score(points) -%}
    {{ return(adapter.dispatch('agreed_score', 'handoff')(points)) }}
{%- endmacro %}

{% macro default__agreed_score(points) -%}
    cast(round(cast({{ points }} as {{ type_double() }}) + 1e-9, 4) as decimal(18, 4))
{%- endmacro %}

{% macro postgres__agreed_score(points) -%}
    cast(round(cast(cast({{ points }} as double precision) + 1e-9 as numeric), 4) as decimal(18, 4))
{%- endmacro %}


{#- The engine's name for a 64-bit floating-point number. dbt.type_float is 32 bits wide
    on DuckDB and Spark. -#}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'handoff')()) }}
{%- endmacro %}

{% macro default__type_double() -%}double{%- endmacro %}

{% macro postgres__type_double() -%}double precision{%- endmacro %}


{#- How often a whole number goes into another, neither of them negative, as a bigint: what
    mod leaves is the rest. A division that passes through a double would lose digits. -#}
{% macro whole_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient', 'handoff')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(dividend, divisor) -%}
    cast(
        (cast({{ dividend }} as decimal(38, 0)) - mod({{ dividend }}, {{ divisor }}))
        / ({{ divisor }}) as bigint
    )
{%- endmacro %}

{% macro duckdb__whole_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) // ({{ divisor }}) as bigint)
{%- endmacro %}

{% macro spark__whole_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) div ({{ divisor }}) as bigint)
{%- endmacro %}
