with leads as (

    select * from {{ ref('int_leads') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

customer_periods as (

    select * from {{ ref('int_customer_periods') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

asked_scores as (

    select * from {{ ref('int_asked_scores') }}

),

first_cycles as (

    select
        lead_id,
        min(started_at) as first_seen_at
    from cycles
    group by lead_id

),

handoff_counts as (

    select
        lead_id,
        count(*) as n_handoffs,
        count(mql_at) as n_mqls,
        min(mql_at) as first_mql_at
    from handoffs
    group by lead_id

),

inquiries as (

    select
        lead_id,
        min(occurred_at) as inquiry_at
    from activities
    where
        lead_id is not null
        and side = 'buyer'
        and direction = 'inbound'
        and not is_automated
        and not is_echo
    group by lead_id

),

ranked_statuses as (

    select
        lead_id,
        stage,
        row_number() over (
            partition by lead_id
            order by changed_at desc nulls last, change_key desc nulls last
        ) as rank_from_last
    from status_changes
    where stage is not null

),

customers as (

    select distinct customer_periods.lead_id
    from customer_periods
    inner join build_clock
        on
            -- A win of today that is known to the day alone counts today.
            cast(customer_periods.customer_since as date) <= cast(build_clock.as_of as date)
            and customer_periods.customer_until > build_clock.as_of
    where customer_periods.scope = 'lead'

),

final as (

    select
        cast(leads.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(leads.email as {{ dbt.type_string() }}) as email,
        cast(leads.email_domain as {{ dbt.type_string() }}) as email_domain,
        cast(leads.first_name as {{ dbt.type_string() }}) as first_name,
        cast(leads.last_name as {{ dbt.type_string() }}) as last_name,
        cast(leads.title as {{ dbt.type_string() }}) as title,
        cast(leads.company as {{ dbt.type_string() }}) as company,
        cast(leads.website as {{ dbt.type_string() }}) as website,
        cast(leads.country as {{ dbt.type_string() }}) as country,
        cast(leads.industry as {{ dbt.type_string() }}) as industry,
        cast(leads.employees as bigint) as employees,
        cast(leads.source as {{ dbt.type_string() }}) as source,
        cast(leads.channel as {{ dbt.type_string() }}) as channel,
        cast(leads.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(leads.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(leads.owner_team as {{ dbt.type_string() }}) as owner_team,
        cast(lead_accounts.account_key as {{ dbt.type_string() }}) as account_key,
        cast(lead_accounts.evidence as {{ dbt.type_string() }}) as account_evidence,
        cast(ranked_statuses.stage as {{ dbt.type_string() }}) as current_stage,
        cast(leads.created_at as timestamp) as created_at,
        cast(leads.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(first_cycles.first_seen_at as timestamp) as first_seen_at,
        cast(inquiries.inquiry_at as timestamp) as inquiry_at,
        cast(handoff_counts.first_mql_at as timestamp) as first_mql_at,
        cast(coalesce(handoff_counts.n_mqls, 0) as bigint) as n_mqls,
        cast(coalesce(handoff_counts.n_handoffs, 0) as bigint) as n_handoffs,
        cast(asked_scores.score as decimal(18, 4)) as current_score,
        cast(asked_scores.fit as decimal(18, 4)) as current_fit,
        cast(asked_scores.engagement as decimal(18, 4)) as current_engagement,
        cast(asked_scores.version_id as {{ dbt.type_string() }}) as scored_version_id,
        cast(leads.n_person_records as bigint) as n_person_records,
        cast(leads.systems as {{ dbt.type_string() }}) as systems,
        cast(leads.joined_by as {{ dbt.type_string() }}) as joined_by,
        cast(customers.lead_id is not null as boolean) as is_customer,
        cast(leads.is_deleted as boolean) as is_deleted
    from leads
    left join first_cycles
        on leads.lead_id = first_cycles.lead_id
    left join handoff_counts
        on leads.lead_id = handoff_counts.lead_id
    left join inquiries
        on leads.lead_id = inquiries.lead_id
    left join ranked_statuses
        on
            leads.lead_id = ranked_statuses.lead_id
            and ranked_statuses.rank_from_last = 1
    left join lead_accounts
        on leads.lead_id = lead_accounts.lead_id
    left join customers
        on leads.lead_id = customers.lead_id
    left join asked_scores
        on
            leads.lead_id = asked_scores.lead_id
            and asked_scores.is_as_of

)

select * from final
