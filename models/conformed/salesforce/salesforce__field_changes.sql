{{ config(materialized='table') }}

{%- set lead_fields = [
    'raw_status', 'raw_reason', 'first_name', 'last_name', 'email', 'title', 'company',
    'website', 'country', 'industry', 'employees', 'owner_id', 'mql_at',
] -%}
{%- set contact_fields = [
    'raw_status', 'raw_reason', 'first_name', 'last_name', 'email', 'title', 'country',
    'owner_id', 'mql_at',
] -%}

with

stg_salesforce__lead_history as (
    select * from {{ ref('stg_salesforce__lead_history') }}
),

stg_salesforce__contact_history as (
    select * from {{ ref('stg_salesforce__contact_history') }}
),

-- A connector's history mode keeps versions of the record: a change is what one version has
-- otherwise than the version before it.
version_values as (
    {% for attribute in lead_fields %}
    select
        'lead' as record_type,
        stg_salesforce__lead_history.lead_id as record_id,
        '{{ attribute }}' as attribute,
        stg_salesforce__lead_history.{{ attribute }} as value,
        stg_salesforce__lead_history.changed_at,
        stg_salesforce__lead_history._source_file
    from stg_salesforce__lead_history
    where
        stg_salesforce__lead_history.quarantine_reason is null
        and stg_salesforce__lead_history.is_version
    union all
    {% endfor %}
    {% for attribute in contact_fields %}
    select
        'contact' as record_type,
        stg_salesforce__contact_history.contact_id as record_id,
        '{{ attribute }}' as attribute,
        stg_salesforce__contact_history.{{ attribute }} as value,
        stg_salesforce__contact_history.changed_at,
        stg_salesforce__contact_history._source_file
    from stg_salesforce__contact_history
    where
        stg_salesforce__contact_history.quarantine_reason is null
        and stg_salesforce__contact_history.is_version
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

compared as (
    select
        version_values.*,
        lag(version_values.value) over (
            partition by
                version_values.record_type, version_values.record_id, version_values.attribute
            order by
                version_values.changed_at asc nulls last,
                version_values.value asc nulls last,
                version_values._source_file asc nulls last
        ) as old_value,
        row_number() over (
            partition by
                version_values.record_type, version_values.record_id, version_values.attribute
            order by
                version_values.changed_at asc nulls last,
                version_values.value asc nulls last,
                version_values._source_file asc nulls last
        ) as version_number
    from version_values
),

field_rows as (
    select
        'lead' as record_type,
        stg_salesforce__lead_history.lead_id as record_id,
        stg_salesforce__lead_history.field,
        stg_salesforce__lead_history.data_type,
        stg_salesforce__lead_history.old_value,
        stg_salesforce__lead_history.new_value,
        stg_salesforce__lead_history.changed_at,
        stg_salesforce__lead_history.actor_id,
        stg_salesforce__lead_history._source_file
    from stg_salesforce__lead_history
    where
        stg_salesforce__lead_history.quarantine_reason is null
        and not stg_salesforce__lead_history.is_version
    union all
    select
        'contact' as record_type,
        stg_salesforce__contact_history.contact_id as record_id,
        stg_salesforce__contact_history.field,
        stg_salesforce__contact_history.data_type,
        stg_salesforce__contact_history.old_value,
        stg_salesforce__contact_history.new_value,
        stg_salesforce__contact_history.changed_at,
        stg_salesforce__contact_history.actor_id,
        stg_salesforce__contact_history._source_file
    from stg_salesforce__contact_history
    where
        stg_salesforce__contact_history.quarantine_reason is null
        and not stg_salesforce__contact_history.is_version
),

-- Where a lookup changed, history has two rows: one with the names, one with the ids.
named as (
    select
        field_rows.*,
        lower(replace(replace(field_rows.field, '_', ''), ' ', '')) as field_letters,
        coalesce(
            lower(field_rows.data_type) = 'entityid'
            or {{ text_matches(
                'coalesce(field_rows.new_value, field_rows.old_value)',
                "'^(001|005|00G)[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$'",
            ) }},
            false
        ) as has_ids
    from field_rows
),

-- Fields go by API name (a custom one ends in c), by a connector's name or by label.
attributed as (
    select
        named.*,
        case
            when named.field_letters in ('status', 'leadstatus', 'contactstatus', 'contactstatusc')
                then 'raw_status'
            when
                named.field_letters in (
                    'rejectionreason', 'rejectionreasonc', 'statusreason', 'statusreasonc',
                    'disqualifiedreason', 'disqualifiedreasonc', 'unqualifiedreason',
                    'unqualifiedreasonc', 'deadreason', 'deadreasonc'
                )
                then 'raw_reason'
            when named.field_letters = 'leadconverted' then 'conversion'
            when
                named.field_letters in ('owner', 'ownerid', 'leadowner', 'contactowner')
                and named.has_ids
                then 'owner_id'
            when named.field_letters in ('account', 'accountname') and not named.has_ids
                then 'company'
            when named.field_letters in ('company', 'email', 'title', 'website', 'industry')
                then named.field_letters
            when named.field_letters = 'firstname' then 'first_name'
            when named.field_letters = 'lastname' then 'last_name'
            when named.field_letters in ('country', 'mailingcountry') then 'country'
            when named.field_letters in ('numberofemployees', 'no.ofemployees', 'employees')
                then 'employees'
            when
                named.field_letters in ('mqldate', 'mqldatec', 'mqldatetime', 'mqldatetimec')
                then 'mql_at'
            when named.field_letters in ('leadscore', 'leadscorec') then 'stamped_score'
            when named.field_letters in ('need', 'needc') then 'need'
            when named.field_letters in ('currentsolution', 'currentsolutionc')
                then 'current_solution'
            when
                named.field_letters in (
                    'decisionmaker', 'decisionmakerc', 'authority', 'authorityc'
                )
                then 'decision_maker'
            when
                named.field_letters in ('readytomove', 'readytomovec', 'timeline', 'timelinec')
                then 'ready_to_move'
            when named.field_letters in ('budget', 'budgetc') then 'budget'
        end as attribute
    from named
),

changes as (
    select
        attributed.record_type,
        attributed.record_id,
        attributed.attribute,
        attributed.field,
        case
            when attributed.attribute = 'owner_id'
                then {{ salesforce_id('attributed.old_value') }}
            else attributed.old_value
        end as old_value,
        case
            when attributed.attribute = 'owner_id'
                then {{ salesforce_id('attributed.new_value') }}
            else attributed.new_value
        end as new_value,
        attributed.changed_at,
        attributed.actor_id,
        attributed._source_file
    from attributed
    where
        attributed.attribute = 'conversion'
        or (
            attributed.attribute is not null
            and attributed.old_value is distinct from attributed.new_value
        )
    union all
    select
        compared.record_type,
        compared.record_id,
        compared.attribute,
        '(version)' as field,
        compared.old_value,
        compared.value as new_value,
        compared.changed_at,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        compared._source_file
    from compared
    where
        compared.version_number > 1
        and compared.old_value is distinct from compared.value
),

-- History tells seconds, and rows of one second come in no order. A row that takes up what
-- another has left follows it.
values_left as (
    select distinct
        changes.record_type,
        changes.record_id,
        changes.attribute,
        changes.changed_at,
        coalesce(changes.new_value, '') as value
    from changes
),

values_taken_up as (
    select distinct
        changes.record_type,
        changes.record_id,
        changes.attribute,
        changes.changed_at,
        coalesce(changes.old_value, '') as value
    from changes
),

-- A row repeated under two ids says nothing more.
placed as (
    select
        changes.record_type,
        changes.record_id,
        changes.attribute,
        changes.field,
        changes.old_value,
        changes.new_value,
        changes.changed_at,
        values_left.value is null as is_first_in_second,
        values_taken_up.value is null as is_last_in_second,
        min(changes.actor_id) as actor_id,
        min(changes._source_file) as _source_file
    from changes
    left join values_left
        on
            changes.record_type = values_left.record_type
            and changes.record_id = values_left.record_id
            and changes.attribute = values_left.attribute
            and changes.changed_at = values_left.changed_at
            and coalesce(changes.old_value, '') = values_left.value
    left join values_taken_up
        on
            changes.record_type = values_taken_up.record_type
            and changes.record_id = values_taken_up.record_id
            and changes.attribute = values_taken_up.attribute
            and changes.changed_at = values_taken_up.changed_at
            and coalesce(changes.new_value, '') = values_taken_up.value
    group by
        changes.record_type,
        changes.record_id,
        changes.attribute,
        changes.field,
        changes.old_value,
        changes.new_value,
        changes.changed_at,
        values_left.value,
        values_taken_up.value
),

final as (
    select
        cast(placed.record_type as {{ dbt.type_string() }}) as record_type,
        cast(placed.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'salesforce:' || placed.record_type || ':' || placed.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(placed.attribute as {{ dbt.type_string() }}) as attribute,
        cast(placed.field as {{ dbt.type_string() }}) as field,
        cast(placed.old_value as {{ dbt.type_string() }}) as old_value,
        cast(placed.new_value as {{ dbt.type_string() }}) as new_value,
        cast(placed.changed_at as timestamp) as changed_at,
        cast(placed.is_first_in_second as boolean) as is_first_in_second,
        cast(placed.is_last_in_second as boolean) as is_last_in_second,
        cast(placed.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(placed._source_file as {{ dbt.type_string() }}) as source_file
    from placed
)

select * from final
