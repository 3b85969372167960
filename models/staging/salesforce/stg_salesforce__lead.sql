with

lead as (
    select * from {{ source('salesforce', 'lead') }}
),

cleaned as (
    select
        {{ clean_value('lead.id', 'salesforce') }} as id,
        {{ clean_value('lead.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('lead._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('lead.master_record_id', 'salesforce') }} as master_record_id,
        {{ clean_value('lead.first_name', 'salesforce') }} as first_name,
        {{ clean_value('lead.last_name', 'salesforce') }} as last_name,
        {{ clean_value('lead.email', 'salesforce') }} as email,
        {{ clean_value('lead.title', 'salesforce') }} as title,
        {{ clean_value('lead.company', 'salesforce') }} as company,
        {{ clean_value('lead.website', 'salesforce') }} as website,
        {{ clean_value('lead.country', 'salesforce') }} as country,
        {{ clean_value('lead.industry', 'salesforce') }} as industry,
        {{ clean_value('lead.number_of_employees', 'salesforce') }} as number_of_employees,
        {{ clean_value('lead.lead_source', 'salesforce') }} as lead_source,
        {{ clean_value('lead.campaign_id', 'salesforce') }} as campaign_id,
        {{ clean_value('lead.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('lead.status', 'salesforce') }} as status,
        {{ clean_value('lead.rejection_reason', 'salesforce') }} as rejection_reason,
        {{ clean_value('lead.status_reason', 'salesforce') }} as status_reason,
        {{ clean_value('lead.disqualified_reason', 'salesforce') }} as disqualified_reason,
        {{ clean_value('lead.unqualified_reason', 'salesforce') }} as unqualified_reason,
        {{ clean_value('lead.dead_reason', 'salesforce') }} as dead_reason,
        {{ clean_value('lead.need', 'salesforce') }} as need,
        {{ clean_value('lead.current_solution', 'salesforce') }} as current_solution,
        {{ clean_value('lead.decision_maker', 'salesforce') }} as decision_maker,
        {{ clean_value('lead.authority', 'salesforce') }} as authority,
        {{ clean_value('lead.ready_to_move', 'salesforce') }} as ready_to_move,
        {{ clean_value('lead.timeline', 'salesforce') }} as timeline,
        {{ clean_value('lead.budget', 'salesforce') }} as budget,
        {{ clean_value('lead.is_converted', 'salesforce') }} as is_converted,
        {{ clean_value('lead.converted_date', 'salesforce') }} as converted_date,
        {{ clean_value('lead.converted_date_time', 'salesforce') }} as converted_date_time,
        {{ clean_value('lead.converted_account_id', 'salesforce') }} as converted_account_id,
        {{ clean_value('lead.converted_contact_id', 'salesforce') }} as converted_contact_id,
        {{ clean_value('lead.converted_opportunity_id', 'salesforce') }}
            as converted_opportunity_id,
        {{ clean_value('lead.mql_date_time', 'salesforce') }} as mql_date_time,
        {{ clean_value('lead.mql_date', 'salesforce') }} as mql_date,
        {{ clean_value('lead.first_mql_date', 'salesforce') }} as first_mql_date,
        {{ clean_value('lead.lead_score', 'salesforce') }} as lead_score,
        {{ clean_value('lead.mkto_lead_score', 'salesforce') }} as mkto_lead_score,
        {{ clean_value('lead.behavioral_score', 'salesforce') }} as behavioral_score,
        {{ clean_value('lead.created_date', 'salesforce') }} as created_date,
        {{ clean_value('lead.created_by_id', 'salesforce') }} as created_by_id,
        {{ clean_value('lead.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('lead.system_modstamp', 'salesforce') }} as system_modstamp,
        lead._source_file
    from lead
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        coalesce(
            cleaned.rejection_reason,
            cleaned.status_reason,
            cleaned.disqualified_reason,
            cleaned.unqualified_reason,
            cleaned.dead_reason
        ) as chosen_raw_reason,
        {{ day_text(
            'coalesce(cleaned.converted_date_time, cleaned.converted_date)'
        ) }} as chosen_converted_at,
        {{ day_text(
            'coalesce(cleaned.mql_date_time, cleaned.mql_date, cleaned.first_mql_date)'
        ) }} as chosen_mql_stamped_at,
        coalesce(
            cleaned.lead_score,
            cleaned.mkto_lead_score,
            cleaned.behavioral_score
        ) as chosen_stamped_score,
        coalesce(cleaned.decision_maker, cleaned.authority) as chosen_decision_maker,
        coalesce(cleaned.ready_to_move, cleaned.timeline) as chosen_ready_to_move,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as lead_id,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        {{ salesforce_id('chosen.master_record_id') }} as master_record_id,
        chosen.first_name,
        chosen.last_name,
        chosen.email,
        chosen.title,
        chosen.company,
        chosen.website,
        chosen.country,
        chosen.industry,
        {{ parse_bigint('chosen.number_of_employees') }} as employees,
        chosen.number_of_employees as employees_text,
        chosen.lead_source as raw_source,
        {{ salesforce_id('chosen.campaign_id') }} as campaign_id,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen.status as raw_status,
        chosen.chosen_raw_reason as raw_reason,
        chosen.need,
        chosen.current_solution,
        chosen.chosen_decision_maker as decision_maker,
        chosen.chosen_ready_to_move as ready_to_move,
        chosen.budget,
        {{ parse_boolean('chosen.is_converted') }} as is_converted,
        chosen.is_converted as is_converted_text,
        {{ parse_timestamp('chosen.chosen_converted_at', 'salesforce') }} as converted_at,
        {{ timestamp_precision('chosen.chosen_converted_at', 'salesforce') }}
            as converted_precision,
        chosen.chosen_converted_at as converted_at_text,
        {{ salesforce_id('chosen.converted_account_id') }} as converted_account_id,
        {{ salesforce_id('chosen.converted_contact_id') }} as converted_contact_id,
        {{ salesforce_id('chosen.converted_opportunity_id') }} as converted_opportunity_id,
        {{ parse_timestamp('chosen.chosen_mql_stamped_at', 'salesforce') }} as mql_stamped_at,
        {{ timestamp_precision('chosen.chosen_mql_stamped_at', 'salesforce') }}
            as mql_stamped_precision,
        chosen.chosen_mql_stamped_at as mql_stamped_at_text,
        {{ parse_decimal('chosen.chosen_stamped_score', scale=4) }} as stamped_score,
        chosen.chosen_stamped_score as stamped_score_text,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        {{ timestamp_precision('chosen.created_date', 'salesforce') }} as created_precision,
        chosen.created_date as created_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as creator_id,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.master_record_id', 'chosen.first_name', 'chosen.last_name',
            'chosen.email', 'chosen.title', 'chosen.company', 'chosen.website',
            'chosen.country', 'chosen.industry', 'chosen.number_of_employees',
            'chosen.lead_source', 'chosen.campaign_id', 'chosen.owner_id',
            'chosen.status', 'chosen.rejection_reason', 'chosen.status_reason',
            'chosen.disqualified_reason', 'chosen.unqualified_reason',
            'chosen.need', 'chosen.current_solution', 'chosen.decision_maker',
            'chosen.authority', 'chosen.ready_to_move', 'chosen.timeline', 'chosen.budget',
            'chosen.dead_reason', 'chosen.is_converted', 'chosen.converted_date',
            'chosen.converted_date_time', 'chosen.converted_account_id',
            'chosen.converted_contact_id', 'chosen.converted_opportunity_id',
            'chosen.mql_date_time', 'chosen.mql_date', 'chosen.first_mql_date',
            'chosen.lead_score', 'chosen.mkto_lead_score', 'chosen.behavioral_score',
            'chosen.created_date', 'chosen.created_by_id', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(['lead_id'], parsed=['created_at']) }} as fault_reason,
        {{ row_fault_detail(['lead_id'], parsed=['created_at']) }} as fault_detail,
        {{ unreadable_values([
            'is_deleted', 'employees', 'is_converted', 'converted_at',
            'mql_stamped_at', 'stamped_score', 'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['lead_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['lead_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.master_record_id as {{ dbt.type_string() }}) as master_record_id,
        cast(ranked.first_name as {{ dbt.type_string() }}) as first_name,
        cast(ranked.last_name as {{ dbt.type_string() }}) as last_name,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.title as {{ dbt.type_string() }}) as title,
        cast(ranked.company as {{ dbt.type_string() }}) as company,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as bigint) as employees,
        cast(ranked.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.raw_status as {{ dbt.type_string() }}) as raw_status,
        cast(ranked.raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ranked.need as {{ dbt.type_string() }}) as need,
        cast(ranked.current_solution as {{ dbt.type_string() }}) as current_solution,
        cast(ranked.decision_maker as {{ dbt.type_string() }}) as decision_maker,
        cast(ranked.ready_to_move as {{ dbt.type_string() }}) as ready_to_move,
        cast(ranked.budget as {{ dbt.type_string() }}) as budget,
        cast(ranked.is_converted as boolean) as is_converted,
        cast(ranked.converted_at as timestamp) as converted_at,
        cast(
            ranked.converted_precision as {{ dbt.type_string() }}
        ) as converted_precision,
        cast(
            ranked.converted_account_id as {{ dbt.type_string() }}
        ) as converted_account_id,
        cast(
            ranked.converted_contact_id as {{ dbt.type_string() }}
        ) as converted_contact_id,
        cast(
            ranked.converted_opportunity_id as {{ dbt.type_string() }}
        ) as converted_opportunity_id,
        cast(ranked.mql_stamped_at as timestamp) as mql_stamped_at,
        cast(
            ranked.mql_stamped_precision as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(ranked.stamped_score as decimal(18, 4)) as stamped_score,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.creator_id as {{ dbt.type_string() }}) as creator_id,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('lead_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
