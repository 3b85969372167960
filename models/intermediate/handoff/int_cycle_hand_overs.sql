with cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

mqls as (

    select * from {{ ref('int_mqls') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

owners as (

    select * from {{ ref('int_lead_owners') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

crm_leads as (

    select distinct lead_id
    from lead_records
    where system in ({{ quoted_words(crm_systems()) }})

),

crm_exports as (

    select count(*) as n_leads
    from crm_leads

),

qualified as (

    select
        mqls.lead_id,
        mqls.cycle_index,
        mqls.mql_at,
        mqls.mql_precision,
        cycles.holds_until
    from mqls
    inner join cycles
        on
            mqls.lead_id = cycles.lead_id
            and mqls.cycle_index = cycles.cycle_index

),

-- The status that the lead had when it became an MQL, whichever record bore it.
statuses_before as (

    select
        qualified.lead_id,
        qualified.cycle_index,
        qualified.mql_at,
        qualified.mql_precision,
        status_changes.stage,
        row_number() over (
            partition by qualified.lead_id, qualified.cycle_index
            order by
                status_changes.changed_at desc nulls last,
                {{ funnel_order('status_changes.stage') }} desc nulls last,
                status_changes.change_key desc nulls last
        ) as rank_from_last
    from qualified
    inner join status_changes
        on
            qualified.lead_id = status_changes.lead_id
            and qualified.mql_at >= status_changes.changed_at
    where status_changes.stage is not null

),

moments as (

    select
        qualified.lead_id,
        qualified.cycle_index,
        status_changes.changed_at as handed_on_at,
        status_changes.changed_precision as handed_on_precision
    from qualified
    inner join status_changes
        on
            qualified.lead_id = status_changes.lead_id
            and qualified.mql_at <= {{ last_second(
                'status_changes.changed_at', 'status_changes.changed_precision'
            ) }}
            and qualified.holds_until >= status_changes.changed_at
    where
        status_changes.stage in ('handed_on', 'sales_accepted', 'sales_qualified')

    union all

    select
        lead_id,
        cycle_index,
        mql_at as handed_on_at,
        mql_precision as handed_on_precision
    from statuses_before
    where
        rank_from_last = 1
        and stage in ('handed_on', 'sales_accepted', 'sales_qualified')

    union all

    select
        qualified.lead_id,
        qualified.cycle_index,
        owners.owned_from as handed_on_at,
        'second' as handed_on_precision
    from qualified
    inner join owners
        on
            qualified.lead_id = owners.lead_id
            and qualified.mql_at < owners.owned_until
            and qualified.holds_until >= owners.owned_from
    where
        owners.evidence = 'history'
        and owners.owner_team in ('sales', 'sdr', 'queue')

),

-- What sales had before the MQL is theirs with it.
since_mql as (

    select
        moments.lead_id,
        moments.cycle_index,
        case
            when moments.handed_on_at < qualified.mql_at then qualified.mql_at
            else moments.handed_on_at
        end as handed_on_at,
        case
            when moments.handed_on_at < qualified.mql_at then qualified.mql_precision
            else moments.handed_on_precision
        end as handed_on_precision
    from moments
    inner join qualified
        on
            moments.lead_id = qualified.lead_id
            and moments.cycle_index = qualified.cycle_index

),

-- Of two at one moment, one known to the day alone, the exact one speaks.
first_moments as (

    select
        lead_id,
        cycle_index,
        handed_on_at,
        handed_on_precision,
        row_number() over (
            partition by lead_id, cycle_index
            order by handed_on_at asc nulls last, handed_on_precision desc nulls last
        ) as rank_in_cycle
    from since_mql

),

-- Who owned it, for certain where a history tells; else those whom the records name now.
known_owners as (

    select
        qualified.lead_id,
        qualified.cycle_index,
        sum(case when owners.evidence = 'history' then 1 else 0 end) as n_told,
        sum(
            case
                when
                    owners.evidence <> 'history'
                    and owners.owner_team in ('sales', 'sdr', 'queue')
                    then 1
                else 0
            end
        ) as n_of_sales_now
    from qualified
    inner join owners
        on
            qualified.lead_id = owners.lead_id
            and qualified.mql_at < owners.owned_until
            and qualified.holds_until >= owners.owned_from
    where owners.owner_team is not null
    group by qualified.lead_id, qualified.cycle_index

),

-- Where nobody says when the lead went over, and no history says that others owned it, the
-- MQL itself is the moment; unless somebody of another team owns it now. Who owns it now
-- says nothing of then where a history tells of owners, and whom no CRM knows sales never got.
handed_on as (

    select
        qualified.lead_id,
        qualified.cycle_index,
        case
            when first_moments.lead_id is not null then first_moments.handed_on_at
            when
                known_owners.lead_id is null
                and (crm_leads.lead_id is not null or crm_exports.n_leads = 0)
                then qualified.mql_at
            when known_owners.n_told = 0 and known_owners.n_of_sales_now > 0
                then qualified.mql_at
        end as handed_on_at,
        case
            when first_moments.lead_id is not null then first_moments.handed_on_precision
            else qualified.mql_precision
        end as handed_on_precision,
        first_moments.lead_id is null as is_handed_on_assumed
    from qualified
    cross join crm_exports
    left join crm_leads
        on qualified.lead_id = crm_leads.lead_id
    left join first_moments
        on
            qualified.lead_id = first_moments.lead_id
            and qualified.cycle_index = first_moments.cycle_index
            and first_moments.rank_in_cycle = 1
    left join known_owners
        on
            qualified.lead_id = known_owners.lead_id
            and qualified.cycle_index = known_owners.cycle_index

),

-- Who had the lead then: of several records' owners one of sales, before a queue, before
-- any other; history before what stands in the record now.
owners_then as (

    select
        handed_on.lead_id,
        handed_on.cycle_index,
        owners.owner_key,
        owners.owner_team,
        row_number() over (
            partition by handed_on.lead_id, handed_on.cycle_index
            order by
                case owners.evidence when 'history' then 0 else 1 end asc nulls last,
                {{ owner_rank('owners.owner_team') }} asc nulls last,
                owners.owned_from desc nulls last,
                owners.record_key asc nulls last
        ) as rank_in_cycle
    from handed_on
    inner join owners
        on
            handed_on.lead_id = owners.lead_id
            and handed_on.handed_on_at >= owners.owned_from
            and handed_on.handed_on_at < owners.owned_until

),

final as (

    select
        cast(handed_on.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(handed_on.cycle_index as bigint) as cycle_index,
        cast(handed_on.handed_on_at as timestamp) as handed_on_at,
        cast(handed_on.handed_on_precision as {{ dbt.type_string() }})
            as handed_on_precision,
        cast(handed_on.is_handed_on_assumed as boolean) as is_handed_on_assumed,
        cast(owners_then.owner_key as {{ dbt.type_string() }}) as owner_key,
        cast(owners_then.owner_team as {{ dbt.type_string() }}) as owner_team
    from handed_on
    left join owners_then
        on
            handed_on.lead_id = owners_then.lead_id
            and handed_on.cycle_index = owners_then.cycle_index
            and owners_then.rank_in_cycle = 1
    where handed_on.handed_on_at is not null

)

select * from final
