with

persons as (
    select * from {{ source('generic', 'persons') }}
),

cleaned as (
    select
        {{ clean_text('persons.person_id') }} as person_id,
        {{ clean_text('persons.email') }} as email,
        {{ clean_text('persons.first_name') }} as first_name,
        {{ clean_text('persons.last_name') }} as last_name,
        {{ clean_text('persons.title') }} as title,
        {{ clean_text('persons.company') }} as company,
        {{ clean_text('persons.website') }} as website,
        {{ clean_text('persons.country') }} as country,
        {{ clean_text('persons.industry') }} as industry,
        {{ clean_text('persons.employees') }} as employees,
        {{ clean_text('persons.source') }} as source,
        {{ clean_text('persons.campaign_id') }} as campaign_id,
        {{ clean_text('persons.account_id') }} as account_id,
        {{ clean_text('persons.owner_id') }} as owner_id,
        {{ clean_text('persons.status') }} as status,
        {{ clean_text('persons.status_reason') }} as status_reason,
        {{ clean_text('persons.created_at') }} as created_at,
        {{ clean_text('persons.updated_at') }} as updated_at,
        {{ clean_text('persons.is_deleted') }} as is_deleted,
        {{ clean_text('persons.mql_at') }} as mql_at,
        {{ clean_text('persons.score') }} as score,
        {{ clean_text('persons.converted_at') }} as converted_at,
        {{ clean_text('persons.converted_opportunity_id') }} as converted_opportunity_id,
        persons._source_file
    from persons
),

typed as (
    select
        cleaned.person_id,
        cleaned.email,
        cleaned.first_name,
        cleaned.last_name,
        cleaned.title,
        cleaned.company,
        cleaned.website,
        cleaned.country,
        cleaned.industry,
        {{ parse_bigint('cleaned.employees') }} as employees,
        cleaned.employees as employees_text,
        cleaned.source,
        cleaned.campaign_id,
        cleaned.account_id,
        cleaned.owner_id,
        cleaned.status,
        cleaned.status_reason,
        {{ parse_timestamp('cleaned.created_at', 'generic') }} as created_at,
        {{ timestamp_precision('cleaned.created_at', 'generic') }} as created_precision,
        cleaned.created_at as created_at_text,
        {{ parse_timestamp('cleaned.updated_at', 'generic') }} as updated_at,
        cleaned.updated_at as updated_at_text,
        {{ parse_boolean('cleaned.is_deleted') }} as is_deleted,
        cleaned.is_deleted as is_deleted_text,
        {{ parse_timestamp('cleaned.mql_at', 'generic') }} as mql_at,
        {{ timestamp_precision('cleaned.mql_at', 'generic') }} as mql_stamped_precision,
        cleaned.mql_at as mql_at_text,
        {{ parse_decimal('cleaned.score', scale=4) }} as score,
        cleaned.score as score_text,
        {{ parse_timestamp('cleaned.converted_at', 'generic') }} as converted_at,
        {{ timestamp_precision('cleaned.converted_at', 'generic') }} as converted_precision,
        cleaned.converted_at as converted_at_text,
        cleaned.converted_opportunity_id,
        cleaned._source_file,
        {{ row_fingerprint([
            'cleaned.person_id', 'cleaned.email', 'cleaned.first_name',
            'cleaned.last_name', 'cleaned.title', 'cleaned.company',
            'cleaned.website', 'cleaned.country', 'cleaned.industry',
            'cleaned.employees', 'cleaned.source', 'cleaned.campaign_id',
            'cleaned.account_id', 'cleaned.owner_id', 'cleaned.status',
            'cleaned.status_reason', 'cleaned.created_at', 'cleaned.updated_at',
            'cleaned.is_deleted', 'cleaned.mql_at', 'cleaned.score',
            'cleaned.converted_at', 'cleaned.converted_opportunity_id',
            'cleaned._source_file',
        ]) }} as fingerprint
    from cleaned
),

checked as (
    select
        typed.*,
        {{ row_fault(['person_id'], parsed=['created_at']) }} as fault_reason,
        {{ row_fault_detail(['person_id'], parsed=['created_at']) }} as fault_detail,
        {{ unreadable_values([
            'employees', 'updated_at', 'is_deleted', 'mql_at', 'score', 'converted_at',
        ]) }} as unreadable_values
    from typed
),

ranked as (
    select
        checked.*,
        {{ version_rank(['person_id'], newest='updated_at') }} as version_rank,
        {{ newest_version(['person_id'], 'updated_at') }} as newest_at
    from checked
),

final as (
    select
        cast(ranked.person_id as {{ dbt.type_string() }}) as record_id,
        cast(ranked.email as {{ dbt.type_string() }}) as email,
        cast(ranked.first_name as {{ dbt.type_string() }}) as first_name,
        cast(ranked.last_name as {{ dbt.type_string() }}) as last_name,
        cast(ranked.title as {{ dbt.type_string() }}) as title,
        cast(ranked.company as {{ dbt.type_string() }}) as company,
        cast(ranked.website as {{ dbt.type_string() }}) as website,
        cast(ranked.country as {{ dbt.type_string() }}) as country,
        cast(ranked.industry as {{ dbt.type_string() }}) as industry,
        cast(ranked.employees as bigint) as employees,
        cast(ranked.source as {{ dbt.type_string() }}) as raw_source,
        cast(ranked.campaign_id as {{ dbt.type_string() }}) as campaign_id,
        cast(ranked.account_id as {{ dbt.type_string() }}) as account_id,
        cast(ranked.owner_id as {{ dbt.type_string() }}) as owner_id,
        cast(ranked.status as {{ dbt.type_string() }}) as raw_status,
        cast(ranked.status_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.created_precision as {{ dbt.type_string() }}) as created_precision,
        cast(ranked.updated_at as timestamp) as updated_at,
        cast(ranked.is_deleted as boolean) as is_deleted,
        cast(ranked.mql_at as timestamp) as mql_stamped_at,
        cast(
            ranked.mql_stamped_precision as {{ dbt.type_string() }}
        ) as mql_stamped_precision,
        cast(ranked.score as decimal(18, 4)) as stamped_score,
        cast(ranked.converted_at as timestamp) as converted_at,
        cast(
            ranked.converted_precision as {{ dbt.type_string() }}
        ) as converted_precision,
        cast(
            ranked.converted_opportunity_id as {{ dbt.type_string() }}
        ) as converted_opportunity_id,
        cast(
            {{ quarantine_reason(newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_reason,
        cast(
            {{ quarantine_detail('person_id', newest='updated_at') }} as {{ dbt.type_string() }}
        ) as quarantine_detail,
        cast(ranked.unreadable_values as {{ dbt.type_string() }}) as unreadable_values,
        cast(ranked._source_file as {{ dbt.type_string() }}) as _source_file
    from ranked
)

select * from final
