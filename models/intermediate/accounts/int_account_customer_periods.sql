with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

-- Known to the day alone, a win or a churn comes after whatever else that day brought.
wins as (

    select
        system || ':account:' || account_id as account_key,
        {{ last_second('won_at', 'closed_precision') }} as customer_since
    from opportunities
    where account_id is not null and won_at is not null

),

-- An account that is lost says so through its people.
churns as (

    select
        lead_accounts.account_key,
        {{ last_second('status_changes.changed_at', 'status_changes.changed_precision') }}
            as churned_at
    from status_changes
    inner join lead_accounts
        on status_changes.lead_id = lead_accounts.lead_id
    where status_changes.stage = 'churned'

),

ended as (

    select
        wins.account_key,
        wins.customer_since,
        min(churns.churned_at) as customer_until
    from wins
    left join churns
        on
            wins.account_key = churns.account_key
            and wins.customer_since < churns.churned_at
    group by wins.account_key, wins.customer_since

),

final as (

    select
        cast(account_key as {{ dbt.type_string() }}) as account_key,
        cast(min(customer_since) as timestamp) as customer_since,
        cast(coalesce(customer_until, cast('9999-12-31' as timestamp)) as timestamp)
            as customer_until
    from ended
    group by account_key, customer_until

)

select * from final
