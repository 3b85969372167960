-- Guards: a raw reason mapped to a word that a version does not know has no decision, no
-- cool-down and no category there. A dated row concerns the versions that it meets.
with

map_reasons as (

    select * from {{ ref('map_reasons') }}

),

agreement_versions as (

    select * from {{ ref('agreement_versions') }}

),

reasons_by_version as (

    select
        map_reasons.reason,
        map_reasons.objection,
        agreement_versions.version_id,
        {{ at_row('map_reasons', ['map_reasons.system', 'map_reasons.raw_reason']) }} as at_row
    from map_reasons
    inner join agreement_versions
        on
            (
                map_reasons.valid_to is null
                or map_reasons.valid_to > agreement_versions.effective_from
            )
            and (
                agreement_versions.effective_to is null
                or map_reasons.valid_from is null
                or map_reasons.valid_from < agreement_versions.effective_to
            )

),

final as (
    {% for seed, column in [
        ('agreement_rejection_reasons', 'reason'),
        ('agreement_objections', 'objection'),
    ] %}
    select
        at_row || '{{ column }} "' || {{ shown(column) }} || '" is not in {{ seed }}.csv for '
        || 'version ' || version_id || '; add it there or correct it' as message
    from reasons_by_version
    where
        {%- if column == 'objection' %}
        objection is not null
        and
        {%- endif %}
        not exists (
            select 1
            from {{ ref(seed) }}
            where
                {{ seed }}.version_id = reasons_by_version.version_id
                and {{ seed }}.{{ column }} = reasons_by_version.{{ column }}
        )
    {%- if not loop.last %}
    union all
    {%- endif %}
    {% endfor %}
)

select message from final
