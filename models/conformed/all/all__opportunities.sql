{{ union_systems('opportunities') }}
