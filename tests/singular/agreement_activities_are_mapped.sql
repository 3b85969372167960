-- Guards: points for an activity that no mapping produces, or that a seller does, would never
-- be earned.
{%- for seed in ['agreement_scoring_rules', 'agreement_hand_raises'] %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row(seed, ['version_id', 'rule_id']) }} || 'activity "' || {{ shown('activity') }}
        || '" is no activity of a buyer in map_activity_types.csv; map it there or correct it'
        as message
from {{ ref(seed) }} as rules
where {{ "rules.kind = 'engagement' and rules.activity is not null" if seed == 'agreement_scoring_rules' else '1 = 1' }}
    and not exists (
        select 1
        from {{ ref('map_activity_types') }} as mapped
        where mapped.activity = rules.activity and mapped.side = 'buyer'
    )
{%- endfor %}
