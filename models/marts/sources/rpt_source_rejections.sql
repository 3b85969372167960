with acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

source_verdicts as (

    select * from {{ ref('agreement_source_verdicts') }}

),

-- Direct hand-offs too: what sales refuse is refused, whoever brought it.
decided as (

    select
        source,
        coalesce(campaign_key, 'none') as campaign_key,
        coalesce(decision_version_id, 'none') as decision_version_id,
        decision,
        case
            when decision in ('rejected', 'recycled')
                then coalesce(rejection_reason, 'no_agreed_reason')
        end as rejection_reason,
        case
            when decision in ('rejected', 'recycled')
                then coalesce(rejection_category, 'no_agreed_reason')
        end as rejection_category
    from acceptances
    where decision <> 'pending'

),

by_reason as (

    select
        source,
        campaign_key,
        decision_version_id,
        rejection_reason,
        rejection_category,
        count(*) as n_rejections
    from decided
    where rejection_reason is not null
    group by
        source, campaign_key, decision_version_id, rejection_reason, rejection_category

),

by_campaign as (

    select
        source,
        campaign_key,
        decision_version_id,
        count(*) as n_decisions
    from decided
    group by source, campaign_key, decision_version_id

),

by_source as (

    select
        source,
        decision_version_id,
        count(*) as n_decisions
    from decided
    group by source, decision_version_id

),

by_source_category as (

    select
        source,
        decision_version_id,
        rejection_category,
        count(*) as n_rejections
    from decided
    where rejection_category is not null
    group by source, decision_version_id, rejection_category

),

-- A rule of the agreement that names a category judges its share; one that names none judges
-- no reason by itself (rpt_source_verdicts has it). The lower end of the interval guards
-- against small samples.
judged as (

    select
        by_source_category.source,
        by_source_category.decision_version_id,
        by_source_category.rejection_category,
        source_verdicts.verdict,
        row_number() over (
            partition by
                by_source_category.source,
                by_source_category.decision_version_id,
                by_source_category.rejection_category
            order by
                source_verdicts.priority asc nulls last,
                source_verdicts.verdict asc nulls last
        ) as rank_in_category
    from by_source_category
    inner join by_source
        on
            by_source_category.source = by_source.source
            and by_source_category.decision_version_id = by_source.decision_version_id
    inner join source_verdicts
        on
            by_source_category.decision_version_id = source_verdicts.version_id
            and by_source_category.rejection_category = source_verdicts.category
            and by_source.n_decisions >= source_verdicts.minimum_decisions
            and {{ wilson_lower_bound(
                'by_source_category.n_rejections',
                'by_source.n_decisions',
                'source_verdicts.confidence_level'
            ) }} >= source_verdicts.minimum_share

),

smallest_samples as (

    select
        version_id,
        min(minimum_decisions) as minimum_decisions,
        max(confidence_level) as confidence_level
    from source_verdicts
    group by version_id

),

final as (

    select
        cast(by_reason.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(by_reason.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(by_reason.decision_version_id as {{ dbt.type_string() }}) as version_id,
        cast(by_reason.rejection_reason as {{ dbt.type_string() }}) as rejection_reason,
        cast(by_reason.rejection_category as {{ dbt.type_string() }})
            as rejection_category,
        cast(by_reason.n_rejections as bigint) as n_rejections,
        cast(by_campaign.n_decisions as bigint) as n_decisions,
        cast(by_source_category.n_rejections as bigint) as n_source_category_rejections,
        cast(by_source.n_decisions as bigint) as n_source_decisions,
        cast(
            cast(by_source_category.n_rejections as {{ type_double() }})
            / by_source.n_decisions as decimal(18, 4)
        ) as source_category_share,
        cast(
            {{ wilson_lower_bound(
                'by_source_category.n_rejections',
                'by_source.n_decisions',
                'smallest_samples.confidence_level'
            ) }} as decimal(18, 4)
        ) as source_category_share_low,
        cast(
            case
                when judged.verdict is not null then judged.verdict
                when by_source.n_decisions < smallest_samples.minimum_decisions
                    then 'too_few_decisions'
                else 'none'
            end as {{ dbt.type_string() }}
        ) as verdict
    from by_reason
    inner join by_campaign
        on
            by_reason.source = by_campaign.source
            and by_reason.campaign_key = by_campaign.campaign_key
            and by_reason.decision_version_id = by_campaign.decision_version_id
    inner join by_source
        on
            by_reason.source = by_source.source
            and by_reason.decision_version_id = by_source.decision_version_id
    inner join by_source_category
        on
            by_reason.source = by_source_category.source
            and by_reason.decision_version_id = by_source_category.decision_version_id
            and by_reason.rejection_category = by_source_category.rejection_category
    left join judged
        on
            by_reason.source = judged.source
            and by_reason.decision_version_id = judged.decision_version_id
            and by_reason.rejection_category = judged.rejection_category
            and judged.rank_in_category = 1
    left join smallest_samples
        on by_reason.decision_version_id = smallest_samples.version_id
    left join sources
        on by_reason.source = sources.source

)

select * from final
