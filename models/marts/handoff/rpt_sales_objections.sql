with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

sales_acts as (

    select * from {{ ref('int_cycle_sales_acts') }}

),

objections as (

    select * from {{ ref('agreement_objections') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A conversation counts once a hand-off, in the quarter in which it began, with what sales
-- came away with.
conversations as (

    select
        handoffs.handoff_id,
        sales_acts.objection,
        {{ period_start(
            'quarter', local_time('handoffs.first_conversation_at', 'versions.time_zone')
        ) }} as quarter_start
    from handoffs
    inner join versions
        on
            handoffs.first_conversation_at >= versions.effective_from
            and (
                handoffs.first_conversation_at < versions.effective_to
                or versions.effective_to is null
            )
    left join sales_acts
        on
            handoffs.lead_id = sales_acts.lead_id
            and handoffs.cycle_index = sales_acts.cycle_index

),

quarters as (

    select
        quarter_start,
        -- A hundred days on is the next quarter, whichever it is.
        {{ period_start('quarter', add_days('cast(quarter_start as timestamp)', 100)) }}
            as next_quarter_start,
        cast(extract(year from quarter_start) as {{ dbt.type_string() }}) || '-Q'
        || cast(extract(quarter from quarter_start) as {{ dbt.type_string() }}) as quarter,
        count(*) as n_conversations
    from conversations
    group by quarter_start

),

heard as (

    select
        quarter_start,
        objection,
        count(*) as n_objections
    from conversations
    where objection is not null
    group by quarter_start, objection

),

-- A quarter is judged by the version in force when it ends.
ranked_versions as (

    select
        quarters.quarter_start,
        versions.version_id,
        {{ local_time('build_clock.as_of', 'versions.time_zone') }}
        < quarters.next_quarter_start as is_open,
        row_number() over (
            partition by quarters.quarter_start
            order by versions.effective_from desc nulls last
        ) as rank_in_quarter
    from quarters
    cross join build_clock
    inner join versions
        on
            {{ local_time('versions.effective_from', 'versions.time_zone') }}
            < quarters.next_quarter_start
            and versions.effective_from <= build_clock.as_of

),

counted as (

    select
        quarters.quarter,
        quarters.quarter_start,
        quarters.n_conversations,
        ranked_versions.version_id,
        ranked_versions.is_open,
        objections.objection,
        objections.baseline_quarter,
        objections.agreed_reduction,
        coalesce(cast(objections.minimum_conversations as integer), 1) as minimum_conversations,
        coalesce(heard.n_objections, 0) as n_objections
    from quarters
    inner join ranked_versions
        on
            quarters.quarter_start = ranked_versions.quarter_start
            and ranked_versions.rank_in_quarter = 1
    inner join objections
        on ranked_versions.version_id = objections.version_id
    left join heard
        on
            quarters.quarter_start = heard.quarter_start
            and objections.objection = heard.objection

),

compared as (

    select
        counted.*,
        baselines.n_conversations as n_baseline_conversations,
        case
            when baselines.quarter_start is not null
                then coalesce(baselines_heard.n_objections, 0)
        end as n_baseline_objections
    from counted
    left join quarters as baselines  -- noqa: AL07
        on counted.baseline_quarter = baselines.quarter
    left join heard as baselines_heard  -- noqa: AL07
        on
            baselines.quarter_start = baselines_heard.quarter_start
            and counted.objection = baselines_heard.objection

),

final as (

    select
        cast(quarter as {{ dbt.type_string() }}) as quarter,
        cast(objection as {{ dbt.type_string() }}) as objection,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(quarter_start as date) as quarter_start_date,
        cast(n_objections as bigint) as n_objections,
        cast(n_conversations as bigint) as n_conversations,
        cast(baseline_quarter as {{ dbt.type_string() }}) as baseline_quarter,
        cast(n_baseline_objections as bigint) as n_baseline_objections,
        cast(n_baseline_conversations as bigint) as n_baseline_conversations,
        cast(agreed_reduction as decimal(18, 4)) as agreed_reduction,
        cast(
            cast(n_baseline_objections as {{ type_double() }})
            / nullif(n_baseline_conversations, 0)
            * (1 - cast(agreed_reduction as {{ type_double() }})) as decimal(18, 4)
        ) as target_share,
        -- Whole numbers are compared, so that exactly the agreed reduction meets it.
        cast(
            case
                when quarter = baseline_quarter then 'baseline'
                when is_open then 'open'
                when
                    n_conversations < minimum_conversations
                    or coalesce(n_baseline_conversations, 0) < minimum_conversations
                    then 'too_few'
                when
                    cast(n_objections * n_baseline_conversations as decimal(18, 4))
                    <= cast(
                        n_baseline_objections * n_conversations
                        * (1 - cast(agreed_reduction as decimal(18, 4))) as decimal(18, 4)
                    )
                    then 'met'
                else 'not_met'
            end as {{ dbt.type_string() }}
        ) as verdict
    from compared

)

select * from final
