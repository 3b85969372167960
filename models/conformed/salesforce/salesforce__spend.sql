with

stg_salesforce__campaign as (
    select * from {{ ref('stg_salesforce__campaign') }}
),

-- ActualCost is the campaign's own: the hierarchy's sums would count it again.
costs as (
    select
        stg_salesforce__campaign.*,
        coalesce(stg_salesforce__campaign.started_on, stg_salesforce__campaign.created_on)
            as spent_on
    from stg_salesforce__campaign
    where
        stg_salesforce__campaign.quarantine_reason is null
        and not coalesce(stg_salesforce__campaign.is_deleted, false)
        and stg_salesforce__campaign.actual_cost <> 0
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(costs.campaign_id as {{ dbt.type_string() }}) as spend_id,
        cast(costs.spent_on as date) as spent_on,
        cast(costs.actual_cost as decimal(18, 2)) as amount,
        cast(costs.currency as {{ dbt.type_string() }}) as currency,
        cast(costs.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(costs.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(costs._source_file as {{ dbt.type_string() }}) as source_file
    from costs
)

select * from final
