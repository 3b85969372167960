-- Both teams said by when they would look at the agreement again; only the version in force
-- can still be reviewed.
{{ config(severity='warn') }}

with

dim_agreement_versions as (

    select * from {{ ref('dim_agreement_versions') }}

),

int_build_clock as (

    select * from {{ ref('int_build_clock') }}

),

final as (

    select
        'agreement version ' || dim_agreement_versions.version_id || ' was to be reviewed by '
        || cast(dim_agreement_versions.review_by as {{ dbt.type_string() }})
        || '; review it, then set a later review_by in agreement_versions.csv and sign it again'
            as message
    from dim_agreement_versions
    cross join int_build_clock
    where
        dim_agreement_versions.is_in_force
        and dim_agreement_versions.review_by < cast(
            {{ local_time('int_build_clock.as_of', 'dim_agreement_versions.time_zone') }} as date
        )

)

select message from final
