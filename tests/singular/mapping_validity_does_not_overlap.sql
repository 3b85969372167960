-- Guards: two rows for one raw value at one moment would count everything of it twice. Raw
-- values are compared as the models do: lower-cased and trimmed, blank as (blank).
{%- set dated = {
    'map_statuses': 'raw_status',
    'map_reasons': 'raw_reason',
    'map_sources': 'raw_source',
    'map_activity_types': 'raw_type',
    'map_opportunity_stages': 'raw_stage',
} %}
{%- set undated = {'map_opportunity_types': 'raw_type', 'map_teams': 'raw_team'} %}
{%- for seed, raw in dated.items() %}
{%- if not loop.first %}
union all
{%- endif %}
select
    {{ at_row(seed, ['system', raw, 'valid_from', 'valid_to']) }}
        || 'ends before it starts; correct valid_from or valid_to' as message
from {{ ref(seed) }}
where valid_to <= valid_from

union all

select
    {{ at_row(seed, ['earlier.system', 'earlier.' ~ raw, 'earlier.valid_from']) }}
        || 'overlaps the row of the same value valid from ' || {{ shown('later.valid_from') }}
        || '; end it (valid_to) where the later one starts' as message
from {{ ref(seed) }} as earlier
inner join {{ ref(seed) }} as later
    on earlier.system = later.system
    and {{ comparable('earlier.' ~ raw) }} = {{ comparable('later.' ~ raw) }}
    -- A row that starts first, or the same start written in two ways.
    and (
        (earlier.valid_from is null and later.valid_from is not null)
        or earlier.valid_from < later.valid_from
        or (
            earlier.valid_from is not distinct from later.valid_from
            and earlier.{{ raw }} < later.{{ raw }}
        )
    )
where earlier.valid_to is null or later.valid_from is null or later.valid_from < earlier.valid_to
{%- endfor %}
{%- for seed, raw in undated.items() %}

union all

select
    {{ at_row(seed, ['one.system', 'one.' ~ raw]) }} || 'is the same value as ' || other.{{ raw }}
        || ' (case and outer blanks do not count); delete one of them' as message
from {{ ref(seed) }} as one
inner join {{ ref(seed) }} as other
    on one.system = other.system
    and {{ comparable('one.' ~ raw) }} = {{ comparable('other.' ~ raw) }}
    and one.{{ raw }} < other.{{ raw }}
{%- endfor %}
