with

opportunity_history as (
    select * from {{ source('salesforce', 'opportunity_history') }}
),

cleaned as (
    select
        {{ clean_value('opportunity_history.id', 'salesforce') }} as id,
        {{ clean_value('opportunity_history.opportunity_id', 'salesforce') }} as opportunity_id,
        {{ clean_value('opportunity_history.stage_name', 'salesforce') }} as stage_name,
        {{ clean_value('opportunity_history.amount', 'salesforce') }} as amount,
        {{ clean_value('opportunity_history.forecast_category', 'salesforce') }}
            as forecast_category,
        {{ clean_value('opportunity_history.created_date', 'salesforce') }} as created_date,
        {{ clean_value('opportunity_history.created_by_id', 'salesforce') }} as created_by_id,
        {{ clean_value('opportunity_history.is_deleted', 'salesforce') }} as is_deleted,
        {{ clean_value('opportunity_history._fivetran_start', 'salesforce') }} as _fivetran_start,
        opportunity_history._source_file
    from opportunity_history
),

-- In a connector's history mode a row is a version of the record: its id stands in `id`,
-- the moment from which it held in `_fivetran_start`.
chosen as (
    select
        cleaned.*,
        case
            when cleaned._fivetran_start is not null
                then cleaned.id || '@' || cleaned._fivetran_start
            when cleaned.id is not null then cleaned.id
            else
                cleaned.opportunity_id
                || '@' || coalesce(cleaned.created_date, '')
                || '@' || coalesce(cleaned.stage_name, '')
                || '@' || coalesce(cleaned.amount, '')
        end as chosen_change_id,
        case
            when cleaned._fivetran_start is not null then cleaned.id
            else cleaned.opportunity_id
        end as chosen_opportunity_id,
        coalesce(cleaned._fivetran_start, cleaned.created_date) as chosen_changed_at
    from cleaned
),

typed as (
    select
        {{ salesforce_id('chosen.chosen_change_id') }} as change_id,
        chosen._fivetran_start is not null as is_version,
        {{ salesforce_id('chosen.chosen_opportunity_id') }} as opportunity_id,
        chosen.stage_name as raw_stage,
        {{ parse_decimal('chosen.amount') }} as amount,
        chosen.amount as amount_text,
        chosen.forecast_category,
        {{ parse_timestamp('chosen.chosen_changed_at', 'salesforce') }} as changed_at,
        {{ timestamp_precision('chosen.chosen_changed_at', 'salesforce') }}
            as changed_precision,
        chosen.chosen_changed_at as changed_at_text,
        {{ salesforce_id('chosen.created_by_id') }} as actor_id,
        {{ parse_boolean('chosen.is_deleted') }} as is_deleted,
        chosen.is_deleted as is_deleted_text,
        chosen._source_file,
        {{ row_fingerprint([
            'chosen.id', 'chosen.opportunity_id', 'chosen.stage_name', 'chosen.amount',
            'chosen.forecast_category', 'chosen.created_date', 'chosen.created_by_id',
            'chosen.is_deleted', 'chosen._fivetran_start', 'chosen._source_file',
        ]) }} as fingerprint
    from chosen
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['opportunity_id'],
            parsed=['changed_at'],
            values=['raw_stage'],
        ) }} as fault_reason,
        {{ row_fault_detail(
            ['opportunity_id'],
            parsed=['changed_at'],
            values=['raw_stage'],
        ) }} as fault_detail,
        {{ unreadable_values(['amount', 'is_deleted']) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['change_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.change_id as {{ dbt.type_string() }}) as change_id,
        cast(ranked.is_version as boolean) as is_version,
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(ranked.raw_stage as {{ dbt.type_string() }}) as raw_stage,
        cast(ranked.amount as decimal(18, 2)) as amount,
        cast(ranked.forecast_category as {{ dbt.type_string() }}) as forecast_category,
        cast(ranked.changed_at as timestamp) as changed_at,
        cast(ranked.changed_precision as {{ dbt.type_string() }}) as changed_precision,
        cast(ranked.actor_id as {{ dbt.type_string() }}) as actor_id,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('change_id') }}
            as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
