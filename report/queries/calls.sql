-- Whom sales should call, hottest first. A page stays a page: the first 300.
select
    calls.section,
    calls.call_rank,
    leads.first_name,
    leads.last_name,
    leads.company,
    calls.owner_name,
    calls.source,
    coalesce(handoffs.segment, '') as segment,
    calls.current_score,
    calls.since_at,
    calls.handed_on_at,
    calls.minutes_left,
    calls.last_activity,
    calls.last_activity_at,
    calls.failed_rule,
    calls.reason_1,
    calls.reason_2,
    calls.reason_3
from rpt_call_list as calls
left join dim_leads as leads
    on calls.lead_id = leads.lead_id
left join fct_sql_acceptances as handoffs
    on calls.handoff_id = handoffs.handoff_id
where calls.call_rank is not null
order by calls.call_rank
limit 300
