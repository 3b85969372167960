-- Guards: a misspelt version_id would silently drop its row from the agreement.
{%- for seed in agreement_signed_columns() if seed != 'agreement_versions' %}
{%- if not loop.first %}
union all
{%- endif %}
select distinct
    {{ at_row(seed, ['version_id']) }}
        || 'agreement_versions.csv has no such version; correct it or add the version' as message
from {{ ref(seed) }} as seed_rows
where not exists (
    select 1
    from {{ ref('agreement_versions') }} as versions
    where versions.version_id = seed_rows.version_id
)
{%- endfor %}
