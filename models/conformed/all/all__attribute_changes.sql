{{ union_systems('attribute_changes') }}
