with

stg_marketo__leads as (
    select * from {{ ref('stg_marketo__leads') }}
),

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

stg_marketo__programs as (
    select * from {{ ref('stg_marketo__programs') }}
),

stg_marketo__smart_campaigns as (
    select * from {{ ref('stg_marketo__smart_campaigns') }}
),

marketo__persons as (
    select * from {{ ref('marketo__persons') }}
),

marketo__activities as (
    select * from {{ ref('marketo__activities') }}
),

marketo__campaigns as (
    select * from {{ ref('marketo__campaigns') }}
),

-- Both sides are counted where they are, not one taken from the other.
staged as (
    select
        'leads' as object,
        count(*) as n_staged,
        count(stg_marketo__leads.quarantine_reason) as n_quarantined
    from stg_marketo__leads
    union all
    select
        'activities' as object,
        count(*) as n_staged,
        count(stg_marketo__activities.quarantine_reason) as n_quarantined
    from stg_marketo__activities
    union all
    select
        'programs' as object,
        count(*) as n_staged,
        count(stg_marketo__programs.quarantine_reason) as n_quarantined
    from stg_marketo__programs
    union all
    select
        'smart_campaigns' as object,
        count(*) as n_staged,
        count(stg_marketo__smart_campaigns.quarantine_reason) as n_quarantined
    from stg_marketo__smart_campaigns
),

-- Of the log, the entries that are activities; the others are kept as what they become
-- (merges, changes, deletions), or in staging alone.
kept_entries as (
    select count(*) as n_kept
    from marketo__activities
    union all
    select count(*) as n_kept
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes <> 'activity'
),

kept as (
    select
        'leads' as object,
        count(*) as n_kept
    from marketo__persons
    union all
    select
        'activities' as object,
        sum(kept_entries.n_kept) as n_kept
    from kept_entries
    union all
    select
        'programs' as object,
        count(*) as n_kept
    from marketo__campaigns
    union all
    -- They only say which program an entry of the log belongs to.
    select
        'smart_campaigns' as object,
        count(*) as n_kept
    from stg_marketo__smart_campaigns
    where stg_marketo__smart_campaigns.quarantine_reason is null
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast(staged.object as {{ dbt.type_string() }}) as object,
        cast(staged.n_staged as bigint) as n_staged,
        cast(staged.n_quarantined as bigint) as n_quarantined,
        cast(kept.n_kept as bigint) as n_kept
    from staged
    inner join kept on staged.object = kept.object
)

select * from final
