{#- The nth of the parts of a text between separators, counted from 1; blank past the last, and
    for null: DuckDB 2.0 fails over a column of nothing but nulls ("BindBuiltinScalarFunction
    did not return …"). The engines agree for a separator that is a comma. -#}
{% macro text_part(text, separator, n) -%}
    {{ return(adapter.dispatch('text_part', 'handoff')(text, separator, n)) }}
{%- endmacro %}

{% macro default__text_part(text, separator, n) -%}
    split_part(coalesce({{ text }}, ''), '{{ separator }}', {{ n }})
{%- endmacro %}
