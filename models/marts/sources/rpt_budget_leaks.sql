with leads as (

    select * from {{ ref('dim_leads') }}

),

acceptances as (

    select * from {{ ref('fct_sql_acceptances') }}

),

spend as (

    select * from {{ ref('int_spend') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

-- What became of a lead is what its last hand-off says.
last_handoffs as (

    select
        lead_id,
        rejection_category,
        row_number() over (
            partition by lead_id
            order by cycle_number desc nulls last
        ) as rank_from_last
    from acceptances

),

bad_data_leads as (

    select lead_id
    from last_handoffs
    where rank_from_last = 1 and rejection_category = 'bad_data'

),

-- An invoice often has a campaign of its own: what it bought is told by source and month alone.
brought as (

    select
        leads.source,
        {{ reporting_month('leads.created_at') }} as cohort_month,
        count(*) as n_leads,
        count(bad_data_leads.lead_id) as n_bad_data_leads
    from leads
    left join bad_data_leads
        on leads.lead_id = bad_data_leads.lead_id
    group by leads.source, {{ reporting_month('leads.created_at') }}

),

spent as (

    select
        source,
        {{ period_start('month', 'spent_on') }} as cohort_month,
        sum(amount_reporting) as cost
    from spend
    group by source, {{ period_start('month', 'spent_on') }}

),

combined as (

    select
        coalesce(brought.source, spent.source) as source,
        coalesce(brought.cohort_month, spent.cohort_month) as cohort_month,
        coalesce(brought.n_leads, 0) as n_leads,
        coalesce(brought.n_bad_data_leads, 0) as n_bad_data_leads,
        coalesce(spent.cost, 0) as cost
    from brought
    full join spent
        on
            brought.source = spent.source
            and brought.cohort_month = spent.cohort_month

),

final as (

    select
        cast(combined.source as {{ dbt.type_string() }}) as source,
        cast(combined.cohort_month as date) as cohort_month,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(combined.n_leads as bigint) as n_leads,
        cast(combined.n_bad_data_leads as bigint) as n_bad_data_leads,
        cast(combined.cost as decimal(18, 2)) as cost,
        cast(
            case
                when combined.n_leads = 0 then 0
                else
                    {{ agreed_score(
                        'cast(combined.cost as ' ~ type_double() ~ ')'
                        ~ ' * combined.n_bad_data_leads / combined.n_leads'
                    ) }}
            end as decimal(18, 2)
        ) as bad_data_cost,
        cast(case when combined.n_leads = 0 then combined.cost else 0 end as decimal(18, 2))
            as unproductive_cost
    from combined
    left join sources
        on combined.source = sources.source

)

select * from final
