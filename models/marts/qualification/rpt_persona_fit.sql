{%- set dimensions = ['title', 'seniority', 'job_function', 'industry', 'size'] -%}

with opportunities as (

    select * from {{ ref('int_opportunities') }}

),

opportunity_persons as (

    select * from {{ ref('all__opportunity_persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

attributes as (

    select * from {{ ref('int_lead_attributes_current') }}

),

rule_matches as (

    select * from {{ ref('int_attribute_rule_matches') }}

),

criterion_answers as (

    select * from {{ ref('map_criterion_answers') }}

),

title_traits as (

    select * from {{ ref('map_title_traits') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- Personas are those agreed when the deal was settled; of open ones those of now.
deals as (

    select
        opportunities.opportunity_key,
        case opportunities.stage
            when 'won' then 'won'
            when 'lost' then 'lost'
            else 'open'
        end as outcome,
        coalesce(versions.version_id, 'none') as version_id
    from opportunities
    cross join build_clock
    left join versions
        on
            coalesce(opportunities.won_at, opportunities.lost_at, build_clock.as_of)
            >= versions.effective_from
            and (
                coalesce(opportunities.won_at, opportunities.lost_at, build_clock.as_of)
                < versions.effective_to
                or versions.effective_to is null
            )
    where opportunities.is_new_business

),

-- Whom a role in the deal says to decide; people of two records are one.
decision_makers as (

    select distinct
        opportunity_persons.opportunity_key,
        lead_keys.lead_id
    from opportunity_persons
    inner join criterion_answers
        on
            opportunity_persons.system = criterion_answers.system
            and criterion_answers.recorded_in = 'contact_role'
            and criterion_answers.criterion = 'decision_maker'
            and {{ comparable('opportunity_persons.role') }}
            = {{ comparable('criterion_answers.raw_answer') }}
    inner join lead_keys
        on opportunity_persons.record_key = lead_keys.record_key
    where criterion_answers.answer

),

deciders as (

    select leads.*
    from leads
    where
        exists (
            select 1
            from decision_makers
            where decision_makers.lead_id = leads.lead_id
        )

),

traits as (

    select
        deciders.lead_id,
        title_traits.trait,
        title_traits.word,
        row_number() over (
            partition by deciders.lead_id, title_traits.trait
            order by title_traits.priority asc nulls last
        ) as rank_in_trait
    from deciders
    inner join title_traits
        on {{ text_matches('lower(deciders.title)', 'title_traits.pattern') }}

),

described as (

    select
        deciders.lead_id,
        coalesce(deciders.title, 'unknown') as title,
        coalesce(seniorities.word, 'unknown') as seniority,
        coalesce(functions.word, 'unknown') as job_function,
        coalesce(deciders.industry, 'unknown') as industry,
        case
            when deciders.employees < 10 then '1-9'
            when deciders.employees < 50 then '10-49'
            when deciders.employees < 250 then '50-249'
            when deciders.employees < 1000 then '250-999'
            when deciders.employees >= 1000 then '1000+'
            else 'unknown'
        end as size
    from deciders
    left join traits as seniorities
        on
            deciders.lead_id = seniorities.lead_id
            and seniorities.trait = 'seniority'
            and seniorities.rank_in_trait = 1
    left join traits as functions
        on
            deciders.lead_id = functions.lead_id
            and functions.trait = 'function'
            and functions.rank_in_trait = 1

),

met_personas as (

    select distinct
        attributes.lead_id,
        rule_matches.version_id,
        rule_matches.label as persona
    from attributes
    inner join rule_matches
        on
            attributes.attribute = rule_matches.attribute
            and attributes.value = rule_matches.value
    where rule_matches.kind = 'persona' and rule_matches.holds

),

-- Who is several is named by all of them: each person stands in one row of a dimension.
personas as (

    select
        lead_id,
        version_id,
        {{ ordered_text_agg('persona', ', ') }} as persona
    from met_personas
    group by lead_id, version_id

),

-- Deals without a known decision maker are shown too.
joined as (

    select
        deals.opportunity_key,
        deals.outcome,
        deals.version_id,
        decision_makers.lead_id,
        case
            when decision_makers.lead_id is null then 'no_decision_maker'
            else coalesce(personas.persona, 'no_persona')
        end as persona,
    {% for dimension in dimensions %}
    coalesce(described.{{ dimension }}, 'unknown') as {{ dimension }}
    {{- ',' if not loop.last }}
    {% endfor %}
    from deals
    left join decision_makers
        on deals.opportunity_key = decision_makers.opportunity_key
    left join described
        on decision_makers.lead_id = described.lead_id
    left join personas
        on
            decision_makers.lead_id = personas.lead_id
            and deals.version_id = personas.version_id

),

sliced as (

    {% for dimension in dimensions %}
    select
        version_id,
        outcome,
        persona,
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        opportunity_key,
        lead_id
    from joined
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(outcome as {{ dbt.type_string() }}) as outcome,
        cast(persona as {{ dbt.type_string() }}) as persona,
        cast(dimension as {{ dbt.type_string() }}) as dimension,
        cast(dimension_value as {{ dbt.type_string() }}) as dimension_value,
        cast(count(lead_id) as bigint) as n_decision_makers,
        cast(count(distinct opportunity_key) as bigint) as n_deals
    from sliced
    group by version_id, outcome, persona, dimension, dimension_value

)

select * from final
