-- Nothing is lost between an export and the conformed entity: every staged row is kept or
-- quarantined. Returns the exports where the counts differ.
select
    system,
    object,
    n_staged,
    n_quarantined,
    n_kept
from {{ ref('int_landing_reconciliation') }}
where n_staged <> n_quarantined + n_kept
