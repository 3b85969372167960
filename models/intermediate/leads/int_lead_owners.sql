with lead_records as (

    select * from {{ ref('int_lead_records') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

person_merges as (

    select * from {{ ref('all__person_merges') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

users as (

    select * from {{ ref('int_users') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- A record that was merged away, or converted into another of its system, keeps an owner to
-- whom nobody looks any more.
records as (

    select
        lead_records.lead_id,
        lead_records.record_key,
        lead_records.system,
        persons.owner_id,
        {{ to_second('lead_records.created_at') }} as created_at,
        {{ to_second('least(
            coalesce(person_merges.merged_at, cast(\'9999-12-31\' as timestamp)),
            coalesce(
                case
                    when
                        persons.crm_system = persons.system
                        and persons.crm_contact_id is not null
                        then persons.converted_at
                end,
                cast(\'9999-12-31\' as timestamp)
            )
        )') }} as ended_at
    from lead_records
    inner join persons
        on lead_records.record_key = persons.record_key
    left join person_merges
        on
            persons.system = person_merges.system
            and persons.record_type = person_merges.record_type
            and persons.record_id = person_merges.loser_id

),

changes as (

    select
        attribute_changes.record_key,
        attribute_changes.old_value,
        attribute_changes.new_value,
        {{ to_second('attribute_changes.changed_at') }} as changed_at,
        build_clock.as_of
    from attribute_changes
    cross join build_clock
    where attribute_changes.attribute = 'owner_id'

),

-- An owner is tracked if the system's history names it.
tracked_systems as (

    select distinct system
    from attribute_changes
    where attribute = 'owner_id'

),

ordered_changes as (

    select
        changes.*,
        row_number() over (
            partition by record_key
            order by
                changed_at asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as change_number,
        lead(changed_at) over (
            partition by record_key
            order by
                changed_at asc nulls last,
                new_value asc nulls last,
                old_value asc nulls last
        ) as next_changed_at
    from changes

),

periods as (

    -- Before its first change a record had the old owner, if the change comes after the
    -- clock too: the record itself names the later one.
    select
        records.lead_id,
        records.record_key,
        records.system,
        ordered_changes.old_value as owner_id,
        'history' as evidence,
        records.created_at as owned_from,
        case
            when ordered_changes.changed_at <= ordered_changes.as_of
                then ordered_changes.changed_at
            else cast('9999-12-31' as timestamp)
        end as owned_until,
        records.ended_at
    from records
    inner join ordered_changes
        on
            records.record_key = ordered_changes.record_key
            and ordered_changes.change_number = 1

    union all

    select
        records.lead_id,
        records.record_key,
        records.system,
        ordered_changes.new_value as owner_id,
        'history' as evidence,
        ordered_changes.changed_at as owned_from,
        case
            when ordered_changes.next_changed_at <= ordered_changes.as_of
                then ordered_changes.next_changed_at
            else cast('9999-12-31' as timestamp)
        end as owned_until,
        records.ended_at
    from records
    inner join ordered_changes
        on
            records.record_key = ordered_changes.record_key
            and ordered_changes.changed_at <= ordered_changes.as_of

    union all

    -- Without a change the present owner held it all along, for certain where the system's
    -- history tells of owners.
    select
        records.lead_id,
        records.record_key,
        records.system,
        records.owner_id,
        case when tracked_systems.system is not null then 'history' else 'record' end
            as evidence,
        records.created_at as owned_from,
        cast('9999-12-31' as timestamp) as owned_until,
        records.ended_at
    from records
    left join tracked_systems
        on records.system = tracked_systems.system
    where
        not exists (
            select 1
            from ordered_changes
            where ordered_changes.record_key = records.record_key
        )

),

ended as (

    select
        periods.*,
        least(owned_until, ended_at) as held_until
    from periods
    where owner_id is not null

),

final as (

    select
        cast(ended.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ended.record_key as {{ dbt.type_string() }}) as record_key,
        cast(ended.owned_from as timestamp) as owned_from,
        cast(ended.held_until as timestamp) as owned_until,
        cast(ended.system || ':user:' || ended.owner_id as {{ dbt.type_string() }})
            as owner_key,
        cast(users.team as {{ dbt.type_string() }}) as owner_team,
        cast(ended.evidence as {{ dbt.type_string() }}) as evidence
    from ended
    left join users
        on
            ended.system = users.system
            and ended.owner_id = users.user_id
    where ended.owned_from < ended.held_until

)

select * from final
