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

generic__persons as (
    select * from {{ ref('generic__persons') }}
),

generic__attribute_changes as (
    select * from {{ ref('generic__attribute_changes') }}
),

generic__status_changes as (
    select * from {{ ref('generic__status_changes') }}
),

generic__activities as (
    select * from {{ ref('generic__activities') }}
),

generic__opportunities as (
    select * from {{ ref('generic__opportunities') }}
),

generic__campaigns as (
    select * from {{ ref('generic__campaigns') }}
),

generic__spend as (
    select * from {{ ref('generic__spend') }}
),

generic__users as (
    select * from {{ ref('generic__users') }}
),

generic__accounts as (
    select * from {{ ref('generic__accounts') }}
),

generic__person_merges as (
    select * from {{ ref('generic__person_merges') }}
),

generic__campaign_members as (
    select * from {{ ref('generic__campaign_members') }}
),

-- Both sides are counted where they are, not one taken from the other.
staged as (
    select
        'persons' as object,
        count(*) as n_staged,
        count(stg_generic__persons.quarantine_reason) as n_quarantined
    from stg_generic__persons
    union all
    select
        'attribute_changes' as object,
        count(*) as n_staged,
        count(stg_generic__attribute_changes.quarantine_reason) as n_quarantined
    from stg_generic__attribute_changes
    union all
    select
        'status_changes' as object,
        count(*) as n_staged,
        count(stg_generic__status_changes.quarantine_reason) as n_quarantined
    from stg_generic__status_changes
    union all
    select
        'activities' as object,
        count(*) as n_staged,
        count(stg_generic__activities.quarantine_reason) as n_quarantined
    from stg_generic__activities
    union all
    select
        'opportunities' as object,
        count(*) as n_staged,
        count(stg_generic__opportunities.quarantine_reason) as n_quarantined
    from stg_generic__opportunities
    union all
    select
        'campaigns' as object,
        count(*) as n_staged,
        count(stg_generic__campaigns.quarantine_reason) as n_quarantined
    from stg_generic__campaigns
    union all
    select
        'spend' as object,
        count(*) as n_staged,
        count(stg_generic__spend.quarantine_reason) as n_quarantined
    from stg_generic__spend
    union all
    select
        'users' as object,
        count(*) as n_staged,
        count(stg_generic__users.quarantine_reason) as n_quarantined
    from stg_generic__users
    union all
    select
        'accounts' as object,
        count(*) as n_staged,
        count(stg_generic__accounts.quarantine_reason) as n_quarantined
    from stg_generic__accounts
    union all
    select
        'person_merges' as object,
        count(*) as n_staged,
        count(stg_generic__person_merges.quarantine_reason) as n_quarantined
    from stg_generic__person_merges
    union all
    select
        'campaign_members' as object,
        count(*) as n_staged,
        count(stg_generic__campaign_members.quarantine_reason) as n_quarantined
    from stg_generic__campaign_members
),

kept as (
    select
        'persons' as object,
        count(*) as n_kept
    from generic__persons
    union all
    select
        'attribute_changes' as object,
        count(*) as n_kept
    from generic__attribute_changes
    union all
    select
        'status_changes' as object,
        count(*) as n_kept
    from generic__status_changes
    where generic__status_changes.evidence = 'history'
    union all
    select
        'activities' as object,
        count(*) as n_kept
    from generic__activities
    union all
    select
        'opportunities' as object,
        count(*) as n_kept
    from generic__opportunities
    union all
    select
        'campaigns' as object,
        count(*) as n_kept
    from generic__campaigns
    union all
    select
        'spend' as object,
        count(*) as n_kept
    from generic__spend
    union all
    select
        'users' as object,
        count(*) as n_kept
    from generic__users
    union all
    select
        'accounts' as object,
        count(*) as n_kept
    from generic__accounts
    union all
    select
        'person_merges' as object,
        count(*) as n_kept
    from generic__person_merges
    union all
    select
        'campaign_members' as object,
        count(*) as n_kept
    from generic__campaign_members
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(staged.object as {{ dbt.type_string() }}) as object,
        cast(staged.n_staged as bigint) as n_staged,
        cast(staged.n_quarantined as bigint) as n_quarantined,
        cast(kept.n_kept as bigint) as n_kept
    from staged
    inner join kept on staged.object = kept.object
)

select * from final
