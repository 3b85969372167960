{#- All texts of a group in one, sorted by their bytes and joined by a separator: the same
    text whatever the order of the rows. -#}
{% macro ordered_text_agg(text, separator=',') -%}
    {{ return(adapter.dispatch('ordered_text_agg', 'handoff')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__ordered_text_agg(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro spark__ordered_text_agg(text, separator) -%}
    array_join(sort_array(collect_list({{ text }})), '{{ separator }}')
{%- endmacro %}

{% macro postgres__ordered_text_agg(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }} collate "C")
{%- endmacro %}
