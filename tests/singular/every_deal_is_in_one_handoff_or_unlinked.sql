-- Guards: a deal of an agreed type that is told nowhere, or by two hand-offs.
with deals as (
    select
        opportunities.opportunity_key,
        count(links.opportunity_key) as n_links,
        count(links.handoff_id) as n_handoffs,
        max(links.linked_by) as linked_by
    from {{ ref('int_opportunities') }} as opportunities
    left join {{ ref('int_handoff_opportunities') }} as links
        on opportunities.opportunity_key = links.opportunity_key
    where opportunities.is_new_business
    group by opportunities.opportunity_key
)

select 'Deal ' || opportunity_key || ': ' || cast(n_handoffs as {{ dbt.type_string() }})
    || ' hand-offs, linked by ' || coalesce(linked_by, 'nothing') as message
from deals
where n_links <> 1 or (n_handoffs = 1) <> (linked_by <> 'unlinked')

union all

select 'build_facts: ' || cast(n_new_business_opportunities as {{ dbt.type_string() }})
    || ' deals of new business, '
    || cast(n_unlinked_opportunities as {{ dbt.type_string() }}) || ' of them unlinked; '
    || cast(told.n_opportunities as {{ dbt.type_string() }}) || ' in hand-offs' as message
from {{ ref('build_facts') }}
cross join (
    select coalesce(sum(n_opportunities), 0) as n_opportunities
    from {{ ref('fct_sql_acceptances') }}
) as told
where
    n_new_business_opportunities <> n_unlinked_opportunities + told.n_opportunities
    or n_new_business_opportunities <> (select count(*) from deals)
