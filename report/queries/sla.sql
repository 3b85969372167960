-- How the three agreed clocks of each MQL were judged, by the month of the MQL.
with judged as (
    unpivot (
        select
            reporting_month(mql_at) as month,
            source,
            coalesce(segment, '') as segment,
            sla_hand_on as hand_on,
            sla_first_attempt as first_attempt,
            sla_decision as decision
        from fct_sql_acceptances
        where origin = 'mql'
    )
    on hand_on, first_attempt, decision
    into name clock value verdict
)

select
    month,
    source,
    segment,
    clock,
    verdict,
    count(*) as n
from judged
group by all
order by all
