-- An optional value that cannot be read leaves its row usable and itself empty: that must
-- not pass in silence. Returns each such row of the Salesforce exports.
{{ config(severity='warn') }}

{%- set keys = {
    'lead': 'lead_id',
    'lead_history': 'lead_id',
    'contact': 'contact_id',
    'contact_history': 'contact_id',
    'account': 'account_id',
    'account_history': 'account_id',
    'opportunity': 'opportunity_id',
    'opportunity_history': 'opportunity_id',
    'opportunity_field_history': 'opportunity_id',
    'opportunity_contact_role': 'contact_role_id',
    'task': 'task_id',
    'event': 'event_id',
    'campaign': 'campaign_id',
    'campaign_member': 'campaign_member_id',
    'campaign_member_status': 'campaign_member_status_id',
    'user': 'user_id',
    'user_role': 'user_role_id',
    'profile': 'profile_id',
} %}

{% for object, key in keys.items() %}
select
    '{{ object }}' as object,
    {{ key }} as record_id,
    unreadable_values
from {{ ref('stg_salesforce__' ~ object) }}
where unreadable_values is not null
{{ 'union all' if not loop.last }}
{% endfor %}
