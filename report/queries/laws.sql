-- The laws of the version in force (before the first: of the newest), the broken ones first.
select
    laws.*,
    coalesce(laws.n_kept, 0) + laws.n_breached as n_judged
from rpt_law_compliance as laws
inner join dim_agreement_versions as versions
    on laws.version_id = versions.version_id
where versions.is_in_force
order by laws.is_past_ceiling desc, laws.n_breached desc, laws.law
