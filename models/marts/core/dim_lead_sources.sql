with sources as (

    select * from {{ ref('map_sources') }}

),

-- Two words need no mapping: a source that nobody named, and one that nobody agreed on.
unioned as (

    select
        source,
        channel,
        {{ comparable('raw_source') }} as compared
    from sources

    union all

    select
        'not_given' as source,
        'not_given' as channel,
        cast(null as {{ dbt.type_string() }}) as compared

    union all

    select
        'unmapped' as source,
        'unmapped' as channel,
        cast(null as {{ dbt.type_string() }}) as compared

),

final as (

    select
        cast(source as {{ dbt.type_string() }}) as source,
        cast(
            case when source in ('not_given', 'unmapped') then source else min(channel) end
            as {{ dbt.type_string() }}
        ) as channel,
        cast(count(distinct compared) as bigint) as n_raw_sources,
        cast(source not in ('not_given', 'unmapped') as boolean) as is_agreed
    from unioned
    group by source

)

select * from final
