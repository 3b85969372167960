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

salesforce__persons as (
    select * from {{ ref('salesforce__persons') }}
),

salesforce__accounts as (
    select * from {{ ref('salesforce__accounts') }}
),

salesforce__opportunities as (
    select * from {{ ref('salesforce__opportunities') }}
),

salesforce__campaigns as (
    select * from {{ ref('salesforce__campaigns') }}
),

-- Both sides are counted where they are, not one taken from the other.
staged as (
    select
        'lead' as object,
        count(*) as n_staged,
        count(stg_salesforce__lead.quarantine_reason) as n_quarantined
    from stg_salesforce__lead
    union all
    select
        'lead_history' as object,
        count(*) as n_staged,
        count(stg_salesforce__lead_history.quarantine_reason) as n_quarantined
    from stg_salesforce__lead_history
    union all
    select
        'contact' as object,
        count(*) as n_staged,
        count(stg_salesforce__contact.quarantine_reason) as n_quarantined
    from stg_salesforce__contact
    union all
    select
        'contact_history' as object,
        count(*) as n_staged,
        count(stg_salesforce__contact_history.quarantine_reason) as n_quarantined
    from stg_salesforce__contact_history
    union all
    select
        'account' as object,
        count(*) as n_staged,
        count(stg_salesforce__account.quarantine_reason) as n_quarantined
    from stg_salesforce__account
    union all
    select
        'account_history' as object,
        count(*) as n_staged,
        count(stg_salesforce__account_history.quarantine_reason) as n_quarantined
    from stg_salesforce__account_history
    union all
    select
        'opportunity' as object,
        count(*) as n_staged,
        count(stg_salesforce__opportunity.quarantine_reason) as n_quarantined
    from stg_salesforce__opportunity
    union all
    select
        'opportunity_history' as object,
        count(*) as n_staged,
        count(stg_salesforce__opportunity_history.quarantine_reason) as n_quarantined
    from stg_salesforce__opportunity_history
    union all
    select
        'opportunity_field_history' as object,
        count(*) as n_staged,
        count(stg_salesforce__opportunity_field_history.quarantine_reason) as n_quarantined
    from stg_salesforce__opportunity_field_history
    union all
    select
        'opportunity_contact_role' as object,
        count(*) as n_staged,
        count(stg_salesforce__opportunity_contact_role.quarantine_reason) as n_quarantined
    from stg_salesforce__opportunity_contact_role
    union all
    select
        'task' as object,
        count(*) as n_staged,
        count(stg_salesforce__task.quarantine_reason) as n_quarantined
    from stg_salesforce__task
    union all
    select
        'event' as object,
        count(*) as n_staged,
        count(stg_salesforce__event.quarantine_reason) as n_quarantined
    from stg_salesforce__event
    union all
    select
        'campaign' as object,
        count(*) as n_staged,
        count(stg_salesforce__campaign.quarantine_reason) as n_quarantined
    from stg_salesforce__campaign
    union all
    select
        'campaign_member' as object,
        count(*) as n_staged,
        count(stg_salesforce__campaign_member.quarantine_reason) as n_quarantined
    from stg_salesforce__campaign_member
    union all
    select
        'campaign_member_status' as object,
        count(*) as n_staged,
        count(stg_salesforce__campaign_member_status.quarantine_reason) as n_quarantined
    from stg_salesforce__campaign_member_status
    union all
    select
        'user' as object,
        count(*) as n_staged,
        count(stg_salesforce__user.quarantine_reason) as n_quarantined
    from stg_salesforce__user
    union all
    select
        'user_role' as object,
        count(*) as n_staged,
        count(stg_salesforce__user_role.quarantine_reason) as n_quarantined
    from stg_salesforce__user_role
    union all
    select
        'profile' as object,
        count(*) as n_staged,
        count(stg_salesforce__profile.quarantine_reason) as n_quarantined
    from stg_salesforce__profile
),

-- What is one row in the conformed entity is counted there. Of the others an entity takes
-- what it needs (a change of a field that it has, a task that is done): counted are the rows
-- from which it takes.
kept as (
    select
        'lead' as object,
        count(*) as n_kept
    from salesforce__persons
    where salesforce__persons.record_type = 'lead'
    union all
    select
        'lead_history' as object,
        count(*) as n_kept
    from stg_salesforce__lead_history
    where stg_salesforce__lead_history.quarantine_reason is null
    union all
    select
        'contact' as object,
        count(*) as n_kept
    from salesforce__persons
    where salesforce__persons.record_type = 'contact'
    union all
    select
        'contact_history' as object,
        count(*) as n_kept
    from stg_salesforce__contact_history
    where stg_salesforce__contact_history.quarantine_reason is null
    union all
    select
        'account' as object,
        count(*) as n_kept
    from salesforce__accounts
    union all
    select
        'account_history' as object,
        count(*) as n_kept
    from stg_salesforce__account_history
    where stg_salesforce__account_history.quarantine_reason is null
    union all
    select
        'opportunity' as object,
        count(*) as n_kept
    from salesforce__opportunities
    union all
    select
        'opportunity_history' as object,
        count(*) as n_kept
    from stg_salesforce__opportunity_history
    where stg_salesforce__opportunity_history.quarantine_reason is null
    union all
    select
        'opportunity_field_history' as object,
        count(*) as n_kept
    from stg_salesforce__opportunity_field_history
    where stg_salesforce__opportunity_field_history.quarantine_reason is null
    union all
    select
        'opportunity_contact_role' as object,
        count(*) as n_kept
    from stg_salesforce__opportunity_contact_role
    where stg_salesforce__opportunity_contact_role.quarantine_reason is null
    union all
    select
        'task' as object,
        count(*) as n_kept
    from stg_salesforce__task
    where stg_salesforce__task.quarantine_reason is null
    union all
    select
        'event' as object,
        count(*) as n_kept
    from stg_salesforce__event
    where stg_salesforce__event.quarantine_reason is null
    union all
    select
        'campaign' as object,
        count(*) as n_kept
    from salesforce__campaigns
    union all
    select
        'campaign_member' as object,
        count(*) as n_kept
    from stg_salesforce__campaign_member
    where stg_salesforce__campaign_member.quarantine_reason is null
    union all
    select
        'campaign_member_status' as object,
        count(*) as n_kept
    from stg_salesforce__campaign_member_status
    where stg_salesforce__campaign_member_status.quarantine_reason is null
    union all
    select
        'user' as object,
        count(*) as n_kept
    from stg_salesforce__user
    where stg_salesforce__user.quarantine_reason is null
    union all
    select
        'user_role' as object,
        count(*) as n_kept
    from stg_salesforce__user_role
    where stg_salesforce__user_role.quarantine_reason is null
    union all
    select
        'profile' as object,
        count(*) as n_kept
    from stg_salesforce__profile
    where stg_salesforce__profile.quarantine_reason is null
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(staged.object as {{ dbt.type_string() }}) as object,
        cast(staged.n_staged as bigint) as n_staged,
        cast(staged.n_quarantined as bigint) as n_quarantined,
        cast(kept.n_kept as bigint) as n_kept
    from staged
    inner join kept on staged.object = kept.object
)

select * from final
