-- What teams promised for a period, and how it went: the last six periods of each promise.
select
    measure,
    period,
    period_start_date,
    team,
    target,
    n_met,
    n_missed,
    commitment_verdict as verdict
from rpt_sla_compliance
where kind = 'commitment'
qualify row_number() over (partition by measure, team order by period_start_date desc) <= 6
order by measure, team, period_start_date desc
