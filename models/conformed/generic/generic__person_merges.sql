with

stg_generic__person_merges as (
    select * from {{ ref('stg_generic__person_merges') }}
),

final as (
    select
        cast('generic' as {{ dbt.type_string() }}) as system,
        cast('person' as {{ dbt.type_string() }}) as record_type,
        cast(
            stg_generic__person_merges.loser_id
            as {{ dbt.type_string() }}
        ) as loser_id,
        cast(
            stg_generic__person_merges.winner_id
            as {{ dbt.type_string() }}
        ) as winner_id,
        cast(stg_generic__person_merges.merged_at as timestamp) as merged_at,
        cast(
            stg_generic__person_merges._source_file
            as {{ dbt.type_string() }}
        ) as source_file
    from stg_generic__person_merges
    where stg_generic__person_merges.quarantine_reason is null
)

select * from final
