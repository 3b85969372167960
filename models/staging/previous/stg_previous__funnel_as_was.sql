with source as (

    select * from {{ source('previous', 'funnel_as_was') }}

),

final as (

    select
        cast(as_of_date as date) as as_of_date,
        cast(as_of as timestamp) as as_of,
        cast(agreement_hash as {{ dbt.type_string() }}) as agreement_hash,
        cast(counted_by as {{ dbt.type_string() }}) as counted_by,
        cast(month_start_date as date) as month_start_date,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(n_as_was as bigint) as n_as_was
    from source

)

select * from final
