{%- set horizons = [30, 60, 90, 180] -%}
{%- set stages = [
    'lead', 'mql', 'handed_on', 'sales_accepted', 'sales_qualified', 'opportunity', 'won',
] -%}

with leads as (

    select * from {{ ref('dim_leads') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

funnel_stages as (

    select * from {{ ref('int_funnel_stages') }}

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
        handoff_id as entry_id,
        mql_at as entered_at
    from mqls

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
    from funnel_stages
    group by lead_id, stage

    union all

    select
        'mql' as entry_stage,
        handoff_id as entry_id,
        stage,
        reached_at
    from funnel_stages
    where origin = 'mql'

),

stages as (

    {% for stage in stages %}
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
        cast(min(case when days_observed >= {{ horizons[-1] }} then 1 else 0 end) = 1 as boolean)
            as is_mature
    from followed
    group by entry_month, entry_stage, reached_stage, stage_number

)

select * from final
