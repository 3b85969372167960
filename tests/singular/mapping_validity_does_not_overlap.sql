-- Guards: two rows for one raw value at one moment would count everything of it twice. Raw
-- values are compared as the models do: lower-cased and trimmed, blank as (blank). Rows for
-- different patterns of an asset are no overlap: the longest that fits counts.
{%- set dated = {
    'map_statuses': 'raw_status',
    'map_reasons': 'raw_reason',
    'map_sources': 'raw_source',
    'map_activity_types': 'raw_type',
    'map_opportunity_stages': 'raw_stage',
} %}
{%- set patterned = {'map_activity_types': 'asset_pattern'} %}
{%- set undated = {'map_opportunity_types': 'raw_type', 'map_teams': 'raw_team'} %}

with

mapped as (
    {% for seed, raw in (dated.items() | list) + (undated.items() | list) %}
    select
        '{{ seed }}' as seed,
        system,
        {{ raw }} as raw_value,
        {{ comparable(raw) }} as compared_value,
        {{ comparable(patterned[seed]) if seed in patterned else "'(blank)'" }}
            as compared_pattern,
        {{ 'valid_from' if seed in dated else 'cast(null as timestamp)' }} as valid_from,
        {{ 'valid_to' if seed in dated else 'cast(null as timestamp)' }} as valid_to,
        {{ at_row(seed, ['system', raw] + ([patterned[seed]] if seed in patterned else [])) }}
            as at_row
    from {{ ref(seed) }}
    {%- if not loop.last %}
        union all
    {%- endif %}
    {% endfor %}
),

final as (

    select
        at_row || 'it ends ' || {{ shown('valid_to') }} || ', not after it starts '
        || {{ shown('valid_from') }} || '; correct valid_from or valid_to' as message
    from mapped
    where valid_to <= valid_from

    union all

    select
        mapped.at_row || 'another row, "' || {{ shown('later.raw_value') }} || '" valid from '
        || {{ shown('later.valid_from') }} || ', maps the same value (case and outer blanks do '
        || 'not count) at the same time; delete one, or end this one where the other starts'
            as message
    from mapped
    inner join mapped as later
        on
            mapped.seed = later.seed
            and mapped.system = later.system
            and mapped.compared_value = later.compared_value
            and mapped.compared_pattern = later.compared_pattern
            -- Each pair once: the row that starts first, or one start spelt in two ways.
            and (
                (mapped.valid_from is null and later.valid_from is not null)
                or mapped.valid_from < later.valid_from
                or (
                    mapped.valid_from is not distinct from later.valid_from
                    and mapped.at_row < later.at_row
                )
            )
    where
        mapped.valid_to is null
        or later.valid_from is null
        or mapped.valid_to > later.valid_from

)

select message from final
