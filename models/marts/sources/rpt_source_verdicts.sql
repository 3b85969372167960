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
        coalesce(decision_version_id, 'none') as version_id,
        case
            when decision in ('rejected', 'recycled')
                then coalesce(rejection_category, 'no_agreed_reason')
        end as category
    from acceptances
    where decision <> 'pending'

),

by_source as (

    select
        source,
        version_id,
        count(*) as n_decisions,
        count(category) as n_returned
    from decided
    group by source, version_id

),

-- Each category by itself, and all that came back together.
counted as (

    select
        decided.source,
        decided.version_id,
        decided.category,
        count(*) as n_rejections
    from decided
    where decided.category is not null
    group by decided.source, decided.version_id, decided.category

    union all

    select
        source,
        version_id,
        'all' as category,
        n_returned as n_rejections
    from by_source

),

-- A rule of the agreement that names a category judges that share, one without judges all
-- that came back; the lower end of the interval guards against small samples.
judged as (

    select
        counted.source,
        counted.version_id,
        counted.category,
        source_verdicts.verdict,
        row_number() over (
            partition by counted.source, counted.version_id, counted.category
            order by
                source_verdicts.priority asc nulls last,
                source_verdicts.verdict asc nulls last
        ) as rank_in_category
    from counted
    inner join by_source
        on
            counted.source = by_source.source
            and counted.version_id = by_source.version_id
    inner join source_verdicts
        on
            counted.version_id = source_verdicts.version_id
            and counted.category = coalesce(source_verdicts.category, 'all')
            and by_source.n_decisions >= source_verdicts.minimum_decisions
            and {{ wilson_lower_bound(
                'counted.n_rejections',
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
        cast(counted.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(counted.version_id as {{ dbt.type_string() }}) as version_id,
        cast(counted.category as {{ dbt.type_string() }}) as category,
        cast(counted.n_rejections as bigint) as n_rejections,
        cast(by_source.n_decisions as bigint) as n_decisions,
        cast(
            cast(counted.n_rejections as {{ type_double() }})
            / by_source.n_decisions as decimal(18, 4)
        ) as rejected_share,
        cast(
            {{ wilson_lower_bound(
                'counted.n_rejections',
                'by_source.n_decisions',
                'smallest_samples.confidence_level'
            ) }} as decimal(18, 4)
        ) as rejected_share_low,
        cast(
            case
                when judged.verdict is not null then judged.verdict
                when by_source.n_decisions < smallest_samples.minimum_decisions
                    then 'too_few_decisions'
                else 'none'
            end as {{ dbt.type_string() }}
        ) as verdict
    from counted
    inner join by_source
        on
            counted.source = by_source.source
            and counted.version_id = by_source.version_id
    left join judged
        on
            counted.source = judged.source
            and counted.version_id = judged.version_id
            and counted.category = judged.category
            and judged.rank_in_category = 1
    left join smallest_samples
        on counted.version_id = smallest_samples.version_id
    left join sources
        on counted.source = sources.source

)

select * from final
