-- What became of hand-offs by how soon sales tried, where the agreed time to decide is over; the
-- version in force first.
select
    effect.version_id as version,
    effect.segment,
    effect.response_band as band,
    effect.n_handoffs as n,
    effect.n_conversations as conversations,
    effect.n_sales_qualified as qualified,
    effect.confidence_level as confidence,
    effect.conversation_share_low,
    effect.conversation_share_high,
    effect.sales_qualified_share_low,
    effect.sales_qualified_share_high
from rpt_speed_effect as effect
left join dim_agreement_versions as versions
    on effect.version_id = versions.version_id
order by
    versions.is_in_force desc nulls last,
    versions.effective_from desc nulls last,
    effect.segment,
    effect.response_band
