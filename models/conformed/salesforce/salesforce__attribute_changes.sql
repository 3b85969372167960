{#- What sales write down of the agreed criteria; a record holds it with or without a history. -#}
{%- set criteria = [
    'need', 'current_solution', 'decision_maker', 'ready_to_move', 'budget',
] -%}

with

salesforce__field_changes as (
    select * from {{ ref('salesforce__field_changes') }}
),

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

-- Of several changes of one field in one second only the first old value and the last new
-- one held.
net_changes as (
    select
        salesforce__field_changes.record_type,
        salesforce__field_changes.record_id,
        salesforce__field_changes.record_key,
        salesforce__field_changes.attribute,
        salesforce__field_changes.changed_at,
        min(
            case
                when salesforce__field_changes.is_first_in_second
                    then salesforce__field_changes.old_value
            end
        ) as old_value,
        max(
            case
                when salesforce__field_changes.is_last_in_second
                    then salesforce__field_changes.new_value
            end
        ) as new_value,
        min(salesforce__field_changes.actor_id) as actor_id,
        min(salesforce__field_changes.source_file) as source_file
    from salesforce__field_changes
    where
        salesforce__field_changes.attribute not in ('raw_status', 'raw_reason', 'conversion')
    group by
        salesforce__field_changes.record_type,
        salesforce__field_changes.record_id,
        salesforce__field_changes.record_key,
        salesforce__field_changes.attribute,
        salesforce__field_changes.changed_at
),

criteria_now as (
    {% for criterion in criteria %}
    select
        'lead' as record_type,
        stg_salesforce__lead.lead_id as record_id,
        'salesforce:lead:' || stg_salesforce__lead.lead_id as record_key,
        '{{ criterion }}' as attribute,
        stg_salesforce__lead.created_at as changed_at,
        stg_salesforce__lead.{{ criterion }} as new_value,
        stg_salesforce__lead._source_file as source_file
    from stg_salesforce__lead
    where
        stg_salesforce__lead.quarantine_reason is null
        and stg_salesforce__lead.{{ criterion }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A field without a history held what it holds since the record was made.
told as (
    select
        net_changes.record_type,
        net_changes.record_id,
        net_changes.record_key,
        net_changes.attribute,
        net_changes.changed_at,
        net_changes.old_value,
        net_changes.new_value,
        net_changes.actor_id,
        net_changes.source_file
    from net_changes
    where net_changes.old_value is distinct from net_changes.new_value
    union all
    select
        criteria_now.record_type,
        criteria_now.record_id,
        criteria_now.record_key,
        criteria_now.attribute,
        criteria_now.changed_at,
        cast(null as {{ dbt.type_string() }}) as old_value,
        criteria_now.new_value,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        criteria_now.source_file
    from criteria_now
    where
        not exists (
            select 1
            from net_changes
            where
                net_changes.record_key = criteria_now.record_key
                and net_changes.attribute = criteria_now.attribute
        )
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(told.record_type as {{ dbt.type_string() }}) as record_type,
        cast(told.record_id as {{ dbt.type_string() }}) as record_id,
        cast(told.record_key as {{ dbt.type_string() }}) as record_key,
        cast(told.attribute as {{ dbt.type_string() }}) as attribute,
        cast(told.old_value as {{ dbt.type_string() }}) as old_value,
        cast(told.new_value as {{ dbt.type_string() }}) as new_value,
        cast(told.changed_at as timestamp) as changed_at,
        cast(told.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(told.source_file as {{ dbt.type_string() }}) as source_file
    from told
)

select * from final
