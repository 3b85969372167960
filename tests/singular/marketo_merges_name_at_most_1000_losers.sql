-- marketo__person_merges has places for a thousand losers of one merge; those of a longer
-- list would be lost. Returns each merge that names more.
select
    activity_id,
    record_id,
    length(merge_ids)
    - length(replace(replace(merge_ids, ';', ','), ',', '')) + 1 as n_losers
from {{ ref('stg_marketo__activities') }}
where
    quarantine_reason is null
    and becomes = 'merge'
    and length(merge_ids) - length(replace(replace(merge_ids, ';', ','), ',', '')) >= 1000
