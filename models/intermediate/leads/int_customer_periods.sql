with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

lead_accounts as (

    select distinct
        lead_records.lead_id,
        persons.system,
        persons.account_id
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key
    where persons.account_id is not null

),

-- Known to the day alone, a win or a churn comes after whatever else that day brought.
wins as (

    select
        lead_id,
        'lead' as scope,
        {{ last_second('won_at', 'closed_precision') }} as customer_since
    from opportunities
    where lead_id is not null and won_at is not null

    union all

    select
        lead_id,
        'lead' as scope,
        {{ last_second('changed_at', 'changed_precision') }} as customer_since
    from status_changes
    where stage = 'customer'

    union all

    select
        lead_accounts.lead_id,
        'account' as scope,
        {{ last_second('opportunities.won_at', 'opportunities.closed_precision') }}
            as customer_since
    from lead_accounts
    inner join opportunities
        on
            lead_accounts.system = opportunities.system
            and lead_accounts.account_id = opportunities.account_id
    where opportunities.won_at is not null

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
        wins.scope,
        wins.customer_since,
        min(churns.churned_at) as customer_until
    from wins
    left join churns
        on
            wins.lead_id = churns.lead_id
            and wins.customer_since < churns.churned_at
    group by wins.lead_id, wins.scope, wins.customer_since

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(scope as {{ dbt.type_string() }}) as scope,
        cast(min(customer_since) as timestamp) as customer_since,
        cast(coalesce(customer_until, cast('9999-12-31' as timestamp)) as timestamp)
            as customer_until
    from ended
    group by lead_id, scope, customer_until

)

select * from final
