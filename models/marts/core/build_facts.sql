with build_clock as (

    select * from {{ ref('int_build_clock') }}

),

landing_reconciliation as (

    select * from {{ ref('int_landing_reconciliation') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

activities as (

    select * from {{ ref('int_lead_activities') }}

),

opportunities as (

    select * from {{ ref('int_opportunities') }}

),

handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

landed as (

    select
        sum(n_staged) as n_rows_landed,
        sum(n_quarantined) as n_rows_quarantined
    from landing_reconciliation

),

known_leads as (

    select count(*) as n_leads
    from leads

),

attachment as (

    select
        count(*) as n_activities,
        sum(case when lead_id is null then 1 else 0 end) as n_unattached_activities,
        sum(case when attached_by = 'shared_mailbox' then 1 else 0 end)
            as n_shared_mailbox_activities
    from activities

),

deals as (

    select
        count(*) as n_opportunities,
        sum(case when is_new_business then 1 else 0 end) as n_new_business_opportunities
    from opportunities

),

unlinked_deals as (

    select count(*) as n_unlinked_opportunities
    from handoff_opportunities
    where linked_by = 'unlinked'

),

final as (

    select
        cast(1 as bigint) as build_key,
        cast(build_clock.as_of as timestamp) as as_of,
        cast('{{ var("reporting_currency") }}' as {{ dbt.type_string() }})
            as reporting_currency,
        cast('{{ var("reporting_time_zone") }}' as {{ dbt.type_string() }})
            as reporting_time_zone,
        cast(coalesce(landed.n_rows_landed, 0) as bigint) as n_rows_landed,
        cast(coalesce(landed.n_rows_quarantined, 0) as bigint) as n_rows_quarantined,
        cast(known_leads.n_leads as bigint) as n_leads,
        cast(attachment.n_activities as bigint) as n_activities,
        cast(coalesce(attachment.n_unattached_activities, 0) as bigint)
            as n_unattached_activities,
        cast(coalesce(attachment.n_shared_mailbox_activities, 0) as bigint)
            as n_shared_mailbox_activities,
        cast(deals.n_opportunities as bigint) as n_opportunities,
        cast(coalesce(deals.n_new_business_opportunities, 0) as bigint)
            as n_new_business_opportunities,
        cast(unlinked_deals.n_unlinked_opportunities as bigint) as n_unlinked_opportunities
    from build_clock
    cross join landed
    cross join known_leads
    cross join attachment
    cross join deals
    cross join unlinked_deals

)

select * from final
