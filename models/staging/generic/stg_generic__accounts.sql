with

accounts as (
    select * from {{ source('generic', 'accounts') }}
),

cleaned as (
    select
        {{ clean_text('accounts.account_id') }} as account_id,
        {{ clean_text('accounts.name') }} as name,
        {{ clean_text('accounts.website') }} as website,
        {{ clean_text('accounts.country') }} as country,
        {{ clean_text('accounts.industry') }} as industry,
        {{ clean_text('accounts.employees') }} as employees,
        {{ clean_text('accounts.owner_id') }} as owner_id,
        {{ clean_text('accounts.created_at') }} as created_at,
        {{ clean_text('accounts.updated_at') }} as updated_at,
        {{ clean_text('accounts.is_deleted') }} as is_deleted,
        accounts._source_file
    from accounts
),

typed as (
    select
        cleaned.account_id,
        cleaned.name,
        cleaned.website,
        cleaned.country,
        cleaned.industry,
        {{ parse_bigint('cleaned.employees') }} as employees,
        cleaned.employees as employees_text,
        cleaned.owner_id,
        {{ parse_timestamp('cleaned.created_at', 'generic') }} as created_at,
        cleaned.created_at as created_at_text,
        {{ parse_timestamp('cleaned.updated_at', 'generic') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        {{ parse_boolean('cleaned.is_deleted') }} as is_deleted,
        cleaned.is_deleted as is_deleted_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.account_id', 'cleaned.name', 'cleaned.website', 'cleaned.country',
            'cleaned.industry', 'cleaned.employees', 'cleaned.owner_id',
            'cleaned.created_at', 'cleaned.updated_at', 'cleaned.is_deleted',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['account_id']) }} as fault_reason,
        {{ row_fault_detail(['account_id']) }} as fault_detail,
        {{ unreadable_values([
            'employees', 'created_at', 'updated_at', 'is_deleted',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['account_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['account_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as bigint) as employees,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('account_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
