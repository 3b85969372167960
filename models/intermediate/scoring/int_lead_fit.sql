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

-- A rule whose field is unknown in the period has no value, and so no match: what sales
-- write, by the version that judges, is unknown until the lead was theirs.
judged as (

    select
        version_periods.lead_id,
        version_periods.version_id,
        version_periods.valid_from,
        version_periods.valid_to,
        attribute_rules.kind,
        attribute_values.basis,
        coalesce(rule_matches.holds, false) as holds,
        attribute_rules.points,
        attribute_rules.label
    from version_periods
    left join attribute_rules
        on version_periods.version_id = attribute_rules.version_id
    left join sales_fields
        on
            version_periods.version_id = sales_fields.version_id
            and attribute_rules.attribute = sales_fields.attribute
    left join attribute_values
        on
            version_periods.lead_id = attribute_values.lead_id
            and attribute_rules.attribute = attribute_values.attribute
            and version_periods.valid_from >= attribute_values.valid_from
            and version_periods.valid_from < attribute_values.valid_to
            and not (attribute_values.is_before_sales and sales_fields.attribute is not null)
    left join rule_matches
        on
            attribute_rules.version_id = rule_matches.version_id
            and attribute_rules.kind = rule_matches.kind
            and attribute_rules.rule_id = rule_matches.rule_id
            and attribute_values.attribute = rule_matches.attribute
            and attribute_values.value is not distinct from rule_matches.value

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(
            coalesce(sum(case when kind = 'fit' and holds then points end), 0)
            as decimal(18, 4)
        ) as fit,
        cast(
            min(case when kind = 'must_have' and not holds then 0 else 1 end) = 1 as boolean
        ) as must_haves_held,
        cast(
            max(case when kind = 'disqualifier' and holds then 1 else 0 end) = 1 as boolean
        ) as is_disqualified,
        cast(
            min(case when kind = 'disqualifier' and holds then label end)
            as {{ dbt.type_string() }}
        ) as disqualifier_label,
        cast(
            case
                when max(case when kind = 'fit' and basis = 'current' then 1 else 0 end) = 1
                    then 'current'
                else 'history'
            end as {{ dbt.type_string() }}
        ) as fit_basis,
        cast(
            case
                when
                    max(
                        case
                            when kind in ('must_have', 'disqualifier') and basis = 'current'
                                then 1
                            else 0
                        end
                    ) = 1
                    then 'current'
                else 'history'
            end as {{ dbt.type_string() }}
        ) as criteria_basis
    from judged
    group by lead_id, version_id, valid_from, valid_to

)

select * from final
