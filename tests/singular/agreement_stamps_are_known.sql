-- Guards: a stamp that no system writes would leave a stamped version without an MQL.
{%- set stamps = {
    'field': ['mql_at'],
    'status': agreement_stages(),
} %}
{%- for kind, words in stamps.items() %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row('agreement_stamps', ['version_id', 'kind']) }}
    || 'stamp "'
    || {{ shown('stamp') }}
    || '" is not known; write one of: {{ words | join(', ') }}' as message
from {{ ref('agreement_stamps') }}
where kind = '{{ kind }}' and (stamp is null or stamp not in ({{ quoted_words(words) }}))
{%- endfor %}
