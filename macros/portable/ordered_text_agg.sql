{#- All texts of a group in one, sorted by their bytes and joined by a separator: the same
    text whatever the order of the rows. Nulls are left out; null where there is nothing else. -#}
{% macro ordered_text_agg(text, separator=',') -%}
    {{ return(adapter.dispatch('ordered_text_agg', 'handoff')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__ordered_text_agg(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro spark__ordered_text_agg(text, separator) -%}
    case
        when count({{ text }}) > 0
            then array_join(sort_array(collect_list({{ text }})), '{{ separator }}')
    end
{%- endmacro %}

{% macro postgres__ordered_text_agg(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }} collate "C")
{%- endmacro %}
