{#- The union of one conformed entity over the systems that fill it, as a whole query:
    which systems those are is data (vars.systems), so the list cannot stand in SQL.
    Columns and types are those of the calling model's contract; an entity that no system
    fills gives no rows.

    entity: name of the entity, e.g. 'persons' reads salesforce__persons, …
    A build names the systems whose exports are there in HANDOFF_SYSTEMS (comma-separated)
    and leaves the models of the others out; unset, all of vars.systems are read. -#}
{% macro union_systems(entity) -%}
    {%- set present = env_var('HANDOFF_SYSTEMS', var('systems') | join(',')).split(',') -%}
    {%- set fillers = [] -%}
    {%- for system, settings in var('systems').items()
        if system in present and entity in settings.entities -%}
        {%- do fillers.append(ref(system ~ '__' ~ entity)) -%}
    {%- endfor -%}
    {%- for relation in fillers %}
select
    {%- for column in model.columns.values() %}
    {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
        {{- '\nunion all' if not loop.last }}
    {%- else %}
select
    {%- for column in model.columns.values() %}
    cast(null as {{ api.Column.translate_type(column.data_type) }}) as {{ column.name }}
        {{- ',' if not loop.last }}
    {%- endfor %}
from (select 1 as n) as no_rows
where 1 = 0
    {%- endfor %}
{%- endmacro %}
