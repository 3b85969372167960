with

profile as (
    select * from {{ source('salesforce', 'profile') }}
),

cleaned as (
    select
        {{ clean_value('profile.id', 'salesforce') }} as id,
        {{ clean_value('profile.name', 'salesforce') }} as name,
        {{ clean_value('profile.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('profile.system_modstamp', 'salesforce') }} as system_modstamp,
        profile._source_file
    from profile
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
        {{ salesforce_id('chosen.id') }} as profile_id,
        chosen.name,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.name', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['profile_id'], values=['name']) }} as fault_reason,
        {{ row_fault_detail(['profile_id'], values=['name']) }} as fault_detail,
        {{ unreadable_values(['updated_at']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['profile_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['profile_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.profile_id as {{ dbt.type_string() }}) as profile_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('profile_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
