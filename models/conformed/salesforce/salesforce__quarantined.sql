with

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

stg_salesforce__lead_history as (
    select * from {{ ref('stg_salesforce__lead_history') }}
),

stg_salesforce__contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

stg_salesforce__contact_history as (
    select * from {{ ref('stg_salesforce__contact_history') }}
),

stg_salesforce__account as (
    select * from {{ ref('stg_salesforce__account') }}
),

stg_salesforce__account_history as (
    select * from {{ ref('stg_salesforce__account_history') }}
),

stg_salesforce__opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

stg_salesforce__opportunity_history as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
),

stg_salesforce__opportunity_field_history as (
    select * from {{ ref('stg_salesforce__opportunity_field_history') }}
),

stg_salesforce__opportunity_contact_role as (
    select * from {{ ref('stg_salesforce__opportunity_contact_role') }}
),

stg_salesforce__task as (
    select * from {{ ref('stg_salesforce__task') }}
),

stg_salesforce__event as (
    select * from {{ ref('stg_salesforce__event') }}
),

stg_salesforce__campaign as (
    select * from {{ ref('stg_salesforce__campaign') }}
),

stg_salesforce__campaign_member as (
    select * from {{ ref('stg_salesforce__campaign_member') }}
),

stg_salesforce__campaign_member_status as (
    select * from {{ ref('stg_salesforce__campaign_member_status') }}
),

stg_salesforce__user as (
    select * from {{ ref('stg_salesforce__user') }}
),

stg_salesforce__user_role as (
    select * from {{ ref('stg_salesforce__user_role') }}
),

stg_salesforce__profile as (
    select * from {{ ref('stg_salesforce__profile') }}
),

