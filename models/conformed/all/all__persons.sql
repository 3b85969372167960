{{ union_systems('persons') }}
