{#- From where to where, with the columns of fct_funnel_cycles that say so. -#}
{%- set moments = {} -%}
{%- for stage in funnel_stages() -%}
{%- do moments.update({stage['stage']: stage}) -%}
{%- endfor -%}
{%- do moments.update({
    'cycle_start': {'stage': 'cycle_start', 'moment': 'started_at', 'implied': 'false'},
}) -%}
{%- set transitions = [
    ('cycle_start', 'mql'),
    ('mql', 'handed_on'),
    ('handed_on', 'first_attempt'),
    ('handed_on', 'conversation'),
    ('handed_on', 'sales_accepted'),
    ('sales_accepted', 'sales_qualified'),
    ('sales_qualified', 'opportunity'),
    ('opportunity', 'won'),
    ('mql', 'sales_qualified'),
    ('mql', 'won'),
] -%}
{%- set dimensions = ['source', 'segment', 'origin', 'version_id'] -%}

with funnel_cycles as (

    select * from {{ ref('fct_funnel_cycles') }}

),

transitions as (

    {% for from_stage, to_stage in transitions %}
    select
        {{ loop.index }} as transition_number,
        '{{ from_stage }}' as from_stage,
        '{{ to_stage }}' as to_stage,
        funnel_cycle_id,
        {{ dimensions | join(',\n        ') }},
        {{ moments[from_stage]['moment'] }} as from_at,
        {{ moments[to_stage]['moment'] }} as to_at,
        {{ moments[from_stage]['implied'] }} or {{ moments[to_stage]['implied'] }} as is_implied,
        ended_at is not null
        or outcome in ('won', 'lost', 'returned')
        {%- if to_stage not in ['opportunity', 'won'] %}
        or decision <> 'pending'
        {%- endif %} as is_over
    from funnel_cycles
    where
        cycle_type = 'new_business'
        and {{ moments[from_stage]['moment'] }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Of two moments of one day the order may not be known: less than a day, taken for none.
timed as (

    select
        transitions.*,
        case
            when to_at >= from_at
                then {{ agreed_score(days_between('from_at', 'to_at')) }}
            when cast(to_at as date) = cast(from_at as date) then cast(0 as decimal(18, 4))
        end as days
    from transitions

),

classified as (

    select
        timed.*,
        case
            when to_at is null and coalesce(is_over, false) then 'stopped'
            when to_at is null then 'censored'
            when is_implied then 'implied'
            when days is null then 'before'
            else 'observed'
        end as state
    from timed

),

sliced as (

    select
        'all' as dimension,
        'all' as dimension_value,
        transition_number,
        from_stage,
        to_stage,
        funnel_cycle_id,
        state,
        days
    from classified

    {%- for dimension in dimensions %}

    union all

    select
        '{{ dimension }}' as dimension,
        coalesce({{ dimension }}, 'none') as dimension_value,
        transition_number,
        from_stage,
        to_stage,
        funnel_cycle_id,
        state,
        days
    from classified
    {%- endfor %}

),

ranked as (

    select
        sliced.*,
        row_number() over (
            partition by dimension, dimension_value, transition_number, state
            order by days asc nulls last, funnel_cycle_id asc nulls last
        ) as number_in_state,
        sum(case when state = 'observed' then 1 else 0 end) over (
            partition by dimension, dimension_value, transition_number
        ) as n_observed,
        sum(case when state in ('observed', 'censored') then 1 else 0 end) over (
            partition by dimension, dimension_value, transition_number
        ) as n_followed
    from sliced

),

final as (

    select
        cast(dimension as {{ dbt.type_string() }}) as dimension,
        cast(dimension_value as {{ dbt.type_string() }}) as dimension_value,
        cast(transition_number as bigint) as transition_number,
        cast(from_stage as {{ dbt.type_string() }}) as from_stage,
        cast(to_stage as {{ dbt.type_string() }}) as to_stage,
        cast(count(*) as bigint) as n_started,
        {% for state in ['observed', 'censored', 'stopped', 'implied', 'before'] %}
        cast(sum(case when state = '{{ state }}' then 1 else 0 end) as bigint) as n_{{ state }},
        {% endfor %}
    {% for name, percent in [('median', 50), ('p75', 75), ('p90', 90)] %}
    cast(
        max(
            case
                when
                    state = 'observed'
                    and {{ is_nearest_rank('number_in_state', 'n_observed', percent) }}
                    then days
            end
        ) as decimal(18, 4)
    ) as {{ name }}_days,
    cast(
        max(
            case
                when
                    state = 'observed'
                    and {{ is_nearest_rank('number_in_state', 'n_followed', percent) }}
                    then days
            end
        ) as decimal(18, 4)
    ) as {{ name }}_days_at_most
    {{- ',' if not loop.last }}
    {% endfor %}
    from ranked
    group by dimension, dimension_value, transition_number, from_stage, to_stage

)

select * from final
