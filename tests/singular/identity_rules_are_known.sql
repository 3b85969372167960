-- Guards: a rule of map_identity_rules that no model knows does nothing, and a suspicion
-- without a limit never speaks.
{%- set options = ['plus_tags_are_ignored'] %}
{%- set suspicions = [
    'too_many_records', 'too_many_addresses', 'conflicting_names', 'conflicting_companies',
    'merged_across_accounts', 'free_mail_names',
] %}
select
    {{ at_row('map_identity_rules', ['rule']) }} || 'this rule is not known; write one of: '
    || '{{ (options + suspicions) | join(', ') }}' as message
from {{ ref('map_identity_rules') }}
where rule is null or rule not in ({{ quoted_words(options + suspicions) }})

union all

select
    {{ at_row('map_identity_rules', ['rule']) }} || 'is_on is blank; write true or false'
    as message
from {{ ref('map_identity_rules') }}
where is_on is null

union all

select
    {{ at_row('map_identity_rules', ['rule']) }}
    || 'threshold must be a whole number, 0 or more' as message
from {{ ref('map_identity_rules') }}
where is_on and rule in ({{ quoted_words(suspicions) }}) and coalesce(threshold, -1) < 0
