with accounts as (

    select * from {{ ref('int_accounts') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

customer_periods as (

    select * from {{ ref('int_account_customer_periods') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

lead_counts as (

    select
        account_key,
        count(*) as n_leads,
        sum(case when evidence = 'email_domain' then 1 else 0 end)
            as n_leads_by_email_domain
    from lead_accounts
    group by account_key

),

deal_counts as (

    select
        system || ':account:' || account_id as account_key,
        count(*) as n_opportunities,
        count(won_at) as n_won,
        sum(case when won_at is not null then amount_reporting end) as won_amount
    from opportunities
    where account_id is not null
    group by system || ':account:' || account_id

),

customers as (

    select
        customer_periods.account_key,
        min(customer_periods.customer_since) as customer_since
    from customer_periods
    inner join build_clock
        on
            -- A win of today that is known to the day alone counts today.
            cast(customer_periods.customer_since as date) <= cast(build_clock.as_of as date)
            and customer_periods.customer_until > build_clock.as_of
    group by customer_periods.account_key

),

final as (

    select
        cast(accounts.account_key as {{ dbt.type_string() }}) as account_key,
        cast(accounts.system as {{ dbt.type_string() }}) as system,
        cast(accounts.account_id as {{ dbt.type_string() }}) as account_id,
        cast(accounts.name as {{ dbt.type_string() }}) as name,
        cast(accounts.website as {{ dbt.type_string() }}) as website,
        cast(accounts.domain as {{ dbt.type_string() }}) as domain,
        cast(accounts.country as {{ dbt.type_string() }}) as country,
        cast(accounts.industry as {{ dbt.type_string() }}) as industry,
        cast(accounts.employees as bigint) as employees,
        cast(accounts.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(accounts.owner_team as {{ dbt.type_string() }}) as owner_team,
        cast(accounts.created_at as timestamp) as created_at,
        cast(coalesce(lead_counts.n_leads, 0) as bigint) as n_leads,
        cast(coalesce(lead_counts.n_leads_by_email_domain, 0) as bigint)
            as n_leads_by_email_domain,
        cast(coalesce(deal_counts.n_opportunities, 0) as bigint) as n_opportunities,
        cast(coalesce(deal_counts.n_won, 0) as bigint) as n_won,
        cast(coalesce(deal_counts.won_amount, 0) as decimal(18, 2)) as won_amount,
        cast(customers.account_key is not null as boolean) as is_customer,
        cast(customers.customer_since as timestamp) as customer_since,
        cast(accounts.is_deleted as boolean) as is_deleted,
        cast(accounts.is_exported as boolean) as is_exported
    from accounts
    left join lead_counts
        on accounts.account_key = lead_counts.account_key
    left join deal_counts
        on accounts.account_key = deal_counts.account_key
    left join customers
        on accounts.account_key = customers.account_key

)

select * from final
