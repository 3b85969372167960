with persons as (

    select * from {{ ref('all__persons') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

system_values as (

    select * from {{ ref('int_lead_system_values') }}

),

system_precedence as (

    select * from {{ ref('int_system_precedence') }}

),

sources as (

    select * from {{ ref('map_sources') }}

),

records as (

    select
        lead_records.lead_id,
        persons.record_key,
        persons.system,
        persons.raw_source,
        persons.created_at
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key

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

-- Where records disagree: the agreed precedence of systems, then the latest change.
ranked_fields as (

    select
        system_values.lead_id,
        system_values.attribute,
        system_values.value,
        row_number() over (
            partition by system_values.lead_id, system_values.attribute
            order by
                current_precedence.precedence asc nulls last,
                system_values.changed_at desc nulls last,
                system_values.system asc nulls last
        ) as rank_in_lead
    from system_values
    left join current_precedence
        on system_values.system = current_precedence.system

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
