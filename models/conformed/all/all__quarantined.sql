{{ union_systems('quarantined') }}
