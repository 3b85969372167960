-- Guards: points for an activity that no mapping produces, or that a seller does, would never
-- be earned.
with

activities_named as (

    select
        {{ at_row('agreement_scoring_rules', ['version_id', 'rule_id']) }} as at_row,
        activity
    from {{ ref('agreement_scoring_rules') }}
    where kind = 'engagement' and activity is not null

    union all

    select
        {{ at_row('agreement_hand_raises', ['version_id', 'rule_id']) }} as at_row,
        activity
    from {{ ref('agreement_hand_raises') }}

),

final as (

    select
        at_row || 'activity "' || {{ shown('activity') }}
        || '" is no activity of a buyer in map_activity_types.csv; map it there or correct it'
            as message
    from activities_named
    where not exists (
        select 1
        from {{ ref('map_activity_types') }}
        where
            map_activity_types.activity = activities_named.activity
            and map_activity_types.side = 'buyer'
    )

)

select message from final
