with

users as (
    select * from {{ source('generic', 'users') }}
),

cleaned as (
    select
        {{ clean_text('users.user_id') }} as user_id,
        {{ clean_text('users.name') }} as name,
        {{ clean_text('users.email') }} as email,
        {{ clean_text('users.team') }} as team,
        {{ clean_text('users.is_active') }} as is_active,
        users._source_file
    from users
),

typed as (
    select
        cleaned.user_id,
        cleaned.name,
        cleaned.email,
        cleaned.team,
        {{ parse_boolean('cleaned.is_active') }} as is_active,
        cleaned.is_active as is_active_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.user_id', 'cleaned.name', 'cleaned.email', 'cleaned.team',
            'cleaned.is_active', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['user_id'], values=['team']) }} as fault_reason,
        {{ row_fault_detail(['user_id'], values=['team']) }} as fault_detail,
        {{ unreadable_values(['is_active']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['user_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.user_id as {{ dbt.type_string() }}) as user_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.team as {{ dbt.type_string() }}) as raw_team,
        cast(ranked.is_active as boolean) as is_active,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('user_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
