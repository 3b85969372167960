{#- Gives a seed the columns that its file lacks, blank, as its post-hook: files that users
    wrote before a column was there keep working. No SQL of its own is left to run.

    columns: names of columns that a file may lack, all of them text. -#}
{% macro add_absent_columns(columns) %}
    {% set present = adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower')
        | list %}
    {% set absent = [] %}
    {% for column in columns if column not in present %}
        {% do absent.append(api.Column(column, dbt.type_string())) %}
    {% endfor %}
    {% if absent %}
        {% set table = this.incorporate(type='table') %}
        {% do alter_relation_add_remove_columns(table, absent, none) %}
    {% endif %}
{% endmacro %}
