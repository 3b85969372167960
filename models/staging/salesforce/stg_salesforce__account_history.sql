with

account_history as (
    select * from {{ source('salesforce', 'account_history') }}
),

cleaned as (
    select
        {{ clean_value('account_history.id', 'salesforce') }} as id,
        {{ clean_value('account_history.account_id', 'salesforce') }} as account_id,
        {{ clean_value('account_history.field', 'salesforce') }} as field,
        {{ clean_value('account_history.old_value', 'salesforce') }} as old_value,
        {{ clean_value('account_history.new_value', 'salesforce') }} as new_value,
        {{ clean_value('account_history.data_type', 'salesforce') }} as data_type,
        {{ clean_value('account_history.created_date', 'salesforce') }} as created_date,
        {{ clean_value('account_history.created_by_id', 'salesforce') }} as created_by_id,
        {{ clean_value('account_history.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('account_history._fivetran_start', 'salesforce') }} as _fivetran_start,
        {{ clean_value('account_history.name', 'salesforce') }} as name,
        {{ clean_value('account_history.website', 'salesforce') }} as website,
        {{ clean_value('account_history.billing_country', 'salesforce') }} as billing_country,
        {{ clean_value('account_history.industry', 'salesforce') }} as industry,
        {{ clean_value('account_history.number_of_employees', 'salesforce') }}
            as number_of_employees,
        {{ clean_value('account_history.owner_id', 'salesforce') }} as owner_id,
        account_history._source_file
    from account_history
),

-- In a connector's history mode a row is a version of the record: its id stands in `id`,
-- the moment from which it held in `_fivetran_start`.
chosen as (
    select
        cleaned.*,
        case
            when cleaned._fivetran_start is not null
                then cleaned.id || '@' || cleaned._fivetran_start
            when cleaned.id is not null then cleaned.id
            else
                cleaned.account_id
                || '@' || coalesce(cleaned.field, '')
                || '@' || coalesce(cleaned.created_date, '')
                || '@' || coalesce(cleaned.old_value, '')
                || '@' || coalesce(cleaned.new_value, '')
        end as chosen_change_id,
        case
            when cleaned._fivetran_start is not null then cleaned.id
            else cleaned.account_id
        end as chosen_account_id,
        case
            when cleaned._fivetran_start is not null then '(version)'
            else cleaned.field
        end as chosen_field,
        coalesce(cleaned._fivetran_start, cleaned.created_date) as chosen_changed_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.chosen_change_id') }} as change_id,
        chosen._fivetran_start is not null as is_version,
        {{ salesforce_id('chosen.chosen_account_id') }} as account_id,
        chosen.chosen_field as field,
        chosen.old_value,
        chosen.new_value,
        chosen.data_type,
        {{ parse_timestamp('chosen.chosen_changed_at', 'salesforce') }} as changed_at,
        chosen.chosen_changed_at as changed_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as actor_id,
        {{ parse_boolean('chosen.is_deleted') }} as is_deleted,
        chosen.is_deleted as is_deleted_text,
        chosen.name,
        chosen.website,
        chosen.billing_country as country,
        chosen.industry,
        chosen.number_of_employees as employees,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.account_id', 'chosen.field', 'chosen.old_value',
            'chosen.new_value', 'chosen.data_type', 'chosen.created_date',
            'chosen.created_by_id', 'chosen.is_deleted', 'chosen._fivetran_start',
            'chosen.name', 'chosen.website', 'chosen.billing_country',
            'chosen.industry', 'chosen.number_of_employees', 'chosen.owner_id',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['account_id'],
            parsed=['changed_at'],
            values=['field'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['account_id'],
            parsed=['changed_at'],
            values=['field'],
        ) }} as fault_detail,
        {{ unreadable_values(['is_deleted']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['change_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.change_id as {{ dbt.type_string() }}) as change_id,
        cast(ranked.is_version as boolean) as is_version,
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.field as {{ dbt.type_string() }}) as field,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.data_type as {{ dbt.type_string() }}) as data_type,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as {{ dbt.type_string() }}) as employees,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('change_id') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
