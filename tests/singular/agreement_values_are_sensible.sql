-- Guards: numbers, moments and switches outside what their column can mean, or missing where
-- the version cannot do without. seed, columns that name the row, fault, what to do.
{%- set hour = "'^([01][0-9]|2[0-3]):[0-5][0-9]$'" %}
{%- set checks = [
    ('agreement_versions', ['version_id'], 'threshold_score is null and basis = \'rules\' and qualification = \'score\'',
     'threshold_score is blank; qualification score needs it'),
    ('agreement_versions', ['version_id'], 'resets_score_each_cycle is null',
     'resets_score_each_cycle is blank; write true or false'),
    ('agreement_versions', ['version_id'], "coalesce(trim(time_zone), '') = ''",
     'time_zone is blank; write an IANA name such as Europe/Berlin'),
    ('agreement_versions', ['version_id'], 'reversal_days is null or reversal_days < 0',
     'reversal_days must be 0 or more'),
    ('agreement_versions', ['version_id'], 'minimum_contact_attempts is null or minimum_contact_attempts < 0',
     'minimum_contact_attempts must be 0 or more'),
    ('agreement_versions', ['version_id'], 'attribution_lookback_days is null or attribution_lookback_days <= 0',
     'attribution_lookback_days must be above 0'),
    ('agreement_versions', ['version_id'], 'attribution_half_life_days is null or attribution_half_life_days <= 0',
     'attribution_half_life_days must be above 0'),
    ('agreement_grades', ['version_id', 'dimension', 'grade'], 'minimum_points is null',
     'minimum_points is blank'),
    ('agreement_sql_criteria', ['version_id', 'criterion'], 'is_required is null',
     'is_required is blank; write true or false'),
    ('agreement_rejection_reasons', ['version_id', 'reason'], 'never_again is null or needs_contact_attempts is null',
     'never_again and needs_contact_attempts must be true or false'),
    ('agreement_rejection_reasons', ['version_id', 'reason'], 'cool_down_days < 0 or (cool_down_days is null and not never_again)',
     'cool_down_days must be 0 or more; blank only if never_again is true'),
    ('agreement_sla_targets', ['version_id', 'segment', 'measure'], 'limit_minutes is null or limit_minutes <= 0',
     'limit_minutes must be above 0'),
    ('agreement_sla_targets', ['version_id', 'segment', 'measure'], "(segment = 'hot') <> (minimum_score is not null)",
     'minimum_score says from which score on a lead is hot: fill it for segment hot, and only there'),
    ('agreement_business_hours', ['version_id', 'team', 'iso_weekday'], 'iso_weekday is null or iso_weekday not between 1 and 7',
     'iso_weekday must be 1 (Monday) to 7 (Sunday)'),
    ('agreement_business_hours', ['version_id', 'team', 'iso_weekday'], "coalesce(trim(time_zone), '') = ''",
     'time_zone is blank; write an IANA name such as Europe/Berlin'),
    ('agreement_business_hours', ['version_id', 'team', 'iso_weekday', 'opens_at', 'closes_at'],
     'opens_at is null or closes_at is null or not ' ~ text_matches('opens_at', hour)
        ~ ' or not (closes_at = \'24:00\' or ' ~ text_matches('closes_at', hour) ~ ')',
     'opens_at and closes_at must be local times HH:MM, such as 09:00'),
    ('agreement_business_hours', ['version_id', 'team', 'iso_weekday', 'opens_at', 'closes_at'],
     'opens_at >= closes_at', 'opens_at must lie before closes_at; split hours across midnight into two days'),
    ('agreement_objections', ['version_id', 'objection'],
     'baseline_quarter is null or not ' ~ text_matches('baseline_quarter', "'^[0-9][0-9][0-9][0-9]-Q[1-4]$'"),
     'baseline_quarter must be YYYY-Qn, such as 2025-Q1'),
    ('agreement_objections', ['version_id', 'objection'], 'agreed_reduction is null or agreed_reduction < 0 or agreed_reduction > 1',
     'agreed_reduction must be a share from 0 to 1; 0.25 is a quarter less'),
    ('agreement_source_verdicts', ['version_id', 'verdict'], 'minimum_share is null or minimum_share < 0 or minimum_share > 1',
     'minimum_share must be a share from 0 to 1'),
    ('agreement_source_verdicts', ['version_id', 'verdict'], 'confidence_level is null or confidence_level <= 0 or confidence_level >= 1',
     'confidence_level must lie between 0 and 1, such as 0.95'),
    ('agreement_source_verdicts', ['version_id', 'verdict'], 'minimum_decisions is null or minimum_decisions < 1 or priority is null',
     'minimum_decisions must be at least 1 and priority a whole number'),
    ('agreement_laws', ['version_id', 'law'], 'tolerated_breaches is null or tolerated_breaches < 0',
     'tolerated_breaches must be 0 or more'),
    ('agreement_commitments', ['version_id', 'team', 'measure'], 'target is null or target <= 0',
     'target must be above 0'),
    ('agreement_commitments', ['version_id', 'team', 'measure'], "measure = 'acceptance_rate' and target > 1",
     'an acceptance rate is a share from 0 to 1; 0.6 is sixty percent'),
    ('agreement_system_precedence', ['version_id', 'system'], 'precedence is null or precedence < 1',
     'precedence must be 1 or more'),
] %}
{%- for seed, row_columns, condition, remedy in checks %}
{%- if not loop.first %}
union all
{%- endif %}
select {{ at_row(seed, row_columns) }} || '{{ remedy }}' as message
from {{ ref(seed) }}
where {{ condition }}
{%- endfor %}

union all

select
    {{ at_row('agreement_business_hours', ['opening.version_id', 'opening.team', 'opening.iso_weekday', 'opening.opens_at']) }}
        || 'overlaps the opening at ' || later.opens_at || '; join the two' as message
from {{ ref('agreement_business_hours') }} as opening
inner join {{ ref('agreement_business_hours') }} as later
    on opening.version_id = later.version_id
    and opening.team = later.team
    and opening.iso_weekday = later.iso_weekday
    and opening.opens_at < later.opens_at
    and later.opens_at < opening.closes_at

union all

select distinct
    {{ at_row('agreement_business_hours', ['version_id', 'team']) }}
        || 'the team has several time zones; a team works in one' as message
from {{ ref('agreement_business_hours') }}
group by version_id, team
having min(time_zone) <> max(time_zone)
