{{ contracted_edges(ref('int_identity_round_4')) }}
