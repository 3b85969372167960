-- Guards: a rate above 1.
select
    entry_month,
    entry_stage,
    reached_stage,
    'rpt_funnel_by_cohort, ' || entry_stage || 's of '
    || cast(entry_month as {{ dbt.type_string() }}) || ': more reached ' || reached_stage
    || ' than entered or were observed' as message
from {{ ref('rpt_funnel_by_cohort') }}
where
    n_reached > n_entered
    {% for horizon in [30, 60, 90, 180] %}
    or n_reached_within_{{ horizon }}_days > n_observed_{{ horizon }}_days
    or n_reached_within_{{ horizon }}_days > n_reached
    or n_observed_{{ horizon }}_days > n_entered
    {% endfor %}
