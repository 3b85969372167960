{#- Schemas carry their own names (staging, conformed, marts …), without the target's
    schema before them: one database belongs to one build. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
