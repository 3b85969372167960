with

stg_salesforce__campaign_member as (
    select * from {{ ref('stg_salesforce__campaign_member') }}
),

stg_salesforce__campaign_member_status as (
    select * from {{ ref('stg_salesforce__campaign_member_status') }}
),

-- Labels are unique within a campaign whatever their case.
member_statuses as (
    select
        stg_salesforce__campaign_member_status.campaign_id,
        lower(stg_salesforce__campaign_member_status.label) as label,
        max(
            case when stg_salesforce__campaign_member_status.has_responded then 1 else 0 end
        ) = 1 as has_responded
    from stg_salesforce__campaign_member_status
    where stg_salesforce__campaign_member_status.quarantine_reason is null
    group by
        stg_salesforce__campaign_member_status.campaign_id,
        lower(stg_salesforce__campaign_member_status.label)
),

members as (
    select
        stg_salesforce__campaign_member.*,
        case substring(stg_salesforce__campaign_member.who_id, 1, 3)
            when '00Q' then 'lead'
            else 'contact'
        end as record_type,
        coalesce(
            stg_salesforce__campaign_member.has_responded, member_statuses.has_responded, false
        ) as is_response
    from stg_salesforce__campaign_member
    left join member_statuses
        on
            stg_salesforce__campaign_member.campaign_id = member_statuses.campaign_id
            and lower(stg_salesforce__campaign_member.member_status) = member_statuses.label
    where
        stg_salesforce__campaign_member.quarantine_reason is null
        and not coalesce(stg_salesforce__campaign_member.is_deleted, false)
),

-- A contact may be a member twice, once as the lead that it was: the latest change names the
-- status, the earliest moments stay.
ranked as (
    select
        members.*,
        row_number() over (
            partition by members.campaign_id, members.record_type, members.who_id
            order by
                coalesce(members.updated_at, members.created_at) desc nulls last,
                members.campaign_member_id asc nulls last
        ) as member_number,
        min(members.responded_at) over (
            partition by members.campaign_id, members.record_type, members.who_id
        ) as first_responded_at,
        min(members.created_at) over (
            partition by members.campaign_id, members.record_type, members.who_id
        ) as first_created_at,
        max(case when members.is_response then 1 else 0 end) over (
            partition by members.campaign_id, members.record_type, members.who_id
        ) as is_response_anywhere
    from members
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.record_type as {{ dbt.type_string() }}) as record_type,
        cast(ranked.who_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'salesforce:' || ranked.record_type || ':' || ranked.who_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(ranked.member_status as {{ dbt.type_string() }}) as member_status,
        cast(ranked.is_response_anywhere = 1 as boolean) as has_responded,
        cast(ranked.first_responded_at as timestamp) as responded_at,
        cast(ranked.first_created_at as timestamp) as created_at,
        cast(ranked._source_file as {{ dbt.type_string() }}) as source_file
    from ranked
    where ranked.member_number = 1
)

select * from final
