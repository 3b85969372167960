with system_freshness as (

    select * from {{ ref('int_system_freshness') }}

),

final as (

    select
        cast(
            {% if var('as_of') %}
            -- Summed up as the other is: one row, however many systems there are.
            max(cast('{{ var("as_of") }}' as timestamp))
            {% else %}
            coalesce(max(fresh_until), {{ build_clock_limit() }})
            {% endif %}
            as timestamp
        ) as as_of,
        cast({{ build_clock_limit() }} as timestamp) as as_of_cap
    from system_freshness

)

select * from final
