{{ union_systems('opportunity_persons') }}
