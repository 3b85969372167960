{#- The domain of a web address, lower-case: `acme.example` of `https://www.Acme.example/en`.
    Null for what names no domain. Each pattern holds on to an end of the text, so that
    engines which replace the first match and those which replace all agree. -#}
{% macro website_domain(website) -%}
    {%- set address = "lower(trim(" ~ website ~ "))" -%}
    {%- set host = "regexp_replace(" ~ address ~ ", '^([a-z]+:)?(//)?', '')" -%}
    {%- set host = "regexp_replace(" ~ host ~ ", '[/?#:].*$', '')" -%}
    {%- set host = "regexp_replace(" ~ host ~ ", '^www[0-9]?[.]', '')" -%}
    case
        when {{ text_matches(host, "'^[^ @,;.]+([.][^ @,;.]+)+$'") }} then {{ host }}
    end
{%- endmacro %}
