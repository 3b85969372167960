with

stg_generic__activities as (
    select * from {{ ref('stg_generic__activities') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__activities.activity_id
            as {{ dbt.type_string() }}
        ) as activity_id,
        cast(
            case when stg_generic__activities.record_id is not null then 'person' end
            as {{ dbt.type_string() }}
        ) as record_type,
        cast(stg_generic__activities.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'generic:person:' || stg_generic__activities.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(stg_generic__activities.email as {{ dbt.type_string() }}) as email,
        cast(stg_generic__activities.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(stg_generic__activities.occurred_at as timestamp) as occurred_at,
        cast(
            stg_generic__activities.occurred_precision
            as {{ dbt.type_string() }}
        ) as occurred_precision,
        cast(stg_generic__activities.recorded_at as timestamp) as recorded_at,
        cast(stg_generic__activities.asset as {{ dbt.type_string() }}) as asset,
        cast(
            stg_generic__activities.campaign_id
            as {{ dbt.type_string() }}
        ) as campaign_id,
        cast(
            stg_generic__activities.raw_source
            as {{ dbt.type_string() }}
        ) as raw_source,
        cast(
            lower(stg_generic__activities.direction)
            as {{ dbt.type_string() }}
        ) as direction,
        cast(stg_generic__activities.is_two_way as boolean) as is_two_way,
        cast(stg_generic__activities.is_automated as boolean) as is_automated,
        cast(stg_generic__activities.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(
            stg_generic__activities._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__activities
    where stg_generic__activities.quarantine_reason is null
)

select * from final
