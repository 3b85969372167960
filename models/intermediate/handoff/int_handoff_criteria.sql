with handoffs as (

    select * from {{ ref('int_handoffs') }}

),

decisions as (

    select * from {{ ref('int_handoff_decisions') }}

),

criteria as (

    select * from {{ ref('agreement_sql_criteria') }}

),

answers as (

    select * from {{ ref('map_criterion_answers') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

handoff_opportunities as (

    select * from {{ ref('int_handoff_opportunities') }}

),

opportunity_changes as (

    select * from {{ ref('all__opportunity_attribute_changes') }}

),

opportunity_persons as (

    select * from {{ ref('all__opportunity_persons') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

asked as (

    select
        handoffs.handoff_id,
        handoffs.lead_id,
        criteria.criterion,
        criteria.is_required,
        lower(trim(criteria.attribute)) as attribute,
        coalesce(
            {{ last_second('decisions.decided_at', 'decisions.decided_precision') }},
            build_clock.as_of
        ) as judged_at
    from handoffs
    inner join decisions
        on handoffs.handoff_id = decisions.handoff_id
    inner join criteria
        on handoffs.version_id = criteria.version_id
    cross join build_clock

),

field_changes as (

    select
        lead_keys.lead_id,
        attribute_changes.system,
        attribute_changes.record_key,
        lower(attribute_changes.attribute) as attribute,
        attribute_changes.old_value,
        attribute_changes.new_value,
        {{ to_second('attribute_changes.changed_at') }} as changed_at
    from attribute_changes
    inner join lead_keys
        on attribute_changes.record_key = lead_keys.record_key

),

-- What the field said when sales decided: the last change up to then …
changes_before as (

    select
        asked.handoff_id,
        asked.criterion,
        field_changes.system,
        field_changes.new_value as raw_answer,
        row_number() over (
            partition by asked.handoff_id, asked.criterion
            order by
                field_changes.changed_at desc nulls last,
                field_changes.record_key asc nulls last,
                field_changes.new_value asc nulls last
        ) as rank_in_handoff
    from asked
    inner join field_changes
        on
            asked.lead_id = field_changes.lead_id
            and asked.attribute = field_changes.attribute
            and asked.judged_at >= field_changes.changed_at

),

-- … else the old value of the first one after it.
changes_after as (

    select
        asked.handoff_id,
        asked.criterion,
        field_changes.system,
        field_changes.old_value as raw_answer,
        row_number() over (
            partition by asked.handoff_id, asked.criterion
            order by
                field_changes.changed_at asc nulls last,
                field_changes.record_key asc nulls last,
                field_changes.old_value asc nulls last
        ) as rank_in_handoff
    from asked
    inner join field_changes
        on
            asked.lead_id = field_changes.lead_id
            and asked.attribute = field_changes.attribute
            and asked.judged_at < field_changes.changed_at
    where
        not exists (
            select 1
            from changes_before
            where
                changes_before.handoff_id = asked.handoff_id
                and changes_before.criterion = asked.criterion
        )

),

-- What stands in the deals of the hand-off: like roles, whenever it was written.
deal_changes as (

    select
        asked.handoff_id,
        asked.criterion,
        opportunity_changes.system,
        opportunity_changes.new_value as raw_answer,
        row_number() over (
            partition by
                asked.handoff_id, asked.criterion, opportunity_changes.opportunity_key
            order by opportunity_changes.changed_at desc nulls last
        ) as rank_in_deal
    from asked
    inner join handoff_opportunities
        on asked.handoff_id = handoff_opportunities.handoff_id
    inner join opportunity_changes
        on
            handoff_opportunities.opportunity_key = opportunity_changes.opportunity_key
            and asked.attribute = lower(opportunity_changes.attribute)
    inner join build_clock
        on {{ to_second('opportunity_changes.changed_at') }} <= build_clock.as_of

),

raw_answers as (

    select
        handoff_id,
        criterion,
        system,
        raw_answer,
        'field' as recorded_in
    from changes_before
    where rank_in_handoff = 1

    union all

    select
        handoff_id,
        criterion,
        system,
        raw_answer,
        'field' as recorded_in
    from changes_after
    where rank_in_handoff = 1

    union all

    select
        handoff_id,
        criterion,
        system,
        raw_answer,
        'field' as recorded_in
    from deal_changes
    where rank_in_deal = 1

    union all

    -- The roles of people in the hand-off's deals.
    select
        asked.handoff_id,
        asked.criterion,
        opportunity_persons.system,
        opportunity_persons.role as raw_answer,
        'contact_role' as recorded_in
    from asked
    inner join handoff_opportunities
        on asked.handoff_id = handoff_opportunities.handoff_id
    inner join opportunity_persons
        on handoff_opportunities.opportunity_key = opportunity_persons.opportunity_key

),

-- A word that the mapping does not know answers nothing: an evaluator in the deal does not
-- say that there is no decision maker.
answered as (

    select
        raw_answers.handoff_id,
        raw_answers.criterion,
        max(case when answers.answer then 1 else 0 end) as n_true,
        max(case when not answers.answer then 1 else 0 end) as n_false
    from raw_answers
    inner join answers
        on
            raw_answers.system = answers.system
            and raw_answers.recorded_in = answers.recorded_in
            and raw_answers.criterion = answers.criterion
            and {{ comparable('raw_answers.raw_answer') }}
            = {{ comparable('answers.raw_answer') }}
    group by raw_answers.handoff_id, raw_answers.criterion

),

final as (

    select
        cast(asked.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(asked.criterion as {{ dbt.type_string() }}) as criterion,
        cast(asked.is_required as boolean) as is_required,
        cast(
            case
                when answered.n_true = 1 then 'true'
                when answered.n_false = 1 then 'false'
                else 'unknown'
            end as {{ dbt.type_string() }}
        ) as answer
    from asked
    left join answered
        on
            asked.handoff_id = answered.handoff_id
            and asked.criterion = answered.criterion

)

select * from final
