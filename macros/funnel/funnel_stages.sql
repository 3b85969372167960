{#- The stages of a trip in fct_funnel_cycles, in the order of the funnel: a list of
    {stage, moment, implied}. `moment` is the column that says when it was reached, `implied` the
    one that says whether that is taken from elsewhere ('false' where it never is). -#}
{% macro funnel_stages() %}
    {% do return([
        {'stage': 'inquiry', 'moment': 'inquiry_at', 'implied': 'false'},
        {'stage': 'mql', 'moment': 'mql_at', 'implied': 'false'},
        {'stage': 'handed_on', 'moment': 'handed_on_at', 'implied': 'is_handed_on_assumed'},
        {'stage': 'first_attempt', 'moment': 'first_attempt_at', 'implied': 'false'},
        {'stage': 'conversation', 'moment': 'first_conversation_at', 'implied': 'false'},
        {
            'stage': 'sales_accepted',
            'moment': 'sales_accepted_at',
            'implied': 'is_sales_accepted_implied',
        },
        {
            'stage': 'sales_qualified',
            'moment': 'sales_qualified_at',
            'implied': 'is_sales_qualified_implied',
        },
        {'stage': 'opportunity', 'moment': 'opportunity_at', 'implied': 'false'},
        {'stage': 'won', 'moment': 'won_at', 'implied': 'false'},
        {'stage': 'lost', 'moment': 'lost_at', 'implied': 'false'},
        {'stage': 'returned', 'moment': 'returned_at', 'implied': 'false'},
    ]) %}
{% endmacro %}
