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

stage_changes as (

    select * from {{ ref('all__opportunity_stage_changes') }}

),

deals as (

    select * from {{ ref('int_opportunities') }}

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

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- Every word met, with the seed that should know it. A missing word is met only where the
-- lack itself needs a meaning (the type of a deal). `met_at` is the moment at which the
-- models look the word up; none where the mapping has no dates or the facts bring theirs.
met as (

    select
        system,
        'status' as kind,
        raw_status as raw_value,
        record_key as record,
        source_file,
        changed_at as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from status_changes
    where raw_status is not null

    union all

    select
        system,
        'reason' as kind,
        raw_reason as raw_value,
        record_key as record,
        source_file,
        changed_at as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from status_changes
    where raw_reason is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        record_key as record,
        source_file,
        created_at as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from persons
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        activity_id as record,
        source_file,
        occurred_at as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from activities
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        campaign_id as record,
        source_file,
        cast(null as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from campaigns
    where raw_source is not null

    union all

    select
        system,
        'source' as kind,
        raw_source as raw_value,
        spend_id as record,
        source_file,
        cast(spent_on as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from spend
    where raw_source is not null

    union all

    select
        system,
        'activity_type' as kind,
        raw_type as raw_value,
        activity_id as record,
        source_file,
        occurred_at as met_at,
        asset
    from activities

    union all

    select
        opportunities.system,
        'opportunity_stage' as kind,
        opportunities.raw_stage as raw_value,
        opportunities.opportunity_key as record,
        opportunities.source_file,
        build_clock.as_of as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from opportunities
    cross join build_clock

    union all

    -- What stood in the history of stages says when a deal was won or lost.
    select
        system,
        'opportunity_stage' as kind,
        raw_stage as raw_value,
        opportunity_key as record,
        source_file,
        changed_at as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from stage_changes
    where evidence = 'history'

    union all

    select
        system,
        'opportunity_type' as kind,
        raw_type as raw_value,
        opportunity_key as record,
        source_file,
        cast(null as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from opportunities

    union all

    select
        system,
        'team' as kind,
        raw_team as raw_value,
        user_id as record,
        source_file,
        cast(null as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from users

    union all

    select
        opportunities.system,
        'currency' as kind,
        coalesce(opportunities.currency, '{{ var("reporting_currency") }}') as raw_value,
        opportunities.opportunity_key as record,
        opportunities.source_file,
        cast(deals.rate_date as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from opportunities
    inner join deals
        on opportunities.opportunity_key = deals.opportunity_key
    where opportunities.currency is not null or opportunities.amount is not null

    union all

    select
        system,
        'currency' as kind,
        coalesce(currency, '{{ var("reporting_currency") }}') as raw_value,
        spend_id as record,
        source_file,
        cast(spent_on as timestamp) as met_at,
        cast(null as {{ dbt.type_string() }}) as asset
    from spend

),

known_words as (

    select
        system,
        'status' as kind,
        {{ comparable('raw_status') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        valid_from,
        valid_to
    from statuses

    union all

    select
        system,
        'reason' as kind,
        {{ comparable('raw_reason') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        valid_from,
        valid_to
    from reasons

    union all

    select
        system,
        'source' as kind,
        {{ comparable('raw_source') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        valid_from,
        valid_to
    from sources

    union all

    select
        system,
        'activity_type' as kind,
        {{ comparable('raw_type') }} as compared,
        lower(nullif(trim(asset_pattern), '')) as asset_pattern,
        valid_from,
        valid_to
    from activity_types

    union all

    select
        system,
        'opportunity_stage' as kind,
        {{ comparable('raw_stage') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        valid_from,
        valid_to
    from opportunity_stages

    union all

    select
        system,
        'opportunity_type' as kind,
        {{ comparable('raw_type') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to
    from opportunity_types

    union all

    select
        system,
        'team' as kind,
        {{ comparable('raw_team') }} as compared,
        cast(null as {{ dbt.type_string() }}) as asset_pattern,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to
    from teams

),

known_currencies as (

    select
        {{ comparable('currency') }} as compared,
        min(cast(valid_from as timestamp)) as valid_from
    from exchange_rates
    group by {{ comparable('currency') }}

),

met_compared as (

    select
        met.*,
        {{ comparable('raw_value') }} as compared
    from met

),

unmapped as (

    select *
    from met_compared
    where
        not exists (
            select 1
            from known_words
            where
                known_words.system = met_compared.system
                and known_words.kind = met_compared.kind
                and known_words.compared = met_compared.compared
                and (
                    {{ text_like('lower(met_compared.asset)', 'known_words.asset_pattern') }}
                    or known_words.asset_pattern is null
                )
                and (
                    known_words.valid_from <= met_compared.met_at
                    or known_words.valid_from is null
                    or met_compared.met_at is null
                )
                and (
                    known_words.valid_to > met_compared.met_at
                    or known_words.valid_to is null
                    or met_compared.met_at is null
                )
        )
        and not exists (
            select 1
            from known_currencies
            where
                met_compared.kind = 'currency'
                and known_currencies.compared = met_compared.compared
                and known_currencies.valid_from <= met_compared.met_at
        )

),

unmapped_values as (

    select
        system,
        kind,
        compared,
        min(coalesce(raw_value, '(blank)')) as raw_value,
        count(*) as n_rows,
        min(record) as example_record,
        min(asset) as example_asset,
        min(source_file) as example_file
    from unmapped
    group by system, kind, compared

),

final as (

    select
        cast(unmapped_values.system as {{ dbt.type_string() }}) as system,
        cast(unmapped_values.kind as {{ dbt.type_string() }}) as kind,
        cast(unmapped_values.raw_value as {{ dbt.type_string() }}) as raw_value,
        cast(
            case unmapped_values.kind
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
        cast(unmapped_values.n_rows as bigint) as n_rows,
        cast(unmapped_values.example_record as {{ dbt.type_string() }}) as example_record,
        cast(unmapped_values.example_asset as {{ dbt.type_string() }}) as example_asset,
        cast(unmapped_values.example_file as {{ dbt.type_string() }}) as example_file
    from unmapped_values

)

select * from final
