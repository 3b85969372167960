with

stg_generic__persons as (
    select * from {{ ref('stg_generic__persons') }}
),

stg_generic__attribute_changes as (
    select * from {{ ref('stg_generic__attribute_changes') }}
),

stg_generic__status_changes as (
    select * from {{ ref('stg_generic__status_changes') }}
),

stg_generic__activities as (
    select * from {{ ref('stg_generic__activities') }}
),

stg_generic__opportunities as (
    select * from {{ ref('stg_generic__opportunities') }}
),

stg_generic__campaigns as (
    select * from {{ ref('stg_generic__campaigns') }}
),

stg_generic__spend as (
    select * from {{ ref('stg_generic__spend') }}
),

stg_generic__users as (
    select * from {{ ref('stg_generic__users') }}
),

stg_generic__accounts as (
    select * from {{ ref('stg_generic__accounts') }}
),

stg_generic__person_merges as (
    select * from {{ ref('stg_generic__person_merges') }}
),

stg_generic__campaign_members as (
    select * from {{ ref('stg_generic__campaign_members') }}
),

quarantined as (
    select
        'persons' as object,
        stg_generic__persons.record_id,
        stg_generic__persons.quarantine_reason,
        stg_generic__persons.quarantine_detail,
        stg_generic__persons._source_file
    from stg_generic__persons
    where stg_generic__persons.quarantine_reason is not null
    union all
    select
        'attribute_changes' as object,
        stg_generic__attribute_changes.record_id,
        stg_generic__attribute_changes.quarantine_reason,
        stg_generic__attribute_changes.quarantine_detail,
        stg_generic__attribute_changes._source_file
    from stg_generic__attribute_changes
    where stg_generic__attribute_changes.quarantine_reason is not null
    union all
    select
        'status_changes' as object,
        stg_generic__status_changes.record_id,
        stg_generic__status_changes.quarantine_reason,
        stg_generic__status_changes.quarantine_detail,
        stg_generic__status_changes._source_file
    from stg_generic__status_changes
    where stg_generic__status_changes.quarantine_reason is not null
    union all
    select
        'activities' as object,
        stg_generic__activities.activity_id as record_id,
        stg_generic__activities.quarantine_reason,
        stg_generic__activities.quarantine_detail,
        stg_generic__activities._source_file
    from stg_generic__activities
    where stg_generic__activities.quarantine_reason is not null
    union all
    select
        'opportunities' as object,
        stg_generic__opportunities.opportunity_id as record_id,
        stg_generic__opportunities.quarantine_reason,
        stg_generic__opportunities.quarantine_detail,
        stg_generic__opportunities._source_file
    from stg_generic__opportunities
    where stg_generic__opportunities.quarantine_reason is not null
    union all
    select
        'campaigns' as object,
        stg_generic__campaigns.campaign_id as record_id,
        stg_generic__campaigns.quarantine_reason,
        stg_generic__campaigns.quarantine_detail,
        stg_generic__campaigns._source_file
    from stg_generic__campaigns
    where stg_generic__campaigns.quarantine_reason is not null
    union all
    select
        'spend' as object,
        stg_generic__spend.spend_id as record_id,
        stg_generic__spend.quarantine_reason,
        stg_generic__spend.quarantine_detail,
        stg_generic__spend._source_file
    from stg_generic__spend
    where stg_generic__spend.quarantine_reason is not null
    union all
    select
        'users' as object,
        stg_generic__users.user_id as record_id,
        stg_generic__users.quarantine_reason,
        stg_generic__users.quarantine_detail,
        stg_generic__users._source_file
    from stg_generic__users
    where stg_generic__users.quarantine_reason is not null
    union all
    select
        'accounts' as object,
        stg_generic__accounts.account_id as record_id,
        stg_generic__accounts.quarantine_reason,
        stg_generic__accounts.quarantine_detail,
        stg_generic__accounts._source_file
    from stg_generic__accounts
    where stg_generic__accounts.quarantine_reason is not null
    union all
    select
        'person_merges' as object,
        stg_generic__person_merges.loser_id as record_id,
        stg_generic__person_merges.quarantine_reason,
        stg_generic__person_merges.quarantine_detail,
        stg_generic__person_merges._source_file
    from stg_generic__person_merges
    where stg_generic__person_merges.quarantine_reason is not null
    union all
    select
        'campaign_members' as object,
        stg_generic__campaign_members.record_id,
        stg_generic__campaign_members.quarantine_reason,
        stg_generic__campaign_members.quarantine_detail,
        stg_generic__campaign_members._source_file
    from stg_generic__campaign_members
    where stg_generic__campaign_members.quarantine_reason is not null
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(quarantined.object as {{ dbt.type_string() }}) as object,
        cast(quarantined.record_id as {{ dbt.type_string() }}) as record_id,
        cast(quarantined.quarantine_reason as {{ dbt.type_string() }}) as reason,
        cast(quarantined.quarantine_detail as {{ dbt.type_string() }}) as detail,
        cast(quarantined._source_file as {{ dbt.type_string() }}) as source_file
    from quarantined
)

select * from final
