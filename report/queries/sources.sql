-- What each source brought and cost, in both ways of crediting, campaigns added up.
select
    source_basis as basis,
    cohort_month as month,
    source,
    channel,
    cast(sum(n_leads) as bigint) as leads,
    cast(sum(n_mqls) as bigint) as mqls,
    cast(sum(n_sales_accepted) as bigint) as accepted,
    cast(sum(n_sales_qualified) as bigint) as qualified,
    cast(sum(n_opportunities) as bigint) as opportunities,
    cast(sum(n_won) as bigint) as won,
    cast(sum(n_rejected + n_recycled) as bigint) as returned,
    cast(sum(n_bad_data) as bigint) as bad_data,
    cast(sum(n_no_fit) as bigint) as no_fit,
    cast(sum(n_no_interest) as bigint) as no_interest,
    cast(sum(n_not_ready) as bigint) as not_ready,
    cast(sum(n_no_contact) as bigint) as no_contact,
    cast(sum(n_competitor) as bigint) as competitor,
    cast(sum(n_duplicate) as bigint) as duplicate,
    cast(sum(n_without_reason) as bigint) as without_reason,
    cast(round(sum(won_amount) * 100) as bigint) as won_cents,
    cast(round(sum(cost) * 100) as bigint) as cost_cents
from rpt_source_quality
group by all
order by all
