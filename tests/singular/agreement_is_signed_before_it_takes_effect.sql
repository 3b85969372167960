-- A version that is signed after it took effect judged leads by what nobody had agreed to.
-- The past cannot be mended, so this warns.
{{ config(severity='warn') }}

select
    'agreement version ' || version_id || ' took effect '
    || cast(effective_from as {{ dbt.type_string() }}) || ' UTC, but was signed later: marketing '
    || {{ shown('marketing_signed_on') }} || ', sales ' || {{ shown('sales_signed_on') }}
    || '; what it judged before then was not agreed' as message
from {{ ref('dim_agreement_versions') }}
where signed_after_effect
