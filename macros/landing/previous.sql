{#- The relations that carry marts of the publication before into this build, whatever the engine:
    one per table of the source `previous`, which landing fills from the mart `rpt_<table>`.
    Returns a list of {name, schema, identifier, relation, columns}. -#}
{% macro previous_objects() %}
    {% set objects = [] %}
    {% set nodes = graph.sources.values() | selectattr('source_name', 'eq', 'previous') | list %}
    {% for node in nodes | sort(attribute='unique_id') %}
        {% do objects.append({
            'name': node.name,
            'schema': node.schema,
            'identifier': node.identifier,
            'relation': node.relation_name,
            'columns': node.columns.values() | map(attribute='name') | list,
        }) %}
    {% endfor %}
    {% do return(objects) %}
{% endmacro %}


{#- The view of one of them: the columns declared, as text, of the Parquet file in the folder
    HANDOFF_PREVIOUS. Columns that an older publication lacks are null; without a file there are
    no rows. -#}
{% macro duckdb__previous_view(object) %}
    {% set folder = env_var('HANDOFF_PREVIOUS', '').rstrip('/') %}
    {% set file = duckdb__path_literal(folder ~ '/rpt_' ~ object['name'] ~ '.parquet') %}
    {% set columns = [] %}
    {% set blanks = [] %}
    {% for column in object['columns'] %}
        {% set name = duckdb__name(column) %}
        {% do columns.append('cast(' ~ name ~ ' as varchar) as ' ~ name) %}
        {% do blanks.append('cast(null as varchar) as ' ~ name) %}
    {% endfor %}
    {% set rows = '(select ' ~ blanks | join(', ') ~ ' where false)' %}
    {% if folder and run_query('select file from glob(' ~ file ~ ')').rows | length %}
        {% set rows = '(' ~ rows ~ ' union all by name (from read_parquet(' ~ file ~ ')))' %}
    {% endif %}
    {% do return(
        'create or replace view ' ~ object['relation'] ~ ' as select ' ~ columns | join(', ')
        ~ ' from ' ~ rows
    ) %}
{% endmacro %}
