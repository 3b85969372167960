-- Days between the stages of new-business trips: of all, and by source and segment.
select
    dimension,
    dimension_value as slice,
    transition_number,
    from_stage,
    to_stage,
    n_started,
    n_observed,
    n_censored,
    n_stopped,
    median_days,
    p75_days,
    p90_days
from rpt_stage_velocity
where dimension in ('all', 'source', 'segment')
order by dimension, slice, transition_number
