{#- Which of several records' owners at one moment is named: one of sales, before a queue, before
    any other, before one whose team is not known. A number, the smaller the sooner. -#}
{% macro owner_rank(team) -%}
    case
        when {{ team }} in ('sales', 'sdr') then 0
        when {{ team }} = 'queue' then 1
        when {{ team }} is not null then 2
        else 3
    end
{%- endmacro %}
