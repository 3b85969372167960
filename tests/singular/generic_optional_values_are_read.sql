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
)

select
    unread.object,
    unread.record_id,
    unread.unreadable_values
from unread
where unread.unreadable_values is not null
