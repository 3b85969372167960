with persons as (

    select * from {{ ref('all__persons') }}

),

activities as (

    select * from {{ ref('all__activities') }}

),

status_changes as (

    select * from {{ ref('all__status_changes') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

opportunities as (

    select * from {{ ref('all__opportunities') }}

),

stages as (

    select * from {{ ref('map_opportunity_stages') }}

),

-- Created, modified or (lacking those) occurred; never a planned date, such as the close of
-- an open deal that stands in for its creation.
moments as (

    select
        system,
        created_at as moment
    from persons

    union all

    select
        system,
        updated_at as moment
    from persons

    union all

    select
        system,
        coalesce(recorded_at, occurred_at) as moment
    from activities

    union all

    select
        system,
        changed_at as moment
    from status_changes

    union all

    select
        system,
        changed_at as moment
    from attribute_changes

    union all

    select
        opportunities.system,
        opportunities.created_at as moment
    from opportunities
    left join stages
        on
            opportunities.system = stages.system
            and {{ comparable('opportunities.raw_stage') }}
            = {{ comparable('stages.raw_stage') }}
    where
        not coalesce(opportunities.is_created_inferred, false)
        or stages.stage in ('won', 'lost')

    union all

    select
        system,
        updated_at as moment
    from opportunities

),

capped as (

    select
        system,
        moment
    from moments
    where moment <= {{ build_clock_limit() }}

),

final as (

    select
        cast(system as {{ dbt.type_string() }}) as system,
        cast(max(moment) as timestamp) as fresh_until
    from capped
    group by system

)

select * from final
