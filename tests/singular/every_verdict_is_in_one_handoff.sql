-- Guards: a qualification, rejection or recycling that stands and is told nowhere, or twice;
-- and a hand-off whose decision is not the first verdict of its trip.
with verdicts_in_handoffs as (
    select
        verdicts.lead_id,
        verdicts.verdict,
        verdicts.decided_at,
        handoffs.handoff_id,
        row_number() over (
            partition by handoffs.handoff_id
            order by verdicts.verdict_number asc nulls last
        ) as rank_in_handoff,
        count(handoffs.handoff_id) over (
            partition by verdicts.lead_id, verdicts.verdict_number
        ) as n_handoffs
    from {{ ref('int_lead_verdicts') }} as verdicts
    left join {{ ref('int_handoffs') }} as handoffs
        on
            verdicts.lead_id = handoffs.lead_id
            and verdicts.decided_at > handoffs.cycle_holds_after
            and verdicts.decided_at <= handoffs.cycle_holds_until
)

select distinct 'Verdict ' || verdict || ' on ' || lead_id || ' at '
    || cast(decided_at as {{ dbt.type_string() }}) || ': in '
    || cast(n_handoffs as {{ dbt.type_string() }}) || ' hand-offs' as message
from verdicts_in_handoffs
where n_handoffs <> 1

union all

select 'Hand-off ' || acceptances.handoff_id || ': decided ' || acceptances.decision
    || ', the first verdict of its trip is ' || verdicts_in_handoffs.verdict as message
from {{ ref('fct_sql_acceptances') }} as acceptances
inner join verdicts_in_handoffs
    on
        acceptances.handoff_id = verdicts_in_handoffs.handoff_id
        and verdicts_in_handoffs.rank_in_handoff = 1
where
    acceptances.decision <> verdicts_in_handoffs.verdict
    or acceptances.decided_at <> verdicts_in_handoffs.decided_at
