with

stg_marketo__activities as (
    select * from {{ ref('stg_marketo__activities') }}
),

-- The ids of the losers, separated by commas alone: `[11, "12"]` is `11,12`.
merge_entries as (
    select
        stg_marketo__activities.activity_id,
        stg_marketo__activities.record_id as winner_id,
        stg_marketo__activities.occurred_at,
        replace(
            replace(
                replace(
                    replace(
                        replace(stg_marketo__activities.merge_ids, ';', ','), '[', ''
                    ),
                    ']',
                    ''
                ),
                '"',
                ''
            ),
            ' ',
            ''
        ) as loser_ids,
        stg_marketo__activities._source_file
    from stg_marketo__activities
    where
        stg_marketo__activities.quarantine_reason is null
        and stg_marketo__activities.becomes = 'merge'
),

digits as (
    {% for digit in range(10) %}
    select cast({{ digit }} as integer) as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- As many places as one merge may have losers; a test says when one has more.
places as (
    select digits.digit + tens.digit * 10 + hundreds.digit * 100 + 1 as place
    from digits
    cross join digits as tens
    cross join digits as hundreds
),

losers as (
    select
        merge_entries.activity_id,
        {{ text_part('merge_entries.loser_ids', ',', 'places.place') }} as loser_id,
        merge_entries.winner_id,
        merge_entries.occurred_at,
        merge_entries._source_file
    from merge_entries
    inner join places
        on
            places.place
            <= length(merge_entries.loser_ids)
            - length(replace(merge_entries.loser_ids, ',', '')) + 1
),

-- A record is merged away once; the same merge may be told more than once.
numbered as (
    select
        losers.*,
        row_number() over (
            partition by losers.loser_id
            order by
                losers.occurred_at asc nulls last,
                losers.winner_id asc nulls last,
                losers.activity_id asc nulls last
        ) as merge_number
    from losers
    where
        losers.loser_id <> ''
        and losers.loser_id <> losers.winner_id
),

final as (
    select
        cast('marketo' as {{ dbt.type_string() }}) as system,
        cast('lead' as {{ dbt.type_string() }}) as record_type,
        cast(numbered.loser_id as {{ dbt.type_string() }}) as loser_id,
        cast(numbered.winner_id as {{ dbt.type_string() }}) as winner_id,
        cast(numbered.occurred_at as timestamp) as merged_at,
        cast(numbered._source_file as {{ dbt.type_string() }}) as source_file
    from numbered
    where numbered.merge_number = 1
)

select * from final
