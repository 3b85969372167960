with versions as (

    select * from {{ ref('agreement_versions') }}

),

system_precedence as (

    select * from {{ ref('agreement_system_precedence') }}

),

-- Before the first version the first one's order holds: nobody agreed on another.
dated as (

    select
        version_id,
        case
            when lag(version_id) over (order by effective_from asc nulls last) is null
                then cast('1900-01-01' as timestamp)
            else effective_from
        end as valid_from,
        coalesce(effective_to, cast('9999-12-31' as timestamp)) as valid_to
    from versions

),

final as (

    select
        cast(dated.version_id as {{ dbt.type_string() }}) as version_id,
        cast(system_precedence.system as {{ dbt.type_string() }}) as system,
        cast(system_precedence.precedence as bigint) as precedence,
        cast(dated.valid_from as timestamp) as valid_from,
        cast(dated.valid_to as timestamp) as valid_to
    from dated
    inner join system_precedence
        on dated.version_id = system_precedence.version_id

)

select * from final
