{%- set horizons = [30, 60, 90, 180] -%}
{%- set reached_stages = [
    'lead', 'mql', 'handed_on', 'sales_accepted', 'sales_qualified', 'opportunity', 'won',
] -%}
{#- Fewer conversions say nothing of how long they take: the longest horizon counts then. -#}
{%- set minimum_conversions = 10 -%}

with leads as (

    select * from {{ ref('dim_leads') }}

),

funnel_cycles as (

    select * from {{ ref('fct_funnel_cycles') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A lead enters once; from the MQL on each trip is followed by itself.
entries as (

    select
        'lead' as entry_stage,
        lead_id as entry_id,
        created_at as entered_at
    from leads

    union all

    select
        'mql' as entry_stage,
        funnel_cycle_id as entry_id,
        mql_at as entered_at
    from funnel_cycles
    where mql_at is not null

),

moments as (

    {% for stage in funnel_stages() if stage['stage'] in reached_stages %}
    select
        funnel_cycle_id,
        lead_id,
        origin,
        '{{ stage["stage"] }}' as stage,
        {{ stage['moment'] }} as reached_at
    from funnel_cycles
    where {{ stage['moment'] }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

reached as (

    select
        'lead' as entry_stage,
        lead_id as entry_id,
        'lead' as stage,
        created_at as reached_at
    from leads

    union all

    select
        'lead' as entry_stage,
        lead_id as entry_id,
        stage,
        min(reached_at) as reached_at
    from moments
    group by lead_id, stage

    union all

    select
        'mql' as entry_stage,
        funnel_cycle_id as entry_id,
        stage,
        reached_at
    from moments
    where origin = 'mql'

),

stages as (

    {% for stage in reached_stages %}
    select
        '{{ stage }}' as stage,
        {{ loop.index }} as stage_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Every stage of every cohort, the empty ones too.
followed as (

    select
        {{ reporting_month('entries.entered_at') }} as entry_month,
        entries.entry_stage,
        entries.entry_id,
        stages.stage as reached_stage,
        stages.stage_number,
        reached.reached_at,
        {{ days_between('entries.entered_at', 'reached.reached_at') }} as days_to_stage,
        {{ days_between('entries.entered_at', 'build_clock.as_of') }} as days_observed
    from entries
    cross join build_clock
    cross join stages
    left join reached
        on
            entries.entry_stage = reached.entry_stage
            and entries.entry_id = reached.entry_id
            and stages.stage = reached.stage
    where entries.entry_stage = 'lead' or stages.stage <> 'lead'

),

-- How long it takes to get to a stage, asked of those alone who had time for it: of the young
-- only the quick have arrived.
conversions as (

    select
        entry_stage,
        reached_stage,
        days_to_stage,
        row_number() over (
            partition by entry_stage, reached_stage
            order by days_to_stage asc nulls last, entry_id asc nulls last
        ) as conversion_number,
        count(*) over (partition by entry_stage, reached_stage) as n_conversions
    from followed
    where reached_at is not null and days_observed >= {{ horizons[-1] }}

),

maturities as (

    select
        entry_stage,
        reached_stage,
        n_conversions,
        case
            when n_conversions >= {{ minimum_conversions }}
                then {{ agreed_score('days_to_stage') }}
            else cast({{ horizons[-1] }} as decimal(18, 4))
        end as days_to_mature
    from conversions
    where {{ is_nearest_rank('conversion_number', 'n_conversions', 90) }}

),

judged as (

    select
        followed.*,
        coalesce(maturities.n_conversions, 0) as n_conversions,
        coalesce(maturities.days_to_mature, cast({{ horizons[-1] }} as decimal(18, 4)))
            as days_to_mature
    from followed
    left join maturities
        on
            followed.entry_stage = maturities.entry_stage
            and followed.reached_stage = maturities.reached_stage

),

final as (

    select
        cast(entry_month as date) as entry_month,
        cast(entry_stage as {{ dbt.type_string() }}) as entry_stage,
        cast(reached_stage as {{ dbt.type_string() }}) as reached_stage,
        cast(stage_number as bigint) as stage_number,
        cast(count(*) as bigint) as n_entered,
        cast(count(reached_at) as bigint) as n_reached,
        {% for horizon in horizons %}
        cast(
            sum(
                case
                    when days_observed >= {{ horizon }} and days_to_stage <= {{ horizon }} then 1
                    else 0
                end
            ) as bigint
        ) as n_reached_within_{{ horizon }}_days,
        cast(sum(case when days_observed >= {{ horizon }} then 1 else 0 end) as bigint)
            as n_observed_{{ horizon }}_days,
        {% endfor %}
        cast(n_conversions as bigint) as n_conversions_observed,
        cast(days_to_mature as decimal(18, 4)) as days_to_mature,
        cast(
            min(
                case
                    when days_observed >= cast(days_to_mature as {{ type_double() }}) then 1 else 0
                end
            ) = 1 as boolean
        ) as is_mature
    from judged
    group by
        entry_month,
        entry_stage,
        reached_stage,
        stage_number,
        n_conversions,
        days_to_mature

)

select * from final
