-- How many leads stand in each part of the call list.
select
    count_if(calls.section = 'open') as open,
    count_if(calls.section = 'open' and calls.minutes_left < 0) as overdue,
    count_if(calls.section = 'open' and calls.handed_on_at is null) as not_handed_on,
    count_if(calls.section = 'to_answer') as to_answer,
    count_if(calls.section = 'kept_out') as kept_out
from rpt_call_list as calls
