with users as (

    select * from {{ ref('all__users') }}

),

teams as (

    select * from {{ ref('map_teams') }}

),

final as (

    select
        cast(users.system as {{ dbt.type_string() }}) as system,
        cast(users.user_id as {{ dbt.type_string() }}) as user_id,
        cast(users.name as {{ dbt.type_string() }}) as name,
        cast(users.raw_team as {{ dbt.type_string() }}) as raw_team,
        cast(teams.team as {{ dbt.type_string() }}) as team,
        cast(users.is_active as boolean) as is_active
    from users
    left join teams
        on
            users.system = teams.system
            and {{ comparable('users.raw_team') }} = {{ comparable('teams.raw_team') }}

)

select * from final
