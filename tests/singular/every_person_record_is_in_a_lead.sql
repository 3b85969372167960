-- Guards identity against losing people: every person record known at the build's clock
-- belongs to a lead (to one alone: int_lead_records has a key test).
select
    persons.record_key || ' (' || coalesce(persons.source_file, 'no file')
    || ') is in no lead: int_lead_keys lost it' as message
from {{ ref('all__persons') }} as persons
inner join {{ ref('int_build_clock') }} as build_clock
    on persons.created_at <= build_clock.as_of
where
    not exists (
        select 1
        from {{ ref('int_lead_records') }} as lead_records
        where lead_records.record_key = persons.record_key
    )
