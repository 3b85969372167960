{%- set far_future = "cast('9999-12-31' as timestamp)" -%}

with attribute_values as (

    select * from {{ ref('int_lead_attribute_values') }}

),

rule_matches as (

    select * from {{ ref('int_attribute_rule_matches') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

sales_fields as (

    select * from {{ ref('agreement_sales_fields') }}

),

-- A rule judges a value while its version is in force; what sales write, by that version, is
-- unknown until the lead was theirs.
held as (

    select
        attribute_values.lead_id,
        rule_matches.version_id,
        rule_matches.rule_id,
        rule_matches.points,
        attribute_values.basis,
        greatest(attribute_values.valid_from, versions.effective_from) as valid_from,
        least(
            attribute_values.valid_to, coalesce(versions.effective_to, {{ far_future }})
        ) as valid_to
    from rule_matches
    inner join versions
        on rule_matches.version_id = versions.version_id
    inner join attribute_values
        on
            rule_matches.attribute = attribute_values.attribute
            and rule_matches.value is not distinct from attribute_values.value
            and attribute_values.valid_from < coalesce(versions.effective_to, {{ far_future }})
            and attribute_values.valid_to > versions.effective_from
    left join sales_fields
        on
            rule_matches.version_id = sales_fields.version_id
            and rule_matches.attribute = sales_fields.attribute
    where
        rule_matches.kind = 'fit'
        and rule_matches.holds
        and rule_matches.points <> 0
        and not (attribute_values.is_before_sales and sales_fields.attribute is not null)

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(valid_from as timestamp) as valid_from,
        cast(
            case when valid_to < {{ far_future }} then valid_to end as timestamp
        ) as valid_to,
        cast(points as decimal(18, 4)) as points,
        cast(basis as {{ dbt.type_string() }}) as basis
    from held

)

select * from final
