{#- The fields of a person record that rules of the agreement may name; email_domain,
    source and channel are derived below. -#}
{%- set fields = [
    'email', 'first_name', 'last_name', 'title', 'company', 'website', 'country', 'industry',
    'employees',
] -%}

with persons as (

    select * from {{ ref('all__persons') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

system_precedence as (

    select * from {{ ref('agreement_system_precedence') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

current_precedence as (

    select
        system_precedence.system,
        system_precedence.precedence
    from system_precedence
    inner join versions
        on system_precedence.version_id = versions.version_id
    inner join build_clock
        on
            versions.effective_from <= build_clock.as_of
            and (versions.effective_to > build_clock.as_of or versions.effective_to is null)

),

records as (

    select
        lead_records.lead_id,
        coalesce(current_precedence.precedence, 2147483647) as precedence,
        persons.*
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key
    left join current_precedence
        on persons.system = current_precedence.system

),

-- Where records disagree: the agreed precedence of systems, then the latest change.
record_fields as (

    {% for field in fields %}
    select
        lead_id,
        precedence,
        coalesce(updated_at, created_at) as changed_at,
        record_key,
        '{{ field }}' as attribute,
        cast({{ field }} as {{ dbt.type_string() }}) as value
    from records
    where {{ field }} is not null
    union all
    {% endfor %}
    select
        lead_id,
        precedence,
        coalesce(updated_at, created_at) as changed_at,
        record_key,
        'email_domain' as attribute,
        nullif({{ text_around('lower(trim(email))', '@', 2) }}, '') as value
    from records
    where nullif({{ text_around('lower(trim(email))', '@', 2) }}, '') is not null

),

ranked_fields as (

    select
        lead_id,
        attribute,
        value,
        row_number() over (
            partition by lead_id, attribute
            order by
                precedence asc nulls last,
                changed_at desc nulls last,
                record_key asc nulls last
        ) as rank_in_lead
    from record_fields

),

-- The first touch: the source of the earliest record that names one.
ranked_sources as (

    select
        records.lead_id,
        coalesce(sources.source, 'unmapped') as source,
        coalesce(sources.channel, 'unmapped') as channel,
        row_number() over (
            partition by records.lead_id
            order by records.created_at asc nulls last, records.record_key asc nulls last
        ) as rank_in_lead
    from records
    left join sources
        on
            records.system = sources.system
            and {{ comparable('records.raw_source') }} = {{ comparable('sources.raw_source') }}
            and (sources.valid_from <= records.created_at or sources.valid_from is null)
            and (sources.valid_to > records.created_at or sources.valid_to is null)
    where records.raw_source is not null

),

unioned as (

    select
        lead_id,
        attribute,
        value
    from ranked_fields
    where rank_in_lead = 1

    union all

    select
        lead_id,
        'source' as attribute,
        source as value
    from ranked_sources
    where rank_in_lead = 1

    union all

    select
        lead_id,
        'channel' as attribute,
        channel as value
    from ranked_sources
    where rank_in_lead = 1

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(attribute as {{ dbt.type_string() }}) as attribute,
        cast(value as {{ dbt.type_string() }}) as value
    from unioned

)

select * from final
