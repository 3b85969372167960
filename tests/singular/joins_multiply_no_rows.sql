-- Guards: a join that repeats rows of a mart. Whatever is joined to it, a mart has as many rows as
-- what it is made of, and its amounts add up to the same.
{#- mart, what it is made of, which rows of it, and an amount that both have #}
{%- set spines = [
    ('dim_leads', 'int_leads', 'true', none),
    ('dim_accounts', 'int_accounts', 'true', none),
    ('fct_mqls', 'int_mqls', 'true', none),
    ('fct_sql_acceptances', 'int_handoffs', 'true', none),
    ('fct_sql_acceptances', 'int_handoff_decisions', 'true', 'won_amount'),
    ('fct_funnel_cycles', 'int_lead_cycles', 'true', none),
    ('fct_funnel_cycles', 'int_handoff_decisions', 'handoff_id is not null', 'opportunity_amount'),
    ('fct_opportunities', 'int_opportunities', 'true', none),
    ('fct_lead_engagement_points', 'int_engagement_points', 'true', none),
    ('fct_lead_fit_points', 'int_lead_fit_points', 'true', none),
    ('fct_lead_identity_links', 'int_lead_identity_links', 'true', none),
] %}

with
{%- for mart, spine, rows, amount in spines %}
counted_{{ loop.index }} as (
    select
        (select count(*) from {{ ref(mart) }} where {{ rows }}) as n_mart,
        (select count(*) from {{ ref(spine) }}) as n_spine,
        {%- if amount %}
        (select coalesce(sum({{ amount }}), 0) from {{ ref(mart) }}) as mart_amount,
        (select coalesce(sum({{ amount }}), 0) from {{ ref(spine) }}) as spine_amount
        {%- else %}
        0 as mart_amount,
        0 as spine_amount
        {%- endif %}
){{ ',' if not loop.last }}
{%- endfor %}
{%- for mart, spine, rows, amount in spines %}
{{ 'union all' if not loop.first }}
select
    '{{ mart }} has ' || cast(n_mart as {{ dbt.type_string() }}) || ' rows, {{ spine }} '
    || cast(n_spine as {{ dbt.type_string() }})
    {%- if amount %}
    || '; {{ amount }} ' || cast(mart_amount as {{ dbt.type_string() }}) || ' and '
    || cast(spine_amount as {{ dbt.type_string() }})
    {%- endif %} as message
from counted_{{ loop.index }}
where n_mart <> n_spine or mart_amount <> spine_amount
{%- endfor %}
