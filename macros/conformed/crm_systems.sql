{#- The systems that keep deals (a list, no SQL): what sales did is known from them. -#}
{% macro crm_systems() %}
    {%- set names = [] -%}
    {%- for system, settings in var('systems').items()
        if 'opportunities' in settings.entities -%}
        {%- do names.append(system) -%}
    {%- endfor -%}
    {% do return(names) %}
{% endmacro %}
