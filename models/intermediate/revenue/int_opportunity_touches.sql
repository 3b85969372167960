with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

opportunity_persons as (

    select * from {{ ref('all__opportunity_persons') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

campaign_members as (

    select * from {{ ref('all__campaign_members') }}

),

campaigns as (

    select * from {{ ref('all__campaigns') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- Everybody whom the deal names, was converted into it, or whose hand-off brought it.
opportunity_leads as (

    select
        opportunity_key,
        lead_id
    from opportunities
    where lead_id is not null

    union distinct

    select
        opportunity_persons.opportunity_key,
        lead_keys.lead_id
    from opportunity_persons
    inner join lead_keys
        on opportunity_persons.record_key = lead_keys.record_key

    union distinct

    select
        opportunities.opportunity_key,
        lead_keys.lead_id
    from persons
    inner join opportunities
        on
            persons.system = opportunities.system
            and persons.converted_opportunity_id = opportunities.opportunity_id
    inner join lead_keys
        on persons.record_key = lead_keys.record_key
    inner join build_clock
        on
            {{ to_second('persons.created_at') }} <= build_clock.as_of
            and (
                {{ to_second('persons.converted_at') }} <= build_clock.as_of
                or persons.converted_at is null
            )

    union distinct

    select
        handoff_opportunities.opportunity_key,
        handoffs.lead_id
    from handoff_opportunities
    inner join handoffs
        on handoff_opportunities.handoff_id = handoffs.handoff_id

),

asked_leads as (

    select distinct lead_id
    from opportunity_leads

),

-- What the buyer did and somebody recorded a source or a campaign of.
acts as (

    select
        activities.lead_id,
        activities.system || ':activity:' || activities.activity_id as touch_key,
        'activity' as touch_kind,
        activities.occurred_at as touched_at,
        coalesce(activities.source, 'not_given') as source,
        activities.campaign_key
    from activities
    inner join asked_leads
        on activities.lead_id = asked_leads.lead_id
    where
        activities.side = 'buyer'
        and activities.direction = 'inbound'
        and not activities.is_automated
        and not activities.is_echo
        and (activities.source is not null or activities.campaign_key is not null)

),

-- A human being answers a campaign once, whatever records joined it.
answers as (

    select
        campaign_members.system,
        campaign_members.campaign_id,
        lead_keys.lead_id,
        min({{ to_second('campaign_members.responded_at') }}) as responded_at
    from campaign_members
    inner join lead_keys
        on campaign_members.record_key = lead_keys.record_key
    inner join asked_leads
        on lead_keys.lead_id = asked_leads.lead_id
    inner join build_clock
        on {{ to_second('campaign_members.responded_at') }} <= build_clock.as_of
    where campaign_members.has_responded
    group by
        campaign_members.system,
        campaign_members.campaign_id,
        lead_keys.lead_id

),

-- Where an act of that campaign is recorded, the answer is told already.
responses as (

    select
        answers.lead_id,
        answers.system || ':campaign:' || answers.campaign_id || ':' || answers.lead_id
            as touch_key,
        'response' as touch_kind,
        answers.responded_at as touched_at,
        case
            when campaigns.raw_source is null then 'not_given'
            else coalesce(sources.source, 'unmapped')
        end as source,
        answers.system || ':campaign:' || answers.campaign_id as campaign_key
    from answers
    left join campaigns
        on
            answers.system = campaigns.system
            and answers.campaign_id = campaigns.campaign_id
    left join sources
        on
            campaigns.system = sources.system
            and {{ comparable('campaigns.raw_source') }}
            = {{ comparable('sources.raw_source') }}
            and (sources.valid_from <= answers.responded_at or sources.valid_from is null)
            and (sources.valid_to > answers.responded_at or sources.valid_to is null)
    where
        not exists (
            select 1
            from acts
            where
                acts.lead_id = answers.lead_id
                and acts.campaign_key
                = answers.system || ':campaign:' || answers.campaign_id
        )

),

told as (

    select * from acts

    union all

    select * from responses

),

-- The source that brought the lead, unless a touch of that day tells of the same source.
entries as (

    select
        leads.lead_id,
        leads.lead_id || ':created' as touch_key,
        'creation' as touch_kind,
        {{ to_second('leads.created_at') }} as touched_at,
        leads.source,
        leads.campaign_key
    from leads
    inner join asked_leads
        on leads.lead_id = asked_leads.lead_id
    where
        leads.source <> 'not_given'
        and not exists (
            select 1
            from told
            where
                told.lead_id = leads.lead_id
                and told.source = leads.source
                and cast(told.touched_at as date) = cast(leads.created_at as date)
        )

),

touches as (

    select * from told

    union all

    select * from entries

),

-- What the version of the deal's first second agrees: how long before it a touch still counts,
-- and how fast it fades. Before the first version nothing is agreed.
agreed_windows as (

    select
        opportunities.opportunity_key,
        {{ last_second('opportunities.created_at', 'opportunities.created_precision') }}
            as created_until,
        case
            when opportunities.won_at is null and opportunities.lost_at is null
                then build_clock.as_of
            else {{ last_second(
                'coalesce(opportunities.won_at, opportunities.lost_at)',
                'opportunities.closed_precision'
            ) }}
        end as influenced_until,
        versions.version_id,
        versions.attribution_lookback_days as lookback_days,
        versions.attribution_half_life_days as half_life_days,
        handoffs.lead_id as mql_lead_id,
        handoffs.cycle_holds_after as mql_cycle_holds_after,
        {{ last_second('handoffs.mql_at', 'handoffs.mql_precision') }} as mql_until
    from opportunities
    cross join build_clock
    inner join versions
        on
            opportunities.created_at >= versions.effective_from
            and (
                opportunities.created_at < versions.effective_to
                or versions.effective_to is null
            )
    left join handoff_opportunities
        on opportunities.opportunity_key = handoff_opportunities.opportunity_key
    left join handoffs
        on
            handoff_opportunities.handoff_id = handoffs.handoff_id
            and handoffs.origin = 'mql'

),

-- Distinct though no row repeats: what is settled here, by deal and lead, no engine reorders into
-- comparing each deal's time with each touch of anybody.
windows as (

    select distinct
        agreed_windows.*,
        opportunity_leads.lead_id as touching_lead_id
    from agreed_windows
    inner join opportunity_leads
        on agreed_windows.opportunity_key = opportunity_leads.opportunity_key

),

joined as (

    select
        windows.*,
        touches.touch_key,
        touches.lead_id,
        touches.touch_kind,
        touches.touched_at,
        touches.source,
        touches.campaign_key,
        case when touches.touched_at <= windows.created_until then 1 else 0 end
            as counts_for_attribution,
        case
            when
                touches.touched_at <= windows.created_until
                and touches.touched_at <= windows.mql_until
                and touches.lead_id = windows.mql_lead_id
                then 1
            else 0
        end as may_have_made_mql
    from windows
    inner join touches
        on
            windows.touching_lead_id = touches.lead_id
            and {{ add_days('windows.created_until', '-windows.lookback_days') }}
            <= touches.touched_at
            and greatest(windows.influenced_until, windows.created_until)
            >= touches.touched_at

),

-- The touch that made the MQL is the last one of its trip up to it, as fct_mqls has it: of one
-- second the first by its key. Where the trip has none, the last one before.
ranked as (

    select
        joined.*,
        row_number() over (
            partition by opportunity_key, counts_for_attribution
            order by touched_at asc nulls last, touch_key asc nulls last
        ) as rank_from_first,
        row_number() over (
            partition by opportunity_key, counts_for_attribution
            order by touched_at desc nulls last, touch_key desc nulls last
        ) as rank_from_last,
        max(touched_at) over (partition by opportunity_key, counts_for_attribution)
            as last_touched_at,
        row_number() over (
            partition by opportunity_key, may_have_made_mql
            order by
                case when touched_at > mql_cycle_holds_after then 0 else 1 end asc nulls last,
                touched_at desc nulls last,
                touch_key asc nulls last
        ) as rank_before_mql
    from joined

),

-- Fading is counted from the deal's last touch: shares are the same as from its creation, and
-- the weight of the last touch is always 1.
final as (

    select
        cast(opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(touch_key as {{ dbt.type_string() }}) as touch_key,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(touch_kind as {{ dbt.type_string() }}) as touch_kind,
        cast(touched_at as timestamp) as touched_at,
        cast(source as {{ dbt.type_string() }}) as source,
        cast(campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(counts_for_attribution = 1 as boolean) as is_before_opportunity,
        cast(counts_for_attribution = 1 and rank_from_first = 1 as boolean) as is_first,
        cast(counts_for_attribution = 1 and rank_from_last = 1 as boolean) as is_last,
        cast(may_have_made_mql = 1 and rank_before_mql = 1 as boolean) as is_mql_creating,
        cast(
            case
                when counts_for_attribution = 1
                    then {{ agreed_score(
                        decayed_points('1', 'half_life_days', 'touched_at', 'last_touched_at')
                    ) }}
            end as decimal(18, 4)
        ) as decayed_weight
    from ranked

)

select * from final
