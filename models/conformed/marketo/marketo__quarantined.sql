with

stg_marketo__leads as (
    select * from {{ ref('stg_marketo__leads') }}
),

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

stg_marketo__programs as (
    select * from {{ ref('stg_marketo__programs') }}
),

stg_marketo__smart_campaigns as (
    select * from {{ ref('stg_marketo__smart_campaigns') }}
),

quarantined as (
    select
        'leads' as object,
        stg_marketo__leads.record_id,
        stg_marketo__leads.quarantine_reason,
        stg_marketo__leads.quarantine_detail,
        stg_marketo__leads._source_file
    from stg_marketo__leads
    where stg_marketo__leads.quarantine_reason is not null
    union all
    select
        'activities' as object,
        stg_marketo__activities.activity_id as record_id,
        stg_marketo__activities.quarantine_reason,
        stg_marketo__activities.quarantine_detail,
        stg_marketo__activities._source_file
    from stg_marketo__activities
    where stg_marketo__activities.quarantine_reason is not null
    union all
    select
        'programs' as object,
        stg_marketo__programs.program_id as record_id,
        stg_marketo__programs.quarantine_reason,
        stg_marketo__programs.quarantine_detail,
        stg_marketo__programs._source_file
    from stg_marketo__programs
    where stg_marketo__programs.quarantine_reason is not null
    union all
    select
        'smart_campaigns' as object,
        stg_marketo__smart_campaigns.campaign_id as record_id,
        stg_marketo__smart_campaigns.quarantine_reason,
        stg_marketo__smart_campaigns.quarantine_detail,
        stg_marketo__smart_campaigns._source_file
    from stg_marketo__smart_campaigns
    where stg_marketo__smart_campaigns.quarantine_reason is not null
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast(quarantined.object as {{ dbt.type_string() }}) as object,
        cast(quarantined.record_id as {{ dbt.type_string() }}) as record_id,
        cast(quarantined.quarantine_reason as {{ dbt.type_string() }}) as reason,
        cast(quarantined.quarantine_detail as {{ dbt.type_string() }}) as detail,
        cast(quarantined._source_file as {{ dbt.type_string() }}) as source_file
    from quarantined
)

select * from final
