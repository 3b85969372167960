with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

deals as (

    select
        opportunities.opportunity_key,
        opportunities.stage,
        opportunities.amount_reporting,
        {{ period_start('quarter', local_time(
            'opportunities.created_at', "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as created_quarter,
        {{ period_start('quarter', local_time(
            'coalesce(opportunities.won_at, opportunities.lost_at)',
            "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as closed_quarter,
        -- A list may name a win without the day of its making: it took no time that is known.
        case
            when opportunities.won_at >= opportunities.created_at
                then {{ agreed_score(
                    days_between('opportunities.created_at', 'opportunities.won_at')
                ) }}
            when opportunities.won_at is not null then cast(0 as decimal(18, 4))
        end as won_days
    from opportunities
    where opportunities.is_new_business

),

quarters as (

    select created_quarter as quarter_start
    from deals

    union distinct

    select closed_quarter as quarter_start
    from deals
    where closed_quarter is not null

    union distinct

    select
        {{ period_start('quarter', local_time(
            'as_of', "'" ~ var('reporting_time_zone') ~ "'"
        )) }} as quarter_start
    from build_clock

),

-- In the pipeline of a quarter is what was made by its end and not closed before it.
counted as (

    select
        quarters.quarter_start,
        count(deals.opportunity_key) as n_opportunities,
        sum(case when deals.created_quarter = quarters.quarter_start then 1 else 0 end) as n_made,
        sum(
            case
                when deals.closed_quarter = quarters.quarter_start and deals.stage = 'won' then 1
                else 0
            end
        ) as n_won,
        sum(
            case
                when deals.closed_quarter = quarters.quarter_start and deals.stage = 'lost' then 1
                else 0
            end
        ) as n_lost,
        coalesce(
            sum(
                case
                    when deals.closed_quarter = quarters.quarter_start and deals.stage = 'won'
                        then deals.amount_reporting
                end
            ), 0
        ) as won_amount,
        coalesce(
            sum(
                case
                    when deals.closed_quarter = quarters.quarter_start and deals.stage = 'won'
                        then deals.won_days
                end
            ), 0
        ) as won_days
    from quarters
    left join deals
        on
            quarters.quarter_start >= deals.created_quarter
            and (
                quarters.quarter_start <= deals.closed_quarter
                or deals.closed_quarter is null
            )
    group by quarters.quarter_start

),

final as (

    select
        cast(counted.quarter_start as date) as quarter_start_date,
        -- A hundred days on is the next quarter, whichever it is.
        cast(
            {{ period_start('quarter', add_days('cast(counted.quarter_start as timestamp)', 100)) }}
            <= cast(
                {{ local_time('build_clock.as_of', "'" ~ var('reporting_time_zone') ~ "'") }}
                as date
            ) as boolean
        ) as is_over,
        cast(counted.n_opportunities as bigint) as n_opportunities,
        cast(counted.n_made as bigint) as n_made,
        cast(counted.n_won as bigint) as n_won,
        cast(counted.n_lost as bigint) as n_lost,
        cast(counted.won_amount as decimal(18, 2)) as won_amount,
        cast(counted.won_days as decimal(18, 4)) as won_days,
        -- Opportunities × won / closed × amount / won ÷ (days / won).
        cast(
            case
                when counted.n_won > 0 and counted.won_days > 0
                    then {{ agreed_score(
                        'cast(counted.n_opportunities as ' ~ type_double() ~ ')'
                        ~ ' * counted.n_won / (counted.n_won + counted.n_lost)'
                        ~ ' * cast(counted.won_amount as ' ~ type_double() ~ ')'
                        ~ ' / cast(counted.won_days as ' ~ type_double() ~ ')'
                    ) }}
                when counted.n_won = 0 and counted.n_lost > 0 then cast(0 as decimal(18, 4))
            end as decimal(18, 0)
        ) as velocity_amount_per_day
    from counted
    cross join build_clock

)

select * from final
