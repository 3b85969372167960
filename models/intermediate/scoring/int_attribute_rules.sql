with scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

must_haves as (

    select * from {{ ref('agreement_must_haves') }}

),

disqualifiers as (

    select * from {{ ref('agreement_disqualifiers') }}

),

personas as (

    select * from {{ ref('agreement_personas') }}

),

lists as (

    select * from {{ ref('agreement_lists') }}

),

joined_lists as (

    select
        version_id,
        list,
        {{ ordered_text_agg('lower(' ~ clean_text('value') ~ ')', '|') }} as members
    from lists
    group by version_id, list

),

rules as (

    select
        version_id,
        'fit' as kind,
        rule_id,
        attribute,
        operator,
        value,
        points,
        cast(null as {{ dbt.type_string() }}) as label
    from scoring_rules
    where kind = 'fit'

    union all

    select
        version_id,
        'must_have' as kind,
        rule_id,
        attribute,
        operator,
        value,
        cast(null as decimal(18, 4)) as points,
        cast(null as {{ dbt.type_string() }}) as label
    from must_haves

    union all

    select
        version_id,
        'disqualifier' as kind,
        rule_id,
        attribute,
        operator,
        value,
        cast(null as decimal(18, 4)) as points,
        label
    from disqualifiers

    union all

    -- Any of its conditions makes somebody the persona, which gives no points.
    select
        version_id,
        'persona' as kind,
        persona || ':' || attribute || ':' || operator || ':' || coalesce(value, '') as rule_id,
        attribute,
        operator,
        value,
        cast(null as decimal(18, 4)) as points,
        persona as label
    from personas

),

final as (

    select
        cast(rules.version_id as {{ dbt.type_string() }}) as version_id,
        cast(rules.kind as {{ dbt.type_string() }}) as kind,
        cast(rules.rule_id as {{ dbt.type_string() }}) as rule_id,
        cast(rules.attribute as {{ dbt.type_string() }}) as attribute,
        cast(
            case rules.operator
                when 'in_list' then 'in'
                when 'not_in_list' then 'not_in'
                else rules.operator
            end as {{ dbt.type_string() }}
        ) as operator,
        cast(
            case
                when rules.operator in ('in_list', 'not_in_list') then joined_lists.members
                -- Lower-casing a pattern would turn its \D into \d.
                when rules.operator = 'matches' then '(?i)' || {{ clean_text('rules.value') }}
                else lower({{ clean_text('rules.value') }})
            end as {{ dbt.type_string() }}
        ) as operand,
        cast(rules.points as decimal(18, 4)) as points,
        cast(rules.label as {{ dbt.type_string() }}) as label
    from rules
    left join joined_lists
        on
            rules.version_id = joined_lists.version_id
            and rules.operator in ('in_list', 'not_in_list')
            and rules.value = joined_lists.list

)

select * from final
