-- Guards: a raw reason mapped to a word that a version does not know has no decision, no
-- cool-down and no category there. A dated row concerns the versions that it meets.
{%- for seed, column in [
    ('agreement_rejection_reasons', 'reason'),
    ('agreement_objections', 'objection'),
] %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row('map_reasons', ['mapped.system', 'mapped.raw_reason']) }}
        || '{{ column }} "' || {{ shown('mapped.' ~ column) }} || '" is not in {{ seed }}.csv '
        || 'for version ' || versions.version_id || '; add it there or correct it' as message
from {{ ref('map_reasons') }} as mapped
inner join {{ ref('agreement_versions') }} as versions
    on (mapped.valid_to is null or versions.effective_from < mapped.valid_to)
    and (
        versions.effective_to is null
        or mapped.valid_from is null
        or mapped.valid_from < versions.effective_to
    )
where {{ 'mapped.objection is not null and' if column == 'objection' }} not exists (
    select 1
    from {{ ref(seed) }} as agreed
    where agreed.version_id = versions.version_id and agreed.{{ column }} = mapped.{{ column }}
)
{%- endfor %}
