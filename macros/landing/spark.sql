{#- Landing on Spark: the embedded DuckDB has landed the exports already and handed them
    over as Parquet, one file per source table, every column text. What is left is one raw
    view per file.

    The folder (environment HANDOFF_LANDED) must be the same path, or the same address, for
    Spark's driver and its workers. A missing file stops the build: Spark reads a view's
    columns from it. -#}
{% macro spark__land_exports() %}
    {% set folder = env_var('HANDOFF_LANDED').rstrip('/') %}
    {% for object in landing_objects([]) %}
        {% set columns = [] %}
        {% for column in object['columns'] %}
            {% do columns.append(spark__name(column['name'])) %}
        {% endfor %}
        {% set file = folder ~ '/' ~ object['system'] ~ '__' ~ object['name'] ~ '.parquet' %}
        {% if loop.first or loop.previtem['schema'] != object['schema'] %}
            {% do run_query('create schema if not exists ' ~ object['schema']) %}
        {% endif %}
        {% do run_query(
            'create or replace view ' ~ object['relation'] ~ ' as select '
            ~ columns | join(', ') ~ ', _source_file from parquet.' ~ spark__name(file)
        ) %}
    {% endfor %}
    {% for object in previous_objects() %}
        {% set columns = [] %}
        {% for column in object['columns'] %}
            {% do columns.append(spark__name(column)) %}
        {% endfor %}
        {% set file = folder ~ '/' ~ object['identifier'] ~ '.parquet' %}
        {% do run_query('create schema if not exists ' ~ object['schema']) %}
        {% do run_query(
            'create or replace view ' ~ object['relation'] ~ ' as select '
            ~ columns | join(', ') ~ ' from parquet.' ~ spark__name(file)
        ) %}
    {% endfor %}
{% endmacro %}


{#- A name quoted as a Spark identifier. -#}
{% macro spark__name(name) %}
    {% do return('`' ~ name.replace('`', '``') ~ '`') %}
{% endmacro %}
