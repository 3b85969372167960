-- Guards: a report that counts something else than the facts. Every total that two marts
-- share is taken from both; a row is a difference.
with period_totals as (
    select
        stage,
        sum(n_events) as n_reported
    from {{ ref('rpt_funnel_by_period') }}
    group by stage
),

-- The hand-offs tell of all but what a trip does before and after sales.
fact_totals as (
    select
        'lead' as stage,
        count(*) as n_facts
    from {{ ref('dim_leads') }}
    union all
    select
        'mql' as stage,
        count(*) as n_facts
    from {{ ref('fct_mqls') }}
    union all
    select
        'handed_on' as stage,
        count(handed_on_at) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    union all
    select
        'first_attempt' as stage,
        count(first_attempt_at) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    union all
    select
        'conversation' as stage,
        count(first_conversation_at) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    union all
    select
        'sales_accepted' as stage,
        count(sales_accepted_at) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    union all
    select
        'sales_qualified' as stage,
        count(*) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    where decision = 'sales_qualified'
    union all
    select
        'opportunity' as stage,
        count(*) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    where n_opportunities > 0
    union all
    select
        'won' as stage,
        count(*) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    where is_won
    union all
    select
        'lost' as stage,
        count(lost_at) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    union all
    select
        'returned' as stage,
        count(*) as n_facts
    from {{ ref('fct_sql_acceptances') }}
    where decision in ('rejected', 'recycled') or cycle_ended_by in ('rejected', 'recycled')
    union all
    select
        'inquiry' as stage,
        count(inquiry_at) as n_facts
    from {{ ref('fct_funnel_cycles') }}
),

