{{ union_systems('spend') }}
