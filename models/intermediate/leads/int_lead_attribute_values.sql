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

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

system_values as (

    select * from {{ ref('int_lead_system_values') }}

),

system_precedence as (

    select * from {{ ref('int_system_precedence') }}

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
        lead_keys.lead_id,
        attribute_changes.system,
        attribute_changes.record_key,
        attribute_changes.attribute,
        attribute_changes.old_value,
        attribute_changes.new_value,
        {{ to_second('attribute_changes.changed_at') }} as changed_at
    from attribute_changes
    inner join lead_keys
        on attribute_changes.record_key = lead_keys.record_key
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

-- The records of one system tell one history of a field.
ordered_changes as (

    select
        lead_id,
        system,
        attribute,
        old_value,
        new_value,
        changed_at,
        row_number() over (
            partition by lead_id, system, attribute
            order by
                changed_at asc nulls last,
                record_key asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as change_number,
        lead(changed_at) over (
            partition by lead_id, system, attribute
            order by
                changed_at asc nulls last,
                record_key asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as next_changed_at
    from changes_with_domains

),

changed_fields as (

    select distinct
        lead_id,
        system,
        attribute
    from ordered_changes

),

-- A field is tracked if its system's history names it.
tracked_fields as (

    select distinct
        system,
        attribute
    from changes_with_domains

),

lead_systems as (

    select distinct
        lead_id,
        system
    from lead_records

),

leads as (

    select distinct lead_id
    from lead_records

),

tracked_or_valued as (

    select
        lead_systems.lead_id,
        lead_systems.system,
        tracked_fields.attribute
    from lead_systems
    inner join tracked_fields
        on lead_systems.system = tracked_fields.system

    union distinct

    select
        lead_id,
        system,
        attribute
    from system_values

),

-- A field that no system of the lead knows anything of; source and channel belong to none.
fields_of_no_system as (

    select
        leads.lead_id,
        attribute_names.attribute
    from leads
    cross join attribute_names
    where
        not exists (
            select 1
            from tracked_or_valued
            where
                tracked_or_valued.lead_id = leads.lead_id
                and tracked_or_valued.attribute = attribute_names.attribute
        )
        and not exists (
            select 1
            from changed_fields
            where
                changed_fields.lead_id = leads.lead_id
                and changed_fields.attribute = attribute_names.attribute
        )

),

unchanged as (

    select
        tracked_or_valued.lead_id,
        tracked_or_valued.system,
        tracked_or_valued.attribute,
        system_values.value,
        system_values.changed_at,
        tracked_fields.attribute is not null as is_tracked
    from tracked_or_valued
    left join system_values
        on
            tracked_or_valued.lead_id = system_values.lead_id
            and tracked_or_valued.system = system_values.system
            and tracked_or_valued.attribute = system_values.attribute
    left join tracked_fields
        on
            tracked_or_valued.system = tracked_fields.system
            and tracked_or_valued.attribute = tracked_fields.attribute
    where
        not exists (
            select 1
            from changed_fields
            where
                changed_fields.lead_id = tracked_or_valued.lead_id
                and changed_fields.system = tracked_or_valued.system
                and changed_fields.attribute = tracked_or_valued.attribute
        )

    union all

    select
        fields_of_no_system.lead_id,
        '(none)' as system,
        fields_of_no_system.attribute,
        attributes_current.value,
        cast(null as timestamp) as changed_at,
        false as is_tracked
    from fields_of_no_system
    left join attributes_current
        on
            fields_of_no_system.lead_id = attributes_current.lead_id
            and fields_of_no_system.attribute = attributes_current.attribute

),

unchanged_with_sales as (

    select
        unchanged.*,
        sales_written.attribute is not null and not unchanged.is_tracked
            as is_sales_written,
        first_sales_moments.first_sales_at
    from unchanged
    left join sales_written
        on unchanged.attribute = sales_written.attribute
    left join first_sales_moments
        on unchanged.lead_id = first_sales_moments.lead_id

),

-- What each system says of a field, period by period. What changed after the build's clock
-- still tells what the field was until then.
system_periods as (

    -- Before its first change a field held the old value.
    select
        lead_id,
        system,
        attribute,
        old_value as value,
        {{ beginning }} as valid_from,
        changed_at as valid_to,
        'history' as basis,
        false as is_before_sales,
        cast(null as timestamp) as changed_at
    from ordered_changes
    where change_number = 1

    union all

    select
        lead_id,
        system,
        attribute,
        new_value as value,
        changed_at as valid_from,
        coalesce(next_changed_at, {{ far_future }}) as valid_to,
        'history' as basis,
        false as is_before_sales,
        changed_at
    from ordered_changes
    where changed_at < next_changed_at or next_changed_at is null

    union all

    select
        lead_id,
        system,
        attribute,
        value,
        {{ beginning }} as valid_from,
        case
            when is_sales_written then coalesce(first_sales_at, {{ far_future }})
            else {{ far_future }}
        end as valid_to,
        case when is_tracked then 'history' else 'current' end as basis,
        is_sales_written as is_before_sales,
        changed_at
    from unchanged_with_sales

    union all

    select
        lead_id,
        system,
        attribute,
        value,
        first_sales_at as valid_from,
        {{ far_future }} as valid_to,
        'current' as basis,
        false as is_before_sales,
        changed_at
    from unchanged_with_sales
    where is_sales_written and first_sales_at is not null

),

cleaned_periods as (

    select
        system_periods.lead_id,
        system_periods.system,
        system_periods.attribute,
        nullif(trim(system_periods.value), '') as value,
        system_periods.valid_from,
        case
            when system_periods.valid_to <= build_clock.as_of then system_periods.valid_to
            else {{ far_future }}
        end as valid_to,
        system_periods.basis,
        system_periods.is_before_sales,
        system_periods.changed_at,
        system_periods.basis = 'history' and system_periods.valid_from > {{ beginning }}
            as is_change
    from system_periods
    inner join build_clock
        on system_periods.valid_from <= build_clock.as_of

),

fields_of_several_systems as (

    select
        lead_id,
        attribute
    from cleaned_periods
    group by lead_id, attribute
    having min(system) <> max(system)

),

-- Where several systems speak, each moment at which any of them says something new, or the
-- agreed order of systems does, begins a period.
turns as (

    select
        cleaned_periods.lead_id,
        cleaned_periods.attribute,
        cleaned_periods.valid_from
    from cleaned_periods
    inner join fields_of_several_systems
        on
            cleaned_periods.lead_id = fields_of_several_systems.lead_id
            and cleaned_periods.attribute = fields_of_several_systems.attribute

    union distinct

    select
        fields_of_several_systems.lead_id,
        fields_of_several_systems.attribute,
        system_precedence.valid_from
    from fields_of_several_systems
    cross join system_precedence

),

-- A blank never beats a value, nor a label that sales may have written later what another
-- system knew then; after that the agreed precedence, then the latest change.
ranked_periods as (

    select
        turns.lead_id,
        turns.attribute,
        turns.valid_from,
        cleaned_periods.value,
        cleaned_periods.basis,
        cleaned_periods.is_before_sales,
        max(
            case
                when cleaned_periods.is_change and cleaned_periods.valid_from = turns.valid_from
                    then 1
                else 0
            end
        ) over (
            partition by turns.lead_id, turns.attribute, turns.valid_from
        ) as is_change,
        row_number() over (
            partition by turns.lead_id, turns.attribute, turns.valid_from
            order by
                case when cleaned_periods.value is null then 1 else 0 end asc nulls last,
                case when cleaned_periods.is_before_sales then 1 else 0 end asc nulls last,
                system_precedence.precedence asc nulls last,
                cleaned_periods.valid_from desc nulls last,
                cleaned_periods.changed_at desc nulls last,
                cleaned_periods.system asc nulls last
        ) as rank_in_period
    from turns
    inner join cleaned_periods
        on
            turns.lead_id = cleaned_periods.lead_id
            and turns.attribute = cleaned_periods.attribute
            and turns.valid_from >= cleaned_periods.valid_from
            and turns.valid_from < cleaned_periods.valid_to
    left join system_precedence
        on
            cleaned_periods.system = system_precedence.system
            and turns.valid_from >= system_precedence.valid_from
            and turns.valid_from < system_precedence.valid_to

),

chosen as (

    select
        lead_id,
        attribute,
        valid_from,
        value,
        basis,
        is_before_sales,
        is_change = 1 as is_change,
        lag(value) over (
            partition by lead_id, attribute order by valid_from asc nulls last
        ) as previous_value,
        lag(basis) over (
            partition by lead_id, attribute order by valid_from asc nulls last
        ) as previous_basis,
        lag(is_before_sales) over (
            partition by lead_id, attribute order by valid_from asc nulls last
        ) as was_before_sales
    from ranked_periods
    where rank_in_period = 1

),

-- A new order of systems that changes nothing begins no period.
valued as (

    select
        lead_id,
        attribute,
        value,
        valid_from,
        coalesce(
            lead(valid_from) over (
                partition by lead_id, attribute order by valid_from asc nulls last
            ),
            {{ far_future }}
        ) as valid_to,
        basis,
        is_before_sales,
        is_change
    from chosen
    where
        is_change
        or previous_basis is null
        or value is distinct from previous_value
        or basis <> previous_basis
        or is_before_sales <> was_before_sales

    union all

    select
        lead_id,
        attribute,
        value,
        valid_from,
        valid_to,
        basis,
        is_before_sales,
        is_change
    from cleaned_periods
    where
        not exists (
            select 1
            from fields_of_several_systems
            where
                fields_of_several_systems.lead_id = cleaned_periods.lead_id
                and fields_of_several_systems.attribute = cleaned_periods.attribute
        )

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(attribute as {{ dbt.type_string() }}) as attribute,
        cast(value as {{ dbt.type_string() }}) as value,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(basis as {{ dbt.type_string() }}) as basis,
        cast(is_before_sales as boolean) as is_before_sales,
        cast(is_change as boolean) as is_change
    from valued

)

select * from final
