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

-- Both histories may tell one change: the field's own says what stood before it. Of several
-- within a second the last stays.
ranked as (
    select
        changes.*,
        row_number() over (
            partition by changes.opportunity_id, changes.attribute, changes.changed_at
            order by
                changes.priority asc nulls last,
                changes.change_id desc nulls last
        ) as rank_in_second
    from changes
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
