-- Any lead's score at any moment, rule by rule: the points add up to the score, those of kind `fit`
-- to the fit. No rows where no version of the agreement was in force. docs/scores.md has the same
-- for other engines.
create macro marts.lead_score_at(lead, moment) as table
with version as (
    select version_id
    from marts.dim_agreement_versions
    where effective_from <= moment and (effective_to > moment or effective_to is null)
),
fit as (
    select
        fit_points.version_id as rule_version_id,
        fit_points.rule_id,
        fit_points.description,
        fit_points.points
    from marts.fct_lead_fit_points as fit_points
    inner join version on fit_points.version_id = version.version_id
    where
        fit_points.lead_id = lead
        and fit_points.valid_from <= moment
        and (fit_points.valid_to > moment or fit_points.valid_to is null)
),
earned as (
    select
        rule_version_id,
        rule_id,
        description,
        count(*) as n_activities,
        max(occurred_at) as last_activity_at,
        sum(
            cast(points as double)
            * coalesce(
                power(
                    cast(0.5 as double),
                    (epoch_us(moment) - epoch_us(occurred_at)) / 86400000000.0
                    / cast(half_life_days as double)
                ),
                1
            )
        ) as points
    from marts.fct_lead_engagement_points
    where
        lead_id = lead
        and occurred_at <= moment
        and (counts_until >= moment or counts_until is null)
    group by rule_version_id, rule_id, description
),
rounded as (
    select
        *,
        cast(round(points + 1e-9, 4) as decimal(18, 4)) as rule_points,
        sum(points) over () as engagement
    from earned
),
ranked as (
    select
        *,
        sum(rule_points) over () as rounded_engagement,
        row_number() over (order by abs(rule_points) desc, rule_version_id, rule_id) as place
    from rounded
),
totals as (
    select coalesce(sum(points), 0) as fit from fit
)
select
    version.version_id,
    'fit' as kind,
    fit.rule_version_id,
    fit.rule_id,
    fit.description,
    cast(null as bigint) as n_activities,
    cast(null as timestamp) as last_activity_at,
    cast(fit.points as decimal(18, 4)) as points
from fit
cross join version
union all
select
    version.version_id,
    'engagement' as kind,
    ranked.rule_version_id,
    ranked.rule_id,
    ranked.description,
    ranked.n_activities,
    ranked.last_activity_at,
    cast(
        ranked.rule_points
        + case
            when ranked.place = 1
                then
                    cast(
                        round(cast(totals.fit as double) + ranked.engagement + 1e-9, 4)
                        as decimal(18, 4)
                    )
                    - totals.fit - ranked.rounded_engagement
            else 0
        end
        as decimal(18, 4)
    ) as points
from ranked
cross join totals
cross join version