-- Joined to what describes it, no dimension loses a trip or counts one twice. Owners alone may
-- be people whom no export of users names.
dimension_totals as (
    {%- for dimension, table, key in [
        ('source', 'dim_lead_sources', 'source'),
        ('campaign_key', 'dim_campaigns', 'campaign_key'),
        ('owner_key', 'dim_sales_users', 'user_key'),
        ('version_id', 'dim_agreement_versions', 'version_id'),
        ('lead_id', 'dim_leads', 'lead_id'),
        ('mql_id', 'fct_mqls', 'mql_id'),
        ('handoff_id', 'fct_sql_acceptances', 'handoff_id'),
    ] %}
    select
        '{{ dimension }}' as dimension,
        count(*) as n_trips,
        count(funnel_cycles.mql_at) as n_mqls,
        coalesce(sum(funnel_cycles.won_amount), 0) as won_amount
    from {{ ref('fct_funnel_cycles') }} as funnel_cycles
    left join {{ ref(table) }} as described
        on funnel_cycles.{{ dimension }} = described.{{ key }}
    {%- if dimension != 'owner_key' %}
    where funnel_cycles.{{ dimension }} is null or described.{{ key }} is not null
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

trip_totals as (
    select
        count(*) as n_trips,
        count(distinct lead_id) as n_leads,
        count(handoff_id) as n_handoffs,
        sum(case when is_first_mql then 1 else 0 end) as n_first_mqls,
        count(mql_at) as n_mqls,
        coalesce(sum(won_amount), 0) as won_amount
    from {{ ref('fct_funnel_cycles') }}
),

cohort_totals as (
    select
        entry_stage as stage,
        sum(n_entered) as n_entered,
        sum(n_reached) as n_reached
    from {{ ref('rpt_funnel_by_cohort') }}
    where entry_stage = reached_stage
    group by entry_stage
),

source_totals as (
    select
        source_basis,
        sum(n_leads) as n_leads,
        sum(n_mqls) as n_mqls,
        sum(n_won + n_direct_won) as n_won,
        sum(n_mqls + n_direct_handoffs) as n_handoffs,
        sum(cost) as cost,
        sum(won_amount + direct_won_amount) as won_amount
    from {{ ref('rpt_source_quality') }}
    group by source_basis
),

facts as (
    select
        (select count(*) from {{ ref('dim_leads') }}) as n_leads,
        (select count(distinct lead_id) from {{ ref('fct_sql_acceptances') }})
            as n_handed_leads,
        (select count(*) from {{ ref('fct_mqls') }}) as n_mqls,
        (select count(*) from {{ ref('fct_sql_acceptances') }}) as n_handoffs,
        (select count(*) from {{ ref('fct_sql_acceptances') }} where is_won) as n_won,
        (select coalesce(sum(won_amount), 0) from {{ ref('fct_sql_acceptances') }})
            as won_amount,
        (select coalesce(sum(amount_reporting), 0) from {{ ref('int_spend') }}) as cost,
        (
            select count(*)
            from {{ ref('fct_sql_acceptances') }}
            where decision in ('rejected', 'recycled')
        ) as n_returned,
        (select coalesce(sum(n_rejections), 0) from {{ ref('rpt_source_rejections') }})
            as n_returned_by_source
)

select 'fct_funnel_cycles: leads, hand-offs, first MQLs or amounts differ from the facts' as message
from trip_totals
cross join facts
where
    trip_totals.n_leads <> facts.n_leads
    or trip_totals.n_handoffs <> facts.n_handoffs
    or trip_totals.won_amount <> facts.won_amount
    or trip_totals.n_first_mqls <> (
        select count(distinct lead_id)
        from {{ ref('fct_mqls') }}
    )

union all

select 'fct_funnel_cycles by ' || dimension_totals.dimension
    || ': trips, MQLs or amounts differ from their totals' as message
from dimension_totals
cross join trip_totals
where
    dimension_totals.n_trips <> trip_totals.n_trips
    or dimension_totals.n_mqls <> trip_totals.n_mqls
    or dimension_totals.won_amount <> trip_totals.won_amount

union all

-- As was of today is today, in every month and stage; and what explains a difference adds up.
select 'rpt_funnel_as_was, ' || coalesce(as_was.counted_by, today.counted_by) || ', '
    || coalesce(as_was.stage, today.stage) || ': today differs from the reports' as message
from (
    select
        as_was.counted_by,
        as_was.month_start_date,
        as_was.stage,
        as_was.n_as_was
    from {{ ref('rpt_funnel_as_was') }} as as_was
    inner join {{ ref('int_build_clock') }} as build_clock
        on as_was.as_of = build_clock.as_of
) as as_was
full outer join (
    select
        'event' as counted_by,
        period_month as month_start_date,
        stage,
        n_events as n_counted
    from {{ ref('rpt_funnel_by_period') }}
    union all
    select
        entry_stage || '_cohort' as counted_by,
        entry_month as month_start_date,
        reached_stage as stage,
        n_reached as n_counted
    from {{ ref('rpt_funnel_by_cohort') }}
    where n_reached > 0
) as today
    on
        as_was.counted_by = today.counted_by
        and as_was.month_start_date = today.month_start_date
        and as_was.stage = today.stage
where coalesce(as_was.n_as_was, 0) <> coalesce(today.n_counted, 0)

union all

select 'rpt_funnel_as_was, ' || cast(as_of_date as {{ dbt.type_string() }})
    || ': what explains a difference does not add up' as message
from {{ ref('rpt_funnel_as_was') }}
where n_as_was + n_happened_since + n_restated <> n_now or n_difference <> n_now - n_as_was

union all

select 'rpt_persona_fit by ' || dimension || ': decision makers differ by dimension' as message
from {{ ref('rpt_persona_fit') }}
group by dimension
having
    sum(n_decision_makers) <> (
        select sum(n_decision_makers)
        from {{ ref('rpt_persona_fit') }}
        where dimension = 'title'
    )

union all

select 'rpt_mql_sql_parity: MQLs or SQLs differ from the facts' as message
from {{ ref('rpt_mql_sql_parity') }}
having
    coalesce(sum(n_mqls), 0) <> (
        select count(*)
        from {{ ref('fct_mqls') }}
    )
    or coalesce(sum(n_sales_qualified), 0) <> (
        select count(*)
        from {{ ref('fct_sql_acceptances') }}
        where origin = 'mql' and decision = 'sales_qualified'
    )
    or coalesce(sum(n_mqls - n_sales_qualified - n_refused - n_pending - n_never_decided), 0) <> 0

union all

select 'rpt_pipeline_velocity: deals made, won or lost differ from the deals' as message
from {{ ref('rpt_pipeline_velocity') }}
having
    coalesce(sum(n_made), 0) <> (
        select count(*)
        from {{ ref('int_opportunities') }}
        where is_new_business
    )
    or coalesce(sum(n_won), 0) <> (
        select count(won_at)
        from {{ ref('int_opportunities') }}
        where is_new_business
    )
    or coalesce(sum(n_lost), 0) <> (
        select count(lost_at)
        from {{ ref('int_opportunities') }}
        where is_new_business
    )

union all

select 'rpt_stage_velocity by ' || dimension || ', ' || from_stage || ' to ' || to_stage
    || ': trips do not add up' as message
from {{ ref('rpt_stage_velocity') }}
group by dimension, from_stage, to_stage
having
    sum(n_observed + n_censored + n_stopped + n_implied + n_before) <> sum(n_started)
    or (
        from_stage = 'mql'
        and sum(n_started) <> (
            select count(*)
            from {{ ref('fct_mqls') }}
        )
    )

union all

select 'rpt_funnel_by_period, stage ' || fact_totals.stage || ': '
    || cast(coalesce(period_totals.n_reported, 0) as {{ dbt.type_string() }})
    || ' events against ' || cast(fact_totals.n_facts as {{ dbt.type_string() }})
    || ' facts' as message
from fact_totals
left join period_totals
    on fact_totals.stage = period_totals.stage
where coalesce(period_totals.n_reported, 0) <> fact_totals.n_facts

union all

select 'rpt_funnel_by_cohort, entry stage ' || fact_totals.stage
    || ': entries, entries reached and facts differ' as message
from fact_totals
left join cohort_totals
    on fact_totals.stage = cohort_totals.stage
where
    fact_totals.stage in ('lead', 'mql')
    and (
        coalesce(cohort_totals.n_entered, 0) <> fact_totals.n_facts
        or coalesce(cohort_totals.n_reached, 0) <> fact_totals.n_facts
    )

union all

select 'rpt_source_quality, basis ' || source_totals.source_basis
    || ': leads, MQLs, hand-offs, wins, amounts or costs differ from the facts' as message
from source_totals
cross join facts
where
    source_totals.n_mqls <> facts.n_mqls
    or source_totals.n_handoffs <> facts.n_handoffs
    or source_totals.n_won <> facts.n_won
    or source_totals.won_amount <> facts.won_amount
    or source_totals.cost <> facts.cost
    or source_totals.n_leads <> case source_totals.source_basis
        when 'first_touch' then facts.n_leads
        else facts.n_handed_leads
    end

union all

select 'rpt_source_rejections: rejections differ from the facts' as message
from facts
where n_returned <> n_returned_by_source

union all

select 'rpt_source_verdicts, ' || case category when 'all' then 'all' else 'categories' end
    || ': returned hand-offs differ from the facts' as message
from {{ ref('rpt_source_verdicts') }}
cross join facts
group by case category when 'all' then 'all' else 'categories' end, facts.n_returned
having sum(n_rejections) <> facts.n_returned

union all

select 'rpt_sales_objections: conversations differ from the facts' as message
from (
    select
        objection,
        sum(n_conversations) as n_conversations
    from {{ ref('rpt_sales_objections') }}
    group by objection
) as reported
where
    n_conversations <> (
        select count(*)
        from {{ ref('fct_sql_acceptances') }}
        where
            first_conversation_at >= (
                select min(effective_from)
                from {{ ref('agreement_versions') }}
            )
    )

{% for measure in ['hand_on', 'first_attempt', 'decision'] %}
union all

select 'rpt_sla_compliance, {{ measure }}: the counts differ from the facts' as message
from (
    select
        sum(n_handoffs) as n_handoffs,
        sum(n_met + n_missed + n_open + n_not_yet_observable + n_not_judged) as n_counted,
        sum(n_met) as n_met,
        sum(n_missed) as n_missed,
        sum(n_open) as n_open
    from {{ ref('rpt_sla_compliance') }}
    where kind = 'service_level' and measure = '{{ measure }}'
) as reported
cross join (
    select
        count(sla_{{ measure }}) as n_handoffs,
        sum(case when sla_{{ measure }} = 'met' then 1 else 0 end) as n_met,
        sum(case when sla_{{ measure }} = 'missed' then 1 else 0 end) as n_missed,
        sum(case when sla_{{ measure }} = 'open' then 1 else 0 end) as n_open
    from {{ ref('fct_sql_acceptances') }}
) as counted
where
    coalesce(reported.n_handoffs, 0) <> counted.n_handoffs
    or coalesce(reported.n_counted, 0) <> counted.n_handoffs
    or coalesce(reported.n_met, 0) <> coalesce(counted.n_met, 0)
    or coalesce(reported.n_missed, 0) <> coalesce(counted.n_missed, 0)
    or coalesce(reported.n_open, 0) <> coalesce(counted.n_open, 0)
{% endfor %}

union all

select 'rpt_call_list: open hand-offs differ from the facts' as message
from facts
where
    (
        select count(*)
        from {{ ref('rpt_call_list') }}
        where handoff_id is not null
    )
    <> (
        select count(*)
        from {{ ref('fct_sql_acceptances') }}
        where decision = 'pending' and cycle_ended_at is null
    )

{% for law in agreement_handoff_laws() %}
union all

select 'rpt_law_compliance, {{ law }}: breaches or kept differ from the facts' as message
from (
    select
        sum(n_breached) as n_breached,
        sum(n_kept) as n_kept
    from {{ ref('rpt_law_compliance') }}
    where law = '{{ law }}'
) as reported
cross join (
    select
        sum(case when law_{{ law }} = 'breached' then 1 else 0 end) as n_breached,
        sum(case when law_{{ law }} = 'kept' then 1 else 0 end) as n_kept
    from {{ ref('fct_sql_acceptances') }}
) as counted
where
    coalesce(reported.n_breached, 0) <> coalesce(counted.n_breached, 0)
    or coalesce(reported.n_kept, 0) <> coalesce(counted.n_kept, 0)
{% endfor %}
