with quarantined as (

    select * from {{ ref('all__quarantined') }}

),

numbered as (

    select
        quarantined.*,
        row_number() over (
            partition by system, object
            order by
                record_id asc nulls last,
                reason asc nulls last,
                detail asc nulls last,
                source_file asc nulls last
        ) as row_number_in_object
    from quarantined

),

final as (

    select
        cast(
            system || ':' || object || ':'
            || cast(row_number_in_object as {{ dbt.type_string() }})
            as {{ dbt.type_string() }}
        ) as quarantined_row_id,
        cast(system as {{ dbt.type_string() }}) as system,
        cast(object as {{ dbt.type_string() }}) as object,
        cast(record_id as {{ dbt.type_string() }}) as record_id,
        cast(reason as {{ dbt.type_string() }}) as reason,
        cast(detail as {{ dbt.type_string() }}) as detail,
        cast(source_file as {{ dbt.type_string() }}) as source_file
    from numbered

)

select * from final
