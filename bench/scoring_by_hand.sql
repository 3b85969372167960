-- What the scoring models say, written by hand for DuckDB alone and for the agreement's present
-- shape: one script, its own functions (qualify, asof, lists), nothing kept for anybody to query
-- but the MQLs. bench/scoring.py compares the two, row by row.
create or replace temp table version_spans as
select
    *,
    coalesce(effective_to, timestamp '9999-12-31') as ends_at
from agreement.agreement_versions;

-- Trips: what lies between two refusals.
create or replace temp table cycles as
with boundaries as (
    select
        status_changes.lead_id,
        status_changes.changed_at as ended_at,
        coalesce(version_spans.resets_score_each_cycle, false) as resets,
        coalesce(reasons.never_again, false) as never_again,
        status_changes.changed_at + to_days(coalesce(reasons.cool_down_days, 0)) as cool_until
    from intermediate.int_lead_status_changes as status_changes
    left join version_spans
        on status_changes.changed_at >= version_spans.effective_from
        and status_changes.changed_at < version_spans.ends_at
    left join agreement.agreement_rejection_reasons as reasons
        on reasons.version_id = version_spans.version_id and reasons.reason = status_changes.reason
    where status_changes.stage in ('rejected', 'recycled')
),
ends as (
    select lead_id, ended_at, resets, never_again, cool_until from boundaries
    union all
    select lead_id, null, false, false, null from intermediate.int_lead_records
)
select
    lead_id,
    row_number() over turns as cycle_index,
    coalesce(lag(ended_at) over turns, timestamp '1900-01-01') as holds_after,
    coalesce(ended_at, timestamp '9999-12-31') as holds_until,
    coalesce(max(case when resets then ended_at end) over before, timestamp '1900-01-01')
        as counts_after,
    max(cool_until) over before as cool_until,
    coalesce(bool_or(never_again) over before, false) as never_again
from ends
window
    turns as (partition by lead_id order by ended_at nulls last),
    before as (
        partition by lead_id order by ended_at nulls last
        rows between unbounded preceding and 1 preceding
    );

-- Everything that happens, with its version and trip.
create or replace temp table events as
with moments as (
    select lead_id, created_at as event_at from intermediate.int_lead_records
    union
    select lead_id, occurred_at from intermediate.int_lead_activities
    union
    select lead_id, valid_from from intermediate.int_lead_attribute_values where is_change
)
select
    moments.lead_id,
    moments.event_at,
    version_spans.version_id,
    cycles.cycle_index,
    cycles.counts_after,
    cycles.cool_until,
    cycles.never_again
from moments
join version_spans
    on moments.event_at >= version_spans.effective_from and moments.event_at < version_spans.ends_at
join cycles
    on moments.lead_id = cycles.lead_id
    and moments.event_at > cycles.holds_after
    and moments.event_at <= cycles.holds_until;

create or replace temp table earned as
with ledger as (
    select
        activities.lead_id,
        activities.occurred_at,
        cycles.counts_after,
        rules.points,
        rules.half_life_days
    from intermediate.int_lead_activities as activities
    join version_spans
        on activities.occurred_at >= version_spans.effective_from
        and activities.occurred_at < version_spans.ends_at
    join agreement.agreement_scoring_rules as rules
        on rules.version_id = version_spans.version_id
        and rules.activity = activities.activity
        and rules.kind = 'engagement'
        and (rules.asset_pattern is null or activities.asset ilike rules.asset_pattern)
        and (rules.campaign_pattern is null or activities.campaign_name ilike rules.campaign_pattern)
    join cycles
        on activities.lead_id = cycles.lead_id
        and activities.occurred_at > cycles.holds_after
        and activities.occurred_at <= cycles.holds_until
    where activities.side = 'buyer' and not activities.is_automated and not activities.is_echo
    qualify
        rules.cap_count is null
        or row_number() over (
            partition by
                activities.lead_id,
                rules.version_id,
                rules.rule_id,
                case rules.cap_period
                    when 'cycle' then cast(cycles.cycle_index as varchar)
                    else cast(
                        date_trunc(
                            rules.cap_period,
                            timezone(
                                version_spans.time_zone, timezone('UTC', activities.occurred_at)
                            )
                        ) as varchar
                    )
                end
            order by activities.occurred_at, activities.activity_id
        ) <= rules.cap_count
)
select lead_id, counts_after, half_life_days, occurred_at, sum(points) as points
from ledger
group by all;

-- Points grown to a common origin, added up, decayed to the event.
create or replace temp table engagement as
with half_lives as (
    select lead_id, counts_after, half_life_days, min(occurred_at) as origin_at
    from earned
    group by all
),
steps as (
    select lead_id, counts_after, half_life_days, occurred_at as step_at, points, false as is_event
    from earned
    union all
    select lead_id, counts_after, half_life_days, event_at, 0, true
    from events
    join half_lives using (lead_id, counts_after)
    where event_at >= origin_at
),
summed as (
    select
        lead_id,
        step_at,
        is_event,
        sum(points * pow(2.0, epoch(step_at - timestamp '2025-06-01') / 86400 / half_life_days)) over (
            partition by lead_id, counts_after, half_life_days order by step_at
        ) * pow(2.0, -epoch(step_at - timestamp '2025-06-01') / 86400 / half_life_days) as engagement
    from steps
)
select lead_id, step_at as event_at, sum(engagement) as engagement
from summed
where is_event
group by all;

