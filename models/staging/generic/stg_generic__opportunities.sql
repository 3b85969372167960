with

opportunities as (
    select * from {{ source('generic', 'opportunities') }}
),

cleaned as (
    select
        {{ clean_text('opportunities.opportunity_id') }} as opportunity_id,
        {{ clean_text('opportunities.name') }} as name,
        {{ clean_text('opportunities.type') }} as type,
        {{ clean_text('opportunities.account_id') }} as account_id,
        {{ clean_text('opportunities.person_id') }} as person_id,
        {{ clean_text('opportunities.amount') }} as amount,
        {{ clean_text('opportunities.currency') }} as currency,
        {{ clean_text('opportunities.stage') }} as stage,
        {{ clean_text('opportunities.created_at') }} as created_at,
        {{ clean_text('opportunities.created_by') }} as created_by,
        {{ clean_text('opportunities.owner_id') }} as owner_id,
        {{ clean_text('opportunities.closed_at') }} as closed_at,
        {{ clean_text('opportunities.source') }} as source,
        {{ clean_text('opportunities.campaign_id') }} as campaign_id,
        {{ clean_text('opportunities.updated_at') }} as updated_at,
        {{ clean_text('opportunities.is_deleted') }} as is_deleted,
        opportunities._source_file
    from opportunities
),

typed as (
    select
        cleaned.opportunity_id,
        cleaned.name,
        cleaned.type,
        cleaned.account_id,
        cleaned.person_id,
        {{ parse_decimal('cleaned.amount') }} as amount,
        cleaned.amount as amount_text,
        cleaned.currency,
        cleaned.stage,
        {{ parse_timestamp('cleaned.created_at', 'generic') }} as created_at,
        {{ timestamp_precision('cleaned.created_at', 'generic') }} as created_precision,
        cleaned.created_at as created_at_text,
        cleaned.created_by,
        cleaned.owner_id,
        {{ parse_timestamp('cleaned.closed_at', 'generic') }} as closed_at,
        {{ timestamp_precision('cleaned.closed_at', 'generic') }} as closed_precision,
        cleaned.closed_at as closed_at_text,
        cleaned.source,
        cleaned.campaign_id,
        {{ parse_timestamp('cleaned.updated_at', 'generic') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        {{ parse_boolean('cleaned.is_deleted') }} as is_deleted,
        cleaned.is_deleted as is_deleted_text,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.opportunity_id', 'cleaned.name', 'cleaned.type',
            'cleaned.account_id', 'cleaned.person_id', 'cleaned.amount',
            'cleaned.currency', 'cleaned.stage', 'cleaned.created_at',
            'cleaned.created_by', 'cleaned.owner_id', 'cleaned.closed_at',
            'cleaned.source', 'cleaned.campaign_id', 'cleaned.updated_at',
            'cleaned.is_deleted', 'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(
            ['opportunity_id'],
            parsed=['created_at', 'closed_at'],
            values=['stage'],
            optional=['created_at', 'closed_at'],
        ) }} as column_fault,
        {{ row_fault_detail(
            ['opportunity_id'],
            parsed=['created_at', 'closed_at'],
            values=['stage'],
            optional=['created_at', 'closed_at'],
        ) }} as column_fault_detail,
        {{ unreadable_values([
            'amount', 'updated_at', 'is_deleted',
        ]) }} as unreadable_values
    from typed
),

-- A list of won deals may lack the moment of creation, but not both moments.
dated as (
    select
        checked.*,
        case
            when checked.column_fault is not null then checked.column_fault
            when coalesce(checked.created_at, checked.closed_at) is null
                then 'missing_created_at'
        end as fault_reason,
        case
            when checked.column_fault is not null then checked.column_fault_detail
            when coalesce(checked.created_at, checked.closed_at) is null
                then 'created_at and closed_at: blank'
        end as fault_detail
    from checked
),

ranked as (
    select
        dated.*,
        {{ version_rank(['opportunity_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['opportunity_id'], 'updated_at') }} as newest_at
    from dated
),

final as (
    select
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(ranked.name as {{ dbt.type_string() }}) as name,
        cast(ranked.type as {{ dbt.type_string() }}) as raw_type,
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.amount as decimal(18, 2)) as amount,
        cast(ranked.currency as {{ dbt.type_string() }}) as currency,
        cast(ranked.stage as {{ dbt.type_string() }}) as raw_stage,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.created_by as {{ dbt.type_string() }}) as creator_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.closed_at as timestamp) as closed_at,
        cast(ranked.closed_precision as {{ dbt.type_string() }}) as closed_precision,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(ranked.is_deleted as boolean) as is_deleted,
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
