with

opportunity as (
    select * from {{ source('salesforce', 'opportunity') }}
),

cleaned as (
    select
        {{ clean_value('opportunity.id', 'salesforce') }} as id,
        {{ clean_value('opportunity.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('opportunity._fivetran_deleted', 'salesforce') }} as _fivetran_deleted,
        {{ clean_value('opportunity.name', 'salesforce') }} as name,
        {{ clean_value('opportunity.type', 'salesforce') }} as type,
        {{ clean_value('opportunity.account_id', 'salesforce') }} as account_id,
        {{ clean_value('opportunity.contact_id', 'salesforce') }} as contact_id,
        {{ clean_value('opportunity.amount', 'salesforce') }} as amount,
        {{ clean_value('opportunity.currency_iso_code', 'salesforce') }} as currency_iso_code,
        {{ clean_value('opportunity.stage_name', 'salesforce') }} as stage_name,
        {{ clean_value('opportunity.need', 'salesforce') }} as need,
        {{ clean_value('opportunity.current_solution', 'salesforce') }} as current_solution,
        {{ clean_value('opportunity.decision_maker', 'salesforce') }} as decision_maker,
        {{ clean_value('opportunity.authority', 'salesforce') }} as authority,
        {{ clean_value('opportunity.ready_to_move', 'salesforce') }} as ready_to_move,
        {{ clean_value('opportunity.timeline', 'salesforce') }} as timeline,
        {{ clean_value('opportunity.budget', 'salesforce') }} as budget,
        {{ clean_value('opportunity.is_closed', 'salesforce') }} as is_closed,
        {{ clean_value('opportunity.is_won', 'salesforce') }} as is_won,
        {{ clean_value('opportunity.close_date', 'salesforce') }} as close_date,
        {{ clean_value('opportunity.last_stage_change_date', 'salesforce') }}
            as last_stage_change_date,
        {{ clean_value('opportunity.created_date', 'salesforce') }} as created_date,
        {{ clean_value('opportunity.created_by_id', 'salesforce') }} as created_by_id,
        {{ clean_value('opportunity.owner_id', 'salesforce') }} as owner_id,
        {{ clean_value('opportunity.lead_source', 'salesforce') }} as lead_source,
        {{ clean_value('opportunity.campaign_id', 'salesforce') }} as campaign_id,
        {{ clean_value('opportunity.last_modified_date', 'salesforce') }} as last_modified_date,
        {{ clean_value('opportunity.system_modstamp', 'salesforce') }} as system_modstamp,
        opportunity._source_file
    from opportunity
),

-- Where several columns can tell one thing, the first that is filled does.
chosen as (
    select
        cleaned.*,
        case
            when {{ parse_boolean('cleaned._fivetran_deleted') }} then 'true'
            else cleaned.is_deleted
        end as chosen_is_deleted,
        {{ day_text('cleaned.close_date') }} as chosen_close_at,
        coalesce(cleaned.decision_maker, cleaned.authority) as chosen_decision_maker,
        coalesce(cleaned.ready_to_move, cleaned.timeline) as chosen_ready_to_move,
        coalesce(cleaned.last_modified_date, cleaned.system_modstamp) as chosen_updated_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.id') }} as opportunity_id,
        {{ parse_boolean('chosen.chosen_is_deleted') }} as is_deleted,
        chosen.chosen_is_deleted as is_deleted_text,
        chosen.name,
        chosen.type as raw_type,
        {{ salesforce_id('chosen.account_id') }} as account_id,
        {{ salesforce_id('chosen.contact_id') }} as contact_id,
        {{ parse_decimal('chosen.amount') }} as amount,
        chosen.amount as amount_text,
        chosen.currency_iso_code as currency,
        chosen.stage_name as raw_stage,
        chosen.need,
        chosen.current_solution,
        chosen.chosen_decision_maker as decision_maker,
        chosen.chosen_ready_to_move as ready_to_move,
        chosen.budget,
        {{ parse_boolean('chosen.is_closed') }} as is_closed,
        chosen.is_closed as is_closed_text,
        {{ parse_boolean('chosen.is_won') }} as is_won,
        chosen.is_won as is_won_text,
        {{ parse_timestamp('chosen.chosen_close_at', 'salesforce') }} as close_at,
        {{ timestamp_precision('chosen.chosen_close_at', 'salesforce') }} as close_precision,
        chosen.chosen_close_at as close_at_text,
        {{ parse_timestamp('chosen.last_stage_change_date', 'salesforce') }} as stage_changed_at,
        chosen.last_stage_change_date as stage_changed_at_text,
        {{ parse_timestamp('chosen.created_date', 'salesforce') }} as created_at,
        {{ timestamp_precision('chosen.created_date', 'salesforce') }} as created_precision,
        chosen.created_date as created_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as creator_id,
        {{ salesforce_id('chosen.owner_id') }} as owner_id,
        chosen.lead_source as raw_source,
        {{ salesforce_id('chosen.campaign_id') }} as campaign_id,
        {{ parse_timestamp('chosen.chosen_updated_at', 'salesforce') }} as updated_at,
        chosen.chosen_updated_at as updated_at_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.is_deleted', 'chosen._fivetran_deleted',
            'chosen.name', 'chosen.type', 'chosen.account_id', 'chosen.contact_id',
            'chosen.amount', 'chosen.currency_iso_code', 'chosen.stage_name',
            'chosen.need', 'chosen.current_solution', 'chosen.decision_maker',
            'chosen.authority', 'chosen.ready_to_move', 'chosen.timeline', 'chosen.budget',
            'chosen.is_closed', 'chosen.is_won', 'chosen.close_date',
            'chosen.last_stage_change_date', 'chosen.created_date',
            'chosen.created_by_id', 'chosen.owner_id', 'chosen.lead_source',
            'chosen.campaign_id', 'chosen.last_modified_date',
            'chosen.system_modstamp', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['opportunity_id'],
            parsed=['created_at'],
            values=['raw_stage'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['opportunity_id'],
            parsed=['created_at'],
            values=['raw_stage'],
        ) }} as fault_detail,
        {{ unreadable_values([
            'is_deleted', 'amount', 'is_closed', 'is_won', 'close_at',
            'stage_changed_at', 'updated_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['opportunity_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['opportunity_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.raw_type as {{ dbt.type_string() }}) as raw_type,
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.contact_id as {{ dbt.type_string() }}) as contact_id,
        cast(ranked.amount as decimal(18, 2)) as amount,
        cast(ranked.currency as {{ dbt.type_string() }}) as currency,
        cast(ranked.raw_stage as {{ dbt.type_string() }}) as raw_stage,
        cast(ranked.need as {{ dbt.type_string() }}) as need,
        cast(ranked.current_solution as {{ dbt.type_string() }}) as current_solution,
        cast(ranked.decision_maker as {{ dbt.type_string() }}) as decision_maker,
        cast(ranked.ready_to_move as {{ dbt.type_string() }}) as ready_to_move,
        cast(ranked.budget as {{ dbt.type_string() }}) as budget,
        cast(ranked.is_closed as boolean) as is_closed,
        cast(ranked.is_won as boolean) as is_won,
        cast(ranked.close_at as timestamp) as close_at,
        cast(ranked.close_precision as {{ dbt.type_string() }}) as close_precision,
        cast(ranked.stage_changed_at as timestamp) as stage_changed_at,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.creator_id as {{ dbt.type_string() }}) as creator_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.raw_source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('opportunity_id', newest='updated_at') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
