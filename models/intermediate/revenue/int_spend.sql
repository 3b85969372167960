with spend as (

    select * from {{ ref('all__spend') }}

),

campaigns as (

    select * from {{ ref('all__campaigns') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

exchange_rates as (

    select * from {{ ref('map_exchange_rates') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A cost that names only its campaign belongs to the campaign's source.
known as (

    select
        spend.*,
        coalesce(spend.raw_source, campaigns.raw_source) as sourced_by,
        upper(coalesce(spend.currency, '{{ var("reporting_currency") }}')) as rate_currency
    from spend
    inner join build_clock
        on cast(spend.spent_on as timestamp) <= build_clock.as_of
    left join campaigns
        on
            spend.system = campaigns.system
            and spend.campaign_id = campaigns.campaign_id

),

rated as (

    select
        known.system,
        known.spend_id,
        exchange_rates.rate_to_reporting,
        row_number() over (
            partition by known.system, known.spend_id
            order by exchange_rates.valid_from desc nulls last
        ) as rank_in_cost
    from known
    inner join exchange_rates
        on
            known.rate_currency = exchange_rates.currency
            and known.spent_on >= exchange_rates.valid_from

),

final as (

    select
        cast(known.system as {{ dbt.type_string() }}) as system,
        cast(known.spend_id as {{ dbt.type_string() }}) as spend_id,
        cast(known.spent_on as date) as spent_on,
        cast(
            case
                when known.sourced_by is null then 'not_given'
                else coalesce(sources.source, 'unmapped')
            end as {{ dbt.type_string() }}
        ) as source,
        cast(known.system || ':campaign:' || known.campaign_id as {{ dbt.type_string() }})
            as campaign_key,
        cast(known.amount as decimal(18, 2)) as amount,
        cast(known.rate_currency as {{ dbt.type_string() }}) as currency,
        -- As in int_opportunities.
        cast(
            cast(known.amount as decimal(19, 2)) * rated.rate_to_reporting as decimal(18, 2)
        ) as amount_reporting
    from known
    left join rated
        on
            known.system = rated.system
            and known.spend_id = rated.spend_id
            and rated.rank_in_cost = 1
    left join sources
        on
            known.system = sources.system
            and {{ comparable('known.sourced_by') }} = {{ comparable('sources.raw_source') }}
            and (
                sources.valid_from <= cast(known.spent_on as timestamp)
                or sources.valid_from is null
            )
            and (
                sources.valid_to > cast(known.spent_on as timestamp)
                or sources.valid_to is null
            )

)

select * from final
