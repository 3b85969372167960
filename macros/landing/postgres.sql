{#- The raw relations are tables that `make build TARGET=postgres` has filled before dbt
    starts: DuckDB reads the files, for every engine alike. -#}
{% macro postgres__land_exports() %}
    {% set missing = [] %}
    {% for object in landing_objects([]) %}
        {% if not load_relation(api.Relation.create(
            database=target.database, schema=object['schema'],
            identifier=object['system'] ~ '__' ~ object['name']
        )) %}
            {% do missing.append(object['relation']) %}
        {% endif %}
    {% endfor %}
    {% for object in previous_objects() %}
        {% if not load_relation(api.Relation.create(
            database=target.database, schema=object['schema'], identifier=object['identifier']
        )) %}
            {% do missing.append(object['relation']) %}
        {% endif %}
    {% endfor %}
    {% if missing %}
        {% do exceptions.raise_compiler_error(
            "Landing: " ~ missing | join(', ') ~ " not loaded; `make build TARGET=postgres`"
            ~ " lands the exports and loads them."
        ) %}
    {% endif %}
{% endmacro %}
