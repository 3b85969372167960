-- Guards: a raw value mapped to a word that no model knows, or for a system that does not
-- exist, is as good as not mapped. seed, raw column, column, words.
{%- set also_named = {
    'map_activity_types': ['asset_pattern'],
    'map_criterion_answers': ['criterion', 'recorded_in'],
} %}
{%- set rules = [
    ('map_statuses', 'raw_status', 'stage', agreement_stages()),
    ('map_activity_types', 'raw_type', 'side', ['buyer', 'seller']),
    ('map_activity_types', 'raw_type', 'direction', ['inbound', 'outbound']),
    ('map_opportunity_stages', 'raw_stage', 'stage', ['open', 'won', 'lost']),
    ('map_teams', 'raw_team', 'team', ['sales', 'sdr', 'marketing', 'system', 'queue']),
    ('map_criterion_answers', 'raw_answer', 'criterion',
        ['need', 'current_solution', 'decision_maker', 'ready_to_move', 'budget']),
    ('map_criterion_answers', 'raw_answer', 'recorded_in', ['field', 'contact_role']),
] %}
{%- for seed, raw in [
    ('map_statuses', 'raw_status'), ('map_reasons', 'raw_reason'),
    ('map_sources', 'raw_source'), ('map_activity_types', 'raw_type'),
    ('map_opportunity_stages', 'raw_stage'), ('map_opportunity_types', 'raw_type'),
    ('map_teams', 'raw_team'), ('map_criterion_answers', 'raw_answer'),
] %}
{%- do rules.append((seed, raw, 'system', var('systems').keys() | list)) %}
{%- endfor %}
{%- for seed, raw, column, words in rules %}
select
    {{ at_row(seed, ['system', raw] + also_named.get(seed, [])) }}
    || '{{ column }} "' || {{ shown(column) }} || '" is not known; write one of: {{ words | join(', ') }}' as message
from {{ ref(seed) }}
where {{ column }} is null or {{ column }} not in ({{ quoted_words(words) }})

union all
{% endfor %}
{%- for seed, raw, column in [
    ('map_sources', 'raw_source', 'source'),
    ('map_sources', 'raw_source', 'channel'),
    ('map_activity_types', 'raw_type', 'activity'),
    ('map_activity_types', 'raw_type', 'is_two_way'),
    ('map_activity_types', 'raw_type', 'is_automated'),
    ('map_activity_types', 'raw_type', 'is_system_of_record'),
    ('map_opportunity_types', 'raw_type', 'is_new_business'),
    ('map_criterion_answers', 'raw_answer', 'answer'),
] %}
select
    {{ at_row(seed, ['system', raw] + also_named.get(seed, [])) }}
    || '{{ column }} is blank; fill it' as message
from {{ ref(seed) }}
where {{ column }} is null

union all
{% endfor %}
select
    {{ at_row('map_activity_types', ['system', 'raw_type', 'asset_pattern']) }}
    || 'a backslash is not read alike by every engine; write _ for the character' as message
from {{ ref('map_activity_types') }}
where {{ text_contains('asset_pattern', 'chr(92)') }}

union all

select
    {{ at_row('map_email_domains', ['domain']) }} || 'kind "' || {{ shown('kind') }}
    || '" is not known; write one of: free_mail, disposable' as message
from {{ ref('map_email_domains') }}
where kind is null or kind not in ('free_mail', 'disposable')

union all

select
    {{ at_row('map_email_domains', ['domain']) }}
    || 'write the domain alone, in lower case and without an @' as message
from {{ ref('map_email_domains') }}
where domain <> lower(trim(domain)) or domain like '%@%'

union all

select
    {{ at_row('map_shared_mailboxes', ['local_part']) }}
    || 'write what stands before the @ alone, in lower case' as message
from {{ ref('map_shared_mailboxes') }}
where local_part <> lower(trim(local_part)) or local_part like '%@%'
