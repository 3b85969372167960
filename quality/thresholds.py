"""Every limit of the gates, in one place. Shares are of an object's rows, from 0 to 1.

A critical finding publishes nothing; a warning is printed and kept in the Data Docs.
"""

# --- raw gate ---------------------------------------------------------------------------

# Rows whose key is blank, whose key repeats, or whose required column is blank or
# unreadable go to quarantine. Up to this share that is housekeeping (a warning); above
# it the export itself is broken, and figures made from the rest would mislead.
MAXIMUM_BROKEN_SHARE = 0.20

# An object that has shrunk below this share of the rows behind the published marts is
# usually a partial export. A warning: a clean-up in the source looks the same.
MINIMUM_SHARE_OF_PREVIOUS_ROWS = 0.50

# Row-level rules look at this many rows of an object at most.
SAMPLE_ROWS = 10_000

# Row-level rules hold for at least this share of the sample, else a warning: one odd
# address among thousands is life, one in twenty is a wrong column.
MINIMUM_SAMPLE_SHARE = 0.95

# A moment may lie this many days after now: zones differ by up to a day.
FUTURE_TOLERANCE_DAYS = 1

# --- marts gate -------------------------------------------------------------------------

# Share of an object's rows that staging may quarantine. Superseded versions of a record
# are not broken and do not count.
MAXIMUM_QUARANTINED_SHARE = 0.20

# The newest fact is at most this many days older than the build's as-of, else a warning:
# an export that stopped looks like a market that went quiet.
MAXIMUM_DAYS_WITHOUT_FACTS = 45

# Marts that must be there and hold rows.
REQUIRED_MARTS = (
    "build_facts",
    "dim_agreement_versions",
    "dim_dates",
    "dim_lead_sources",
    "dim_leads",
    "fct_funnel_cycles",
    "fct_mqls",
    "rpt_funnel_as_was",
    "rpt_funnel_by_cohort",
    "rpt_funnel_by_period",
    "rpt_source_quality",
)

# Marts that must be there and may well be empty.
MARTS_THAT_MAY_BE_EMPTY = (
    "dim_accounts",
    "dim_campaigns",
    "dim_sales_users",
    "fct_attribution_credits",
    "fct_lead_identity_links",
    "fct_lead_engagement_points",
    "fct_lead_fit_points",
    "fct_lead_scores",
    "fct_mql_score_reasons",
    "fct_opportunities",
    "fct_sql_acceptances",
    "quarantined_rows",
    "rpt_attribution",
    "rpt_call_list",
    "rpt_definition_drift",
    "rpt_influenced_pipeline",
    "rpt_law_breaches",
    "rpt_law_compliance",
    "rpt_marketing_share",
    "rpt_mql_sql_parity",
    "rpt_nurture",
    "rpt_persona_fit",
    "rpt_pipeline_velocity",
    "rpt_sales_objections",
    "rpt_budget_leaks",
    "rpt_sla_compliance",
    "rpt_source_rejections",
    "rpt_source_verdicts",
    "rpt_speed_effect",
    "rpt_stage_velocity",
    "rpt_suspicious_leads",
    "rpt_unmapped_values",
)
