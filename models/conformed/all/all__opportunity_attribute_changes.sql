{{ union_systems('opportunity_attribute_changes') }}
