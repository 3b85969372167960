{#- The fields of a person record that rules of the agreement may name; source and channel
    are those of first touch, which no system decides. -#}
{%- set fields = [
    'email', 'first_name', 'last_name', 'title', 'company', 'website', 'country', 'industry',
    'employees',
] -%}

with persons as (

    select * from {{ ref('all__persons') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

records as (

    select
        lead_records.lead_id,
        persons.*
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key

),

last_changes as (

    select
        attribute_changes.record_key,
        attribute_changes.attribute,
        max(attribute_changes.changed_at) as field_changed_at
    from attribute_changes
    inner join build_clock
        on {{ to_second('attribute_changes.changed_at') }} <= build_clock.as_of
    group by attribute_changes.record_key, attribute_changes.attribute

),

record_fields as (

    {% for field in fields %}
    select
        lead_id,
        system,
        record_key,
        '{{ field }}' as attribute,
        '{{ field }}' as changed_as,
        cast({{ field }} as {{ dbt.type_string() }}) as value,
        coalesce(updated_at, created_at) as record_changed_at
    from records
    where {{ field }} is not null
    union all
    {% endfor %}
    select
        lead_id,
        system,
        record_key,
        'email_domain' as attribute,
        'email' as changed_as,
        nullif({{ text_around('lower(trim(email))', '@', 2) }}, '') as value,
        coalesce(updated_at, created_at) as record_changed_at
    from records
    where nullif({{ text_around('lower(trim(email))', '@', 2) }}, '') is not null

),

-- The latest change of the field that is known; without any, of the record.
ranked as (

    select
        record_fields.lead_id,
        record_fields.system,
        record_fields.attribute,
        record_fields.value,
        coalesce(last_changes.field_changed_at, record_fields.record_changed_at)
            as changed_at,
        row_number() over (
            partition by
                record_fields.lead_id, record_fields.system, record_fields.attribute
            order by
                last_changes.field_changed_at desc nulls last,
                record_fields.record_changed_at desc nulls last,
                record_fields.record_key asc nulls last
        ) as rank_in_system
    from record_fields
    left join last_changes
        on
            record_fields.record_key = last_changes.record_key
            and record_fields.changed_as = last_changes.attribute

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(system as {{ dbt.type_string() }}) as system,
        cast(attribute as {{ dbt.type_string() }}) as attribute,
        cast(value as {{ dbt.type_string() }}) as value,
        cast(changed_at as timestamp) as changed_at
    from ranked
    where rank_in_system = 1

)

select * from final
