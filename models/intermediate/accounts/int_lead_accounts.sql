with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

person_addresses as (

    select * from {{ ref('int_person_addresses') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

email_domains as (

    select * from {{ ref('map_email_domains') }}

),

system_precedence as (

    select * from {{ ref('int_system_precedence') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

current_precedence as (

    select
        system_precedence.system,
        system_precedence.precedence
    from system_precedence
    inner join build_clock
        on
            system_precedence.valid_from <= build_clock.as_of
            and system_precedence.valid_to > build_clock.as_of

),

-- What each record says of its account, in the order in which records are believed.
records as (

    select
        lead_records.lead_id,
        lead_records.record_key,
        persons.system || ':account:' || persons.account_id as account_key,
        nullif({{ text_around('person_addresses.address', '@', 2) }}, '') as email_domain,
        case when coalesce(persons.is_deleted, false) then 1 else 0 end as is_deleted,
        current_precedence.precedence,
        coalesce(persons.updated_at, persons.created_at) as changed_at
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key
    left join person_addresses
        on
            lead_records.record_key = person_addresses.record_key
            and person_addresses.held_until is null
    left join current_precedence
        on lead_records.system = current_precedence.system

),

by_record as (

    select
        records.*,
        'crm_account' as evidence,
        0 as rank_of_evidence,
        case when accounts.is_deleted then 1 else 0 end as is_account_deleted,
        accounts.created_at as account_created_at
    from records
    inner join accounts
        on records.account_key = accounts.account_key

),

-- A private mailbox says nothing about a company.
by_domain as (

    select
        records.lead_id,
        records.record_key,
        accounts.account_key,
        records.email_domain,
        records.is_deleted,
        records.precedence,
        records.changed_at,
        'email_domain' as evidence,
        1 as rank_of_evidence,
        0 as is_account_deleted,
        accounts.created_at as account_created_at
    from records
    inner join accounts
        on records.email_domain = accounts.domain
    where
        not accounts.is_deleted
        and not exists (
            select 1
            from email_domains
            where email_domains.domain = records.email_domain
        )

),

candidates as (

    select
        lead_id,
        record_key,
        account_key,
        evidence,
        rank_of_evidence,
        is_account_deleted,
        is_deleted,
        precedence,
        changed_at,
        account_created_at
    from by_record

    union all

    select
        lead_id,
        record_key,
        account_key,
        evidence,
        rank_of_evidence,
        is_account_deleted,
        is_deleted,
        precedence,
        changed_at,
        account_created_at
    from by_domain

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by lead_id
            order by
                rank_of_evidence asc nulls last,
                is_account_deleted asc nulls last,
                is_deleted asc nulls last,
                precedence asc nulls last,
                changed_at desc nulls last,
                account_created_at asc nulls last,
                account_key asc nulls last,
                record_key asc nulls last
        ) as rank_in_lead
    from candidates

),

-- How many accounts the same evidence speaks for: above one, the order decided.
counted as (

    select
        lead_id,
        evidence,
        count(distinct account_key) as n_candidates
    from candidates
    group by lead_id, evidence

),

final as (

    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ranked.account_key as {{ dbt.type_string() }}) as account_key,
        cast(ranked.evidence as {{ dbt.type_string() }}) as evidence,
        cast(counted.n_candidates as bigint) as n_candidates
    from ranked
    inner join counted
        on
            ranked.lead_id = counted.lead_id
            and ranked.evidence = counted.evidence
    where ranked.rank_in_lead = 1

)

select * from final
