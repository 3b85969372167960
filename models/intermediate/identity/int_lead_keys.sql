with nodes as (

    select * from {{ ref('int_identity_nodes') }}

),

settled_edges as (

    select * from {{ ref('int_identity_round_6') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

labels as (

    select
        node_a as node,
        label_a as label
    from settled_edges

    union distinct

    select
        node_b as node,
        label_b as label
    from settled_edges

),

-- A record that nothing joins is a component of its own.
members as (

    select
        nodes.record_key,
        nodes.has_record,
        coalesce(labels.label, nodes.node) as component,
        case when nodes.has_record then persons.created_at end as created_at
    from nodes
    left join labels
        on nodes.node = labels.node
    left join persons
        on nodes.record_key = persons.record_key

),

-- The key of the earliest-created record: stable as records and systems are added. Keys
-- without a record have no creation and come last.
keyed as (

    select
        members.*,
        first_value(case when has_record then record_key end) over (
            partition by component
            order by created_at asc nulls last, record_key asc nulls last
            rows between unbounded preceding and unbounded following
        ) as lead_id
    from members

),

final as (

    select
        cast(record_key as {{ dbt.type_string() }}) as record_key,
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(has_record as boolean) as has_record
    from keyed
    -- Keys that lead to no record at all are nobody's.
    where lead_id is not null

)

select * from final
