{%- set cohort_stages = [
    'mql', 'handed_on', 'sales_accepted', 'sales_qualified', 'opportunity', 'won',
] -%}

with leads as (

    select * from {{ ref('dim_leads') }}

),

funnel_cycles as (

    select * from {{ ref('fct_funnel_cycles') }}

),

agreement_versions as (

    select * from {{ ref('dim_agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

previous as (

    select * from {{ ref('stg_previous__funnel_as_was') }}

),

agreements as (

    select {{ dbt.hash(ordered_text_agg("version_id || ':' || rows_hash")) }} as agreement_hash
    from agreement_versions

),

this_build as (

    select
        {{ reporting_date('build_clock.as_of', "'second'") }} as as_of_date,
        build_clock.as_of,
        agreements.agreement_hash
    from build_clock
    cross join agreements

),

-- A day that is built again is told as the last of its builds tells it.
builds_before as (

    select
        previous.as_of_date,
        max(previous.as_of) as as_of,
        max(previous.agreement_hash) as agreement_hash
    from previous
    inner join this_build
        on previous.as_of_date <> this_build.as_of_date
    group by previous.as_of_date

),

builds as (

    select
        as_of_date,
        as_of,
        agreement_hash
    from builds_before

    union all

    select
        as_of_date,
        as_of,
        agreement_hash
    from this_build

),

moments as (

    {% for stage in funnel_stages() %}
    select
        funnel_cycle_id,
        lead_id,
        origin,
        lead_created_at,
        mql_at,
        '{{ stage["stage"] }}' as stage,
        {{ 'true' if stage['stage'] in cohort_stages else 'false' }} as is_of_cohorts,
        {{ stage['moment'] }} as reached_at
    from funnel_cycles
    where {{ stage['moment'] }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

first_moments as (

    select
        lead_id,
        lead_created_at,
        stage,
        min(reached_at) as reached_at
    from moments
    where is_of_cohorts
    group by lead_id, lead_created_at, stage

),

-- What this build counts, as rpt_funnel_by_period and rpt_funnel_by_cohort do.
facts as (

    select
        'event' as counted_by,
        {{ reporting_month('created_at') }} as month_start,
        'lead' as stage,
        created_at as reached_at
    from leads

    union all

    select
        'event' as counted_by,
        {{ reporting_month('reached_at') }} as month_start,
        stage,
        reached_at
    from moments

    union all

    select
        'lead_cohort' as counted_by,
        {{ reporting_month('created_at') }} as month_start,
        'lead' as stage,
        created_at as reached_at
    from leads

    union all

    select
        'lead_cohort' as counted_by,
        {{ reporting_month('lead_created_at') }} as month_start,
        stage,
        reached_at
    from first_moments

    union all

    select
        'mql_cohort' as counted_by,
        {{ reporting_month('mql_at') }} as month_start,
        stage,
        reached_at
    from moments
    where origin = 'mql' and is_of_cohorts

),

counted_now as (

    select
        counted_by,
        month_start,
        stage,
        count(*) as n_now
    from facts
    group by counted_by, month_start, stage

),

month_stages as (

    select
        counted_by,
        month_start,
        stage
    from counted_now

    union distinct

    select
        counted_by,
        month_start_date as month_start,
        stage
    from previous

),

-- Facts and the clocks of builds in one line of time: at each clock stands how many of today's
-- facts had happened by then.
timeline as (

    select
        counted_by,
        month_start,
        stage,
        reached_at as moment,
        1 as n_facts,
        cast(null as date) as as_of_date
    from facts

    union all

    select
        month_stages.counted_by,
        month_stages.month_start,
        month_stages.stage,
        builds.as_of as moment,
        0 as n_facts,
        builds.as_of_date
    from month_stages
    inner join builds
        on month_stages.month_start <= builds.as_of_date

),

running as (

    select
        counted_by,
        month_start,
        stage,
        as_of_date,
        sum(n_facts) over (
            partition by counted_by, month_start, stage
            order by moment asc nulls last, n_facts desc nulls last, as_of_date asc nulls last
            rows between unbounded preceding and current row
        ) as n_happened_by_then
    from timeline

),

compared as (

    select
        running.counted_by,
        running.month_start,
        running.stage,
        running.as_of_date,
        builds.as_of,
        builds.agreement_hash,
        this_build.as_of_date as this_as_of_date,
        this_build.agreement_hash as this_agreement_hash,
        coalesce(counted_now.n_now, 0) as n_now,
        case
            when running.as_of_date = this_build.as_of_date then coalesce(counted_now.n_now, 0)
            else coalesce(previous.n_as_was, 0)
        end as n_as_was,
        coalesce(counted_now.n_now, 0) - running.n_happened_by_then as n_happened_since
    from running
    inner join builds
        on running.as_of_date = builds.as_of_date
    cross join this_build
    left join counted_now
        on
            running.counted_by = counted_now.counted_by
            and running.month_start = counted_now.month_start
            and running.stage = counted_now.stage
    left join previous
        on
            running.counted_by = previous.counted_by
            and running.month_start = previous.month_start_date
            and running.stage = previous.stage
            and running.as_of_date = previous.as_of_date

),

explained as (

    select
        compared.*,
        n_now - n_as_was - n_happened_since as n_restated
    from compared
    where n_now > 0 or n_as_was > 0

),

final as (

    select
        cast(as_of_date as date) as as_of_date,
        cast(as_of as timestamp) as as_of,
        cast(agreement_hash as {{ dbt.type_string() }}) as agreement_hash,
        cast(counted_by as {{ dbt.type_string() }}) as counted_by,
        cast(month_start as date) as month_start_date,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(n_as_was as bigint) as n_as_was,
        cast(n_happened_since as bigint) as n_happened_since,
        cast(n_restated as bigint) as n_restated,
        cast(n_now as bigint) as n_now,
        cast(n_now - n_as_was as bigint) as n_difference,
        cast(
            case
                when n_restated = 0 then 'none'
                when as_of_date > this_as_of_date then 'later_build'
                when coalesce(agreement_hash <> this_agreement_hash, true) then 'agreement'
                else 'records'
            end as {{ dbt.type_string() }}
        ) as restated_by
    from explained

)

select * from final
