with business_hours as (

    select * from {{ ref('agreement_business_hours') }}

),

holidays as (

    select * from {{ ref('agreement_holidays') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

weekdays as (

    select
        day_at,
        on_date,
        cast(on_date as {{ dbt.type_string() }}) as day_text,
        cast(
            {{ days_between(
                'cast(' ~ period_start('week', 'day_at') ~ ' as timestamp)', 'day_at'
            ) }} as integer
        ) + 1 as iso_weekday
    from days

),

-- What the clocks of the team's zone show when it opens and closes.
shown as (

    select
        business_hours.version_id,
        business_hours.team,
        business_hours.time_zone,
        cast(weekdays.day_text || ' ' || business_hours.opens_at || ':00' as timestamp)
            as shown_at_opening,
        case
            when business_hours.closes_at = '24:00' then {{ add_days('weekdays.day_at', 1) }}
            else cast(
                weekdays.day_text || ' ' || business_hours.closes_at || ':00' as timestamp
            )
        end as shown_at_closing
    from weekdays
    inner join business_hours
        on weekdays.iso_weekday = business_hours.iso_weekday
    where
        not exists (
            select 1
            from holidays
            where
                holidays.version_id = business_hours.version_id
                and holidays.team = business_hours.team
                and holidays.holiday_date = weekdays.on_date
        )

),

openings as (

    select
        version_id,
        team,
        {{ utc_time('shown_at_opening', 'time_zone') }} as opens_at,
        {{ utc_time('shown_at_closing', 'time_zone') }} as closes_at
    from shown

),

measured as (

    select
        openings.*,
        {{ seconds_between('opens_at', 'closes_at') }} as open_seconds
    from openings
    where opens_at < closes_at

),

-- Seconds of all openings before: between two moments a team was open for the difference of
-- what lies before each.
final as (

    select
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(team as {{ dbt.type_string() }}) as team,
        cast(opens_at as timestamp) as opens_at,
        cast(closes_at as timestamp) as closes_at,
        cast(
            coalesce(
                lead(opens_at) over (
                    partition by version_id, team
                    order by opens_at asc nulls last, closes_at asc nulls last
                ),
                cast('9999-12-31' as timestamp)
            ) as timestamp
        ) as next_opens_at,
        cast(
            coalesce(
                sum(open_seconds) over (
                    partition by version_id, team
                    order by opens_at asc nulls last, closes_at asc nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as bigint
        ) as open_seconds_before
    from measured

)

select * from final
