-- What the agreed rule says of each source under each version: the worst category first.
select
    verdicts.source,
    verdicts.version_id as version,
    verdicts.category,
    verdicts.n_rejections as rejections,
    verdicts.n_decisions as decisions,
    verdicts.verdict
from rpt_source_verdicts as verdicts
left join dim_agreement_versions as versions
    on verdicts.version_id = versions.version_id
order by
    versions.effective_from desc nulls last,
    verdicts.source,
    verdicts.n_rejections desc,
    verdicts.category
