with

activities as (
    select * from {{ source('marketo', 'activities') }}
),

activity_types as (
    select * from {{ ref('marketo_activity_types') }}
),

cleaned as (
    select
        {{ clean_value('activities.activity_id', 'marketo') }} as activity_id,
        {{ clean_value('activities.lead_id', 'marketo') }} as lead_id,
        {{ clean_value('activities.activity_date', 'marketo') }} as activity_date,
        {{ clean_value('activities.activity_type_id', 'marketo') }} as activity_type_id,
        {{ clean_value('activities.campaign_id', 'marketo') }} as campaign_id,
        {{ clean_value(
            'activities.primary_attribute_value_id', 'marketo'
        ) }} as primary_attribute_value_id,
        {{ clean_value(
            'activities.primary_attribute_value', 'marketo'
        ) }} as primary_attribute_value,
        -- An entry without anything more has an empty list instead of an object.
        nullif(
            {{ clean_value('activities.attributes', 'marketo') }}, '[]'
        ) as attributes,
        {{ clean_value('activities.action_result', 'marketo') }} as action_result,
        {{ clean_value('activities.new_value', 'marketo') }} as new_value,
        {{ clean_value('activities.old_value', 'marketo') }} as old_value,
        {{ clean_value('activities.owner', 'marketo') }} as owner,
        {{ clean_value('activities.old_owner', 'marketo') }} as old_owner,
        {{ clean_value('activities.new_status', 'marketo') }} as new_status,
        {{ clean_value('activities.success', 'marketo') }} as success,
        {{ clean_value('activities.merge_ids', 'marketo') }} as merge_ids,
        {{ clean_value('activities.is_bot_activity', 'marketo') }} as is_bot_activity,
        activities._source_file
    from activities
),

typed as (
    select
        cleaned.activity_id,
        cleaned.lead_id,
        {{ parse_timestamp('cleaned.activity_date', 'marketo') }} as activity_date,
        {{ timestamp_precision('cleaned.activity_date', 'marketo') }} as date_precision,
        cleaned.activity_date as activity_date_text,
        {{ parse_bigint('cleaned.activity_type_id') }} as activity_type_id,
        cleaned.activity_type_id as activity_type_id_text,
        cleaned.campaign_id,
        cleaned.primary_attribute_value_id,
        cleaned.primary_attribute_value,
        case
            when {{ is_json_object('cleaned.attributes') }} then cleaned.attributes
        end as attributes,
        cleaned.attributes as attributes_text,
        cleaned.action_result,
        cleaned.new_value,
        cleaned.old_value,
        cleaned.owner,
        cleaned.old_owner,
        cleaned.new_status,
        cleaned.success,
        cleaned.merge_ids,
        cleaned.is_bot_activity,
        cleaned._source_file,
        -- The longest last: a text built up from its parts is copied with each of them.
        {{ row_fingerprint([
            'cleaned.activity_id', 'cleaned.lead_id', 'cleaned.activity_date',
            'cleaned.activity_type_id', 'cleaned.campaign_id',
            'cleaned.primary_attribute_value_id', 'cleaned.primary_attribute_value',
            'cleaned.action_result', 'cleaned.new_value', 'cleaned.old_value',
            'cleaned.owner', 'cleaned.old_owner', 'cleaned.new_status',
            'cleaned.success', 'cleaned.merge_ids', 'cleaned.is_bot_activity',
            'cleaned._source_file', 'cleaned.attributes',
        ]) }} as fingerprint
    from cleaned
),

-- A type that the seed does not know is an activity of its own name. What a flow step skipped
-- or failed to do did not happen.
named as (
    select
        typed.*,
        coalesce(
            activity_types.name,
            'type ' || cast(typed.activity_type_id as {{ dbt.type_string() }})
        ) as activity_type,
        case
            when lower(typed.action_result) in ('skipped', 'failed') then 'nothing'
            else coalesce(activity_types.becomes, 'activity')
        end as becomes,
        activity_types.primary_attribute
    from typed
    left join activity_types
        on typed.activity_type_id = activity_types.activity_type_id
),

