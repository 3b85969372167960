{{ contracted_edges(ref('int_identity_edges')) }}
