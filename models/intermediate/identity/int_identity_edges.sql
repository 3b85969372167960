with identity_links as (

    select * from {{ ref('int_identity_links') }}

),

nodes as (

    select * from {{ ref('int_identity_nodes') }}

),

-- An address stands for the first of its records: one edge per record and key, not one per
-- pair of records.
addressed as (

    select
        nodes.node as node_a,
        min(nodes.node) over (partition by identity_links.linked_key) as node_b
    from identity_links
    inner join nodes
        on identity_links.record_key = nodes.record_key
    where identity_links.key_kind = 'email'

),

named as (

    select
        naming_nodes.node as node_a,
        linked_nodes.node as node_b
    from identity_links
    inner join nodes as naming_nodes
        on identity_links.record_key = naming_nodes.record_key
    inner join nodes as linked_nodes
        on identity_links.linked_key = linked_nodes.record_key
    where identity_links.key_kind = 'record'

),

unioned as (

    select
        node_a,
        node_b
    from addressed
    where node_a <> node_b

    union distinct

    select
        node_a,
        node_b
    from named

),

final as (

    select
        cast(node_a as bigint) as node_a,
        cast(node_b as bigint) as node_b,
        cast(node_a as bigint) as label_a,
        cast(node_b as bigint) as label_b
    from unioned

)

select * from final
