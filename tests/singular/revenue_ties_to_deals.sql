-- Guards: a report of money that counts something else than the deals. Each total is taken from
-- the report and from the deals; a row is a difference.
with deals as (
    select
        stage,
        is_new_business,
        amount,
        case
            when not is_new_business then 'other_type'
            else coalesce(handoff_origin, 'unlinked')
        end as sourced_by
    from {{ ref('fct_opportunities') }}
),

attribution_models as (
    select distinct attribution_model
    from {{ ref('fct_attribution_credits') }}
),

{% set stages = ['won', 'open', 'lost'] %}
reported as (
    {% for stage in stages %}
    select
        'attribution, {{ stage }}' as total,
        attribution_model as of_what,
        is_new_business,
        sum({{ stage }}_credit) as n_reported,
        sum({{ stage }}_amount) as amount_reported
    from {{ ref('rpt_attribution') }}
    group by attribution_model, is_new_business
    union all
    {% endfor %}
    {% for sourced_by in ['mql', 'direct', 'unlinked', 'other_type'] %}
    select
        'share' as total,
        '{{ sourced_by }}' as of_what,
        {{ 'false' if sourced_by == 'other_type' else 'true' }} as is_new_business,
        sum(n_{{ sourced_by }}_won) as n_reported,
        sum({{ sourced_by }}_won_amount) as amount_reported
    from {{ ref('rpt_marketing_share') }}
    union all
    {% endfor %}
    select
        'share' as total,
        'all' as of_what,
        true as is_new_business,
        sum(n_won) as n_reported,
        sum(won_amount) as amount_reported
    from {{ ref('rpt_marketing_share') }}
),

expected as (
    {% for stage in stages %}
    select
        'attribution, {{ stage }}' as total,
        attribution_models.attribution_model as of_what,
        deals.is_new_business,
        count(*) as n_expected,
        coalesce(sum(deals.amount), 0) as amount_expected
    from deals
    cross join attribution_models
    where deals.stage = '{{ stage }}'
    group by attribution_models.attribution_model, deals.is_new_business
    union all
    {% endfor %}
    select
        'share' as total,
        sourced_by as of_what,
        is_new_business,
        count(*) as n_expected,
        coalesce(sum(amount), 0) as amount_expected
    from deals
    where stage = 'won'
    group by sourced_by, is_new_business
    union all
    select
        'share' as total,
        'all' as of_what,
        true as is_new_business,
        count(*) as n_expected,
        coalesce(sum(amount), 0) as amount_expected
    from deals
    where stage = 'won'
)

select
    coalesce(reported.total, expected.total) as total,
    coalesce(reported.of_what, expected.of_what) as of_what,
    coalesce(reported.is_new_business, expected.is_new_business) as is_new_business,
    reported.n_reported,
    expected.n_expected,
    reported.amount_reported,
    expected.amount_expected
from reported
full outer join expected
    on
        reported.total = expected.total
        and reported.of_what = expected.of_what
        and reported.is_new_business = expected.is_new_business
where
    coalesce(reported.n_reported, 0) <> coalesce(expected.n_expected, 0)
    or coalesce(reported.amount_reported, 0) <> coalesce(expected.amount_expected, 0)
