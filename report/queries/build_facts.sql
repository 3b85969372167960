-- The build's clock and what it stands on.
select * from build_facts
