-- An optional value that cannot be read leaves its row usable and itself empty: that must
-- not pass in silence. Returns each such row of the generic exports.
{{ config(severity='warn') }}

with

unread as (
    select
        'activities' as object,
        activity_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__activities') }}
    union all
    select
        'campaigns' as object,
        campaign_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__campaigns') }}
    union all
    select
        'opportunities' as object,
        opportunity_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__opportunities') }}
    union all
    select
        'persons' as object,
        record_id,
        unreadable_values
    from {{ ref('stg_generic__persons') }}
    union all
    select
        'users' as object,
        user_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__users') }}
    union all
    select
        'accounts' as object,
        account_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__accounts') }}
    union all
    select
        'campaign_members' as object,
        record_id,
        unreadable_values
    from {{ ref('stg_generic__campaign_members') }}
    union all
    select
        'person_merges' as object,
        loser_id as record_id,
        unreadable_values
    from {{ ref('stg_generic__person_merges') }}
)

select
    unread.object,
    unread.record_id,
    unread.unreadable_values
from unread
where unread.unreadable_values is not null
