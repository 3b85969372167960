with

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

progressions as (
    select
        stg_marketo__activities.primary_attribute_value_id as campaign_id,
        stg_marketo__activities.record_id,
        stg_marketo__activities.member_status,
        stg_marketo__activities.is_success,
        stg_marketo__activities.occurred_at,
        stg_marketo__activities._source_file,
        row_number() over (
            partition by
                stg_marketo__activities.primary_attribute_value_id,
                stg_marketo__activities.record_id
            order by
                stg_marketo__activities.occurred_at desc nulls last,
                length(stg_marketo__activities.activity_id) desc nulls last,
                stg_marketo__activities.activity_id desc nulls last
        ) as from_last
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes = 'activity'
        and stg_marketo__activities.primary_attribute = 'program'
        and stg_marketo__activities.primary_attribute_value_id is not null
),

-- Who once reached a success of the program responded, whatever the status is now.
members as (
    select
        progressions.campaign_id,
        progressions.record_id,
        max(
            case when progressions.from_last = 1 then progressions.member_status end
        ) as member_status,
        min(
            case when progressions.is_success then progressions.occurred_at end
        ) as responded_at,
        min(progressions.occurred_at) as created_at,
        max(
            case when progressions.from_last = 1 then progressions._source_file end
        ) as _source_file
    from progressions
    group by
        progressions.campaign_id,
        progressions.record_id
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast(members.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(members.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'marketo:lead:' || members.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(members.member_status as {{ dbt.type_string() }}) as member_status,
        cast(members.responded_at is not null as boolean) as has_responded,
        cast(members.responded_at as timestamp) as responded_at,
        cast(members.created_at as timestamp) as created_at,
        cast(members._source_file as {{ dbt.type_string() }}) as source_file
    from members
)

select * from final
