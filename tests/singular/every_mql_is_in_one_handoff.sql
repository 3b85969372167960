-- Guards: an MQL lost, or told twice, on its way to what sales did with it.
with handoffs_of_mqls as (
    select
        mqls.lead_id,
        mqls.cycle_index,
        mqls.mql_at,
        count(acceptances.handoff_id) as n_handoffs
    from {{ ref('int_mqls') }} as mqls
    left join {{ ref('fct_mqls') }} as known_mqls
        on
            mqls.lead_id = known_mqls.lead_id
            and mqls.mql_at = known_mqls.mql_at
    left join {{ ref('fct_sql_acceptances') }} as acceptances
        on
            known_mqls.mql_id = acceptances.mql_id
            and acceptances.origin = 'mql'
    group by mqls.lead_id, mqls.cycle_index, mqls.mql_at
)

select 'MQL of ' || lead_id || ' at ' || cast(mql_at as {{ dbt.type_string() }})
    || ': in ' || cast(n_handoffs as {{ dbt.type_string() }}) || ' hand-offs' as message
from handoffs_of_mqls
where n_handoffs <> 1

union all

select 'Hand-off ' || handoff_id || ': of origin ' || origin || ', its MQL is '
    || coalesce(mql_id, 'none') as message
from {{ ref('fct_sql_acceptances') }}
where (origin = 'mql') <> (mql_id is not null)
