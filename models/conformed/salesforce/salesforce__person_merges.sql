with

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

stg_salesforce__contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

-- Salesforce keeps the loser of a merge in the recycle bin, with its winner's id.
merged as (
    select
        'lead' as record_type,
        stg_salesforce__lead.lead_id as loser_id,
        stg_salesforce__lead.master_record_id as winner_id,
        stg_salesforce__lead.updated_at as merged_at,
        stg_salesforce__lead._source_file
    from stg_salesforce__lead
    where
        stg_salesforce__lead.quarantine_reason is null
        and stg_salesforce__lead.master_record_id <> stg_salesforce__lead.lead_id
    union all
    select
        'contact' as record_type,
        stg_salesforce__contact.contact_id as loser_id,
        stg_salesforce__contact.master_record_id as winner_id,
        stg_salesforce__contact.updated_at as merged_at,
        stg_salesforce__contact._source_file
    from stg_salesforce__contact
    where
        stg_salesforce__contact.quarantine_reason is null
        and stg_salesforce__contact.master_record_id <> stg_salesforce__contact.contact_id
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(merged.record_type as {{ dbt.type_string() }}) as record_type,
        cast(merged.loser_id as {{ dbt.type_string() }}) as loser_id,
        cast(merged.winner_id as {{ dbt.type_string() }}) as winner_id,
        cast(merged.merged_at as timestamp) as merged_at,
        cast(merged._source_file as {{ dbt.type_string() }}) as source_file
    from merged
)

select * from final
