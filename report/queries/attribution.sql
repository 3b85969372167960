-- What each source is credited with of new-business deals, under each model of attribution, by the
-- month of closing; open deals stand in the month of the build's clock.
select
    attribution_model as model,
    closing_month as month,
    source,
    cast(round(sum(won_credit) * 1000000) as bigint) as won_millionths,
    cast(round(sum(won_amount) * 100) as bigint) as won_cents,
    cast(round(sum(open_amount) * 100) as bigint) as open_cents
from rpt_attribution
where is_new_business
group by all
order by all
