with

stg_salesforce__campaign as (
    select * from {{ ref('stg_salesforce__campaign') }}
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(
            stg_salesforce__campaign.campaign_id as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(stg_salesforce__campaign.name as {{ dbt.type_string() }}) as name,
        cast(stg_salesforce__campaign.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(
            stg_salesforce__campaign.raw_source as {{ dbt.type_string() }}
        ) as raw_source,
        cast(stg_salesforce__campaign.started_on as date) as started_on,
        cast(stg_salesforce__campaign.ended_on as date) as ended_on,
        cast(
            stg_salesforce__campaign._source_file as {{ dbt.type_string() }}
        ) as source_file
    from stg_salesforce__campaign
    where stg_salesforce__campaign.quarantine_reason is null
)

select * from final
