{#- One round of contraction over a table of edges with labels, as a whole query: the joins
    are the same in every round, and each round is a table of its own because engines
    without shared CTEs would otherwise work all earlier rounds out again.

    Every label hooks onto the smallest label next to it; two shortcuts follow the hooks up
    to four steps; then the edges take the labels that were reached. An edge whose labels
    are equal is settled. Numbers are those of int_identity_nodes, in an order that has
    nothing to do with the keys, so that no chain is walked step by step.

    edges: relation with node_a, node_b, label_a, label_b. -#}
{% macro contracted_edges(edges) -%}
with edges as (

    select * from {{ edges }}

),

neighbours as (

    select
        label_a as label,
        label_b as neighbour
    from edges
    where label_a <> label_b

    union all

    select
        label_b as label,
        label_a as neighbour
    from edges
    where label_a <> label_b

),

hooked as (

    select
        label,
        case when min(neighbour) < label then min(neighbour) else label end as parent
    from neighbours
    group by label

),

shortcut_once as (

    select
        hooked.label,
        parents.parent
    from hooked
    inner join hooked as parents
        on hooked.parent = parents.label

),

shortcut_twice as (

    select
        shortcut_once.label,
        parents.parent
    from shortcut_once
    inner join shortcut_once as parents
        on shortcut_once.parent = parents.label

),

final as (

    select
        cast(edges.node_a as bigint) as node_a,
        cast(edges.node_b as bigint) as node_b,
        cast(coalesce(side_a.parent, edges.label_a) as bigint) as label_a,
        cast(coalesce(side_b.parent, edges.label_b) as bigint) as label_b
    from edges
    left join shortcut_twice as side_a
        on edges.label_a = side_a.label
    left join shortcut_twice as side_b
        on edges.label_b = side_b.label

)

select * from final
{%- endmacro %}
