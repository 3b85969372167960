-- An optional value that cannot be read leaves its row usable and itself empty: that must
-- not pass in silence. Returns each such row of the Marketo exports.
{{ config(severity='warn') }}

with

unread as (
    select
        'leads' as object,
        record_id,
        unreadable_values
    from {{ ref('stg_marketo__leads') }}
    union all
    select
        'activities' as object,
        activity_id as record_id,
        unreadable_values
    from {{ ref('stg_marketo__activities') }}
    union all
    select
        'programs' as object,
        program_id as record_id,
        unreadable_values
    from {{ ref('stg_marketo__programs') }}
    union all
    select
        'smart_campaigns' as object,
        campaign_id as record_id,
        unreadable_values
    from {{ ref('stg_marketo__smart_campaigns') }}
)

select
    unread.object,
    unread.record_id,
    unread.unreadable_values
from unread
where unread.unreadable_values is not null
