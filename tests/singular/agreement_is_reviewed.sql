-- Both teams said by when they would look at the agreement again; only the version in force
-- can still be reviewed.
{{ config(severity='warn') }}

select
    'agreement version ' || versions.version_id || ' was to be reviewed by '
        || cast(versions.review_by as {{ dbt.type_string() }}) || '; review it, then set a later '
        || 'review_by in agreement_versions.csv and sign it again' as message
from {{ ref('dim_agreement_versions') }} as versions
cross join {{ ref('int_build_clock') }} as clock
where versions.is_in_force
    and versions.review_by < cast({{ local_time('clock.as_of', 'versions.time_zone') }} as date)
