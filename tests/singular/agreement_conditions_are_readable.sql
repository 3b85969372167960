-- Guards: a condition that cannot be read (unknown attribute or operator, a range without
-- both ends, a list that does not exist) would hold for nobody, or for everybody.
{%- set operators = [
    'equals', 'not_equals', 'in', 'not_in', 'contains', 'matches', 'between', 'at_least',
    'at_most', 'present', 'missing', 'in_list', 'not_in_list',
] %}
{%- set number = '[+-]?[0-9]+([.][0-9]+)?' %}

with

conditions as (
    {% for seed, key in [
        ('agreement_scoring_rules', 'rule_id'),
        ('agreement_must_haves', 'rule_id'),
        ('agreement_disqualifiers', 'rule_id'),
        ('agreement_personas', 'persona'),
    ] %}
    select
        {{ at_row(seed, ['version_id', key]) }} as at_row,
        version_id,
        attribute,
        operator,
        value
    from {{ ref(seed) }}
    {%- if seed == 'agreement_scoring_rules' %}
    where kind = 'fit'
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {% endfor %}
),

final as (

    select
        at_row || 'attribute "' || {{ shown('attribute') }}
        || '" is not known; write one of: {{ agreement_attributes() | join(', ') }}'
            as message
    from conditions
    where attribute is null or attribute not in ({{ quoted_words(agreement_attributes()) }})

    union all

    select
        at_row || 'operator "' || {{ shown('operator') }}
        || '" is not known; write one of: {{ operators | join(', ') }}' as message
    from conditions
    where operator is null or operator not in ({{ quoted_words(operators) }})

    union all

    select at_row || 'operator ' || operator || ' needs a value' as message
    from conditions
    where operator not in ('present', 'missing') and coalesce(trim(value), '') = ''

    union all

    select
        at_row || 'operator ' || operator || ' takes no value, but "' || value
        || '" stands there; empty the cell' as message
    from conditions
    where operator in ('present', 'missing') and coalesce(trim(value), '') <> ''

    union all

    select
        at_row || 'value "' || value
        || '" is no range; write low..high in plain numbers, such as 50..1000' as message
    from conditions
    where
        operator = 'between'
        and not {{ text_matches('value', "'^ *" ~ number ~ " *[.][.] *" ~ number ~ " *$'") }}

    union all

    select
        at_row || 'range "' || value || '" is empty: its low end lies above its high end'
            as message
    from conditions
    where
        operator = 'between'
        and {{ number_or_null(text_around('value', '..', 1)) }}
        > {{ number_or_null(text_around('value', '..', 2)) }}

    union all

    select
        at_row || 'operator ' || operator || ' needs a plain number such as 50, but the '
        || 'value is "' || value || '"' as message
    from conditions
    where
        operator in ('at_least', 'at_most')
        and not {{ text_matches('value', "'^ *" ~ number ~ " *$'") }}

    union all

    select
        at_row || 'operator ' || operator || ' compares numbers, but attribute ' || attribute
        || ' is text; employees alone is a number' as message
    from conditions
    where operator in ('between', 'at_least', 'at_most') and attribute <> 'employees'

    union all

    select
        at_row || 'list "' || conditions.value || '" has no row in agreement_lists.csv for '
        || 'this version; add it there or correct the name' as message
    from conditions
    where
        conditions.operator in ('in_list', 'not_in_list')
        and not exists (
            select 1
            from {{ ref('agreement_lists') }}
            where
                agreement_lists.version_id = conditions.version_id
                and agreement_lists.list = conditions.value
        )

)

select message from final
