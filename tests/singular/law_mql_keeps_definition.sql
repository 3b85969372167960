-- Guards: an MQL that breaks the definition of its own version. Stamped ones are judged by
-- the must-haves and disqualifiers alone.
with mqls as (
    select * from {{ ref('fct_mqls') }}
),

versions as (
    select * from {{ ref('agreement_versions') }}
),

breaches as (
    select
        mqls.mql_id,
        mqls.version_id,
        mqls.path,
        case
            when not mqls.must_haves_held then 'a must-have is missing'
            when mqls.is_disqualified
                then 'it is disqualified: ' || coalesce(mqls.disqualifier_label, 'no label')
            when mqls.path = 'score' then 'score or fit is too low'
            else 'its path or moment does not fit'
        end as fault
    from mqls
    inner join versions
        on mqls.version_id = versions.version_id
    where
        not mqls.must_haves_held
        or mqls.is_disqualified
        or (
            mqls.path = 'score'
            and (
                mqls.score < versions.threshold_score
                or mqls.fit < versions.minimum_fit
            )
        )
        or (mqls.path = 'hand_raise' and coalesce(mqls.hand_raised_at > mqls.mql_at, true))
        or (mqls.path = 'matrix' and versions.qualification <> 'matrix')
        or mqls.mql_at < versions.effective_from
        or mqls.mql_at >= versions.effective_to
),

tolerance as ({{ tolerated_breaches('mql_keeps_definition') }})

select
    breaches.mql_id,
    'MQL ' || breaches.mql_id || ' (path ' || breaches.path || ') breaks the definition of version '
    || breaches.version_id || ': ' || breaches.fault || '; agreement_laws tolerates '
    || cast(tolerance.tolerated_breaches as {{ dbt.type_string() }}) || ' in all' as message
from breaches
cross join tolerance
where (select count(*) from breaches) > tolerance.tolerated_breaches
