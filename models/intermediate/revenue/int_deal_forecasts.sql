with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

attribute_changes as (

    select * from {{ ref('all__opportunity_attribute_changes') }}

),

users as (

    select * from {{ ref('int_users') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

changes as (

    select
        attribute_changes.system,
        attribute_changes.opportunity_key,
        attribute_changes.attribute,
        attribute_changes.old_value,
        attribute_changes.new_value,
        attribute_changes.actor_id,
        {{ to_second('attribute_changes.changed_at') }} as changed_at,
        row_number() over (
            partition by attribute_changes.opportunity_key, attribute_changes.attribute
            order by attribute_changes.changed_at asc nulls last
        ) as change_number
    from attribute_changes
    inner join build_clock
        on attribute_changes.changed_at <= build_clock.as_of

),

forecasts as (

    select
        opportunity_key,
        changed_at as forecast_at,
        'second' as forecast_precision,
        system || ':user:' || actor_id as actor_key,
        'history' as evidence
    from changes
    where
        attribute in ('amount', 'forecast_category')
        and new_value is not null

    union all

    -- What stood before its first change stood since the deal was made.
    select
        changes.opportunity_key,
        opportunities.created_at as forecast_at,
        opportunities.created_precision as forecast_precision,
        opportunities.creator_key as actor_key,
        'history' as evidence
    from changes
    inner join opportunities
        on changes.opportunity_key = opportunities.opportunity_key
    where
        changes.attribute in ('amount', 'forecast_category')
        and changes.change_number = 1
        and changes.old_value is not null

    union all

    -- Without a history of either, who makes the deal forecasts it.
    select
        opportunities.opportunity_key,
        opportunities.created_at as forecast_at,
        opportunities.created_precision as forecast_precision,
        opportunities.creator_key as actor_key,
        'record' as evidence
    from opportunities
    where
        not exists (
            select 1
            from changes
            where
                changes.opportunity_key = opportunities.opportunity_key
                and changes.attribute in ('amount', 'forecast_category')
        )

),

ranked as (

    select
        forecasts.*,
        row_number() over (
            partition by opportunity_key
            order by forecast_at asc nulls last, actor_key asc nulls last
        ) as rank_in_deal
    from forecasts

),

firsts as (

    select
        ranked.opportunity_key,
        ranked.forecast_at,
        ranked.forecast_precision,
        ranked.actor_key,
        ranked.evidence,
        opportunities.system,
        opportunities.owner_key as present_owner_key,
        {{ last_second('ranked.forecast_at', 'ranked.forecast_precision') }} as forecast_until
    from ranked
    inner join opportunities
        on ranked.opportunity_key = opportunities.opportunity_key
    where ranked.rank_in_deal = 1

),

-- The owner at that moment: the change before it, else what stood before the one after it.
owner_changes as (

    select
        firsts.opportunity_key,
        changes.old_value,
        changes.new_value,
        changes.changed_at <= firsts.forecast_until as is_before,
        row_number() over (
            partition by firsts.opportunity_key
            order by
                case when changes.changed_at <= firsts.forecast_until then 0 else 1 end asc
                nulls last,
                case when changes.changed_at <= firsts.forecast_until then changes.changed_at end
                desc nulls last,
                changes.changed_at asc nulls last
        ) as rank_in_deal
    from firsts
    inner join changes
        on
            firsts.opportunity_key = changes.opportunity_key
            and changes.attribute = 'owner_id'

),

owned as (

    select
        firsts.*,
        case
            when owner_changes.opportunity_key is null then firsts.present_owner_key
            when owner_changes.is_before
                then firsts.system || ':user:' || owner_changes.new_value
            else firsts.system || ':user:' || owner_changes.old_value
        end as owner_key
    from firsts
    left join owner_changes
        on
            firsts.opportunity_key = owner_changes.opportunity_key
            and owner_changes.rank_in_deal = 1

),

final as (

    select
        cast(owned.opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(owned.forecast_at as timestamp) as forecast_at,
        cast(owned.forecast_precision as {{ dbt.type_string() }}) as forecast_precision,
        cast(owned.actor_key as {{ dbt.type_string() }}) as actor_key,
        cast(users.team as {{ dbt.type_string() }}) as actor_team,
        cast(owned.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(owned.evidence as {{ dbt.type_string() }}) as evidence
    from owned
    left join users
        on owned.actor_key = users.system || ':user:' || users.user_id

)

select * from final
