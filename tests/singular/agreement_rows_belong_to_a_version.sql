-- Guards: a misspelt version_id would silently drop its row from the agreement.
{%- set seeds = agreement_signed_columns() | reject('equalto', 'agreement_versions') %}
{%- for seed in seeds %}
{%- if not loop.first %}
union all
{%- endif %}
select distinct
    {{ at_row(seed, ['version_id']) }}
    || 'agreement_versions.csv has no such version; correct it or add the version' as message
from {{ ref(seed) }}
where
    not exists (
        select 1
        from {{ ref('agreement_versions') }}
        where agreement_versions.version_id = {{ seed }}.version_id
    )
{%- endfor %}
