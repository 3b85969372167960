with users as (

    select * from {{ ref('int_users') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

deciding_teams as (

    select * from {{ ref('agreement_deciding_teams') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

current_deciding_teams as (

    select distinct deciding_teams.team
    from deciding_teams
    inner join versions
        on deciding_teams.version_id = versions.version_id
    inner join build_clock
        on
            versions.effective_from <= build_clock.as_of
            and (versions.effective_to > build_clock.as_of or versions.effective_to is null)

),

final as (

    select
        cast(
            users.system || ':user:' || users.user_id as {{ dbt.type_string() }}
        ) as user_key,
        cast(users.system as {{ dbt.type_string() }}) as system,
        cast(users.user_id as {{ dbt.type_string() }}) as user_id,
        cast(users.name as {{ dbt.type_string() }}) as name,
        cast(users.raw_team as {{ dbt.type_string() }}) as raw_team,
        cast(users.team as {{ dbt.type_string() }}) as team,
        cast(users.is_active as boolean) as is_active,
        cast(current_deciding_teams.team is not null as boolean) as may_decide
    from users
    left join current_deciding_teams
        on users.team = current_deciding_teams.team

)

select * from final
