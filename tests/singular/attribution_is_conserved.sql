-- Guards: a cent or a deal that attribution makes or loses. Every deal has a row under each
-- model; there its credits add up to 1 and its amounts to its own. A row is a deal that differs.
with attribution_models as (
    select distinct attribution_model
    from {{ ref('fct_attribution_credits') }}
),

credited as (
    select
        opportunity_key,
        attribution_model,
        sum(credit) as credit,
        sum(credited_amount) as credited_amount
    from {{ ref('fct_attribution_credits') }}
    group by opportunity_key, attribution_model
)

select
    opportunities.opportunity_key,
    attribution_models.attribution_model,
    credited.credit,
    credited.credited_amount,
    opportunities.amount
from {{ ref('fct_opportunities') }} as opportunities  -- noqa: AL07
cross join attribution_models
left join credited
    on
        opportunities.opportunity_key = credited.opportunity_key
        and attribution_models.attribution_model = credited.attribution_model
where
    credited.credit is distinct from 1
    or credited.credited_amount is distinct from opportunities.amount
