with

stg_generic__campaign_members as (
    select * from {{ ref('stg_generic__campaign_members') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__campaign_members.campaign_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(
            stg_generic__campaign_members.record_id
            as {{ dbt.type_string() }}
        ) as record_id,
        cast(
            'generic:person:' || stg_generic__campaign_members.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(
            stg_generic__campaign_members.member_status
            as {{ dbt.type_string() }}
        ) as member_status,
        cast(
            coalesce(
                stg_generic__campaign_members.has_responded,
                stg_generic__campaign_members.responded_at is not null
            )
            as boolean
        ) as has_responded,
        cast(stg_generic__campaign_members.responded_at as timestamp) as responded_at,
        cast(stg_generic__campaign_members.created_at as timestamp) as created_at,
        cast(
            stg_generic__campaign_members._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__campaign_members
    where stg_generic__campaign_members.quarantine_reason is null
)

select * from final
