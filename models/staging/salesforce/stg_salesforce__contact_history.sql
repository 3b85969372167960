with

contact_history as (
    select * from {{ source('salesforce', 'contact_history') }}
),

cleaned as (
    select
        {{ clean_value('contact_history.id', 'salesforce') }} as id,
        {{ clean_value('contact_history.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('contact_history.field', 'salesforce') }} as field,
        {{ clean_value('contact_history.old_value', 'salesforce') }} as old_value,
        {{ clean_value('contact_history.new_value', 'salesforce') }} as new_value,
        {{ clean_value('contact_history.data_type', 'salesforce') }} as data_type,
        {{ clean_value('contact_history.created_date', 'salesforce') }} as created_date,
        {{ clean_value('contact_history.created_by_id', 'salesforce') }} as created_by_id,
        {{ clean_value('contact_history.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('contact_history._fivetran_start', 'salesforce') }} as _fivetran_start,
        {{ clean_value('contact_history.account_id', 'salesforce') }} as account_id,
        {{ clean_value('contact_history.contact_status', 'salesforce') }} as contact_status,
        {{ clean_value('contact_history.first_name', 'salesforce') }} as first_name,
        {{ clean_value('contact_history.last_name', 'salesforce') }} as last_name,
        {{ clean_value('contact_history.email', 'salesforce') }} as email,
        {{ clean_value('contact_history.title', 'salesforce') }} as title,
        {{ clean_value('contact_history.mailing_country', 'salesforce') }} as mailing_country,
        {{ clean_value('contact_history.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('contact_history.rejection_reason', 'salesforce') }} as rejection_reason,
        {{ clean_value('contact_history.status_reason', 'salesforce') }} as status_reason,
        {{ clean_value('contact_history.disqualified_reason', 'salesforce') }}
            as disqualified_reason,
        {{ clean_value('contact_history.unqualified_reason', 'salesforce') }}
            as unqualified_reason,
        {{ clean_value('contact_history.dead_reason', 'salesforce') }} as dead_reason,
        {{ clean_value('contact_history.mql_date', 'salesforce') }} as mql_date,
        contact_history._source_file
    from contact_history
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
                cleaned.contact_id
                || '@' || coalesce(cleaned.field, '')
                || '@' || coalesce(cleaned.created_date, '')
                || '@' || coalesce(cleaned.old_value, '')
                || '@' || coalesce(cleaned.new_value, '')
        end as chosen_change_id,
        case
            when cleaned._fivetran_start is not null then cleaned.id
            else cleaned.contact_id
        end as chosen_contact_id,
        case
            when cleaned._fivetran_start is not null then '(version)'
            else cleaned.field
        end as chosen_field,
        coalesce(cleaned._fivetran_start, cleaned.created_date) as chosen_changed_at,
        coalesce(
            cleaned.rejection_reason,
            cleaned.status_reason,
            cleaned.disqualified_reason,
            cleaned.unqualified_reason,
            cleaned.dead_reason
        ) as chosen_raw_reason
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.chosen_change_id') }} as change_id,
        chosen._fivetran_start is not null as is_version,
        {{ salesforce_id('chosen.chosen_contact_id') }} as contact_id,
        chosen.chosen_field as field,
        chosen.old_value,
        chosen.new_value,
        chosen.data_type,
        {{ parse_timestamp('chosen.chosen_changed_at', 'salesforce') }} as changed_at,
        chosen.chosen_changed_at as changed_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as actor_id,
        {{ parse_boolean('chosen.is_deleted') }} as is_deleted,
        chosen.is_deleted as is_deleted_text,
        {{ salesforce_id('chosen.account_id') }} as account_id,
        chosen.contact_status as raw_status,
        chosen.first_name,
        chosen.last_name,
        chosen.email,
        chosen.title,
        chosen.mailing_country as country,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen.chosen_raw_reason as raw_reason,
        chosen.mql_date as mql_at,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.contact_id', 'chosen.field', 'chosen.old_value',
            'chosen.new_value', 'chosen.data_type', 'chosen.created_date',
            'chosen.created_by_id', 'chosen.is_deleted', 'chosen._fivetran_start',
            'chosen.account_id', 'chosen.contact_status', 'chosen.first_name',
            'chosen.last_name', 'chosen.email', 'chosen.title',
            'chosen.mailing_country', 'chosen.owner_id', 'chosen.rejection_reason',
            'chosen.status_reason', 'chosen.disqualified_reason',
            'chosen.unqualified_reason', 'chosen.dead_reason', 'chosen.mql_date',
            'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['contact_id'],
            parsed=['changed_at'],
            values=['field'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['contact_id'],
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
        cast(ranked.contact_id as {{ dbt.type_string() }}) as contact_id,
        cast(ranked.field as {{ dbt.type_string() }}) as field,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.data_type as {{ dbt.type_string() }}) as data_type,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(ranked.first_name as {{ dbt.type_string() }}) as first_name,
        cast(ranked.last_name as {{ dbt.type_string() }}) as last_name,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.title as {{ dbt.type_string() }}) as title,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ranked.mql_at as {{ dbt.type_string() }}) as mql_at,
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
