-- Why leads are kept out of the call list.
select
    coalesce(label, 'no label') as label,
    count(*) as n
from rpt_call_list
where section = 'kept_out'
group by all
order by n desc, label
