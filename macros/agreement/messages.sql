{#- Where a faulty row stands, as the opening of a test's message (an expression): the
    seed's file and the given columns with their values.
    seed: name of the seed. columns: its columns, unqualified or as `<cte>.<column>`. -#}
{% macro at_row(seed, columns) -%}
    '{{ seed }}.csv'
    {%- for column in columns %} || ', {{ column.split('.') | last }} ' || {{ shown(column) }}
    {%- endfor %} || ': '
{%- endmacro %}


{#- A value as messages show it: text, (blank) if missing. -#}
{% macro shown(column) -%}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), '(blank)')
{%- endmacro %}


{#- A list of words as an SQL list of texts, for `in (...)`. -#}
{% macro quoted_words(words) -%}
    {%- for word in words %}'{{ word }}'{% if not loop.last %}, {% endif %}{% endfor -%}
{%- endmacro %}
