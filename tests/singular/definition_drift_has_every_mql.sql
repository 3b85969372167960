-- Guards the report of drift: every MQL of the agreement is in it, once, and no other.
select
    coalesce(mqls.mql_id, drift.mql_id) as mql_id,
    drift.outcome
from {{ ref('fct_mqls') }} as mqls
full join (
    select
        mql_id,
        outcome
    from {{ ref('rpt_definition_drift') }}
    where mql_id is not null or outcome <> 'only_system'
) as drift
    on mqls.mql_id = drift.mql_id
where
    mqls.mql_id is null
    or drift.mql_id is null
    or drift.outcome = 'only_system'
