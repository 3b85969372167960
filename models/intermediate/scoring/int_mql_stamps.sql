with lead_stamps as (

    select * from {{ ref('int_lead_stamps') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

listed_stamps as (

    select * from {{ ref('agreement_stamps') }}

),

-- Of the stamps that the version in force lists, the earliest of a trip counts.
listed as (

    select
        lead_stamps.lead_id,
        lead_stamps.cycle_index,
        versions.version_id,
        lead_stamps.stamped_at,
        lead_stamps.stamped_precision,
        lead_stamps.evidence,
        row_number() over (
            partition by lead_stamps.lead_id, lead_stamps.cycle_index
            order by
                lead_stamps.stamped_at asc nulls last,
                lead_stamps.kind asc nulls last,
                lead_stamps.stamp asc nulls last,
                lead_stamps.evidence asc nulls last,
                lead_stamps.stamped_precision asc nulls last
        ) as rank_in_cycle
    from lead_stamps
    inner join versions
        on
            lead_stamps.stamped_at >= versions.effective_from
            and (
                lead_stamps.stamped_at < versions.effective_to
                or versions.effective_to is null
            )
            and versions.basis = 'stamped'
    inner join listed_stamps
        on
            versions.version_id = listed_stamps.version_id
            and lead_stamps.kind = listed_stamps.kind
            and lead_stamps.stamp = listed_stamps.stamp

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycle_index as bigint) as cycle_index,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(stamped_at as timestamp) as stamped_at,
        cast(stamped_precision as {{ dbt.type_string() }}) as stamped_precision,
        cast(evidence as {{ dbt.type_string() }}) as evidence
    from listed
    where rank_in_cycle = 1

)

select * from final
