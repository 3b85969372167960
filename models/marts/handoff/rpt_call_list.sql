with acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

score_reasons as (

    select * from {{ ref('fct_mql_score_reasons') }}

),

service_levels as (

    select * from {{ ref('int_handoff_service_levels') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

suspicious_leads as (

    select * from {{ ref('rpt_suspicious_leads') }}

),

users as (

    select * from {{ ref('dim_sales_users') }}

),

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

open_handoffs as (

    select
        acceptances.lead_id,
        acceptances.handoff_id,
        acceptances.mql_id,
        acceptances.handoff_at,
        acceptances.handed_on_at,
        acceptances.source
    from acceptances
    where acceptances.decision = 'pending' and acceptances.cycle_ended_at is null

),

present_scores as (

    select
        lead_scores.*,
        cycles.is_never_again,
        row_number() over (
            partition by lead_scores.lead_id
            order by lead_scores.event_at desc nulls last
        ) as rank_from_last
    from lead_scores
    inner join cycles
        on
            lead_scores.lead_id = cycles.lead_id
            and lead_scores.cycle_index = cycles.cycle_index
    where cycles.ended_at is null

),

-- Who asked for sales in this trip and has neither an MQL nor a decision of sales in it.
unanswered as (

    select
        present_scores.lead_id,
        present_scores.hand_raised_at,
        case
            when present_scores.is_disqualified
                then 'disqualified: ' || coalesce(present_scores.disqualifier_label, 'no label')
            when present_scores.is_never_again then 'sales said never again'
            when not present_scores.must_haves_held then 'a must-have is missing'
            else 'a customer, or not under the rules of its version'
        end as failed_rule
    from present_scores
    where
        present_scores.rank_from_last = 1
        and present_scores.hand_raised_at is not null
        and not exists (
            select 1
            from acceptances
            where
                acceptances.lead_id = present_scores.lead_id
                and acceptances.cycle_ended_at is null
        )

),

candidates as (

    select
        lead_id,
        handoff_id,
        mql_id,
        handoff_at as since_at,
        handed_on_at,
        source,
        'open' as origin_section,
        cast(null as {{ dbt.type_string() }}) as failed_rule
    from open_handoffs

    union all

    select
        unanswered.lead_id,
        cast(null as {{ dbt.type_string() }}) as handoff_id,
        cast(null as {{ dbt.type_string() }}) as mql_id,
        unanswered.hand_raised_at as since_at,
        cast(null as timestamp) as handed_on_at,
        leads.source,
        'to_answer' as origin_section,
        unanswered.failed_rule
    from unanswered
    inner join leads
        on unanswered.lead_id = leads.lead_id

),

suspicions as (

    select
        lead_id,
        min(suspicion) as suspicion
    from suspicious_leads
    group by lead_id

),

-- What sales owe next, and how long they have for it.
next_limits as (

    select
        handoff_id,
        min(minutes_left) as minutes_left
    from service_levels
    where
        measure in ('first_attempt', 'decision')
        and minutes_left is not null
    group by handoff_id

),

ranked_activities as (

    select
        activities.lead_id,
        activities.activity,
        activities.occurred_at,
        row_number() over (
            partition by activities.lead_id
            order by
                activities.occurred_at desc nulls last,
                activities.system asc nulls last,
                activities.activity_id asc nulls last
        ) as rank_from_last
    from activities
    where
        activities.side = 'buyer'
        and not activities.is_automated
        and not activities.is_echo

),

ranked_reasons as (

    select
        mql_id,
        description || ' (' || cast(cast(points as decimal(18, 1)) as {{ dbt.type_string() }})
        || ')' as reason,
        row_number() over (
            partition by mql_id
            order by
                points desc nulls last,
                rule_version_id asc nulls last,
                rule_id asc nulls last
        ) as rank_in_mql
    from score_reasons
    where points > 0

),

top_reasons as (

    select
        mql_id,
        max(case when rank_in_mql = 1 then reason end) as reason_1,
        max(case when rank_in_mql = 2 then reason end) as reason_2,
        max(case when rank_in_mql = 3 then reason end) as reason_3
    from ranked_reasons
    where rank_in_mql <= 3
    group by mql_id

),

described as (

    select
        candidates.*,
        case
            when present_scores.is_disqualified
                then coalesce(present_scores.disqualifier_label, 'disqualified')
            else suspicions.suspicion
        end as label,
        coalesce(present_scores.hand_raised_at is not null, false) as is_hand_raise,
        leads.current_score,
        leads.owner_key,
        next_limits.minutes_left,
        ranked_activities.activity as last_activity,
        ranked_activities.occurred_at as last_activity_at,
        mqls.path,
        top_reasons.reason_1,
        top_reasons.reason_2,
        top_reasons.reason_3
    from candidates
    inner join leads
        on candidates.lead_id = leads.lead_id
    left join present_scores
        on
            candidates.lead_id = present_scores.lead_id
            and present_scores.rank_from_last = 1
    left join suspicions
        on candidates.lead_id = suspicions.lead_id
    left join next_limits
        on candidates.handoff_id = next_limits.handoff_id
    left join ranked_activities
        on
            candidates.lead_id = ranked_activities.lead_id
            and ranked_activities.rank_from_last = 1
    left join mqls
        on candidates.mql_id = mqls.mql_id
    left join top_reasons
        on candidates.mql_id = top_reasons.mql_id

),

-- Competitors, students and the like, and leads that may be several people, are not called.
sectioned as (

    select
        described.*,
        case when label is not null then 'kept_out' else origin_section end as section
    from described

),

ranked as (

    select
        sectioned.*,
        row_number() over (
            partition by case when section = 'kept_out' then 1 else 0 end
            order by
                case section when 'open' then 0 else 1 end asc nulls last,
                case when is_hand_raise then 0 else 1 end asc nulls last,
                current_score desc nulls last,
                minutes_left asc nulls last,
                since_at asc nulls last,
                lead_id asc nulls last
        ) as call_rank
    from sectioned

),

final as (

    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ranked.section as {{ dbt.type_string() }}) as section,
        cast(case when ranked.section <> 'kept_out' then ranked.call_rank end as bigint)
            as call_rank,
        cast(ranked.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(ranked.mql_id as {{ dbt.type_string() }}) as mql_id,
        cast(ranked.mql_id is not null as boolean) as is_mql,
        cast(ranked.label as {{ dbt.type_string() }}) as label,
        cast(ranked.failed_rule as {{ dbt.type_string() }}) as failed_rule,
        cast(ranked.is_hand_raise as boolean) as is_hand_raise,
        cast(ranked.current_score as decimal(18, 4)) as current_score,
        cast(ranked.since_at as timestamp) as since_at,
        cast(ranked.handed_on_at as timestamp) as handed_on_at,
        cast(ranked.minutes_left as decimal(18, 4)) as minutes_left,
        cast(ranked.last_activity as {{ dbt.type_string() }}) as last_activity,
        cast(ranked.last_activity_at as timestamp) as last_activity_at,
        cast(ranked.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(users.name as {{ dbt.type_string() }}) as owner_name,
        cast(ranked.source as {{ dbt.type_string() }}) as source,
        cast(
            case when ranked.path = 'hand_raise' then 'Asked for sales' else ranked.reason_1 end
            as {{ dbt.type_string() }}
        ) as reason_1,
        cast(
            case when ranked.path = 'hand_raise' then ranked.reason_1 else ranked.reason_2 end
            as {{ dbt.type_string() }}
        ) as reason_2,
        cast(
            case when ranked.path = 'hand_raise' then ranked.reason_2 else ranked.reason_3 end
            as {{ dbt.type_string() }}
        ) as reason_3
    from ranked
    left join users
        on ranked.owner_key = users.user_key

)

select * from final
