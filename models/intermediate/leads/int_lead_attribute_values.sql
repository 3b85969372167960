{%- set beginning = "cast('1900-01-01' as timestamp)" -%}
{%- set far_future = "cast('9999-12-31' as timestamp)" -%}
{%- set attributes = [
    'email', 'email_domain', 'first_name', 'last_name', 'title', 'company', 'website',
    'country', 'industry', 'employees', 'source', 'channel',
] -%}

with attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

attributes_current as (

    select * from {{ ref('int_lead_attributes_current') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

sales_fields as (

    select * from {{ ref('agreement_sales_fields') }}

),

attribute_names as (

    {% for attribute in attributes %}
    select '{{ attribute }}' as attribute
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Sales can have written a field only once the lead was theirs.
first_sales_moments as (

    select
        lead_id,
        min(changed_at) as first_sales_at
    from status_changes
    where stage in ('handed_on', 'sales_accepted', 'sales_qualified', 'rejected', 'recycled')
    group by lead_id

),

-- Marked by any version; each version reads its own marks (int_lead_fit).
sales_written as (

    select distinct attribute
    from sales_fields

),

changes as (

    select
        lead_records.lead_id,
        attribute_changes.system,
        attribute_changes.record_key,
        attribute_changes.attribute,
        attribute_changes.old_value,
        attribute_changes.new_value,
        {{ to_second('attribute_changes.changed_at') }} as changed_at
    from attribute_changes
    inner join lead_records
        on attribute_changes.record_key = lead_records.record_key
    inner join build_clock
        on attribute_changes.changed_at <= build_clock.as_of
    -- Source and channel are those of first touch, in the agreed words.
    where attribute_changes.attribute not in ('source', 'channel')

),

changes_with_domains as (

    select
        lead_id,
        system,
        record_key,
        attribute,
        old_value,
        new_value,
        changed_at
    from changes

    union all

    select
        lead_id,
        system,
        record_key,
        'email_domain' as attribute,
        nullif({{ text_around('lower(trim(old_value))', '@', 2) }}, '') as old_value,
        nullif({{ text_around('lower(trim(new_value))', '@', 2) }}, '') as new_value,
        changed_at
    from changes
    where attribute = 'email'

),

ordered_changes as (

    select
        lead_id,
        attribute,
        old_value,
        new_value,
        changed_at,
        row_number() over (
            partition by lead_id, attribute
            order by
                changed_at asc nulls last,
                record_key asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as change_number,
        lead(changed_at) over (
            partition by lead_id, attribute
            order by
                changed_at asc nulls last,
                record_key asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as next_changed_at
    from changes_with_domains

),

-- A field is tracked if its system's history names it.
tracked_fields as (

    select distinct
        system,
        attribute
    from changes_with_domains

),

tracked_by_lead as (

    select distinct
        lead_records.lead_id,
        tracked_fields.attribute
    from lead_records
    inner join tracked_fields
        on lead_records.system = tracked_fields.system

),

leads as (

    select distinct lead_id
    from lead_records

),

unchanged as (

    select
        leads.lead_id,
        attribute_names.attribute,
        attributes_current.value,
        tracked_by_lead.attribute is not null as is_tracked,
        sales_written.attribute is not null as is_sales_written,
        first_sales_moments.first_sales_at
    from leads
    cross join attribute_names
    left join attributes_current
        on
            leads.lead_id = attributes_current.lead_id
            and attribute_names.attribute = attributes_current.attribute
    left join tracked_by_lead
        on
            leads.lead_id = tracked_by_lead.lead_id
            and attribute_names.attribute = tracked_by_lead.attribute
    left join sales_written
        on attribute_names.attribute = sales_written.attribute
    left join first_sales_moments
        on leads.lead_id = first_sales_moments.lead_id
    where
        not exists (
            select 1
            from ordered_changes
            where
                ordered_changes.lead_id = leads.lead_id
                and ordered_changes.attribute = attribute_names.attribute
        )

),

valued as (

    -- Before its first change a field held the old value.
    select
        lead_id,
        attribute,
        old_value as value,
        {{ beginning }} as valid_from,
        changed_at as valid_to,
        'history' as basis,
        false as is_before_sales
    from ordered_changes
    where change_number = 1

    union all

    select
        lead_id,
        attribute,
        new_value as value,
        changed_at as valid_from,
        coalesce(next_changed_at, {{ far_future }}) as valid_to,
        'history' as basis,
        false as is_before_sales
    from ordered_changes
    where changed_at < next_changed_at or next_changed_at is null

    union all

    select
        lead_id,
        attribute,
        value,
        {{ beginning }} as valid_from,
        {{ far_future }} as valid_to,
        case when is_tracked then 'history' else 'current' end as basis,
        false as is_before_sales
    from unchanged
    where is_tracked or not is_sales_written

    union all

    select
        lead_id,
        attribute,
        value,
        {{ beginning }} as valid_from,
        coalesce(first_sales_at, {{ far_future }}) as valid_to,
        'current' as basis,
        true as is_before_sales
    from unchanged
    where is_sales_written and not is_tracked

    union all

    select
        lead_id,
        attribute,
        value,
        first_sales_at as valid_from,
        {{ far_future }} as valid_to,
        'current' as basis,
        false as is_before_sales
    from unchanged
    where is_sales_written and not is_tracked and first_sales_at is not null

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(attribute as {{ dbt.type_string() }}) as attribute,
        cast(nullif(trim(value), '') as {{ dbt.type_string() }}) as value,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(basis as {{ dbt.type_string() }}) as basis,
        cast(is_before_sales as boolean) as is_before_sales
    from valued

)

select * from final
