with opportunities as (

    select * from {{ ref('all__opportunities') }}

),

stage_changes as (

    select * from {{ ref('all__opportunity_stage_changes') }}

),

opportunity_persons as (

    select * from {{ ref('all__opportunity_persons') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

stages as (

    select * from {{ ref('map_opportunity_stages') }}

),

types as (

    select * from {{ ref('map_opportunity_types') }}

),

exchange_rates as (

    select * from {{ ref('map_exchange_rates') }}

),

users as (

    select * from {{ ref('int_users') }}

),

-- The lead that brought the deal: the earliest conversion into it …
conversions as (

    select
        persons.system,
        persons.converted_opportunity_id as opportunity_id,
        lead_keys.lead_id,
        row_number() over (
            partition by persons.system, persons.converted_opportunity_id
            order by
                persons.converted_at asc nulls last,
                persons.created_at asc nulls last,
                persons.record_key asc nulls last
        ) as rank_in_deal
    from persons
    inner join lead_keys
        on persons.record_key = lead_keys.record_key
    inner join build_clock
        on
            {{ to_second('persons.created_at') }} <= build_clock.as_of
            and (
                {{ to_second('persons.converted_at') }} <= build_clock.as_of
                or persons.converted_at is null
            )
    where persons.converted_opportunity_id is not null

),

persons_named as (

    select
        opportunity_persons.opportunity_key,
        opportunity_persons.is_primary,
        opportunity_persons.linked_at,
        opportunity_persons.record_key,
        lead_keys.lead_id,
        count(*) over (partition by opportunity_persons.opportunity_key) as n_persons
    from opportunity_persons
    left join lead_keys
        on opportunity_persons.record_key = lead_keys.record_key

),

-- … else its primary contact, or the only person that it names. Whose deal it is where it
-- names several is a matter of hand-offs (int_handoff_opportunities).
contacts as (

    select
        opportunity_key,
        lead_id,
        row_number() over (
            partition by opportunity_key
            order by linked_at asc nulls last, record_key asc nulls last
        ) as rank_in_deal
    from persons_named
    where lead_id is not null and (is_primary or n_persons = 1)

),

-- When the history of stages says that the deal came to rest; a deal taken up again, the
-- last time.
closings as (

    select
        stage_changes.opportunity_key,
        stages.stage,
        stage_changes.changed_at,
        stage_changes.changed_precision,
        row_number() over (
            partition by stage_changes.opportunity_key, stages.stage
            order by
                stage_changes.changed_at desc nulls last,
                stage_changes.raw_stage asc nulls last
        ) as rank_from_last
    from stage_changes
    inner join stages
        on
            stage_changes.system = stages.system
            and {{ comparable('stage_changes.raw_stage') }}
            = {{ comparable('stages.raw_stage') }}
            and (stages.valid_from <= stage_changes.changed_at or stages.valid_from is null)
            and (stages.valid_to > stage_changes.changed_at or stages.valid_to is null)
    where stage_changes.evidence = 'history' and stages.stage in ('won', 'lost')

),

known as (

    select
        opportunities.*,
        build_clock.as_of,
        stages.stage as present_stage,
        -- The history of stages, else the close date; without one a won or lost deal closed
        -- no later than its last change.
        case
            when closings.changed_at is not null then closings.changed_at
            when opportunities.closed_at is not null then opportunities.closed_at
            when stages.stage in ('won', 'lost')
                then coalesce(opportunities.updated_at, opportunities.created_at)
        end as closing_at,
        case
            when closings.changed_at is not null then closings.changed_precision
            when opportunities.closed_at is not null then opportunities.closed_precision
            when opportunities.updated_at is not null then 'second'
            else opportunities.created_precision
        end as closing_precision
    from opportunities
    inner join build_clock
        on {{ to_second('opportunities.created_at') }} <= build_clock.as_of
    left join stages
        on
            opportunities.system = stages.system
            and {{ comparable('opportunities.raw_stage') }}
            = {{ comparable('stages.raw_stage') }}
            and (stages.valid_from <= build_clock.as_of or stages.valid_from is null)
            and (stages.valid_to > build_clock.as_of or stages.valid_to is null)
    left join closings
        on
            opportunities.opportunity_key = closings.opportunity_key
            and stages.stage = closings.stage
            and closings.rank_from_last = 1
    where not coalesce(opportunities.is_deleted, false)

),

dated as (

    select
        known.*,
        {{ to_second('created_at') }} as created_second,
        case when {{ to_second('closing_at') }} <= as_of then {{ to_second('closing_at') }} end
            as closed_second,
        -- What closes after the build's clock is still open to it.
        case
            when present_stage in ('won', 'lost') and {{ to_second('closing_at') }} > as_of
                then 'open'
            else present_stage
        end as stage,
        coalesce(currency, '{{ var("reporting_currency") }}') as rate_currency,
        case
            when {{ to_second('closing_at') }} <= as_of
                then {{ reporting_date('closing_at', 'closing_precision') }}
            else {{ reporting_date('as_of', "'second'") }}
        end as rate_date
    from known

),

-- The rate in force on the close date, in the reporting zone; open deals at the build's clock.
rated as (

    select
        dated.opportunity_key,
        exchange_rates.rate_to_reporting,
        row_number() over (
            partition by dated.opportunity_key
            order by exchange_rates.valid_from desc nulls last
        ) as rank_in_deal
    from dated
    inner join exchange_rates
        on
            upper(dated.rate_currency) = exchange_rates.currency
            and dated.rate_date >= exchange_rates.valid_from

),

mapped as (

    select
        dated.*,
        -- A deal of a kind not mapped makes no stage: rpt_unmapped_values names it.
        coalesce(types.is_new_business, false) as is_new_business,
        coalesce(conversions.lead_id, contacts.lead_id) as lead_id,
        case
            when conversions.lead_id is not null then 'conversion'
            when contacts.lead_id is not null then 'primary_contact'
            else 'unlinked'
        end as linked_by,
        rated.rate_to_reporting,
        owners.team as owner_team,
        creators.team as creator_team
    from dated
    left join types
        on
            dated.system = types.system
            and {{ comparable('dated.raw_type') }} = {{ comparable('types.raw_type') }}
    left join conversions
        on
            dated.system = conversions.system
            and dated.opportunity_id = conversions.opportunity_id
            and conversions.rank_in_deal = 1
    left join contacts
        on
            dated.opportunity_key = contacts.opportunity_key
            and contacts.rank_in_deal = 1
    left join rated
        on
            dated.opportunity_key = rated.opportunity_key
            and rated.rank_in_deal = 1
    left join users as owners
        on
            dated.system = owners.system
            and dated.owner_id = owners.user_id
    left join users as creators
        on
            dated.system = creators.system
            and dated.creator_id = creators.user_id

),

final as (

    select
        cast(opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(system as {{ dbt.type_string() }}) as system,
        cast(opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(linked_by as {{ dbt.type_string() }}) as linked_by,
        cast(account_id as {{ dbt.type_string() }}) as account_id,
        cast(system || ':account:' || account_id as {{ dbt.type_string() }}) as account_key,
        cast(raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(is_new_business as boolean) as is_new_business,
        cast(stage as {{ dbt.type_string() }}) as stage,
        cast(created_second as timestamp) as created_at,
        cast(created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(case when stage = 'won' then closed_second end as timestamp) as won_at,
        cast(case when stage = 'lost' then closed_second end as timestamp) as lost_at,
        cast(closing_precision as {{ dbt.type_string() }}) as closed_precision,
        cast(amount as decimal(18, 2)) as amount,
        cast(upper(rate_currency) as {{ dbt.type_string() }}) as currency,
        cast(rate_date as date) as rate_date,
        -- A digit more, or DuckDB reckons in 64 bits: ten thousand million would be too much.
        cast(cast(amount as decimal(19, 2)) * rate_to_reporting as decimal(18, 2))
            as amount_reporting,
        cast(system || ':user:' || creator_id as {{ dbt.type_string() }}) as creator_key,
        cast(creator_team as {{ dbt.type_string() }}) as creator_team,
        cast(system || ':user:' || owner_id as {{ dbt.type_string() }}) as owner_key,
        cast(owner_team as {{ dbt.type_string() }}) as owner_team
    from mapped

)

select * from final
