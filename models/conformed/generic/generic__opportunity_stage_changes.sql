with

stg_generic__opportunities as (
    select * from {{ ref('stg_generic__opportunities') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast(
            stg_generic__opportunities.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_id,
        cast(
            'generic:opportunity:' || stg_generic__opportunities.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(
            stg_generic__opportunities.raw_stage
            as {{ dbt.type_string() }}
        ) as raw_stage,
        cast(
            coalesce(
                stg_generic__opportunities.closed_at,
                stg_generic__opportunities.created_at
            )
            as timestamp
        ) as changed_at,
        cast(
            coalesce(
                stg_generic__opportunities.closed_precision,
                stg_generic__opportunities.created_precision
            )
            as {{ dbt.type_string() }}
        ) as changed_precision,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        cast(stg_generic__opportunities.amount as decimal(18, 2)) as amount,
        cast(true as boolean) as is_first,
        cast('record' as {{ dbt.type_string() }}) as evidence,
        cast(
            stg_generic__opportunities._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__opportunities
    where stg_generic__opportunities.quarantine_reason is null
)

select * from final
