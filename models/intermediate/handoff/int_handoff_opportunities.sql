with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

opportunity_persons as (

    select * from {{ ref('all__opportunity_persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

lead_accounts as (

    select * from {{ ref('int_lead_accounts') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

new_business as (

    select
        opportunities.*,
        {{ last_second('created_at', 'created_precision') }} as created_until
    from opportunities
    where is_new_business

),

-- A deal of one lead (by its conversion or primary contact) belongs to the trip in which
-- it was made.
of_leads as (

    select
        new_business.opportunity_key,
        handoffs.handoff_id,
        new_business.linked_by
    from new_business
    inner join handoffs
        on
            new_business.lead_id = handoffs.lead_id
            and new_business.created_at > handoffs.cycle_holds_after
            and new_business.created_at <= handoffs.cycle_holds_until

),

first_wins as (

    select
        of_leads.handoff_id,
        min({{ last_second('new_business.won_at', 'new_business.closed_precision') }}) as won_at
    from of_leads
    inner join new_business
        on of_leads.opportunity_key = new_business.opportunity_key
    where new_business.won_at is not null
    group by of_leads.handoff_id

),

-- A hand-off is open from its first moment until its cycle ends or a deal of it is won.
open_handoffs as (

    select
        handoffs.handoff_id,
        handoffs.lead_id,
        handoffs.handoff_at as opened_at,
        least(
            handoffs.cycle_holds_until,
            coalesce(first_wins.won_at, handoffs.cycle_holds_until)
        ) as open_until
    from handoffs
    left join first_wins
        on handoffs.handoff_id = first_wins.handoff_id

),

persons_named as (

    select
        opportunity_persons.opportunity_key,
        lead_keys.lead_id
    from opportunity_persons
    left join lead_keys
        on opportunity_persons.record_key = lead_keys.record_key

),

-- Else its persons' earliest hand-off that was open when it was made …
of_persons as (

    select
        new_business.opportunity_key,
        open_handoffs.handoff_id,
        row_number() over (
            partition by new_business.opportunity_key
            order by
                open_handoffs.opened_at asc nulls last,
                open_handoffs.handoff_id asc nulls last
        ) as rank_in_deal
    from new_business
    inner join persons_named
        on new_business.opportunity_key = persons_named.opportunity_key
    inner join open_handoffs
        on
            persons_named.lead_id = open_handoffs.lead_id
            and new_business.created_until >= open_handoffs.opened_at
            and new_business.created_at <= open_handoffs.open_until
    where new_business.lead_id is null

),

-- … else, where it names nobody, its account's only one.
of_accounts as (

    select
        new_business.opportunity_key,
        min(open_handoffs.handoff_id) as handoff_id
    from new_business
    inner join lead_accounts
        on new_business.account_key = lead_accounts.account_key
    inner join open_handoffs
        on
            lead_accounts.lead_id = open_handoffs.lead_id
            and new_business.created_until >= open_handoffs.opened_at
            and new_business.created_at <= open_handoffs.open_until
    where
        new_business.lead_id is null
        and not exists (
            select 1
            from persons_named
            where persons_named.opportunity_key = new_business.opportunity_key
        )
    group by new_business.opportunity_key
    having count(*) = 1

),

final as (

    select
        cast(new_business.opportunity_key as {{ dbt.type_string() }}) as opportunity_key,
        cast(
            coalesce(
                of_leads.handoff_id,
                of_persons.handoff_id,
                of_accounts.handoff_id
            ) as {{ dbt.type_string() }}
        ) as handoff_id,
        cast(
            case
                when of_leads.handoff_id is not null then of_leads.linked_by
                when of_persons.handoff_id is not null then 'person'
                when of_accounts.handoff_id is not null then 'account'
                else 'unlinked'
            end as {{ dbt.type_string() }}
        ) as linked_by
    from new_business
    left join of_leads
        on new_business.opportunity_key = of_leads.opportunity_key
    left join of_persons
        on
            new_business.opportunity_key = of_persons.opportunity_key
            and of_persons.rank_in_deal = 1
    left join of_accounts
        on new_business.opportunity_key = of_accounts.opportunity_key

)

select * from final
