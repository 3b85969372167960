{#- A seed's rows with the word `null` as a word. dbt takes it for a blank, in any case, and
    DuckDB, which reads the file itself, does not: the file is read once more.

    Returns a table as dbt has them (agate), with the types of the given one. -#}
{% macro seed_as_written(model, agate_table) %}
    {% for type in agate_table.column_types if 'null' in type.null_values %}
        {% do type.null_values.remove('null') %}
    {% endfor %}
    {% do return(agate_table.from_csv(
        agate_table.original_abspath,
        column_names=agate_table.column_names,
        column_types=agate_table.column_types,
        delimiter=model['config'].get('delimiter', ','),
    )) %}
{% endmacro %}


{#- The rows of a seed on Postgres: dbt's own way, with the seed as it is written. -#}
{% macro postgres__load_csv_rows(model, agate_table) %}
    {% do return(default__load_csv_rows(model, seed_as_written(model, agate_table))) %}
{% endmacro %}
