{#- The text as clean_text leaves it, and null too where it is one of the words by which the
    system says that there is nothing: `null_words` of vars.systems, letter by letter (the
    surname Null is no such word).

    column: an expression of type text · system: a name in vars.systems. -#}
{% macro clean_value(column, system) -%}
    {%- set words = system_settings(system).get('null_words', []) -%}
    {%- for word in words %}nullif({% endfor -%}
    {{ clean_text(column) }}
    {%- for word in words %}, '{{ word.replace("'", "''") }}'){% endfor -%}
{%- endmacro %}
