-- Guards: a misspelt word in a column that knows only certain words would make its rule
-- hold for nobody. Words whose blank is allowed are listed apart.
{%- set teams = ['sales', 'sdr', 'marketing', 'system', 'queue'] %}
{%- set periods = ['day', 'week', 'month', 'cycle'] %}
{%- set categories = [
    'bad_data', 'no_fit', 'no_interest', 'not_ready', 'no_contact', 'competitor', 'duplicate',
] %}
{%- set criteria = ['need', 'current_solution', 'decision_maker', 'ready_to_move', 'budget'] %}
{#- seed, column, words, columns that name the row, whether blank is allowed #}
{%- set rules = [
    ('agreement_versions', 'basis', ['rules', 'stamped'], ['version_id'], false),
    ('agreement_versions', 'qualification', ['score', 'matrix'], ['version_id'], false),
    ('agreement_versions', 'customer_scope', ['lead', 'account'], ['version_id'], false),
    ('agreement_scoring_rules', 'kind', ['fit', 'engagement'], ['version_id', 'rule_id'], false),
    ('agreement_scoring_rules', 'cap_period', periods, ['version_id', 'rule_id'], true),
    ('agreement_grades', 'dimension', ['fit', 'engagement'], ['version_id', 'grade'], false),
    ('agreement_stamps', 'kind', ['field', 'status'], ['version_id', 'stamp'], false),
    ('agreement_sql_criteria', 'criterion', criteria, ['version_id'], false),
    ('agreement_deciding_teams', 'team', teams, ['version_id'], false),
    ('agreement_rejection_reasons', 'category', categories, ['version_id', 'reason'], false),
    ('agreement_rejection_reasons', 'decision', ['rejected', 'recycled'],
        ['version_id', 'reason'], false),
    ('agreement_sla_targets', 'segment', ['hand_raise', 'hot', 'standard'],
        ['version_id', 'measure'], false),
    ('agreement_sla_targets', 'measure', ['hand_on', 'first_attempt', 'decision'],
        ['version_id', 'segment'], false),
    ('agreement_sla_targets', 'clock', ['business', 'calendar'],
        ['version_id', 'segment', 'measure'], false),
    ('agreement_business_hours', 'team', teams, ['version_id', 'iso_weekday'], false),
    ('agreement_holidays', 'team', teams, ['version_id', 'holiday_date'], false),
    ('agreement_source_verdicts', 'category', categories, ['version_id', 'verdict'], true),
    ('agreement_laws', 'law', agreement_laws_known(), ['version_id'], false),
    ('agreement_laws', 'severity', ['error', 'warn'], ['version_id', 'law'], true),
    ('agreement_commitments', 'team', ['marketing', 'sales', 'sdr'],
        ['version_id', 'measure'], false),
    ('agreement_commitments', 'measure', ['mqls', 'acceptance_rate', 'hand_on_minutes'],
        ['version_id', 'team'], false),
    ('agreement_commitments', 'period', ['month', 'quarter'],
        ['version_id', 'team', 'measure'], false),
    ('agreement_sales_fields', 'attribute', agreement_attributes(), ['version_id'], false),
    ('agreement_system_precedence', 'system', var('systems').keys() | list,
        ['version_id'], false),
] %}
{%- for seed, column, words, row_columns, may_be_blank in rules %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row(seed, row_columns) }} || '{{ column }} "' || {{ shown(column) }}
    || '" is not known; write one of: {{ words | join(', ') }}
    {%- if may_be_blank %}, or leave it blank{% endif %}' as message
from {{ ref(seed) }}
where
    {{ column }} not in ({{ quoted_words(words) }})
    {%- if not may_be_blank %}
    or {{ column }} is null
    {%- endif %}
{%- endfor %}
