with campaigns as (

    select * from {{ ref('all__campaigns') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

activities as (

    select * from {{ ref('all__activities') }}

),

opportunities as (

    select * from {{ ref('all__opportunities') }}

),

campaign_members as (

    select * from {{ ref('all__campaign_members') }}

),

booked as (

    select * from {{ ref('all__spend') }}

),

spend as (

    select * from {{ ref('int_spend') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- Every key that a fact can carry has its row, whether its campaign was exported or not.
named as (

    {% for entity in [
        'campaigns', 'persons', 'activities', 'opportunities', 'campaign_members', 'booked',
    ] %}
    select distinct
        system,
        campaign_id
    from {{ entity }}
    where campaign_id is not null
    {{ 'union distinct' if not loop.last }}
    {% endfor %}

),

described as (

    select
        named.system,
        named.campaign_id,
        named.system || ':campaign:' || named.campaign_id as campaign_key,
        campaigns.name,
        campaigns.raw_type,
        campaigns.raw_source,
        campaigns.started_on,
        campaigns.ended_on,
        campaigns.campaign_id is not null as is_exported,
        -- What its source meant when it began.
        coalesce(cast(campaigns.started_on as timestamp), build_clock.as_of) as source_at
    from named
    cross join build_clock
    left join campaigns
        on
            named.system = campaigns.system
            and named.campaign_id = campaigns.campaign_id

),

-- A human being is one member, whatever records joined the campaign.
members as (

    select
        campaign_members.system,
        campaign_members.campaign_id,
        coalesce(lead_keys.lead_id, campaign_members.record_key) as member,
        max(
            case
                when campaign_members.responded_at > build_clock.as_of then 0
                when campaign_members.has_responded then 1
                when campaign_members.responded_at is not null then 1
                else 0
            end
        ) as has_responded
    from campaign_members
    inner join build_clock
        on
            campaign_members.created_at <= build_clock.as_of
            or campaign_members.created_at is null
    left join lead_keys
        on campaign_members.record_key = lead_keys.record_key
    group by
        campaign_members.system,
        campaign_members.campaign_id,
        coalesce(lead_keys.lead_id, campaign_members.record_key)

),

member_counts as (

    select
        system,
        campaign_id,
        count(*) as n_members,
        sum(has_responded) as n_responded
    from members
    group by system, campaign_id

),

costs as (

    select
        campaign_key,
        sum(amount_reporting) as cost
    from spend
    where campaign_key is not null
    group by campaign_key

),

sourced as (

    select
        described.*,
        case
            when described.raw_source is null then 'not_given'
            else coalesce(sources.source, 'unmapped')
        end as source,
        case
            when described.raw_source is null then 'not_given'
            else coalesce(sources.channel, 'unmapped')
        end as channel
    from described
    left join sources
        on
            described.system = sources.system
            and {{ comparable('described.raw_source') }}
            = {{ comparable('sources.raw_source') }}
            and (sources.valid_from <= described.source_at or sources.valid_from is null)
            and (sources.valid_to > described.source_at or sources.valid_to is null)

),

final as (

    select
        cast(sourced.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(sourced.system as {{ dbt.type_string() }}) as system,
        cast(sourced.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(sourced.name as {{ dbt.type_string() }}) as name,
        cast(sourced.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(sourced.source as {{ dbt.type_string() }}) as source,
        cast(sourced.channel as {{ dbt.type_string() }}) as channel,
        cast(sourced.started_on as date) as started_on,
        cast(sourced.ended_on as date) as ended_on,
        cast(coalesce(member_counts.n_members, 0) as bigint) as n_members,
        cast(coalesce(member_counts.n_responded, 0) as bigint) as n_responded,
        cast(coalesce(costs.cost, 0) as decimal(18, 2)) as cost,
        cast(sourced.is_exported as boolean) as is_exported
    from sourced
    left join member_counts
        on
            sourced.system = member_counts.system
            and sourced.campaign_id = member_counts.campaign_id
    left join costs
        on sourced.campaign_key = costs.campaign_key

)

select * from final
