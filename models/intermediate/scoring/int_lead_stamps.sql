with persons as (

    select * from {{ ref('all__persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

attribute_changes as (

    select * from {{ ref('all__attribute_changes') }}

),

status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

-- The field keeps its last value only; what stood there before is in the history.
field_history as (

    select
        system,
        record_key,
        old_value as stamp_text
    from attribute_changes
    where attribute = 'mql_at'

    union distinct

    select
        system,
        record_key,
        new_value as stamp_text
    from attribute_changes
    where attribute = 'mql_at'

),

field_history_read as (

    select
        record_key,
        case system
            {%- for system in var('systems') %}
            when '{{ system }}' then {{ parse_timestamp('stamp_text', system) }}
            {%- endfor %}
        end as stamped_at,
        case system
            {%- for system in var('systems') %}
            when '{{ system }}' then {{ timestamp_precision('stamp_text', system) }}
            {%- endfor %}
        end as stamped_precision
    from field_history

),

stamped as (

    select
        lead_keys.lead_id,
        'field' as kind,
        'mql_at' as stamp,
        {{ to_second('field_history_read.stamped_at') }} as stamped_at,
        field_history_read.stamped_precision,
        'history' as evidence
    from field_history_read
    inner join lead_keys
        on field_history_read.record_key = lead_keys.record_key
    inner join build_clock
        on {{ to_second('field_history_read.stamped_at') }} <= build_clock.as_of

    union all

    select
        lead_keys.lead_id,
        'field' as kind,
        'mql_at' as stamp,
        {{ to_second('persons.mql_stamped_at') }} as stamped_at,
        persons.mql_stamped_precision as stamped_precision,
        'stamp' as evidence
    from persons
    inner join lead_keys
        on persons.record_key = lead_keys.record_key
    inner join build_clock
        on {{ to_second('persons.mql_stamped_at') }} <= build_clock.as_of

    union all

    select
        lead_id,
        'status' as kind,
        stage as stamp,
        changed_at as stamped_at,
        changed_precision as stamped_precision,
        case evidence when 'history' then 'history' else 'stamp' end as evidence
    from status_changes

),

in_trips as (

    select distinct
        stamped.lead_id,
        cycles.cycle_index,
        stamped.kind,
        stamped.stamp,
        stamped.stamped_at,
        stamped.stamped_precision,
        stamped.evidence
    from stamped
    inner join cycles
        on
            stamped.lead_id = cycles.lead_id
            and cycles.holds_after < stamped.stamped_at
            and cycles.holds_until >= stamped.stamped_at

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(cycle_index as bigint) as cycle_index,
        cast(kind as {{ dbt.type_string() }}) as kind,
        cast(stamp as {{ dbt.type_string() }}) as stamp,
        cast(stamped_at as timestamp) as stamped_at,
        cast(stamped_precision as {{ dbt.type_string() }}) as stamped_precision,
        cast(evidence as {{ dbt.type_string() }}) as evidence
    from in_trips

)

select * from final
