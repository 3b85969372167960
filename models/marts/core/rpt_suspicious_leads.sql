with leads as (

    select * from {{ ref('int_leads') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

identity_links as (

    select * from {{ ref('int_lead_identity_links') }}

),

person_addresses as (

    select * from {{ ref('int_person_addresses') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

email_domains as (

    select * from {{ ref('map_email_domains') }}

),

identity_rules as (

    select * from {{ ref('map_identity_rules') }}

),

records as (

    select
        lead_records.lead_id,
        lead_records.record_key,
        persons.system,
        persons.account_id,
        nullif(lower(trim(persons.last_name)), '') as last_name,
        nullif(lower(trim(persons.company)), '') as company,
        nullif(lower(trim(persons.first_name)), '') || ' '
        || nullif(lower(trim(persons.last_name)), '') as full_name
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key

),

-- Both ends of each merge, as far as they have records.
merged_keys as (

    select
        lead_id,
        record_key
    from identity_links
    where evidence = 'merge'

    union distinct

    select
        lead_id,
        linked_key as record_key
    from identity_links
    where evidence = 'merge'

),

free_mail_records as (

    select
        records.lead_id,
        records.full_name,
        person_addresses.address
    from records
    inner join person_addresses
        on records.record_key = person_addresses.record_key
    inner join email_domains
        on
            {{ text_around('person_addresses.address', '@', 2) }} = email_domains.domain
            and email_domains.kind = 'free_mail'
    where not person_addresses.is_shared_mailbox

),

-- What each suspicion counts, one row per thing counted; `held_in` is where it is counted.
counted as (

    select distinct
        lead_id,
        'too_many_records' as suspicion,
        'lead' as held_in,
        record_key as thing
    from records

    union all

    select distinct
        lead_records.lead_id,
        'too_many_addresses' as suspicion,
        'lead' as held_in,
        person_addresses.address as thing
    from lead_records
    inner join person_addresses
        on lead_records.record_key = person_addresses.record_key
    where not person_addresses.is_shared_mailbox

    union all

    select distinct
        lead_id,
        'conflicting_names' as suspicion,
        'lead' as held_in,
        last_name as thing
    from records
    where last_name is not null

    union all

    select distinct
        lead_id,
        'conflicting_companies' as suspicion,
        'lead' as held_in,
        company as thing
    from records
    where company is not null

    union all

    select distinct
        merged_keys.lead_id,
        'merged_across_accounts' as suspicion,
        records.system as held_in,
        records.account_id as thing
    from merged_keys
    inner join records
        on merged_keys.record_key = records.record_key
    where records.account_id is not null

    union all

    select distinct
        lead_id,
        'free_mail_names' as suspicion,
        address as held_in,
        full_name as thing
    from free_mail_records
    where full_name is not null

),

numbered as (

    select
        counted.*,
        row_number() over (
            partition by lead_id, suspicion, held_in
            order by thing asc nulls last
        ) as thing_number
    from counted

),

-- The first few are enough to judge by.
summed as (

    select
        lead_id,
        suspicion,
        held_in,
        count(*) as n_found,
        max(case when thing_number = 1 then thing end)
        || coalesce(max(case when thing_number = 2 then '; ' || thing end), '')
        || coalesce(max(case when thing_number = 3 then '; ' || thing end), '')
        || case when count(*) > 3 then '; …' else '' end as found
    from numbered
    group by lead_id, suspicion, held_in

),

-- Of several accounts of systems, or several addresses, the worst stands for the lead.
ranked as (

    select
        summed.*,
        row_number() over (
            partition by lead_id, suspicion
            order by n_found desc nulls last, held_in asc nulls last
        ) as rank_in_lead
    from summed

),

final as (

    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ranked.suspicion as {{ dbt.type_string() }}) as suspicion,
        cast(ranked.n_found as bigint) as n_found,
        cast(identity_rules.threshold as bigint) as threshold,
        cast(ranked.found as {{ dbt.type_string() }}) as found,
        cast(leads.n_person_records as bigint) as n_person_records,
        cast(leads.systems as {{ dbt.type_string() }}) as systems,
        cast(leads.joined_by as {{ dbt.type_string() }}) as joined_by
    from ranked
    inner join identity_rules
        on
            ranked.suspicion = identity_rules.rule
            and identity_rules.is_on
            and ranked.n_found > identity_rules.threshold
    inner join leads
        on ranked.lead_id = leads.lead_id
    where ranked.rank_in_lead = 1

)

select * from final
