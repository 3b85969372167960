with

stg_generic__spend as (
    select * from {{ ref('stg_generic__spend') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(stg_generic__spend.spend_id as {{ dbt.type_string() }}) as spend_id,
        cast(stg_generic__spend.spent_on as date) as spent_on,
        cast(stg_generic__spend.amount as decimal(18, 2)) as amount,
        cast(stg_generic__spend.currency as {{ dbt.type_string() }}) as currency,
        cast(stg_generic__spend.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(stg_generic__spend.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(stg_generic__spend._source_file as {{ dbt.type_string() }}) as source_file
    from stg_generic__spend
    where stg_generic__spend.quarantine_reason is null
)

select * from final
