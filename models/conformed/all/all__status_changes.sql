{{ union_systems('status_changes') }}
