{%- set far_future = "cast('9999-12-31' as timestamp)" -%}

with attribute_values as (

    select * from {{ ref('int_lead_attribute_values') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

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

-- Periods in which no field of the lead changed; most leads have one.
moments as (

    select distinct
        lead_id,
        valid_from
    from attribute_values

),

periods as (

    select
        lead_id,
        valid_from,
        lead(valid_from) over (
            partition by lead_id
            order by valid_from asc nulls last
        ) as valid_to
    from moments

),

version_periods as (

    select
        periods.lead_id,
        periods.valid_from,
        coalesce(periods.valid_to, {{ far_future }}) as valid_to,
        versions.version_id
    from periods
    inner join versions
        on
            periods.valid_from < coalesce(versions.effective_to, {{ far_future }})
            and coalesce(periods.valid_to, {{ far_future }}) > versions.effective_from

),

-- What a value says under a version, by all the rules that ask for its field.
value_effects as (

    select
        version_id,
        attribute,
        value,
        sum(case when kind = 'fit' and holds then points else 0 end) as fit,
        sum(case when kind = 'must_have' and holds then 1 else 0 end) as n_must_haves,
        sum(case when kind = 'disqualifier' and holds then 1 else 0 end) as n_disqualifiers,
        min(case when kind = 'disqualifier' and holds then label end) as disqualifier_label,
        max(case when kind = 'fit' then 1 else 0 end) as is_in_fit,
        max(case when kind in ('must_have', 'disqualifier') then 1 else 0 end) as is_in_criteria
    from rule_matches
    group by version_id, attribute, value

),

-- A field that is unknown in a period has no value, and so says nothing: what sales write, by
-- the version that judges, is unknown until the lead was theirs.
judged as (

    select
        attribute_values.lead_id,
        value_effects.version_id,
        attribute_values.valid_from,
        attribute_values.valid_to,
        value_effects.fit,
        value_effects.n_must_haves,
        value_effects.n_disqualifiers,
        value_effects.disqualifier_label,
        case when attribute_values.basis = 'current' then value_effects.is_in_fit else 0 end
            as is_current_in_fit,
        case when attribute_values.basis = 'current' then value_effects.is_in_criteria else 0 end
            as is_current_in_criteria
    from attribute_values
    inner join value_effects
        on
            attribute_values.attribute = value_effects.attribute
            and attribute_values.value is not distinct from value_effects.value
    left join sales_fields
        on
            value_effects.version_id = sales_fields.version_id
            and attribute_values.attribute = sales_fields.attribute
    where not (attribute_values.is_before_sales and sales_fields.attribute is not null)

),

summed as (

    select
        version_periods.lead_id,
        version_periods.version_id,
        version_periods.valid_from,
        version_periods.valid_to,
        sum(judged.fit) as fit,
        sum(judged.n_must_haves) as n_must_haves,
        sum(judged.n_disqualifiers) as n_disqualifiers,
        min(judged.disqualifier_label) as disqualifier_label,
        max(judged.is_current_in_fit) as is_current_in_fit,
        max(judged.is_current_in_criteria) as is_current_in_criteria
    from version_periods
    left join judged
        on
            version_periods.lead_id = judged.lead_id
            and version_periods.version_id = judged.version_id
            and version_periods.valid_from >= judged.valid_from
            and version_periods.valid_from < judged.valid_to
    group by
        version_periods.lead_id,
        version_periods.version_id,
        version_periods.valid_from,
        version_periods.valid_to

),

must_haves as (

    select
        version_id,
        count(*) as n_must_haves
    from attribute_rules
    where kind = 'must_have'
    group by version_id

),

final as (

    select
        cast(summed.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(summed.version_id as {{ dbt.type_string() }}) as version_id,
        cast(summed.valid_from as timestamp) as valid_from,
        cast(summed.valid_to as timestamp) as valid_to,
        cast(coalesce(summed.fit, 0) as decimal(18, 4)) as fit,
        cast(
            coalesce(summed.n_must_haves, 0) = coalesce(must_haves.n_must_haves, 0) as boolean
        ) as must_haves_held,
        cast(coalesce(summed.n_disqualifiers, 0) > 0 as boolean) as is_disqualified,
        cast(summed.disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(
            case summed.is_current_in_fit when 1 then 'current' else 'history' end
            as {{ dbt.type_string() }}
        ) as fit_basis,
        cast(
            case summed.is_current_in_criteria when 1 then 'current' else 'history' end
            as {{ dbt.type_string() }}
        ) as criteria_basis
    from summed
    left join must_haves
        on summed.version_id = must_haves.version_id

)

select * from final
