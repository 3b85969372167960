{{ union_systems('person_merges') }}
