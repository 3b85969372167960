with lead_stamps as (

    select * from {{ ref('int_lead_stamps') }}

),

ranked as (

    select
        lead_id,
        cycle_index,
        kind,
        stamped_at,
        stamped_precision,
        evidence,
        row_number() over (
            partition by lead_id, cycle_index
            order by
                stamped_at asc nulls last,
                kind asc nulls last,
                evidence asc nulls last,
                stamped_precision asc nulls last
        ) as rank_in_cycle
    from lead_stamps
    where kind = 'field' or stamp = 'mql'

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycle_index as bigint) as cycle_index,
        cast(stamped_at as timestamp) as stamped_at,
        cast(stamped_precision as {{ dbt.type_string() }}) as stamped_precision,
        cast(kind as {{ dbt.type_string() }}) as stamped_by,
        cast(evidence as {{ dbt.type_string() }}) as evidence
    from ranked
    where rank_in_cycle = 1

)

select * from final
