{#- Attributes of a person that the agreement's conditions may look at. -#}
{% macro agreement_attributes() %}
    {% do return([
        'email', 'email_domain', 'first_name', 'last_name', 'title', 'company', 'website',
        'country', 'industry', 'employees', 'source', 'channel',
    ]) %}
{% endmacro %}


{#- Agreed stages that a raw status may be mapped to. -#}
{% macro agreement_stages() %}
    {% do return([
        'new', 'working', 'mql', 'handed_on', 'sales_accepted', 'sales_qualified', 'rejected',
        'recycled', 'nurture', 'customer', 'churned',
    ]) %}
{% endmacro %}


{#- Laws that every version names. -#}
{% macro agreement_laws_required() %}
    {% do return([
        'sales_decides', 'conversation_before_sales_qualified', 'qualifier_does_not_forecast',
        'rejection_has_reason', 'contact_attempts_made', 'returned_is_not_mql',
        'everything_is_mapped', 'both_teams_signed', 'mql_keeps_definition',
    ]) %}
{% endmacro %}


{#- All laws: those, and what the teams may agree besides. -#}
{% macro agreement_laws_known() %}
    {% do return(
        agreement_laws_required() + ['mql_is_handed_on', 'recycled_is_nurtured']
    ) %}
{% endmacro %}


{#- Laws that are judged hand-off by hand-off. -#}
{% macro agreement_handoff_laws() %}
    {% do return([
        'sales_decides', 'conversation_before_sales_qualified', 'qualifier_does_not_forecast',
        'rejection_has_reason', 'contact_attempts_made', 'returned_is_not_mql',
        'mql_keeps_definition', 'mql_is_handed_on', 'recycled_is_nurtured',
    ]) %}
{% endmacro %}
