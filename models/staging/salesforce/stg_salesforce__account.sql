with

account as (
    select * from {{ source('salesforce', 'account') }}
),

cleaned as (
    select
        {{ clean_value('account.id', 'salesforce') }} as id,
        {{ clean_value('account.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('account._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('account.name', 'salesforce') }} as name,
        {{ clean_value('account.website', 'salesforce') }} as website,
        {{ clean_value('account.billing_country', 'salesforce') }} as billing_country,
        {{ clean_value('account.industry', 'salesforce') }} as industry,
        {{ clean_value('account.number_of_employees', 'salesforce') }} as number_of_employees,
        {{ clean_value('account.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('account.created_date', 'salesforce') }} as created_date,
        {{ clean_value('account.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('account.system_modstamp', 'salesforce') }} as system_modstamp,
        account._source_file
    from account
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as account_id,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        chosen.name,
        chosen.website,
        chosen.billing_country as country,
        chosen.industry,
        {{ parse_bigint('chosen.number_of_employees') }} as employees,
        chosen.number_of_employees as employees_text,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        chosen.created_date as created_at_text,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.name', 'chosen.website', 'chosen.billing_country',
            'chosen.industry', 'chosen.number_of_employees', 'chosen.owner_id',
            'chosen.created_date', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['account_id']) }} as fault_reason,
        {{ row_fault_detail(['account_id']) }} as fault_detail,
        {{ unreadable_values([
            'is_deleted', 'employees', 'created_at', 'updated_at',
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
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as bigint) as employees,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.updated_at as timestamp) as updated_at,
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
