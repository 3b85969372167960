with persons as (

    select * from {{ ref('all__persons') }}

),

status_changes as (

    select * from {{ ref('all__status_changes') }}

),

activities as (

    select * from {{ ref('all__activities') }}

),

opportunities as (

    select * from {{ ref('all__opportunities') }}

),

campaigns as (

    select * from {{ ref('all__campaigns') }}

),

spend as (

    select * from {{ ref('all__spend') }}

),

users as (

    select * from {{ ref('all__users') }}

),

statuses as (

    select * from {{ ref('map_statuses') }}

),

reasons as (

    select * from {{ ref('map_reasons') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

activity_types as (

    select * from {{ ref('map_activity_types') }}

),

opportunity_stages as (

    select * from {{ ref('map_opportunity_stages') }}

),

opportunity_types as (

    select * from {{ ref('map_opportunity_types') }}

),

teams as (

    select * from {{ ref('map_teams') }}

),

exchange_rates as (

    select * from {{ ref('map_exchange_rates') }}

),

-- Every word met, with the seed that should know it. A missing word is met only where the
-- lack itself needs a meaning (the type of a deal).
met as (

    select
        system,
        'status' as kind,
        raw_status as raw_value,
        record_key as record,
        source_file
    from status_changes
    where raw_status is not null

    union all

    select
        system,
        'reason' as kind,
        raw_reason as raw_value,
        record_key as record,
        source_file
    from status_changes
    where raw_reason is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        record_key as record,
        source_file
    from persons
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        activity_id as record,
        source_file
    from activities
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        campaign_id as record,
        source_file
    from campaigns
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        spend_id as record,
        source_file
    from spend
    where raw_source is not null

    union all

    select
        system,
        'activity_type' as kind,
        raw_type as raw_value,
        activity_id as record,
        source_file
    from activities

    union all

    select
        system,
        'opportunity_stage' as kind,
        raw_stage as raw_value,
        opportunity_key as record,
        source_file
    from opportunities

    union all

    select
        system,
        'opportunity_type' as kind,
        raw_type as raw_value,
        opportunity_key as record,
        source_file
    from opportunities

    union all

    select
        system,
        'team' as kind,
        raw_team as raw_value,
        user_id as record,
        source_file
    from users

    union all

    select
        system,
        'currency' as kind,
        currency as raw_value,
        opportunity_key as record,
        source_file
    from opportunities
    where currency is not null

    union all

    select
        system,
        'currency' as kind,
        currency as raw_value,
        spend_id as record,
        source_file
    from spend
    where currency is not null

),

met_values as (

    select
        system,
        kind,
        {{ comparable('raw_value') }} as compared,
        min(coalesce(raw_value, '(blank)')) as raw_value,
        count(*) as n_rows,
        min(record) as example_record,
        min(source_file) as example_file
    from met
    group by system, kind, {{ comparable('raw_value') }}

),

known_values as (

    select
        system,
        'status' as kind,
        {{ comparable('raw_status') }} as compared
    from statuses

    union

    select
        system,
        'reason' as kind,
        {{ comparable('raw_reason') }} as compared
    from reasons

    union

    select
        system,
        'source' as kind,
        {{ comparable('raw_source') }} as compared
    from sources

    union

    select
        system,
        'activity_type' as kind,
        {{ comparable('raw_type') }} as compared
    from activity_types

    union

    select
        system,
        'opportunity_stage' as kind,
        {{ comparable('raw_stage') }} as compared
    from opportunity_stages

    union

    select
        system,
        'opportunity_type' as kind,
        {{ comparable('raw_type') }} as compared
    from opportunity_types

    union

    select
        system,
        'team' as kind,
        {{ comparable('raw_team') }} as compared
    from teams

),

known_currencies as (

    select distinct {{ comparable('currency') }} as compared
    from exchange_rates

),

final as (

    select
        cast(met_values.system as {{ dbt.type_string() }}) as system,
        cast(met_values.kind as {{ dbt.type_string() }}) as kind,
        cast(met_values.raw_value as {{ dbt.type_string() }}) as raw_value,
        cast(
            case met_values.kind
                when 'status' then 'map_statuses'
                when 'reason' then 'map_reasons'
                when 'source' then 'map_sources'
                when 'activity_type' then 'map_activity_types'
                when 'opportunity_stage' then 'map_opportunity_stages'
                when 'opportunity_type' then 'map_opportunity_types'
                when 'team' then 'map_teams'
                when 'currency' then 'map_exchange_rates'
            end as {{ dbt.type_string() }}
        ) as mapping,
        cast(met_values.n_rows as bigint) as n_rows,
        cast(met_values.example_record as {{ dbt.type_string() }}) as example_record,
        cast(met_values.example_file as {{ dbt.type_string() }}) as example_file
    from met_values
    where
        not exists (
            select 1
            from known_values
            where
                known_values.system = met_values.system
                and known_values.kind = met_values.kind
                and known_values.compared = met_values.compared
        )
        and not exists (
            select 1
            from known_currencies
            where
                met_values.kind = 'currency'
                and known_currencies.compared = met_values.compared
        )

)

select * from final
