-- Guards: a version without the rows that it relies on would qualify nobody, or judge a law
-- or a limit by nothing.
{%- set rules = "agreement_versions.basis = 'rules'" %}
{%- set stamped = "agreement_versions.basis = 'stamped'" %}
{%- set matrix = "agreement_versions.qualification = 'matrix'" %}
{#- seed, which of its rows, which versions need one, why #}
{%- set needed = [
    ('agreement_scoring_rules', none, rules, 'basis rules needs scoring rules'),
    ('agreement_must_haves', none, rules, 'basis rules needs at least one must-have'),
    ('agreement_stamps', none, stamped, 'basis stamped needs the fields or statuses that count'),
    ('agreement_grades', "dimension = 'fit'", matrix, 'the matrix needs grades of fit'),
    ('agreement_grades', "dimension = 'engagement'", matrix,
        'the matrix needs grades of engagement'),
    ('agreement_grade_cells', none, matrix, 'the matrix needs at least one cell'),
    ('agreement_deciding_teams', none, '1 = 1',
        'name the teams that may make a lead sales qualified'),
    ('agreement_rejection_reasons', none, '1 = 1',
        'name the reasons for which sales may give a lead back'),
] %}
{%- for law in agreement_laws_required() %}
    {%- do needed.append((
        'agreement_laws', "law = '" ~ law ~ "'", '1 = 1',
        'law ' ~ law ~ ' needs its tolerated breaches (0 = none)',
    )) %}
{%- endfor %}
{%- for seed, rows, concerned, why in needed %}
select
    {{ at_row(seed, ['agreement_versions.version_id']) }}
    || 'a row is missing: {{ why }}' as message
from {{ ref('agreement_versions') }}
where
    {{ concerned }}
    and not exists (
        select 1
        from {{ ref(seed) }}
        where
            {{ seed }}.version_id = agreement_versions.version_id
            and {{ seed }}.{{ rows or 'version_id is not null' }}
    )

union all
{% endfor %}
{%- for dimension in ['fit', 'engagement'] %}
select
    {{ at_row('agreement_grade_cells', ['version_id', 'fit_grade', 'engagement_grade']) }}
    || 'agreement_grades.csv has no such grade of dimension {{ dimension }}' as message
from {{ ref('agreement_grade_cells') }}
where
    not exists (
        select 1
        from {{ ref('agreement_grades') }}
        where
            agreement_grades.version_id = agreement_grade_cells.version_id
            and agreement_grades.dimension = '{{ dimension }}'
            and agreement_grades.grade = agreement_grade_cells.{{ dimension }}_grade
    )

union all
{% endfor %}
select distinct
    {{ at_row('agreement_business_hours', ['version_id']) }}
    || 'agreement_sla_targets.csv counts business time, but no team has hours' as message
from {{ ref('agreement_sla_targets') }}
where
    clock = 'business'
    and not exists (
        select 1
        from {{ ref('agreement_business_hours') }}
        where agreement_business_hours.version_id = agreement_sla_targets.version_id
    )
