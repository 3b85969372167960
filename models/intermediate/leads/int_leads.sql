with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

identity_links as (

    select * from {{ ref('int_lead_identity_links') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

attributes_current as (

    select * from {{ ref('int_lead_attributes_current') }}

),

users as (

    select * from {{ ref('int_users') }}

),

records as (

    select
        lead_records.lead_id,
        persons.*,
        persons.system || ':campaign:' || persons.campaign_id as campaign_key,
        row_number() over (
            partition by lead_records.lead_id
            order by
                persons.created_at asc nulls last,
                persons.record_key asc nulls last
        ) as rank_from_first,
        -- The first touch: source and campaign of one record.
        row_number() over (
            partition by lead_records.lead_id
            order by
                case when persons.raw_source is null then 1 else 0 end asc nulls last,
                persons.created_at asc nulls last,
                persons.record_key asc nulls last
        ) as rank_by_touch,
        row_number() over (
            partition by lead_records.lead_id
            order by
                case when persons.owner_id is null then 1 else 0 end asc nulls last,
                coalesce(persons.updated_at, persons.created_at) desc nulls last,
                persons.record_key asc nulls last
        ) as rank_by_owner
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key

),

grouped as (

    select
        lead_id,
        count(*) as n_person_records,
        min(created_at) as created_at,
        max(case when rank_from_first = 1 then created_precision end) as created_precision,
        max(case when rank_by_touch = 1 then campaign_key end) as campaign_key,
        min(case when coalesce(is_deleted, false) then 1 else 0 end) as is_deleted,
        max(case when rank_by_owner = 1 then system end) as owner_system,
        max(case when rank_by_owner = 1 then owner_id end) as owner_id
    from records
    group by lead_id

),

-- Why the records are one lead, and where they come from.
joining_evidence as (

    select distinct
        lead_id,
        evidence
    from identity_links
    where is_joining

),

joined as (

    select
        lead_id,
        {{ ordered_text_agg('evidence', ', ') }} as joined_by
    from joining_evidence
    group by lead_id

),

lead_systems as (

    select distinct
        lead_id,
        system
    from lead_records

),

listed_systems as (

    select
        lead_id,
        {{ ordered_text_agg('system', ', ') }} as systems
    from lead_systems
    group by lead_id

),

pivoted as (

    select
        lead_id,
        max(case when attribute = 'email' then value end) as email,
        max(case when attribute = 'email_domain' then value end) as email_domain,
        max(case when attribute = 'first_name' then value end) as first_name,
        max(case when attribute = 'last_name' then value end) as last_name,
        max(case when attribute = 'title' then value end) as title,
        max(case when attribute = 'company' then value end) as company,
        max(case when attribute = 'website' then value end) as website,
        max(case when attribute = 'country' then value end) as country,
        max(case when attribute = 'industry' then value end) as industry,
        max(case when attribute = 'employees' then value end) as employees,
        max(case when attribute = 'source' then value end) as source,
        max(case when attribute = 'channel' then value end) as channel
    from attributes_current
    group by lead_id

),

final as (

    select
        cast(grouped.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(pivoted.email as {{ dbt.type_string() }}) as email,
        cast(pivoted.email_domain as {{ dbt.type_string() }}) as email_domain,
        cast(pivoted.first_name as {{ dbt.type_string() }}) as first_name,
        cast(pivoted.last_name as {{ dbt.type_string() }}) as last_name,
        cast(pivoted.title as {{ dbt.type_string() }}) as title,
        cast(pivoted.company as {{ dbt.type_string() }}) as company,
        cast(pivoted.website as {{ dbt.type_string() }}) as website,
        cast(pivoted.country as {{ dbt.type_string() }}) as country,
        cast(pivoted.industry as {{ dbt.type_string() }}) as industry,
        cast({{ number_or_null('pivoted.employees') }} as bigint) as employees,
        -- No source named is not the source "unknown": two things, two names.
        cast(coalesce(pivoted.source, 'not_given') as {{ dbt.type_string() }}) as source,
        cast(coalesce(pivoted.channel, 'not_given') as {{ dbt.type_string() }}) as channel,
        cast(grouped.campaign_key as {{ dbt.type_string() }}) as campaign_key,
        cast(
            grouped.owner_system || ':user:' || grouped.owner_id as {{ dbt.type_string() }}
        ) as owner_key,
        cast(users.team as {{ dbt.type_string() }}) as owner_team,
        cast(grouped.n_person_records as bigint) as n_person_records,
        cast(listed_systems.systems as {{ dbt.type_string() }}) as systems,
        cast(coalesce(joined.joined_by, 'none') as {{ dbt.type_string() }}) as joined_by,
        cast(grouped.created_at as timestamp) as created_at,
        cast(grouped.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(grouped.is_deleted = 1 as boolean) as is_deleted
    from grouped
    left join pivoted
        on grouped.lead_id = pivoted.lead_id
    left join joined
        on grouped.lead_id = joined.lead_id
    left join listed_systems
        on grouped.lead_id = listed_systems.lead_id
    left join users
        on
            grouped.owner_system = users.system
            and grouped.owner_id = users.user_id

)

select * from final
