with cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

verdicts as (

    select * from {{ ref('int_lead_verdicts') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

-- What the statuses of this trip say, reversed later or not.
ranked_statuses as (

    select
        cycles.lead_id,
        cycles.cycle_index,
        status_changes.stage,
        status_changes.changed_at,
        status_changes.changed_precision,
        row_number() over (
            partition by cycles.lead_id, cycles.cycle_index, status_changes.stage
            order by
                status_changes.changed_at asc nulls last,
                status_changes.change_key asc nulls last
        ) as rank_in_cycle
    from cycles
    inner join status_changes
        on
            cycles.lead_id = status_changes.lead_id
            and cycles.holds_after < status_changes.changed_at
            and cycles.holds_until >= status_changes.changed_at
    where status_changes.stage in ('sales_accepted', 'sales_qualified')

),

first_statuses as (

    select
        lead_id,
        cycle_index,
        max(case when stage = 'sales_accepted' then changed_at end) as accepted_at,
        max(case when stage = 'sales_accepted' then changed_precision end)
            as accepted_precision,
        max(case when stage = 'sales_qualified' then changed_at end) as qualified_at,
        max(case when stage = 'sales_qualified' then changed_precision end)
            as qualified_precision
    from ranked_statuses
    where rank_in_cycle = 1
    group by lead_id, cycle_index

),

-- The first verdict of the trip decides; a later one is what became of it.
ranked_verdicts as (

    select
        cycles.cycle_index,
        verdicts.*,
        row_number() over (
            partition by cycles.lead_id, cycles.cycle_index
            order by verdicts.verdict_number asc nulls last
        ) as rank_in_cycle
    from cycles
    inner join verdicts
        on
            cycles.lead_id = verdicts.lead_id
            and cycles.holds_after < verdicts.decided_at
            and cycles.holds_until >= verdicts.decided_at

),

deals as (

    select
        cycles.cycle_index,
        opportunities.*,
        -- Of two at one moment, one known to the day alone, the exact one speaks.
        row_number() over (
            partition by cycles.lead_id, cycles.cycle_index
            order by
                opportunities.created_at asc nulls last,
                opportunities.created_precision desc nulls last,
                opportunities.opportunity_key asc nulls last
        ) as rank_by_creation,
        row_number() over (
            partition by cycles.lead_id, cycles.cycle_index
            order by
                opportunities.won_at asc nulls last,
                opportunities.closed_precision desc nulls last,
                opportunities.opportunity_key asc nulls last
        ) as rank_by_win
    from cycles
    inner join opportunities
        on
            cycles.lead_id = opportunities.lead_id
            and cycles.holds_after < opportunities.created_at
            and cycles.holds_until >= opportunities.created_at
    where opportunities.is_new_business

),

deals_by_cycle as (

    select
        lead_id,
        cycle_index,
        min(created_at) as opportunity_at,
        max(case when rank_by_creation = 1 then created_precision end)
            as opportunity_precision,
        min(won_at) as won_at,
        max(case when rank_by_win = 1 and won_at is not null then closed_precision end)
            as won_precision
    from deals
    group by lead_id, cycle_index

),

final as (

    select
        cast(cycles.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycles.cycle_index as bigint) as cycle_index,
        cast(first_statuses.accepted_at as timestamp) as accepted_at,
        cast(first_statuses.accepted_precision as {{ dbt.type_string() }})
            as accepted_precision,
        cast(ranked_verdicts.verdict as {{ dbt.type_string() }}) as verdict,
        cast(ranked_verdicts.decided_at as timestamp) as decided_at,
        cast(ranked_verdicts.decided_precision as {{ dbt.type_string() }})
            as decided_precision,
        cast(ranked_verdicts.n_reversals as bigint) as n_reversals,
        cast(ranked_verdicts.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ranked_verdicts.reason as {{ dbt.type_string() }}) as reason,
        cast(ranked_verdicts.objection as {{ dbt.type_string() }}) as objection,
        cast(ranked_verdicts.actor_key as {{ dbt.type_string() }}) as decider_key,
        cast(ranked_verdicts.actor_team as {{ dbt.type_string() }}) as decider_team,
        cast(deals_by_cycle.opportunity_at as timestamp) as opportunity_at,
        cast(deals_by_cycle.opportunity_precision as {{ dbt.type_string() }})
            as opportunity_precision,
        cast(deals_by_cycle.won_at as timestamp) as won_at,
        cast(deals_by_cycle.won_precision as {{ dbt.type_string() }}) as won_precision,
        -- From here on nothing the lead does makes it an MQL of this trip.
        cast(
            least(
                coalesce(
                    {{ last_second(
                        'first_statuses.accepted_at',
                        'first_statuses.accepted_precision'
                    ) }},
                    cast('9999-12-31' as timestamp)
                ),
                coalesce(
                    {{ last_second(
                        'first_statuses.qualified_at',
                        'first_statuses.qualified_precision'
                    ) }},
                    cast('9999-12-31' as timestamp)
                ),
                coalesce(
                    {{ last_second(
                        'deals_by_cycle.opportunity_at',
                        'deals_by_cycle.opportunity_precision'
                    ) }},
                    cast('9999-12-31' as timestamp)
                )
            ) as timestamp
        ) as taken_up_at
    from cycles
    left join first_statuses
        on
            cycles.lead_id = first_statuses.lead_id
            and cycles.cycle_index = first_statuses.cycle_index
    left join ranked_verdicts
        on
            cycles.lead_id = ranked_verdicts.lead_id
            and cycles.cycle_index = ranked_verdicts.cycle_index
            and ranked_verdicts.rank_in_cycle = 1
    left join deals_by_cycle
        on
            cycles.lead_id = deals_by_cycle.lead_id
            and cycles.cycle_index = deals_by_cycle.cycle_index
    where
        first_statuses.lead_id is not null
        or ranked_verdicts.lead_id is not null
        or deals_by_cycle.lead_id is not null

)

select * from final
