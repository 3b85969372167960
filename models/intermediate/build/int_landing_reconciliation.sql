{{ union_systems('landing_counts') }}
