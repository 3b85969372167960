{#- What sales write down of the agreed criteria; a deal holds it with or without a history. -#}
{%- set criteria = [
    'need', 'current_solution', 'decision_maker', 'ready_to_move', 'budget',
] -%}

{%- set snapshot_fields = {
    'amount': 'cast(stg_salesforce__opportunity_history.amount as ' ~ dbt.type_string() ~ ')',
    'forecast_category': 'stg_salesforce__opportunity_history.forecast_category',
} -%}

with

stg_salesforce__opportunity_history as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
),

stg_salesforce__opportunity_field_history as (
    select * from {{ ref('stg_salesforce__opportunity_field_history') }}
),

stg_salesforce__opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

-- Each snapshot shows the deal as it was from then on.
snapshot_values as (
    {% for attribute, value in snapshot_fields.items() %}
    select
        stg_salesforce__opportunity_history.opportunity_id,
        stg_salesforce__opportunity_history.change_id,
        '{{ attribute }}' as attribute,
        {{ value }} as value,
        stg_salesforce__opportunity_history.changed_at,
        stg_salesforce__opportunity_history.actor_id,
        stg_salesforce__opportunity_history._source_file
    from stg_salesforce__opportunity_history
    where stg_salesforce__opportunity_history.quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

compared as (
    select
        snapshot_values.*,
        lag(snapshot_values.value) over (
            partition by snapshot_values.opportunity_id, snapshot_values.attribute
            order by
                snapshot_values.changed_at asc nulls last,
                snapshot_values.change_id asc nulls last
        ) as old_value
    from snapshot_values
),

-- Fields go by API name, by a connector's name or by label; where a lookup changed, history
-- has two rows: one with the names, one with the ids.
field_rows as (
    select
        stg_salesforce__opportunity_field_history.*,
        lower(replace(
            replace(stg_salesforce__opportunity_field_history.field, '_', ''), ' ', ''
        )) as field_letters,
        coalesce(
            lower(stg_salesforce__opportunity_field_history.data_type) = 'entityid'
            or {{ text_matches(
                'coalesce(stg_salesforce__opportunity_field_history.new_value, '
                ~ 'stg_salesforce__opportunity_field_history.old_value)',
                "'^005[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$'",
            ) }},
            false
        ) as has_ids
    from stg_salesforce__opportunity_field_history
    where stg_salesforce__opportunity_field_history.quarantine_reason is null
),

attributed as (
    select
        field_rows.*,
        case
            when field_rows.field_letters = 'amount' then 'amount'
            when field_rows.field_letters in ('forecastcategory', 'forecastcategoryname')
                then 'forecast_category'
            when
                field_rows.field_letters in ('owner', 'ownerid', 'opportunityowner')
                and field_rows.has_ids
                then 'owner_id'
            when field_rows.field_letters in ('need', 'needc') then 'need'
            when field_rows.field_letters in ('currentsolution', 'currentsolutionc')
                then 'current_solution'
            when
                field_rows.field_letters in (
                    'decisionmaker', 'decisionmakerc', 'authority', 'authorityc'
                )
                then 'decision_maker'
            when
                field_rows.field_letters in ('readytomove', 'readytomovec', 'timeline', 'timelinec')
                then 'ready_to_move'
            when field_rows.field_letters in ('budget', 'budgetc') then 'budget'
        end as attribute
    from field_rows
),

changes as (
    select
        attributed.opportunity_id,
        attributed.change_id,
        attributed.attribute,
        case
            when attributed.attribute = 'owner_id'
                then {{ salesforce_id('attributed.old_value') }}
            else attributed.old_value
        end as old_value,
        case
            when attributed.attribute = 'owner_id'
                then {{ salesforce_id('attributed.new_value') }}
            else attributed.new_value
        end as new_value,
        attributed.changed_at,
        attributed.actor_id,
        attributed._source_file,
        1 as priority
    from attributed
    where attributed.attribute is not null
    union all
    select
        compared.opportunity_id,
        compared.change_id,
        compared.attribute,
        compared.old_value,
        compared.value as new_value,
        compared.changed_at,
        compared.actor_id,
        compared._source_file,
        2 as priority
    from compared
    where compared.value is distinct from compared.old_value
),

criteria_now as (
    {% for criterion in criteria %}
    select
        stg_salesforce__opportunity.opportunity_id,
        '{{ criterion }}' as attribute,
        stg_salesforce__opportunity.{{ criterion }} as new_value,
        stg_salesforce__opportunity.created_at as changed_at,
        stg_salesforce__opportunity._source_file
    from stg_salesforce__opportunity
    where
        stg_salesforce__opportunity.quarantine_reason is null
        and stg_salesforce__opportunity.{{ criterion }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A field without a history held what it holds since the deal was made.
told as (
    select
        changes.opportunity_id,
        changes.change_id,
        changes.attribute,
        changes.old_value,
        changes.new_value,
        changes.changed_at,
        changes.actor_id,
        changes._source_file,
        changes.priority
    from changes
    union all
    select
        criteria_now.opportunity_id,
        cast(null as {{ dbt.type_string() }}) as change_id,
        criteria_now.attribute,
        cast(null as {{ dbt.type_string() }}) as old_value,
        criteria_now.new_value,
        criteria_now.changed_at,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        criteria_now._source_file,
        3 as priority
    from criteria_now
    where
        not exists (
            select 1
            from changes
            where
                changes.opportunity_id = criteria_now.opportunity_id
                and changes.attribute = criteria_now.attribute
        )
),

-- Both histories may tell one change: the field's own says what stood before it. Of several
-- within a second the last stays.
ranked as (
    select
        told.*,
        row_number() over (
            partition by told.opportunity_id, told.attribute, told.changed_at
            order by
                told.priority asc nulls last,
                told.change_id desc nulls last
        ) as rank_in_second
    from told
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(
            'salesforce:opportunity:' || ranked.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(ranked.attribute as {{ dbt.type_string() }}) as attribute,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ranked._source_file as {{ dbt.type_string() }}) as source_file
    from ranked
    where ranked.rank_in_second = 1
)

select * from final
