{%- set attribution_models = [
    'first_touch', 'last_touch', 'mql_creating', 'linear', 'u_shaped', 'w_shaped', 'time_decay',
] -%}
{#- A credit of 1 in the smallest parts that are shared out. -#}
{%- set whole = 1000000 -%}

with opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

touches as (

    select * from {{ ref('int_opportunity_touches') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

attribution_models as (

    {% for attribution_model in attribution_models %}
    select '{{ attribution_model }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        touches.*,
        case when is_first then 1 else 0 end as n_first,
        case when is_last then 1 else 0 end as n_last,
        case when is_mql_creating then 1 else 0 end as n_mql,
        case when is_first or is_last then 0 else 1 end as n_between_u,
        case when is_first or is_last or is_mql_creating then 0 else 1 end as n_between_w
    from touches
    where is_before_opportunity

),

deals as (

    select
        opportunity_key,
        greatest(sum(n_between_u), 1) as n_shares_u,
        greatest(sum(n_between_w), 1) as n_shares_w
    from counted
    group by opportunity_key

),

-- Weights are whole numbers, so that every engine shares out alike. What lies between the
-- positions is one share for all; a touch in two positions has both, and a position without a
-- touch leaves its share to the others as they stand to each other.
weighed as (

    select
        counted.opportunity_key,
        counted.touch_key,
        counted.lead_id,
        counted.touch_kind,
        counted.touched_at,
        counted.source,
        counted.campaign_key,
        attribution_models.attribution_model,
        cast(
            case attribution_models.attribution_model
                when 'first_touch' then counted.n_first
                when 'last_touch' then counted.n_last
                when 'mql_creating' then counted.n_mql
                when 'linear' then 1
                when 'u_shaped'
                    then
                        40 * deals.n_shares_u * (counted.n_first + counted.n_last)
                        + 20 * counted.n_between_u
                when 'w_shaped'
                    then
                        30 * deals.n_shares_w
                        * (counted.n_first + counted.n_mql + counted.n_last)
                        + 10 * counted.n_between_w
                when 'time_decay' then counted.decayed_weight * 10000
            end as bigint
        ) as weight
    from counted
    inner join deals
        on counted.opportunity_key = deals.opportunity_key
    cross join attribution_models

),

totals as (

    select
        weighed.*,
        cast(
            sum(weight) over (partition by opportunity_key, attribution_model) as bigint
        ) as total_weight
    from weighed
    where weight > 0

),

-- Largest remainder: each touch gets the whole parts of its share, and those with the largest
-- rest one more each until nothing is left; of equal rests the earlier touch.
floored as (

    select
        totals.*,
        {{ whole_quotient(whole ~ ' * weight', 'total_weight') }} as parts,
        mod({{ whole }} * weight, total_weight) as rest
    from totals

),

ranked as (

    select
        floored.*,
        row_number() over (
            partition by opportunity_key, attribution_model
            order by rest desc nulls last, touched_at asc nulls last, touch_key asc nulls last
        ) as rank_by_rest,
        {{ whole }} - cast(
            sum(parts) over (partition by opportunity_key, attribution_model) as bigint
        ) as n_left
    from floored

),

-- The same for the cents of the amount. A refund is shared out as what it takes back.
priced as (

    select
        ranked.*,
        ranked.parts + case when ranked.rank_by_rest <= ranked.n_left then 1 else 0 end
            as credited_parts,
        case when opportunities.amount < 0 then -1 else 1 end as sign,
        cast(cast(abs(opportunities.amount) as decimal(22, 2)) * 100 as bigint) as deal_cents
    from ranked
    inner join opportunities
        on ranked.opportunity_key = opportunities.opportunity_key

),

split as (

    select
        priced.*,
        {{ whole_quotient('deal_cents', whole) }} * credited_parts
        + {{ whole_quotient('mod(deal_cents, ' ~ whole ~ ') * credited_parts', whole) }}
            as cents,
        mod(mod(deal_cents, {{ whole }}) * credited_parts, {{ whole }}) as cents_rest
    from priced

),

ranked_by_cents as (

    select
        split.*,
        row_number() over (
            partition by opportunity_key, attribution_model
            order by
                cents_rest desc nulls last, touched_at asc nulls last, touch_key asc nulls last
        ) as rank_by_cents,
        deal_cents - cast(
            sum(cents) over (partition by opportunity_key, attribution_model) as bigint
        ) as n_cents_left
    from split

),

credited as (

    select
        opportunity_key,
        attribution_model,
        touch_key,
        lead_id,
        touch_kind,
        touched_at,
        source,
        campaign_key,
        cast(credited_parts as decimal(18, 0)) * 0.000001 as credit,
        cast(
            sign * (cents + case when rank_by_cents <= n_cents_left then 1 else 0 end)
            as decimal(20, 0)
        ) * 0.01 as credited_amount
    from ranked_by_cents

    union all

    -- A deal that nobody's touch is known of is not hidden.
    select
        opportunities.opportunity_key,
        attribution_models.attribution_model,
        'unattributed' as touch_key,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        'unattributed' as touch_kind,
        cast(null as timestamp) as touched_at,
        'unattributed' as source,
        cast(null as {{ dbt.type_string() }}) as campaign_key,
        cast(1 as decimal(18, 6)) as credit,
        opportunities.amount as credited_amount
    from opportunities
    cross join attribution_models
    where
        not exists (
            select 1
            from totals
            where
                totals.opportunity_key = opportunities.opportunity_key
                and totals.attribution_model = attribution_models.attribution_model
        )

),

final as (

    select
        cast(credited.opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(credited.attribution_model as {{ dbt.type_string() }}) as attribution_model,
        cast(credited.touch_key as {{ dbt.type_string() }}) as touch_key,
        cast(credited.touch_kind as {{ dbt.type_string() }}) as touch_kind,
        cast(credited.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(credited.touched_at as timestamp) as touched_at,
        cast(credited.source as {{ dbt.type_string() }}) as source,
        cast(coalesce(sources.channel, 'unattributed') as {{ dbt.type_string() }}) as channel,
        cast(credited.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(credited.credit as decimal(18, 6)) as credit,
        cast(credited.credited_amount as decimal(18, 2)) as credited_amount
    from credited
    left join sources
        on credited.source = sources.source

)

select * from final
