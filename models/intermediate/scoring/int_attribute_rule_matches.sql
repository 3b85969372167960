with attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

attribute_values as (

    select * from {{ ref('int_lead_attribute_values') }}

),

-- Each distinct value is judged once, however many leads have it.
distinct_values as (

    select distinct
        attribute,
        value
    from attribute_values

),

pairs as (

    select
        attribute_rules.version_id,
        attribute_rules.kind,
        attribute_rules.rule_id,
        attribute_rules.attribute,
        attribute_rules.operator,
        attribute_rules.operand,
        attribute_rules.points,
        attribute_rules.label,
        distinct_values.value,
        lower({{ clean_text('distinct_values.value') }}) as compared,
        {{ number_or_null('distinct_values.value') }} as number_value,
        {{ number_or_null('attribute_rules.operand') }} as number_operand
    from attribute_rules
    inner join distinct_values
        on attribute_rules.attribute = distinct_values.attribute

),

judged as (

    select
        pairs.*,
        case operator
            when 'missing' then value is null
            when 'present' then value is not null
            when 'equals' then compared = operand or number_value = number_operand
            when 'not_equals'
                then
                    compared <> operand
                    and coalesce(number_value <> number_operand, true)
            when 'in'
                then {{ text_contains("'|' || operand || '|'", "'|' || compared || '|'") }}
            when 'not_in'
                then not {{ text_contains("'|' || operand || '|'", "'|' || compared || '|'") }}
            when 'contains' then {{ text_contains('compared', 'operand') }}
            when 'matches' then {{ text_matches('compared', 'operand') }}
            when 'between'
                then
                    number_value >= {{ number_or_null(text_around('operand', '..', 1)) }}
                    and number_value <= {{ number_or_null(text_around('operand', '..', 2)) }}
            when 'at_least' then number_value >= number_operand
            when 'at_most' then number_value <= number_operand
        end as holds
    from pairs

),

-- What is unknown or no number holds nothing.
final as (

    select
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(kind as {{ dbt.type_string() }}) as kind,
        cast(rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(attribute as {{ dbt.type_string() }}) as attribute,
        cast(value as {{ dbt.type_string() }}) as value,
        cast(coalesce(holds, false) as boolean) as holds,
        cast(points as decimal(18, 4)) as points,
        cast(label as {{ dbt.type_string() }}) as label
    from judged

)

select * from final
