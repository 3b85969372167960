with

stg_marketo__programs as (
    select * from {{ ref('stg_marketo__programs') }}
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast(
            stg_marketo__programs.program_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(stg_marketo__programs.name as {{ dbt.type_string() }}) as name,
        cast(
            coalesce(stg_marketo__programs.channel, stg_marketo__programs.type)
            as {{ dbt.type_string() }}
        ) as raw_type,
        cast(
            stg_marketo__programs.raw_source
            as {{ dbt.type_string() }}
        ) as raw_source,
        cast(stg_marketo__programs.started_on as date) as started_on,
        cast(stg_marketo__programs.ended_on as date) as ended_on,
        cast(
            stg_marketo__programs._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_marketo__programs
    where stg_marketo__programs.quarantine_reason is null
)

select * from final
