with

stg_salesforce__user as (
    select * from {{ ref('stg_salesforce__user') }}
),

stg_salesforce__user_role as (
    select * from {{ ref('stg_salesforce__user_role') }}
),

stg_salesforce__profile as (
    select * from {{ ref('stg_salesforce__profile') }}
),

stg_salesforce__lead as (
    select * from {{ ref('stg_salesforce__lead') }}
),

stg_salesforce__task as (
    select * from {{ ref('stg_salesforce__task') }}
),

salesforce__field_changes as (
    select * from {{ ref('salesforce__field_changes') }}
),

-- The role tells the team; without one the profile, the department or the licence may.
users as (
    select
        stg_salesforce__user.user_id,
        coalesce(
            stg_salesforce__user.name,
            nullif(
                trim(
                    coalesce(stg_salesforce__user.first_name || ' ', '')
                    || coalesce(stg_salesforce__user.last_name, '')
                ),
                ''
            )
        ) as name,
        stg_salesforce__user.email,
        coalesce(
            stg_salesforce__user_role.name,
            stg_salesforce__user.user_role_name,
            stg_salesforce__profile.name,
            stg_salesforce__user.profile_name,
            stg_salesforce__user.department,
            stg_salesforce__user.user_type
        ) as raw_team,
        stg_salesforce__user.is_active,
        stg_salesforce__user._source_file as source_file
    from stg_salesforce__user
    left join stg_salesforce__user_role
        on
            stg_salesforce__user.user_role_id = stg_salesforce__user_role.user_role_id
            and stg_salesforce__user_role.quarantine_reason is null
    left join stg_salesforce__profile
        on
            stg_salesforce__user.profile_id = stg_salesforce__profile.profile_id
            and stg_salesforce__profile.quarantine_reason is null
    where stg_salesforce__user.quarantine_reason is null
),

-- Queues own leads and tasks like users do, but are no users: the ids of groups tell them.
owners as (
    select
        stg_salesforce__lead.owner_id,
        stg_salesforce__lead._source_file as source_file
    from stg_salesforce__lead
    where stg_salesforce__lead.quarantine_reason is null
    union all
    select
        stg_salesforce__task.owner_id,
        stg_salesforce__task._source_file as source_file
    from stg_salesforce__task
    where stg_salesforce__task.quarantine_reason is null
    union all
    select
        salesforce__field_changes.old_value as owner_id,
        salesforce__field_changes.source_file
    from salesforce__field_changes
    where salesforce__field_changes.attribute = 'owner_id'
    union all
    select
        salesforce__field_changes.new_value as owner_id,
        salesforce__field_changes.source_file
    from salesforce__field_changes
    where salesforce__field_changes.attribute = 'owner_id'
),

queues as (
    select
        owners.owner_id as user_id,
        'Queue' as name,
        cast(null as {{ dbt.type_string() }}) as email,
        'Queue' as raw_team,
        cast(null as boolean) as is_active,
        min(owners.source_file) as source_file
    from owners
    where
        substring(owners.owner_id, 1, 3) = '00G'
        and not exists (
            select 1
            from users
            where users.user_id = owners.owner_id
        )
    group by owners.owner_id
),

everyone as (
    select * from users
    union all
    select * from queues
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(everyone.user_id as {{ dbt.type_string() }}) as user_id,
        cast(everyone.name as {{ dbt.type_string() }}) as name,
        cast(everyone.email as {{ dbt.type_string() }}) as email,
        cast(everyone.raw_team as {{ dbt.type_string() }}) as raw_team,
        cast(everyone.is_active as boolean) as is_active,
        cast(everyone.source_file as {{ dbt.type_string() }}) as source_file
    from everyone
)

select * from final
