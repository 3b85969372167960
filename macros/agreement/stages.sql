{#- The place of an agreed stage in the funnel, as a whole number: of statuses of one second,
    or of one day known only as such, the later stage came later. -#}
{% macro funnel_order(stage) -%}
    case {{ stage }}
        when 'new' then 0
        when 'nurture' then 1
        when 'mql' then 2
        when 'handed_on' then 3
        when 'working' then 4
        when 'sales_accepted' then 5
        when 'sales_qualified' then 6
        when 'rejected' then 7
        when 'recycled' then 8
        else 9
    end
{%- endmacro %}
