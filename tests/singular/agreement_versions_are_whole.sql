-- Guards: a version without the rows that it relies on would qualify nobody, or judge a law
-- or a limit by nothing.
{#- seed, which of its rows, which versions need one, why #}
{%- set needed = [
    ('agreement_scoring_rules', '1 = 1', "versions.basis = 'rules'", 'basis rules needs scoring rules'),
    ('agreement_must_haves', '1 = 1', "versions.basis = 'rules'", 'basis rules needs at least one must-have'),
    ('agreement_stamps', '1 = 1', "versions.basis = 'stamped'", 'basis stamped needs the fields or statuses that count'),
    ('agreement_grades', "needed.dimension = 'fit'", "versions.qualification = 'matrix'", 'the matrix needs grades of dimension fit'),
    ('agreement_grades', "needed.dimension = 'engagement'", "versions.qualification = 'matrix'", 'the matrix needs grades of dimension engagement'),
    ('agreement_grade_cells', '1 = 1', "versions.qualification = 'matrix'", 'the matrix needs at least one cell that qualifies'),
    ('agreement_deciding_teams', '1 = 1', '1 = 1', 'name the teams that may make a lead sales qualified'),
    ('agreement_rejection_reasons', '1 = 1', '1 = 1', 'name the reasons for which sales may give a lead back'),
] %}
{%- for law in agreement_laws_known() %}
    {%- do needed.append(('agreement_laws', "needed.law = '" ~ law ~ "'", '1 = 1', 'law ' ~ law ~ ' needs its tolerated breaches (0 = none)')) %}
{%- endfor %}
{%- for seed, rows, concerned, why in needed %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row(seed, ['version_id']) }} || 'a row is missing: {{ why }}' as message
from {{ ref('agreement_versions') }} as versions
where {{ concerned }}
    and not exists (
        select 1
        from {{ ref(seed) }} as needed
        where needed.version_id = versions.version_id and {{ rows }}
    )
{%- endfor %}
{%- for dimension in ['fit', 'engagement'] %}

union all

select
    {{ at_row('agreement_grade_cells', ['version_id', 'fit_grade', 'engagement_grade']) }}
        || 'agreement_grades.csv has no such grade of dimension {{ dimension }}' as message
from {{ ref('agreement_grade_cells') }} as cells
where not exists (
    select 1
    from {{ ref('agreement_grades') }} as grades
    where grades.version_id = cells.version_id
        and grades.dimension = '{{ dimension }}'
        and grades.grade = cells.{{ dimension }}_grade
)
{%- endfor %}

union all

-- A limit in business time is judged by the hours of the teams that act within it.
select
    {{ at_row('agreement_business_hours', ['targets.version_id']) }}
        || 'agreement_sla_targets.csv counts business time, but no team has hours' as message
from {{ ref('agreement_sla_targets') }} as targets
where targets.clock = 'business'
    and not exists (
        select 1
        from {{ ref('agreement_business_hours') }} as hours
        where hours.version_id = targets.version_id
    )
group by targets.version_id
