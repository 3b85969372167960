with activities as (

    select * from {{ ref('all__activities') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

lead_addresses as (

    select * from {{ ref('int_lead_addresses') }}

),

shared_mailboxes as (

    select * from {{ ref('map_shared_mailboxes') }}

),

identity_rules as (

    select * from {{ ref('map_identity_rules') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

activity_types as (

    select * from {{ ref('map_activity_types') }}

),

campaigns as (

    select * from {{ ref('all__campaigns') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

users as (

    select * from {{ ref('int_users') }}

),

options as (

    select
        max(build_clock.as_of) as as_of,
        max(case when identity_rules.is_on then 1 else 0 end) as ignores_plus_tags
    from build_clock
    left join identity_rules
        on identity_rules.rule = 'plus_tags_are_ignored'

),

-- The address speaks only where no record is named.
known as (

    select
        activities.*,
        {{ to_second('activities.occurred_at') }} as occurred_second,
        case
            when activities.record_key is null
                then {{ comparable_address('activities.email', 'options.ignores_plus_tags = 1') }}
        end as address,
        case
            when activities.record_key is null
                then {{ address_local_part('activities.email') }}
        end as local_part
    from activities
    inner join options
        on {{ to_second('activities.occurred_at') }} <= options.as_of

),

-- An address belongs to its holder at the time; a shared mailbox to nobody.
attached as (

    select
        known.*,
        coalesce(lead_keys.lead_id, lead_addresses.lead_id) as lead_id,
        case
            when lead_keys.lead_id is not null then 'record'
            when lead_addresses.lead_id is not null then 'email'
            when shared_mailboxes.local_part is not null then 'shared_mailbox'
            else 'none'
        end as attached_by
    from known
    left join lead_keys
        on known.record_key = lead_keys.record_key
    left join lead_addresses
        on
            known.address = lead_addresses.address
            and known.occurred_at >= lead_addresses.valid_from
            and known.occurred_at < lead_addresses.valid_to
    left join shared_mailboxes
        on known.local_part = lower(trim(shared_mailboxes.local_part))

),

-- The mapping's rows, the most specific first: the longest pattern of an asset, then the
-- alphabet; a row without a pattern holds for every asset.
numbered_types as (

    select
        activity_types.*,
        {{ comparable('activity_types.raw_type') }} as compared_type,
        lower(nullif(trim(activity_types.asset_pattern), '')) as compared_pattern,
        row_number() over (
            order by
                coalesce(length(trim(activity_types.asset_pattern)), 0) desc nulls last,
                lower(trim(activity_types.asset_pattern)) asc nulls last,
                activity_types.system asc nulls last,
                {{ comparable('activity_types.raw_type') }} asc nulls last,
                activity_types.valid_from asc nulls first
        ) as type_number
    from activity_types

),

-- Few activities fit a pattern: only they need a choice among rows.
types_by_asset as (

    select
        attached.system,
        attached.activity_id,
        min(numbered_types.type_number) as type_number
    from attached
    inner join numbered_types
        on
            attached.system = numbered_types.system
            and {{ comparable('attached.raw_type') }} = numbered_types.compared_type
            and {{ text_like('lower(attached.asset)', 'numbered_types.compared_pattern') }}
            and (
                numbered_types.valid_from <= attached.occurred_at
                or numbered_types.valid_from is null
            )
            and (
                numbered_types.valid_to > attached.occurred_at
                or numbered_types.valid_to is null
            )
    group by attached.system, attached.activity_id

),

types_of_any_asset as (

    select *
    from numbered_types
    where compared_pattern is null

),

chosen as (

    select
        attached.*,
        coalesce(types_by_asset.type_number, types_of_any_asset.type_number) as type_number
    from attached
    left join types_by_asset
        on
            attached.system = types_by_asset.system
            and attached.activity_id = types_by_asset.activity_id
    left join types_of_any_asset
        on
            attached.system = types_of_any_asset.system
            and {{ comparable('attached.raw_type') }} = types_of_any_asset.compared_type
            and (
                types_of_any_asset.valid_from <= attached.occurred_at
                or types_of_any_asset.valid_from is null
            )
            and (
                types_of_any_asset.valid_to > attached.occurred_at
                or types_of_any_asset.valid_to is null
            )

),

typed as (

    select
        chosen.*,
        numbered_types.activity,
        numbered_types.side,
        campaigns.name as campaign_name,
        coalesce(chosen.direction, numbered_types.direction) as agreed_direction,
        coalesce(chosen.is_two_way, numbered_types.is_two_way, false) as agreed_is_two_way,
        coalesce(chosen.is_automated, numbered_types.is_automated, false)
            as agreed_is_automated,
        coalesce(not numbered_types.is_system_of_record, false) as is_echo,
        coalesce(chosen.raw_source, campaigns.raw_source) as sourced_by
    from chosen
    left join numbered_types
        on chosen.type_number = numbered_types.type_number
    left join campaigns
        on
            chosen.system = campaigns.system
            and chosen.campaign_id = campaigns.campaign_id

),

final as (

    select
        cast(typed.system as {{ dbt.type_string() }}) as system,
        cast(typed.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(typed.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(typed.attached_by as {{ dbt.type_string() }}) as attached_by,
        cast(typed.activity as {{ dbt.type_string() }}) as activity,
        cast(typed.side as {{ dbt.type_string() }}) as side,
        cast(typed.agreed_direction as {{ dbt.type_string() }}) as direction,
        cast(typed.agreed_is_two_way as boolean) as is_two_way,
        cast(typed.agreed_is_automated as boolean) as is_automated,
        cast(typed.is_echo as boolean) as is_echo,
        cast(typed.occurred_second as timestamp) as occurred_at,
        cast(typed.occurred_precision as {{ dbt.type_string() }}) as occurred_precision,
        cast(typed.recorded_at as timestamp) as recorded_at,
        cast(typed.asset as {{ dbt.type_string() }}) as asset,
        cast(typed.system || ':campaign:' || typed.campaign_id as {{ dbt.type_string() }})
            as campaign_key,
        cast(typed.campaign_name as {{ dbt.type_string() }}) as campaign_name,
        cast(
            case
                when typed.sourced_by is not null then coalesce(sources.source, 'unmapped')
            end as {{ dbt.type_string() }}
        ) as source,
        cast(typed.system || ':user:' || typed.actor_id as {{ dbt.type_string() }})
            as actor_key,
        cast(users.team as {{ dbt.type_string() }}) as actor_team
    from typed
    left join sources
        on
            typed.system = sources.system
            and {{ comparable('typed.sourced_by') }} = {{ comparable('sources.raw_source') }}
            and (sources.valid_from <= typed.occurred_at or sources.valid_from is null)
            and (sources.valid_to > typed.occurred_at or sources.valid_to is null)
    left join users
        on
            typed.system = users.system
            and typed.actor_id = users.user_id

)

select * from final
