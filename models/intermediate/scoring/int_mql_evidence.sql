with mqls as (

    select * from {{ ref('int_mqls') }}

),

engagement_points as (

    select * from {{ ref('int_engagement_points') }}

),

-- A score rests on all that counted by then, a hand-raise on itself alone; a stamp is what the
-- system wrote at its moment.
earned as (

    select
        mqls.lead_id,
        mqls.cycle_index,
        max(engagement_points.recorded_at) as recorded_at
    from mqls
    inner join engagement_points
        on
            mqls.lead_id = engagement_points.lead_id
            and mqls.mql_at >= engagement_points.occurred_at
            and (
                engagement_points.counts_until is null
                or mqls.mql_at <= engagement_points.counts_until
            )
    where mqls.path in ('score', 'matrix')
    group by mqls.lead_id, mqls.cycle_index

),

final as (

    select
        cast(mqls.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(mqls.cycle_index as bigint) as cycle_index,
        cast(
            greatest(
                mqls.mql_at,
                coalesce(
                    case
                        when mqls.path = 'hand_raise'
                            then {{ to_second('mqls.hand_raise_recorded_at') }}
                        else earned.recorded_at
                    end,
                    mqls.mql_at
                )
            ) as timestamp
        ) as known_at
    from mqls
    left join earned
        on
            mqls.lead_id = earned.lead_id
            and mqls.cycle_index = earned.cycle_index

)

select * from final