-- Only what a type is known to carry is looked for: most of the log are page views and
-- e-mails, whose attributes nothing here needs.
unpacked as (
    select
        named.activity_id,
        named.lead_id,
        named.activity_date,
        named.date_precision,
        named.activity_date_text,
        named.activity_type_id,
        named.activity_type_id_text,
        named.activity_type,
        named.becomes,
        named.primary_attribute,
        named.campaign_id,
        named.primary_attribute_value_id,
        named.primary_attribute_value,
        named.attributes,
        named.attributes_text,
        case
            when named.becomes in ('value_change', 'score_change')
                then coalesce(
                    named.new_value,
                    {{ clean_value(json_text('named.attributes', 'New Value'), 'marketo') }}
                )
            when named.becomes = 'owner_change'
                then coalesce(
                    named.owner,
                    named.new_value,
                    {{ clean_value(json_text('named.attributes', 'New Owner'), 'marketo') }},
                    {{ clean_value(json_text('named.attributes', 'Owner'), 'marketo') }},
                    named.primary_attribute_value
                )
        end as new_value,
        case
            when named.becomes in ('value_change', 'score_change')
                then coalesce(
                    named.old_value,
                    {{ clean_value(json_text('named.attributes', 'Old Value'), 'marketo') }}
                )
            when named.becomes = 'owner_change'
                then coalesce(
                    named.old_owner,
                    named.old_value,
                    {{ clean_value(json_text('named.attributes', 'Old Owner'), 'marketo') }}
                )
        end as old_value,
        case
            when named.primary_attribute = 'program'
                then coalesce(
                    named.new_status,
                    {{ clean_value(json_text('named.attributes', 'New Status'), 'marketo') }}
                )
        end as new_status,
        case
            when named.primary_attribute = 'program'
                then coalesce(
                    named.success,
                    {{ clean_value(json_text('named.attributes', 'Success'), 'marketo') }}
                )
        end as success_text,
        case
            when named.becomes = 'merge'
                then coalesce(
                    named.merge_ids,
                    {{ clean_value(json_text('named.attributes', 'Merge IDs'), 'marketo') }}
                )
        end as merge_ids,
        case
            when named.primary_attribute = 'email'
                then coalesce(
                    named.is_bot_activity,
                    {{ clean_value(
                        json_text('named.attributes', 'Is Bot Activity'), 'marketo'
                    ) }}
                )
        end as is_bot_activity_text,
        named._source_file,
        named.fingerprint
    from named
),

parsed as (
    select
        unpacked.*,
        {{ parse_boolean('unpacked.success_text') }} as success,
        {{ parse_boolean('unpacked.is_bot_activity_text') }} as is_bot_activity
    from unpacked
),

checked as (
    select
        parsed.*,
        {{ row_fault(
            ['activity_id'],
            parsed=['activity_date', 'activity_type_id'],
            values=['lead_id'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['activity_id'],
            parsed=['activity_date', 'activity_type_id'],
            values=['lead_id'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'attributes', 'success', 'is_bot_activity',
        ]) }} as unreadable_values
    from parsed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['activity_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.activity_id as {{ dbt.type_string() }}) as activity_id,
        cast(ranked.lead_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.activity_date as timestamp) as occurred_at,
        cast(
            ranked.date_precision as {{ dbt.type_string() }}
        ) as occurred_precision,
        cast(ranked.activity_type_id as bigint) as activity_type_id,
        cast(ranked.activity_type as {{ dbt.type_string() }}) as activity_type,
        cast(ranked.becomes as {{ dbt.type_string() }}) as becomes,
        cast(
            ranked.primary_attribute as {{ dbt.type_string() }}
        ) as primary_attribute,
        cast(
            ranked.primary_attribute_value_id as {{ dbt.type_string() }}
        ) as primary_attribute_value_id,
        cast(
            ranked.primary_attribute_value as {{ dbt.type_string() }}
        ) as primary_attribute_value,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as smart_campaign_id,
        -- `Lead Status`, `leadStatus` and `lead_status` are one field.
        cast(
            case
                when ranked.becomes in ('value_change', 'score_change')
                    then lower(
                        replace(replace(ranked.primary_attribute_value, ' ', ''), '_', '')
                    )
            end as {{ dbt.type_string() }}
        ) as field,
        cast(ranked.old_value as {{ dbt.type_string() }}) as old_value,
        cast(ranked.new_value as {{ dbt.type_string() }}) as new_value,
        cast(ranked.new_status as {{ dbt.type_string() }}) as member_status,
        cast(ranked.success as boolean) as is_success,
        cast(ranked.merge_ids as {{ dbt.type_string() }}) as merge_ids,
        cast(ranked.is_bot_activity as boolean) as is_bot_activity,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('activity_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
