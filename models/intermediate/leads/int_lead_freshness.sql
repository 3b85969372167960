with leads as (

    select * from {{ ref('int_leads') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

system_freshness as (

    select * from {{ ref('int_system_freshness') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

crm_freshness as (

    select
        system,
        fresh_until
    from system_freshness
    where system in ({{ quoted_words(crm_systems()) }})

),

own_crms as (

    select
        lead_records.lead_id,
        max(crm_freshness.fresh_until) as fresh_until
    from lead_records
    inner join crm_freshness
        on lead_records.system = crm_freshness.system
    group by lead_records.lead_id

),

-- Whom no CRM knows yet would be in the freshest.
any_crm as (

    select max(fresh_until) as fresh_until
    from crm_freshness

),

final as (

    select
        cast(leads.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(
            least(
                coalesce(own_crms.fresh_until, any_crm.fresh_until, build_clock.as_of),
                build_clock.as_of
            ) as timestamp
        ) as fresh_until
    from leads
    cross join any_crm
    cross join build_clock
    left join own_crms
        on leads.lead_id = own_crms.lead_id

)

select * from final
