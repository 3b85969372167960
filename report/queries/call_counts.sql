-- How many leads stand in each part of the call list.
select
    count_if(section = 'open') as open,
    count_if(section = 'open' and minutes_left < 0) as overdue,
    count_if(section = 'to_answer') as to_answer,
    count_if(section = 'kept_out') as kept_out
from rpt_call_list
