with

users as (
    select * from {{ source('salesforce', 'user') }}
),

cleaned as (
    select
        {{ clean_value('users.id', 'salesforce') }} as id,
        {{ clean_value('users.name', 'salesforce') }} as name,
        {{ clean_value('users.first_name', 'salesforce') }} as first_name,
        {{ clean_value('users.last_name', 'salesforce') }} as last_name,
        {{ clean_value('users.email', 'salesforce') }} as email,
        {{ clean_value('users.user_role_id', 'salesforce') }} as user_role_id,
        {{ clean_value('users.user_role_name', 'salesforce') }} as user_role_name,
        {{ clean_value('users.profile_id', 'salesforce') }} as profile_id,
        {{ clean_value('users.profile_name', 'salesforce') }} as profile_name,
        {{ clean_value('users.department', 'salesforce') }} as department,
        {{ clean_value('users.user_type', 'salesforce') }} as user_type,
        {{ clean_value('users.is_active', 'salesforce') }} as is_active,
        {{ clean_value('users.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('users.system_modstamp', 'salesforce') }} as system_modstamp,
        users._source_file
    from users
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as user_id,
        chosen.name,
        chosen.first_name,
        chosen.last_name,
        chosen.email,
        {{ salesforce_id('chosen.user_role_id') }} as user_role_id,
        chosen.user_role_name,
        {{ salesforce_id('chosen.profile_id') }} as profile_id,
        chosen.profile_name,
        chosen.department,
        chosen.user_type,
        {{ parse_boolean('chosen.is_active') }} as is_active,
        chosen.is_active as is_active_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.name', 'chosen.first_name', 'chosen.last_name',
            'chosen.email', 'chosen.user_role_id', 'chosen.user_role_name',
            'chosen.profile_id', 'chosen.profile_name', 'chosen.department',
            'chosen.user_type', 'chosen.is_active', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['user_id']) }} as fault_reason,
        {{ row_fault_detail(['user_id']) }} as fault_detail,
        {{ unreadable_values(['is_active', 'updated_at']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['user_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['user_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.user_id as {{ dbt.type_string() }}) as user_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.first_name as {{ dbt.type_string() }}) as first_name,
        cast(ranked.last_name as {{ dbt.type_string() }}) as last_name,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.user_role_id as {{ dbt.type_string() }}) as user_role_id,
        cast(ranked.user_role_name as {{ dbt.type_string() }}) as user_role_name,
        cast(ranked.profile_id as {{ dbt.type_string() }}) as profile_id,
        cast(ranked.profile_name as {{ dbt.type_string() }}) as profile_name,
        cast(ranked.department as {{ dbt.type_string() }}) as department,
        cast(ranked.user_type as {{ dbt.type_string() }}) as user_type,
        cast(ranked.is_active as boolean) as is_active,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('user_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