-- Fit, must-haves and disqualifiers by spans in which no field changes.
create or replace temp table fit as
with lists as (
    select version_id, list, list(lower(value)) as members
    from agreement.agreement_lists
    group by all
),
rules as (
    select version_id, kind, rule_id, attribute, operator, value, points
    from agreement.agreement_scoring_rules
    where kind = 'fit'
    union all
    select version_id, 'must_have', rule_id, attribute, operator, value, null
    from agreement.agreement_must_haves
    union all
    select version_id, 'disqualifier', rule_id, attribute, operator, value, null
    from agreement.agreement_disqualifiers
),
matches as (
    select rules.*, given.value as given
    from rules
    left join lists on rules.version_id = lists.version_id and rules.value = lists.list
    join (
        select distinct attribute, value from intermediate.int_lead_attribute_values
    ) as given on rules.attribute = given.attribute
    where case rules.operator
        when 'present' then given.value is not null
        when 'matches' then regexp_matches(lower(given.value), '(?i)' || rules.value)
        when 'in_list' then list_contains(lists.members, lower(given.value))
        when 'in' then list_contains(string_split(lower(rules.value), '|'), lower(given.value))
        when 'between'
            then try_cast(given.value as double)
            between cast(split_part(rules.value, '..', 1) as double)
            and cast(split_part(rules.value, '..', 2) as double)
        when 'at_least' then try_cast(given.value as double) >= cast(rules.value as double)
    end
),
spans as (
    select
        lead_id,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by lead_id order by valid_from),
            timestamp '9999-12-31'
        ) as valid_to
    from (select distinct lead_id, valid_from from intermediate.int_lead_attribute_values)
)
select
    spans.lead_id,
    matches.version_id,
    spans.valid_from,
    spans.valid_to,
    sum(matches.points) filter (matches.kind = 'fit') as fit,
    count(*) filter (matches.kind = 'must_have') as n_must_haves,
    count(*) filter (matches.kind = 'disqualifier') as n_disqualifiers
from spans
join intermediate.int_lead_attribute_values as given
    on spans.lead_id = given.lead_id
    and spans.valid_from >= given.valid_from
    and spans.valid_from < given.valid_to
join matches on given.attribute = matches.attribute and given.value = matches.given
group by all;

create or replace temp table hand_raises as
select activities.lead_id, cycles.cycle_index, min(activities.occurred_at) as hand_raised_at
from intermediate.int_lead_activities as activities
join version_spans
    on activities.occurred_at >= version_spans.effective_from
    and activities.occurred_at < version_spans.ends_at
join agreement.agreement_hand_raises as raises
    on raises.version_id = version_spans.version_id and raises.activity = activities.activity
join cycles
    on activities.lead_id = cycles.lead_id
    and activities.occurred_at > cycles.holds_after
    and activities.occurred_at <= cycles.holds_until
where activities.side = 'buyer' and not activities.is_automated and not activities.is_echo
group by all;

create or replace table mqls_by_hand as
with accepted as (
    select cycles.lead_id, cycles.cycle_index, min(changed_at) as accepted_at
    from intermediate.int_lead_status_changes as status_changes
    join cycles
        on status_changes.lead_id = cycles.lead_id
        and status_changes.changed_at > cycles.holds_after
        and status_changes.changed_at <= cycles.holds_until
    where status_changes.stage = 'sales_accepted'
    group by all
),
scored as (
    select
        events.*,
        cast(coalesce(fit.fit, 0) as decimal(18, 4)) as fit,
        cast(round(coalesce(engagement.engagement, 0) + 1e-9, 4) as decimal(18, 4)) as engagement,
        cast(
            round(coalesce(fit.fit, 0) + coalesce(engagement.engagement, 0) + 1e-9, 4)
            as decimal(18, 4)
        ) as score,
        coalesce(fit.n_must_haves, 0) as n_must_haves,
        coalesce(fit.n_disqualifiers, 0) as n_disqualifiers,
        hand_raises.hand_raised_at <= events.event_at as is_raised
    from events
    left join fit
        on events.lead_id = fit.lead_id
        and events.version_id = fit.version_id
        and events.event_at >= fit.valid_from
        and events.event_at < fit.valid_to
    left join engagement
        on events.lead_id = engagement.lead_id and events.event_at = engagement.event_at
    left join hand_raises
        on events.lead_id = hand_raises.lead_id and events.cycle_index = hand_raises.cycle_index
)
select
    scored.lead_id,
    scored.cycle_index,
    scored.event_at as mql_at,
    scored.version_id,
    case when scored.is_raised then 'hand_raise' else 'score' end as path,
    scored.score,
    scored.fit,
    scored.engagement
from scored
join version_spans using (version_id)
left join accepted
    on scored.lead_id = accepted.lead_id and scored.cycle_index = accepted.cycle_index
left join intermediate.int_customer_periods as customers
    on scored.lead_id = customers.lead_id
    and scored.event_at > customers.customer_since
    and scored.event_at <= customers.customer_until
where
    (
        scored.is_raised
        or (scored.score >= version_spans.threshold_score and scored.fit >= version_spans.minimum_fit)
    )
    and scored.n_must_haves = (
        select count(*)
        from agreement.agreement_must_haves as must_haves
        where must_haves.version_id = scored.version_id
    )
    and scored.n_disqualifiers = 0
    and (accepted.accepted_at is null or scored.event_at <= accepted.accepted_at)
    and customers.lead_id is null
    and not scored.never_again
    and (scored.cool_until is null or scored.event_at >= scored.cool_until or scored.is_raised)
qualify
    row_number() over (
        partition by scored.lead_id, scored.cycle_index order by scored.event_at
    ) = 1;
