-- Guards: numbers, times and switches outside what their column can mean, or missing where
-- the version cannot do without.
{%- set time_of_day = "'^([01][0-9]|2[0-3]):[0-5][0-9]$'" %}
{%- set quarter = "'^[0-9][0-9][0-9][0-9]-Q[1-4]$'" %}
{#- By seed: the columns that name a row, then each fault and what to do about it. #}
{%- set checks = {
    'agreement_versions': (['version_id'], [
        ("threshold_score is null and basis = 'rules' and qualification = 'score'",
            'threshold_score is blank; qualification score needs it'),
        ('resets_score_each_cycle is null',
            'resets_score_each_cycle is blank; write true or false'),
        ("coalesce(trim(time_zone), '') = ''",
            'time_zone is blank; write an IANA name such as Europe/Berlin'),
        ('coalesce(reversal_days, -1) < 0', 'reversal_days must be 0 or more'),
        ('coalesce(minimum_contact_attempts, -1) < 0',
            'minimum_contact_attempts must be 0 or more'),
        ('coalesce(attribution_lookback_days, 0) <= 0',
            'attribution_lookback_days must be above 0'),
        ('coalesce(attribution_half_life_days, 0) <= 0',
            'attribution_half_life_days must be above 0'),
    ]),
    'agreement_grades': (['version_id', 'dimension', 'grade'], [
        ('minimum_points is null', 'minimum_points is blank; write the points'),
    ]),
    'agreement_sql_criteria': (['version_id', 'criterion'], [
        ('is_required is null', 'is_required is blank; write true or false'),
    ]),
    'agreement_rejection_reasons': (['version_id', 'reason'], [
        ('never_again is null or needs_contact_attempts is null',
            'never_again and needs_contact_attempts must be true or false'),
        ('cool_down_days < 0 or (cool_down_days is null and not never_again)',
            'cool_down_days must be 0 or more; blank only if never_again is true'),
    ]),
    'agreement_sla_targets': (['version_id', 'segment', 'measure'], [
        ('coalesce(limit_minutes, 0) <= 0', 'limit_minutes must be above 0'),
        ("(segment = 'hot') <> (minimum_score is not null)",
            'minimum_score says from which score on a lead is hot; fill it there alone'),
    ]),
    'agreement_business_hours': (['version_id', 'team', 'iso_weekday', 'opens_at', 'closes_at'], [
        ('iso_weekday is null or iso_weekday not between 1 and 7',
            'iso_weekday must be 1 (Monday) to 7 (Sunday)'),
        ("coalesce(trim(time_zone), '') = ''",
            'time_zone is blank; write an IANA name such as Europe/Berlin'),
        ('opens_at is null or not ' ~ text_matches('opens_at', time_of_day),
            'opens_at must be a local time HH:MM, such as 09:00'),
        ("closes_at is null or not (closes_at = '24:00' or "
            ~ text_matches('closes_at', time_of_day) ~ ')',
            'closes_at must be a local time HH:MM, such as 17:30'),
        ('opens_at >= closes_at',
            'opens_at must lie before closes_at; split hours across midnight into two days'),
    ]),
    'agreement_objections': (['version_id', 'objection'], [
        ('baseline_quarter is null or not ' ~ text_matches('baseline_quarter', quarter),
            'baseline_quarter must be YYYY-Qn, such as 2025-Q1'),
        ('coalesce(agreed_reduction, -1) < 0 or agreed_reduction > 1',
            'agreed_reduction must be a share from 0 to 1; 0.25 is a quarter less'),
        ('cast(minimum_conversations as integer) < 1',
            'minimum_conversations must be 1 or more; blank = 1'),
    ]),
    'agreement_source_verdicts': (['version_id', 'verdict'], [
        ('coalesce(minimum_share, -1) < 0 or minimum_share > 1',
            'minimum_share must be a share from 0 to 1'),
        ('coalesce(confidence_level, 0) <= 0 or confidence_level >= 1',
            'confidence_level must lie between 0 and 1, such as 0.95'),
        ('coalesce(minimum_decisions, 0) < 1', 'minimum_decisions must be at least 1'),
        ('priority is null', 'priority is blank; write a whole number, 1 goes first'),
    ]),
    'agreement_laws': (['version_id', 'law'], [
        ('coalesce(tolerated_breaches, -1) < 0', 'tolerated_breaches must be 0 or more'),
        ('cast(grace_days as integer) < 0', 'grace_days must be 0 or more; blank = 0'),
    ]),
    'agreement_commitments': (['version_id', 'team', 'measure', 'period'], [
        ('coalesce(target, 0) <= 0', 'target must be above 0'),
        ("measure = 'acceptance_rate' and target > 1",
            'an acceptance rate is a share from 0 to 1; 0.6 is sixty percent'),
    ]),
    'agreement_system_precedence': (['version_id', 'system'], [
        ('coalesce(precedence, 0) < 1', 'precedence must be 1 or more'),
    ]),
} %}

with

openings as (

    select * from {{ ref('agreement_business_hours') }}

),

zones_counted as (

    select
        version_id,
        team,
        count(distinct time_zone) as n_zones
    from openings
    group by version_id, team

),

hot_scores_counted as (

    select
        version_id,
        count(distinct minimum_score) as n_scores
    from {{ ref('agreement_sla_targets') }}
    where segment = 'hot'
    group by version_id

),

final as (
    {% for seed, (row_columns, faults) in checks.items() %}
    {%- for fault, remedy in faults %}
    select {{ at_row(seed, row_columns) }} || '{{ remedy }}' as message
    from {{ ref(seed) }}
    where {{ fault }}

    union all
    {% endfor %}
    {%- endfor %}
    select
        {{ at_row('agreement_business_hours', [
            'openings.version_id', 'openings.team', 'openings.iso_weekday', 'openings.opens_at',
        ]) }}
        || 'overlaps the opening at ' || later.opens_at || '; join the two' as message
    from openings
    inner join openings as later
        on
            openings.version_id = later.version_id
            and openings.team = later.team
            and openings.iso_weekday = later.iso_weekday
            and openings.opens_at < later.opens_at
            and openings.closes_at > later.opens_at

    union all

    select
        {{ at_row('agreement_business_hours', ['version_id', 'team']) }}
        || 'the team has several time zones; a team works in one' as message
    from zones_counted
    where n_zones > 1

    union all

    select
        {{ at_row('agreement_sla_targets', ['version_id']) }}
        || 'segment hot has several scores; a lead is hot from one score on, whatever is measured'
        as message
    from hot_scores_counted
    where n_scores > 1
)

select message from final
