with

stg_generic__campaigns as (
    select * from {{ ref('stg_generic__campaigns') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__campaigns.campaign_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(stg_generic__campaigns.name as {{ dbt.type_string() }}) as name,
        cast(stg_generic__campaigns.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(
            stg_generic__campaigns.raw_source
            as {{ dbt.type_string() }}
        ) as raw_source,
        cast(stg_generic__campaigns.started_on as date) as started_on,
        cast(stg_generic__campaigns.ended_on as date) as ended_on,
        cast(
            stg_generic__campaigns._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__campaigns
    where stg_generic__campaigns.quarantine_reason is null
)

select * from final
