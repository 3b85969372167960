with

salesforce__field_changes as (
    select * from {{ ref('salesforce__field_changes') }}
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

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(net_changes.record_type as {{ dbt.type_string() }}) as record_type,
        cast(net_changes.record_id as {{ dbt.type_string() }}) as record_id,
        cast(net_changes.record_key as {{ dbt.type_string() }}) as record_key,
        cast(net_changes.attribute as {{ dbt.type_string() }}) as attribute,
        cast(net_changes.old_value as {{ dbt.type_string() }}) as old_value,
        cast(net_changes.new_value as {{ dbt.type_string() }}) as new_value,
        cast(net_changes.changed_at as timestamp) as changed_at,
        cast(net_changes.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(net_changes.source_file as {{ dbt.type_string() }}) as source_file
    from net_changes
    where net_changes.old_value is distinct from net_changes.new_value
)

select * from final
