with sources as (

    select * from {{ ref('map_sources') }}

),

grouped as (

    select
        source,
        min(channel) as channel,
        count(distinct {{ comparable('raw_source') }}) as n_raw_sources
    from sources
    group by source

),

-- Two words that no mapping may give: a source nobody named, and one nobody agreed on.
unioned as (

    select
        source,
        channel,
        n_raw_sources,
        true as is_agreed
    from grouped

    union all

    select
        'not_given' as source,
        'not_given' as channel,
        0 as n_raw_sources,
        false as is_agreed

    union all

    select
        'unmapped' as source,
        'unmapped' as channel,
        0 as n_raw_sources,
        false as is_agreed

),

final as (

    select
        cast(source as {{ dbt.type_string() }}) as source,
        cast(channel as {{ dbt.type_string() }}) as channel,
        cast(n_raw_sources as bigint) as n_raw_sources,
        cast(is_agreed as boolean) as is_agreed
    from unioned

)

select * from final
