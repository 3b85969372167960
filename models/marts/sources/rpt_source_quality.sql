{%- set categories = [
    'bad_data', 'no_fit', 'no_interest', 'not_ready', 'no_contact', 'competitor', 'duplicate',
] -%}

with leads as (

    select * from {{ ref('dim_leads') }}

),

acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

spend as (

    select * from {{ ref('int_spend') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

-- Two ways to give a source its due, never to be added to each other: the source that
-- first brought the lead, and the source of the trip that made it an MQL.
counted_leads as (

    select
        'first_touch' as source_basis,
        {{ reporting_month('created_at') }} as cohort_month,
        source,
        campaign_key,
        lead_id
    from leads

    union all

    select
        'mql_creating' as source_basis,
        {{ reporting_month('handoff_at') }} as cohort_month,
        source,
        campaign_key,
        lead_id
    from acceptances
    where cycle_number = 1

),

counted_handoffs as (

    select
        'first_touch' as source_basis,
        {{ reporting_month('leads.created_at') }} as cohort_month,
        leads.source as credited_source,
        leads.campaign_key as credited_campaign_key,
        acceptances.*
    from acceptances
    inner join leads
        on acceptances.lead_id = leads.lead_id

    union all

    select
        'mql_creating' as source_basis,
        {{ reporting_month('handoff_at') }} as cohort_month,
        source as credited_source,
        campaign_key as credited_campaign_key,
        acceptances.*
    from acceptances

),

counted_costs as (

    select
        'first_touch' as source_basis,
        {{ period_start('month', 'spent_on') }} as cohort_month,
        source,
        campaign_key,
        amount_reporting
    from spend

    union all

    select
        'mql_creating' as source_basis,
        {{ period_start('month', 'spent_on') }} as cohort_month,
        source,
        campaign_key,
        amount_reporting
    from spend

),

-- Each group is summed by itself and stacked, so that no join can count a cost twice.
stacked as (

    select
        source_basis,
        cohort_month,
        source,
        campaign_key,
        count(*) as n_leads,
        0 as n_mqls,
        0 as n_handed_on,
        0 as n_sales_accepted,
        0 as n_sales_qualified,
        0 as n_opportunities,
        0 as n_won,
        0 as n_rejected,
        0 as n_recycled,
        {% for category in categories %}
        0 as n_{{ category }},
        {% endfor %}
        0 as n_without_reason,
        0 as n_direct_handoffs,
        0 as n_direct_won,
        cast(0 as decimal(18, 2)) as won_amount,
        cast(0 as decimal(18, 2)) as direct_won_amount,
        cast(0 as decimal(18, 2)) as cost
    from counted_leads
    group by source_basis, cohort_month, source, campaign_key

    union all

    select
        source_basis,
        cohort_month,
        credited_source as source,
        credited_campaign_key as campaign_key,
        0 as n_leads,
        sum(case when origin = 'mql' then 1 else 0 end) as n_mqls,
        count(case when origin = 'mql' then handed_on_at end) as n_handed_on,
        count(case when origin = 'mql' then sales_accepted_at end) as n_sales_accepted,
        count(case when origin = 'mql' then sales_qualified_at end) as n_sales_qualified,
        count(case when origin = 'mql' then opportunity_at end) as n_opportunities,
        sum(case when origin = 'mql' and is_won then 1 else 0 end) as n_won,
        sum(case when origin = 'mql' and decision = 'rejected' then 1 else 0 end)
            as n_rejected,
        sum(case when origin = 'mql' and decision = 'recycled' then 1 else 0 end)
            as n_recycled,
        {% for category in categories %}
        sum(case when origin = 'mql' and rejection_category = '{{ category }}' then 1 else 0 end)
            as n_{{ category }},
        {% endfor %}
        sum(
            case
                when
                    origin = 'mql'
                    and decision in ('rejected', 'recycled')
                    and rejection_category is null
                    then 1
                else 0
            end
        ) as n_without_reason,
        sum(case when origin = 'direct' then 1 else 0 end) as n_direct_handoffs,
        sum(case when origin = 'direct' and is_won then 1 else 0 end) as n_direct_won,
        coalesce(sum(case when origin = 'mql' then won_amount end), 0) as won_amount,
        coalesce(sum(case when origin = 'direct' then won_amount end), 0)
            as direct_won_amount,
        cast(0 as decimal(18, 2)) as cost
    from counted_handoffs
    group by source_basis, cohort_month, credited_source, credited_campaign_key

    union all

    select
        source_basis,
        cohort_month,
        source,
        campaign_key,
        0 as n_leads,
        0 as n_mqls,
        0 as n_handed_on,
        0 as n_sales_accepted,
        0 as n_sales_qualified,
        0 as n_opportunities,
        0 as n_won,
        0 as n_rejected,
        0 as n_recycled,
        {% for category in categories %}
        0 as n_{{ category }},
        {% endfor %}
        0 as n_without_reason,
        0 as n_direct_handoffs,
        0 as n_direct_won,
        cast(0 as decimal(18, 2)) as won_amount,
        cast(0 as decimal(18, 2)) as direct_won_amount,
        coalesce(sum(amount_reporting), 0) as cost
    from counted_costs
    group by source_basis, cohort_month, source, campaign_key

),

summed as (

    select
        source_basis,
        cohort_month,
        source,
        coalesce(campaign_key, 'none') as campaign_key,
        sum(n_leads) as n_leads,
        sum(n_mqls) as n_mqls,
        sum(n_handed_on) as n_handed_on,
        sum(n_sales_accepted) as n_sales_accepted,
        sum(n_sales_qualified) as n_sales_qualified,
        sum(n_opportunities) as n_opportunities,
        sum(n_won) as n_won,
        sum(n_rejected) as n_rejected,
        sum(n_recycled) as n_recycled,
        {% for category in categories %}
        sum(n_{{ category }}) as n_{{ category }},
        {% endfor %}
        sum(n_without_reason) as n_without_reason,
        sum(n_direct_handoffs) as n_direct_handoffs,
        sum(n_direct_won) as n_direct_won,
        sum(won_amount) as won_amount,
        sum(direct_won_amount) as direct_won_amount,
        sum(cost) as cost
    from stacked
    group by source_basis, cohort_month, source, coalesce(campaign_key, 'none')

),

final as (

    select
        cast(summed.source_basis as {{ dbt.type_string() }}) as source_basis,
        cast(summed.cohort_month as date) as cohort_month,
        cast(summed.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(summed.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(summed.n_leads as bigint) as n_leads,
        cast(summed.n_mqls as bigint) as n_mqls,
        cast(summed.n_handed_on as bigint) as n_handed_on,
        cast(summed.n_sales_accepted as bigint) as n_sales_accepted,
        cast(summed.n_sales_qualified as bigint) as n_sales_qualified,
        cast(summed.n_opportunities as bigint) as n_opportunities,
        cast(summed.n_won as bigint) as n_won,
        cast(summed.n_rejected as bigint) as n_rejected,
        cast(summed.n_recycled as bigint) as n_recycled,
        {% for category in categories %}
        cast(summed.n_{{ category }} as bigint) as n_{{ category }},
        {% endfor %}
        cast(summed.n_without_reason as bigint) as n_without_reason,
        cast(summed.n_direct_handoffs as bigint) as n_direct_handoffs,
        cast(summed.n_direct_won as bigint) as n_direct_won,
        cast(summed.won_amount as decimal(18, 2)) as won_amount,
        cast(summed.direct_won_amount as decimal(18, 2)) as direct_won_amount,
        cast(summed.cost as decimal(18, 2)) as cost
    from summed
    left join sources
        on summed.source = sources.source

)

select * from final
