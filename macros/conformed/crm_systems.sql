{#- The systems that keep deals (a list, no SQL): what sales did is known from them. -#}
{% macro crm_systems() %}
    {%- set names = [] -%}
    {%- for system, settings in var('systems').items()
        if 'opportunities' in settings.entities -%}
        {%- do names.append(system) -%}
    {%- endfor -%}
    {% do return(names) %}
{% endmacro %}


{#- The systems of marketing automation (a list, no SQL): they keep statuses and no deals. -#}
{% macro map_systems() %}
    {%- set names = [] -%}
    {%- for system, settings in var('systems').items()
        if 'status_changes' in settings.entities and system not in crm_systems() -%}
        {%- do names.append(system) -%}
    {%- endfor -%}
    {% do return(names) %}
{% endmacro %}
