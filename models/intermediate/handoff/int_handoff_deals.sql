with handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

deals as (

    select
        handoff_opportunities.handoff_id,
        handoff_opportunities.linked_by,
        opportunities.opportunity_key,
        opportunities.stage,
        opportunities.created_at,
        opportunities.created_precision,
        opportunities.won_at,
        opportunities.lost_at,
        opportunities.amount_reporting,
        row_number() over (
            partition by handoff_opportunities.handoff_id
            order by
                opportunities.won_at asc nulls last,
                opportunities.created_at asc nulls last,
                opportunities.opportunity_key asc nulls last
        ) as rank_in_handoff,
        -- Of two at one moment, one known to the day alone, the exact one speaks.
        row_number() over (
            partition by handoff_opportunities.handoff_id
            order by
                opportunities.created_at asc nulls last,
                opportunities.created_precision desc nulls last,
                opportunities.opportunity_key asc nulls last
        ) as rank_by_creation
    from handoff_opportunities
    inner join opportunities
        on handoff_opportunities.opportunity_key = opportunities.opportunity_key
    where handoff_opportunities.handoff_id is not null

),

final as (

    select
        cast(handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(
            max(case when rank_in_handoff = 1 then opportunity_key end)
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(
            max(case when rank_in_handoff = 1 then linked_by end) as {{ dbt.type_string() }}
        ) as opportunity_linked_by,
        cast(count(*) as bigint) as n_opportunities,
        cast(sum(case when stage = 'won' then 1 else 0 end) as bigint) as n_won,
        cast(sum(case when stage = 'lost' then 1 else 0 end) as bigint) as n_lost,
        cast(min(created_at) as timestamp) as opportunity_at,
        cast(
            max(case when rank_by_creation = 1 then created_precision end)
            as {{ dbt.type_string() }}
        ) as opportunity_precision,
        cast(min(won_at) as timestamp) as won_at,
        cast(max(lost_at) as timestamp) as last_lost_at,
        cast(sum(amount_reporting) as decimal(18, 2)) as amount_reporting,
        cast(
            sum(case when stage = 'won' then amount_reporting end) as decimal(18, 2)
        ) as won_amount_reporting
    from deals
    group by handoff_id

)

select * from final
