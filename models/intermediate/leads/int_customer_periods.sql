with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

account_customer_periods as (

    select * from {{ ref('int_account_customer_periods') }}

),

-- Known to the day alone, a win or a churn comes after whatever else that day brought.
wins as (

    select
        lead_id,
        {{ last_second('won_at', 'closed_precision') }} as customer_since
    from opportunities
    where lead_id is not null and won_at is not null

    union all

    select
        lead_id,
        {{ last_second('changed_at', 'changed_precision') }} as customer_since
    from status_changes
    where stage = 'customer'

),

churns as (

    select
        lead_id,
        {{ last_second('changed_at', 'changed_precision') }} as churned_at
    from status_changes
    where stage = 'churned'

),

ended as (

    select
        wins.lead_id,
        wins.customer_since,
        min(churns.churned_at) as customer_until
    from wins
    left join churns
        on
            wins.lead_id = churns.lead_id
            and wins.customer_since < churns.churned_at
    group by wins.lead_id, wins.customer_since

),

periods as (

    select
        lead_id,
        'lead' as scope,
        min(customer_since) as customer_since,
        coalesce(customer_until, cast('9999-12-31' as timestamp)) as customer_until
    from ended
    group by lead_id, customer_until

    union all

    select
        lead_accounts.lead_id,
        'account' as scope,
        account_customer_periods.customer_since,
        account_customer_periods.customer_until
    from lead_accounts
    inner join account_customer_periods
        on lead_accounts.account_key = account_customer_periods.account_key

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(scope as {{ dbt.type_string() }}) as scope,
        cast(customer_since as timestamp) as customer_since,
        cast(customer_until as timestamp) as customer_until
    from periods

)

select * from final
