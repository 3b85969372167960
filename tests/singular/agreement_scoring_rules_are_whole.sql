-- Guards: a rule of one kind with the other kind's columns, a half-life that is no time, a
-- cap without its period, or points that give nothing.
{%- set checks = [
    ("kind = 'fit' and (activity is not null or asset_pattern is not null
        or campaign_pattern is not null or half_life_days is not null
        or cap_count is not null or cap_period is not null)",
     'a fit rule has attribute, operator, value and points alone; empty the other cells'),
    ("kind = 'engagement' and (attribute is not null or operator is not null
        or value is not null)",
     'an engagement rule has no attribute, operator or value; empty those cells'),
    ("kind = 'engagement' and activity is null",
     'an engagement rule needs an activity, such as content_download'),
    ('points is null or points = 0',
     'points are missing or 0; give the points, or delete the rule'),
    ('points < -1000 or points > 1000',
     'points lie outside -1000 to 1000; is a decimal point missing?'),
    ('half_life_days <= 0',
     'half_life_days must be above 0; leave it blank if the points do not fade'),
    ('cap_count <= 0',
     'cap_count must be at least 1; leave cap_count and cap_period blank for no cap'),
    ('(cap_count is null) <> (cap_period is null)',
     'a cap has both cap_count and cap_period; fill the other one, or empty both'),
] %}
{%- for condition, remedy in checks %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row('agreement_scoring_rules', ['version_id', 'rule_id']) }}
    || '{{ remedy }}' as message
from {{ ref('agreement_scoring_rules') }}
where {{ condition }}
{%- endfor %}
