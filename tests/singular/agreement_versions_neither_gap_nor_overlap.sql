-- Guards: a moment without a version, or with two, has no definition of an MQL.
with

agreement_versions as (

    select * from {{ ref('agreement_versions') }}

),

followed as (

    select
        version_id,
        effective_from,
        effective_to,
        lead(version_id) over (
            order by effective_from asc nulls first, version_id asc
        ) as next_version_id,
        lead(effective_from) over (
            order by effective_from asc nulls first, version_id asc
        ) as next_effective_from
    from agreement_versions

),

final as (

    select
        {{ at_row('agreement_versions', ['version_id']) }} || 'effective_from is blank' as message
    from followed
    where effective_from is null

    union all

    select
        {{ at_row('agreement_versions', ['version_id']) }}
        || 'it ends '
        || {{ shown('effective_to') }}
        || ', not after it takes effect ' || {{ shown('effective_from') }} as message
    from followed
    where effective_to <= effective_from

    union all

    select
        'agreement_versions.csv: versions ' || version_id || ' and ' || next_version_id
        || ' overlap from ' || {{ shown('next_effective_from') }} || ' to '
        || coalesce(cast(effective_to as {{ dbt.type_string() }}), 'an open end')
        || '; set effective_to of ' || version_id || ' to '
        || {{ shown('next_effective_from') }} as message
    from followed
    where
        next_effective_from is not null
        and (effective_to is null or next_effective_from < effective_to)

    union all

    select
        'agreement_versions.csv: no version holds from '
        || {{ shown('effective_to') }}
        || ', the end of '
        || version_id || ', to ' || {{ shown('next_effective_from') }} || ', the start of '
        || next_version_id || '; set effective_to of ' || version_id || ' to '
        || {{ shown('next_effective_from') }} as message
    from followed
    where effective_to < next_effective_from

    union all

    select
        {{ at_row('agreement_versions', ['version_id']) }} || 'the last version ends '
        || {{ shown('effective_to') }} || ' and none follows; empty effective_to, or add '
        || 'the next version' as message
    from followed
    where next_version_id is null and effective_to is not null

)

select message from final
