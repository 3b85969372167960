with

spend as (
    select * from {{ source('generic', 'spend') }}
),

cleaned as (
    select
        {{ clean_text('spend.spend_id') }} as spend_id,
        {{ clean_text('spend.spent_on') }} as spent_on,
        {{ clean_text('spend.amount') }} as amount,
        {{ clean_text('spend.currency') }} as currency,
        {{ clean_text('spend.source') }} as source,
        {{ clean_text('spend.campaign_id') }} as campaign_id,
        spend._source_file
    from spend
),

typed as (
    select
        cleaned.spend_id,
        {{ parse_date('cleaned.spent_on', 'generic') }} as spent_on,
        cleaned.spent_on as spent_on_text,
        {{ parse_decimal('cleaned.amount') }} as amount,
        cleaned.amount as amount_text,
        cleaned.currency,
        cleaned.source,
        cleaned.campaign_id,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.spend_id', 'cleaned.spent_on', 'cleaned.amount',
            'cleaned.currency', 'cleaned.source', 'cleaned.campaign_id',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['spend_id'], parsed=['spent_on', 'amount']) }} as fault_reason,
        {{ row_fault_detail(
            ['spend_id'],
            parsed=['spent_on', 'amount'],
        ) }} as fault_detail
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['spend_id']) }} as version_rank
    from checked
),

final as (
    select
        cast(ranked.spend_id as {{ dbt.type_string() }}) as spend_id,
        cast(ranked.spent_on as date) as spent_on,
        cast(ranked.amount as decimal(18, 2)) as amount,
        cast(ranked.currency as {{ dbt.type_string() }}) as currency,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(
            {{ quarantine_reason() }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('spend_id') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
