{#- The nth of the parts of a text between separators, counted from 1; blank past the last.
    All engines have it under this name and agree for separators that are a comma. -#}
{% macro text_part(text, separator, n) -%}
    split_part({{ text }}, '{{ separator }}', {{ n }})
{%- endmacro %}
