with cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

attribute_values as (

    select * from {{ ref('int_lead_attribute_values') }}

),

owners as (

    select * from {{ ref('int_lead_owners') }}

),

customer_periods as (

    select * from {{ ref('int_customer_periods') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

-- What is asked of a trip is asked as of its MQL, else of what sales did first, else of its
-- beginning.
trips as (

    select
        cycles.lead_id,
        cycles.cycle_index,
        cycles.started_at,
        cycles.ended_at,
        cycles.ended_by,
        cycles.holds_after,
        cycles.holds_until,
        handoffs.handoff_id,
        coalesce(handoffs.origin, 'none') as origin,
        coalesce(handoffs.handoff_at, cycles.started_at) as dimensions_at,
        case
            when handoffs.origin = 'mql' then 'mql'
            when handoffs.origin = 'direct' then 'handoff'
            else 'cycle_start'
        end as dimensions_basis
    from cycles
    left join handoffs
        on
            cycles.lead_id = handoffs.lead_id
            and cycles.cycle_index = handoffs.cycle_index

),

dated as (

    select
        trips.*,
        versions.version_id as version_then,
        coalesce(versions.customer_scope, 'lead') as customer_scope
    from trips
    left join versions
        on
            trips.dimensions_at >= versions.effective_from
            and (
                trips.dimensions_at < versions.effective_to
                or versions.effective_to is null
            )

),

inquiries as (

    select
        trips.lead_id,
        trips.cycle_index,
        min(activities.occurred_at) as inquiry_at
    from trips
    inner join activities
        on
            trips.lead_id = activities.lead_id
            and trips.holds_after < activities.occurred_at
            and trips.holds_until >= activities.occurred_at
    where
        activities.side = 'buyer'
        and activities.direction = 'inbound'
        and not activities.is_automated
        and not activities.is_echo
    group by trips.lead_id, trips.cycle_index

),

countries as (

    select
        trips.lead_id,
        trips.cycle_index,
        attribute_values.value as country
    from trips
    inner join attribute_values
        on
            trips.lead_id = attribute_values.lead_id
            and attribute_values.attribute = 'country'
            and trips.dimensions_at >= attribute_values.valid_from
            and trips.dimensions_at < attribute_values.valid_to

),

-- Of several records' owners one of sales, before a queue, before any other; history before
-- what stands in the record now.
ranked_owners as (

    select
        trips.lead_id,
        trips.cycle_index,
        owners.owner_key,
        owners.owner_team,
        row_number() over (
            partition by trips.lead_id, trips.cycle_index
            order by
                case owners.evidence when 'history' then 0 else 1 end asc nulls last,
                {{ owner_rank('owners.owner_team') }} asc nulls last,
                owners.owned_from desc nulls last,
                owners.record_key asc nulls last
        ) as rank_in_trip
    from trips
    inner join owners
        on
            trips.lead_id = owners.lead_id
            and trips.dimensions_at >= owners.owned_from
            and trips.dimensions_at < owners.owned_until

),

customers as (

    select distinct
        dated.lead_id,
        dated.cycle_index
    from dated
    inner join customer_periods
        on
            dated.lead_id = customer_periods.lead_id
            and customer_periods.scope in ('lead', dated.customer_scope)
            and dated.dimensions_at > customer_periods.customer_since
            and dated.dimensions_at <= customer_periods.customer_until

),

joined as (

    select
        dated.*,
        leads.created_at as lead_created_at,
        inquiries.inquiry_at,
        acceptances.mql_id,
        acceptances.cycle_number,
        coalesce(acceptances.version_id, dated.version_then) as version_id,
        coalesce(acceptances.source, leads.source) as source,
        case when dated.handoff_id is null then leads.campaign_key else acceptances.campaign_key end
            as campaign_key,
        acceptances.segment,
        countries.country,
        ranked_owners.owner_key,
        ranked_owners.owner_team,
        acceptances.mql_at,
        acceptances.handed_on_at,
        acceptances.is_handed_on_assumed,
        acceptances.first_attempt_at,
        acceptances.first_conversation_at,
        acceptances.sales_accepted_at,
        acceptances.is_sales_accepted_implied,
        acceptances.sales_qualified_at,
        acceptances.is_sales_qualified_implied,
        acceptances.opportunity_at,
        acceptances.won_at,
        acceptances.lost_at,
        acceptances.decision,
        acceptances.outcome,
        acceptances.is_out_of_order,
        acceptances.n_opportunities,
        acceptances.opportunity_amount,
        acceptances.won_amount,
        acceptances.is_not_yet_observable,
        -- Given back at once, or after sales had qualified the lead.
        case
            when acceptances.decision in ('rejected', 'recycled') then acceptances.decided_at
            when dated.handoff_id is not null and dated.ended_by in ('rejected', 'recycled')
                then dated.ended_at
        end as returned_at,
        -- An MQL is never a customer's; a stamp that says so counts as any other.
        case
            when dated.origin <> 'mql' and customers.lead_id is not null then 'expansion'
            else 'new_business'
        end as cycle_type,
        case
            when acceptances.mql_at is not null
                then
                    row_number() over (
                        partition by dated.lead_id
                        order by acceptances.mql_at asc nulls last, dated.cycle_index asc nulls last
                    )
        end as mql_number
    from dated
    inner join leads
        on dated.lead_id = leads.lead_id
    left join acceptances
        on dated.handoff_id = acceptances.handoff_id
    left join inquiries
        on
            dated.lead_id = inquiries.lead_id
            and dated.cycle_index = inquiries.cycle_index
    left join countries
        on
            dated.lead_id = countries.lead_id
            and dated.cycle_index = countries.cycle_index
    left join ranked_owners
        on
            dated.lead_id = ranked_owners.lead_id
            and dated.cycle_index = ranked_owners.cycle_index
            and ranked_owners.rank_in_trip = 1
    left join customers
        on
            dated.lead_id = customers.lead_id
            and dated.cycle_index = customers.cycle_index

),

final as (

    select
        cast(
            joined.lead_id || ':trip:' || cast(joined.cycle_index as {{ dbt.type_string() }})
            as {{ dbt.type_string() }}
        ) as funnel_cycle_id,
        cast(joined.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(joined.cycle_index as bigint) as cycle_index,
        cast(joined.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(joined.mql_id as {{ dbt.type_string() }}) as mql_id,
        cast(joined.cycle_number as bigint) as cycle_number,
        cast(joined.origin as {{ dbt.type_string() }}) as origin,
        cast(joined.cycle_type as {{ dbt.type_string() }}) as cycle_type,
        cast(coalesce(joined.mql_number = 1, false) as boolean) as is_first_mql,
        cast(joined.dimensions_at as timestamp) as dimensions_at,
        cast(joined.dimensions_basis as {{ dbt.type_string() }}) as dimensions_basis,
        cast(joined.version_id as {{ dbt.type_string() }}) as version_id,
        cast(joined.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(joined.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(joined.segment as {{ dbt.type_string() }}) as segment,
        cast(joined.country as {{ dbt.type_string() }}) as country,
        cast(joined.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(joined.owner_team as {{ dbt.type_string() }}) as owner_team,
        cast(joined.lead_created_at as timestamp) as lead_created_at,
        cast(joined.started_at as timestamp) as started_at,
        cast(joined.inquiry_at as timestamp) as inquiry_at,
        cast(joined.mql_at as timestamp) as mql_at,
        cast(joined.handed_on_at as timestamp) as handed_on_at,
        cast(coalesce(joined.is_handed_on_assumed, false) as boolean) as is_handed_on_assumed,
        cast(joined.first_attempt_at as timestamp) as first_attempt_at,
        cast(joined.first_conversation_at as timestamp) as first_conversation_at,
        cast(joined.sales_accepted_at as timestamp) as sales_accepted_at,
        cast(coalesce(joined.is_sales_accepted_implied, false) as boolean)
            as is_sales_accepted_implied,
        cast(joined.sales_qualified_at as timestamp) as sales_qualified_at,
        cast(coalesce(joined.is_sales_qualified_implied, false) as boolean)
            as is_sales_qualified_implied,
        cast(joined.opportunity_at as timestamp) as opportunity_at,
        cast(joined.won_at as timestamp) as won_at,
        cast(joined.lost_at as timestamp) as lost_at,
        cast(joined.returned_at as timestamp) as returned_at,
        cast(joined.ended_at as timestamp) as ended_at,
        cast(joined.ended_by as {{ dbt.type_string() }}) as ended_by,
        cast(joined.decision as {{ dbt.type_string() }}) as decision,
        cast(joined.outcome as {{ dbt.type_string() }}) as outcome,
        cast(coalesce(joined.is_out_of_order, false) as boolean) as is_out_of_order,
        cast(coalesce(joined.is_not_yet_observable, false) as boolean)
            as is_not_yet_observable,
        cast(coalesce(joined.n_opportunities, 0) as bigint) as n_opportunities,
        cast(joined.opportunity_amount as decimal(18, 2)) as opportunity_amount,
        cast(joined.won_amount as decimal(18, 2)) as won_amount
    from joined
    left join sources
        on joined.source = sources.source

)

select * from final
