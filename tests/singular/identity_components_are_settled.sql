-- Guards identity: an edge whose ends have different labels crosses two components, so one
-- human being would be two leads.
select
    'int_identity_round_6: ' || nodes.record_key || ' and ' || linked_nodes.record_key
    || ' are one lead, but the contraction has not come that far: the records of '
    || 'this lead hang on each other in a chain longer than six rounds settle. Look '
    || 'for a merge or an address that chains strangers (stg_*, map_shared_mailboxes); if '
    || 'the chain is right, add models/intermediate/identity/int_identity_round_7.sql after '
    || 'the pattern of round 6 and let int_lead_keys and this test read it' as message
from {{ ref('int_identity_round_6') }} as edges
inner join {{ ref('int_identity_nodes') }} as nodes
    on edges.node_a = nodes.node
inner join {{ ref('int_identity_nodes') }} as linked_nodes
    on edges.node_b = linked_nodes.node
where edges.label_a <> edges.label_b
