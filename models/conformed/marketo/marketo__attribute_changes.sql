with

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

-- The field under its name in persons; fields that persons lacks stay in staging. A score is
-- changed by Change Score and, where it is set outright, by Change Data Value.
changes as (
    select
        stg_marketo__activities.activity_id,
        stg_marketo__activities.record_id,
        case
            when stg_marketo__activities.becomes = 'owner_change' then 'owner_id'
            when stg_marketo__activities.field in ('leadscore', 'personscore')
                then 'stamped_score'
            when stg_marketo__activities.becomes <> 'value_change' then null
            when stg_marketo__activities.field in ('email', 'emailaddress') then 'email'
            when stg_marketo__activities.field = 'firstname' then 'first_name'
            when stg_marketo__activities.field = 'lastname' then 'last_name'
            when stg_marketo__activities.field in ('title', 'jobtitle') then 'title'
            when stg_marketo__activities.field in ('company', 'companyname')
                then 'company'
            when stg_marketo__activities.field = 'website' then 'website'
            when stg_marketo__activities.field = 'country' then 'country'
            when stg_marketo__activities.field = 'industry' then 'industry'
            when stg_marketo__activities.field in ('numberofemployees', 'numemployees')
                then 'employees'
            when stg_marketo__activities.field in ('leadsource', 'personsource')
                then 'source'
            when
                stg_marketo__activities.field in ('mqlat', 'mqldate', 'mqldatetime')
                then 'mql_at'
        end as attribute,
        stg_marketo__activities.old_value,
        stg_marketo__activities.new_value,
        stg_marketo__activities.occurred_at,
        stg_marketo__activities._source_file
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and (
            stg_marketo__activities.becomes = 'value_change'
            -- A change of score or owner that does not say to what says nothing.
            or stg_marketo__activities.becomes in ('score_change', 'owner_change')
            and stg_marketo__activities.new_value is not null
        )
),

-- Several changes of one field within one second are one, from the first old value to the
-- last new one. Ids are numbers that grow.
numbered as (
    select
        changes.*,
        row_number() over (
            partition by changes.record_id, changes.attribute, changes.occurred_at
            order by
                length(changes.activity_id) asc nulls last,
                changes.activity_id asc nulls last
        ) as from_first,
        row_number() over (
            partition by changes.record_id, changes.attribute, changes.occurred_at
            order by
                length(changes.activity_id) desc nulls last,
                changes.activity_id desc nulls last
        ) as from_last
    from changes
    where changes.attribute is not null
),

joined as (
    select
        numbered.record_id,
        numbered.attribute,
        numbered.occurred_at,
        max(case when numbered.from_first = 1 then numbered.old_value end) as old_value,
        max(case when numbered.from_last = 1 then numbered.new_value end) as new_value,
        max(
            case when numbered.from_last = 1 then numbered._source_file end
        ) as _source_file
    from numbered
    group by
        numbered.record_id,
        numbered.attribute,
        numbered.occurred_at
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(joined.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'marketo:lead:' || joined.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(joined.attribute as {{ dbt.type_string() }}) as attribute,
        cast(joined.old_value as {{ dbt.type_string() }}) as old_value,
        cast(joined.new_value as {{ dbt.type_string() }}) as new_value,
        cast(joined.occurred_at as timestamp) as changed_at,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(joined._source_file as {{ dbt.type_string() }}) as source_file
    from joined
)

select * from final
