-- Guards: a status, reason, source or activity that nobody agreed on would fall out of the
-- funnel unseen.
{{ config(store_failures=(target.type != 'spark')) }}

with unmapped_values as (
    select * from {{ ref('rpt_unmapped_values') }}
),

tolerance as ({{ tolerated_breaches('everything_is_mapped') }})

select
    unmapped_values.system,
    unmapped_values.kind,
    unmapped_values.raw_value,
    'System ' || unmapped_values.system || ', file ' || unmapped_values.example_file || ': '
    || replace(unmapped_values.kind, '_', ' ') || ' "' || unmapped_values.raw_value
    || case unmapped_values.kind
        when 'currency' then '" has no rate for its day ('
        else '" is not mapped ('
    end
    || cast(unmapped_values.n_rows as {{ dbt.type_string() }}) || ' rows, such as '
    || unmapped_values.example_record
    || coalesce(', asset "' || unmapped_values.example_asset || '"', '') || '). Add it to '
    || unmapped_values.mapping || '.csv' as message
from unmapped_values
cross join tolerance
where
    tolerance.severity = 'error'
    and (select count(*) from unmapped_values) > tolerance.tolerated_breaches
