with

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

stg_marketo__smart_campaigns as (
    select * from {{ ref('stg_marketo__smart_campaigns') }}
),

programs_of_smart_campaigns as (
    select
        stg_marketo__smart_campaigns.campaign_id,
        stg_marketo__smart_campaigns.program_id
    from stg_marketo__smart_campaigns
    where stg_marketo__smart_campaigns.quarantine_reason is null
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast(
            stg_marketo__activities.activity_id
            as {{ dbt.type_string() }}
        ) as activity_id,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(stg_marketo__activities.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'marketo:lead:' || stg_marketo__activities.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(
            stg_marketo__activities.activity_type
            || coalesce(': ' || stg_marketo__activities.member_status, '')
            as {{ dbt.type_string() }}
        ) as raw_type,
        cast(stg_marketo__activities.occurred_at as timestamp) as occurred_at,
        cast(
            stg_marketo__activities.occurred_precision
            as {{ dbt.type_string() }}
        ) as occurred_precision,
        cast(null as timestamp) as recorded_at,
        cast(
            stg_marketo__activities.primary_attribute_value
            as {{ dbt.type_string() }}
        ) as asset,
        -- A smart campaign is an automation; what people are in is its program.
        cast(
            case
                when stg_marketo__activities.primary_attribute = 'program'
                    then stg_marketo__activities.primary_attribute_value_id
                else programs_of_smart_campaigns.program_id
            end as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as raw_source,
        cast(null as {{ dbt.type_string() }}) as direction,
        cast(null as boolean) as is_two_way,
        -- Only that a machine did it is said; otherwise the mapping decides.
        cast(
            case when stg_marketo__activities.is_bot_activity then true end as boolean
        ) as is_automated,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(
            stg_marketo__activities._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_marketo__activities
    left join programs_of_smart_campaigns
        on
            stg_marketo__activities.smart_campaign_id
            = programs_of_smart_campaigns.campaign_id
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes = 'activity'
)

select * from final