quarantined as (
    select
        'lead' as object,
        stg_salesforce__lead.lead_id as record_id,
        stg_salesforce__lead.quarantine_reason,
        stg_salesforce__lead.quarantine_detail,
        stg_salesforce__lead._source_file
    from stg_salesforce__lead
    where stg_salesforce__lead.quarantine_reason is not null
    union all
    select
        'lead_history' as object,
        stg_salesforce__lead_history.lead_id as record_id,
        stg_salesforce__lead_history.quarantine_reason,
        stg_salesforce__lead_history.quarantine_detail,
        stg_salesforce__lead_history._source_file
    from stg_salesforce__lead_history
    where stg_salesforce__lead_history.quarantine_reason is not null
    union all
    select
        'contact' as object,
        stg_salesforce__contact.contact_id as record_id,
        stg_salesforce__contact.quarantine_reason,
        stg_salesforce__contact.quarantine_detail,
        stg_salesforce__contact._source_file
    from stg_salesforce__contact
    where stg_salesforce__contact.quarantine_reason is not null
    union all
    select
        'contact_history' as object,
        stg_salesforce__contact_history.contact_id as record_id,
        stg_salesforce__contact_history.quarantine_reason,
        stg_salesforce__contact_history.quarantine_detail,
        stg_salesforce__contact_history._source_file
    from stg_salesforce__contact_history
    where stg_salesforce__contact_history.quarantine_reason is not null
    union all
    select
        'account' as object,
        stg_salesforce__account.account_id as record_id,
        stg_salesforce__account.quarantine_reason,
        stg_salesforce__account.quarantine_detail,
        stg_salesforce__account._source_file
    from stg_salesforce__account
    where stg_salesforce__account.quarantine_reason is not null
    union all
    select
        'account_history' as object,
        stg_salesforce__account_history.account_id as record_id,
        stg_salesforce__account_history.quarantine_reason,
        stg_salesforce__account_history.quarantine_detail,
        stg_salesforce__account_history._source_file
    from stg_salesforce__account_history
    where stg_salesforce__account_history.quarantine_reason is not null
    union all
    select
        'opportunity' as object,
        stg_salesforce__opportunity.opportunity_id as record_id,
        stg_salesforce__opportunity.quarantine_reason,
        stg_salesforce__opportunity.quarantine_detail,
        stg_salesforce__opportunity._source_file
    from stg_salesforce__opportunity
    where stg_salesforce__opportunity.quarantine_reason is not null
    union all
    select
        'opportunity_history' as object,
        stg_salesforce__opportunity_history.opportunity_id as record_id,
        stg_salesforce__opportunity_history.quarantine_reason,
        stg_salesforce__opportunity_history.quarantine_detail,
        stg_salesforce__opportunity_history._source_file
    from stg_salesforce__opportunity_history
    where stg_salesforce__opportunity_history.quarantine_reason is not null
    union all
    select
        'opportunity_field_history' as object,
        stg_salesforce__opportunity_field_history.opportunity_id as record_id,
        stg_salesforce__opportunity_field_history.quarantine_reason,
        stg_salesforce__opportunity_field_history.quarantine_detail,
        stg_salesforce__opportunity_field_history._source_file
    from stg_salesforce__opportunity_field_history
    where stg_salesforce__opportunity_field_history.quarantine_reason is not null
    union all
    select
        'opportunity_contact_role' as object,
        stg_salesforce__opportunity_contact_role.contact_role_id as record_id,
        stg_salesforce__opportunity_contact_role.quarantine_reason,
        stg_salesforce__opportunity_contact_role.quarantine_detail,
        stg_salesforce__opportunity_contact_role._source_file
    from stg_salesforce__opportunity_contact_role
    where stg_salesforce__opportunity_contact_role.quarantine_reason is not null
    union all
    select
        'task' as object,
        stg_salesforce__task.task_id as record_id,
        stg_salesforce__task.quarantine_reason,
        stg_salesforce__task.quarantine_detail,
        stg_salesforce__task._source_file
    from stg_salesforce__task
    where stg_salesforce__task.quarantine_reason is not null
    union all
    select
        'event' as object,
        stg_salesforce__event.event_id as record_id,
        stg_salesforce__event.quarantine_reason,
        stg_salesforce__event.quarantine_detail,
        stg_salesforce__event._source_file
    from stg_salesforce__event
    where stg_salesforce__event.quarantine_reason is not null
    union all
    select
        'campaign' as object,
        stg_salesforce__campaign.campaign_id as record_id,
        stg_salesforce__campaign.quarantine_reason,
        stg_salesforce__campaign.quarantine_detail,
        stg_salesforce__campaign._source_file
    from stg_salesforce__campaign
    where stg_salesforce__campaign.quarantine_reason is not null
    union all
    select
        'campaign_member' as object,
        stg_salesforce__campaign_member.campaign_member_id as record_id,
        stg_salesforce__campaign_member.quarantine_reason,
        stg_salesforce__campaign_member.quarantine_detail,
        stg_salesforce__campaign_member._source_file
    from stg_salesforce__campaign_member
    where stg_salesforce__campaign_member.quarantine_reason is not null
    union all
    select
        'campaign_member_status' as object,
        stg_salesforce__campaign_member_status.campaign_member_status_id as record_id,
        stg_salesforce__campaign_member_status.quarantine_reason,
        stg_salesforce__campaign_member_status.quarantine_detail,
        stg_salesforce__campaign_member_status._source_file
    from stg_salesforce__campaign_member_status
    where stg_salesforce__campaign_member_status.quarantine_reason is not null
    union all
    select
        'user' as object,
        stg_salesforce__user.user_id as record_id,
        stg_salesforce__user.quarantine_reason,
        stg_salesforce__user.quarantine_detail,
        stg_salesforce__user._source_file
    from stg_salesforce__user
    where stg_salesforce__user.quarantine_reason is not null
    union all
    select
        'user_role' as object,
        stg_salesforce__user_role.user_role_id as record_id,
        stg_salesforce__user_role.quarantine_reason,
        stg_salesforce__user_role.quarantine_detail,
        stg_salesforce__user_role._source_file
    from stg_salesforce__user_role
    where stg_salesforce__user_role.quarantine_reason is not null
    union all
    select
        'profile' as object,
        stg_salesforce__profile.profile_id as record_id,
        stg_salesforce__profile.quarantine_reason,
        stg_salesforce__profile.quarantine_detail,
        stg_salesforce__profile._source_file
    from stg_salesforce__profile
    where stg_salesforce__profile.quarantine_reason is not null
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(quarantined.object as {{ dbt.type_string() }}) as object,
        cast(quarantined.record_id as {{ dbt.type_string() }}) as record_id,
        cast(quarantined.quarantine_reason as {{ dbt.type_string() }}) as reason,
        cast(quarantined.quarantine_detail as {{ dbt.type_string() }}) as detail,
        cast(quarantined._source_file as {{ dbt.type_string() }}) as source_file
    from quarantined
)

select * from final
