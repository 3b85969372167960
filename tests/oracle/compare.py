"""Build the marts and lay the oracle's answer beside them, row by row."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from builds import PROJECT, build_models

from tests.oracle import attribution, handoffs, oracle

MARTS = (
    "fct_mqls", "fct_sql_acceptances", "fct_mql_score_reasons", "fct_lead_scores",
    "fct_attribution_credits",
)  # fmt: skip
MQL = (
    "mql_at", "mql_precision", "version_id", "path", "score", "fit", "engagement", "source",
    "must_haves_held", "is_disqualified", "hand_raised_at", "known_at", "is_hindsight",
)  # fmt: skip
HANDOFF = (
    "origin", "decision", "decided_at", "sales_accepted_at", "is_sales_accepted_implied",
    "sales_qualified_at", "is_sales_qualified_implied", "opportunity_at", "won_at",
    "is_out_of_order", "source",
)  # fmt: skip
# What sales did, by what is told of it.
SALES = {
    "hand-overs": (
        "handoff_at", "version_id", "handed_on_at", "handed_on_precision", "is_handed_on_assumed",
        "handed_on_owner_key", "handed_on_owner_team", "handed_on_to", "observed_until",
        "is_not_yet_observable", "cycle_ended_at", "cycle_ended_by",
    ),
    "contacts": (
        "first_attempt_at", "first_attempt_precision", "first_attempt_by", "n_attempts",
        "n_attempts_before_decision", "first_conversation_at", "first_conversation_precision",
        "n_conversations",
    ),
    "deciders": (
        "decided_precision", "decider_key", "decider_team", "decision_version_id", "n_reversals",
        "raw_reason", "rejection_reason", "rejection_category",
    ),
    "outcomes": (
        "opportunity_key", "opportunity_linked_by", "n_opportunities", "opportunity_amount",
        "is_won", "won_amount", "lost_at", "outcome",
    ),
    "service levels": (
        "segment", "hand_on_minutes", "first_attempt_minutes", "first_attempt_business_minutes",
        "response_band", "decision_minutes", "decision_business_minutes", "sla_hand_on",
        "sla_first_attempt", "sla_decision", "is_overdue",
    ),
    "criteria": (
        "criterion_need", "criterion_current_solution", "criterion_decision_maker",
        "criterion_ready_to_move", "criterion_budget",
    ),
    "laws": (
        "law_sales_decides", "law_conversation_before_sales_qualified",
        "law_rejection_has_reason", "law_contact_attempts_made", "law_mql_keeps_definition",
    ),
}  # fmt: skip
SCORE = ("version_id", "score", "fit", "engagement", "must_haves_held", "is_disqualified")
REASON = ("kind", "points", "n_activities")
DEAL = (
    "is_new_business", "stage", "handoff_id", "handoff_origin", "linked_by",
    "closed_fiscal_quarter", "original_currency", "amount",
)  # fmt: skip
TOUCH = (
    "touch_kind", "touched_at", "lead_id", "source", "campaign_key", "is_before_opportunity",
    "is_first", "is_last", "is_mql_creating",
)  # fmt: skip
CREDIT = ("source", "credit", "credited_amount")
DAY = 86400
Rows = dict[tuple, dict[str, object]]


@dataclass
class Comparison:
    """What was compared, and what each side says where they differ, by lead."""

    counts: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, models: Rows, oracles: Rows) -> None:
        """Lay two sets of rows beside each other; the key of each begins with the lead
        or the deal."""
        self.counts[what] += len(oracles)
        for key in models.keys() | oracles.keys():
            said, expected = models.get(key), oracles.get(key)
            if said == expected:
                continue
            columns = list(said or expected)
            if said and expected:
                columns = [column for column in columns if said[column] != expected[column]]
            lines = [f"{what} {' '.join(map(str, key))}"]
            for name, side in (("models", said), ("oracle", expected)):
                lines.append(f"  {name}: {side and {column: side[column] for column in columns}}")
            self.found.setdefault(key[0], []).append("\n".join(f"  {line}" for line in lines))

    def __str__(self) -> str:
        said = ", ".join(f"{n:,} {what}" for what, n in self.counts.items())
        return f"compared {said}: {len(self.found)} leads and deals differ"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return int(value.replace(tzinfo=UTC).timestamp())
    return value if value is None or isinstance(value, bool | int | str) else float(value)


def rows(database: Path, table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> Rows:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(f"select {', '.join((*key, *columns))} from {table}").fetchall()
    n_key = len(key)
    return {
        tuple(map(_plain, row[:n_key])): dict(zip(columns, map(_plain, row[n_key:]), strict=True))
        for row in found
    }


def build(
    work: Path, exports: Path, agreement: Path, mappings: Path, as_of: int | None = None
) -> Path:
    return build_models(
        work,
        exports,
        [f"+{mart}" for mart in MARTS],
        as_of=oracle.text(as_of) if as_of is not None else None,
        HANDOFF_AGREEMENT=str(agreement.relative_to(PROJECT)),
        HANDOFF_MAPPINGS=str(mappings.relative_to(PROJECT)),
    )


def compare(
    work: Path, exports: Path, agreement: Path, mappings: Path, as_of: int | None = None
) -> Comparison:
    """Every answer of the marts, built in `work`, with the oracle's."""
    database = build(work, exports, agreement, mappings, as_of)
    answer = handoffs.answer(exports / "generic", agreement, mappings, as_of)
    mqls, told = {}, {}
    for row in answer.handoffs:
        key = row["lead_id"], row["cycle_number"]
        told[key] = {column: row[column] for column in HANDOFF}
        if row["mql"]:
            mqls[key] = {column: (row | row["mql"])[column] for column in MQL}
    found = Comparison(seen=answer.seen)
    cycle = ("lead_id", "cycle_number")
    found.add("MQLs", rows(database, "marts.fct_mqls", cycle, MQL), mqls)
    found.add("hand-offs", rows(database, "marts.fct_sql_acceptances", cycle, HANDOFF), told)
    for what, columns in SALES.items():
        expected = {
            (row["lead_id"], row["cycle_number"]): {c: row["told"][c] for c in columns}
            for row in answer.handoffs
        }
        said = rows(database, "marts.fct_sql_acceptances", cycle, columns)
        found.add(what, said, expected)
    scores = rows(database, "intermediate.int_lead_scores", ("lead_id", "event_at"), SCORE)
    found.add("scores", scores, answer.scores)

    # Activities are counted for rules of engagement alone.
    reason = ("lead_id", "cycle_number", "rule_version_id", "rule_id")
    reasons = {
        (row["lead_id"], row["cycle_number"], *rule): said
        for row in answer.handoffs
        if row["mql"]
        for rule, said in row["mql"]["reasons"].items()
    }
    said = rows(database, "marts.fct_mql_score_reasons", reason, REASON)
    found.add("reasons", said, reasons)

    # The state after the last event of each day of the reports' zone, UTC, and that at as-of.
    last: dict[tuple[str, int], int] = {}
    for lead, at in sorted(answer.scores):
        last[lead, at // DAY] = at
    days = {(lead, at, False): answer.scores[lead, at] for (lead, _), at in last.items()}
    days |= {(lead, at, True): row for (lead, at), row in answer.present.items()}
    day = ("lead_id", "scored_at", "is_as_of")
    found.add("days", rows(database, "marts.fct_lead_scores", day, SCORE), days)
    money = attribution.answer(answer, exports / "generic", agreement, mappings)
    deal, touch = ("opportunity_key",), ("opportunity_key", "touch_key")
    found.add("deals", rows(database, "marts.fct_opportunities", deal, DEAL), money.deals)
    touches = rows(database, "intermediate.int_opportunity_touches", touch, TOUCH)
    found.add("touches", touches, money.touches)
    credit = ("opportunity_key", "attribution_model", "touch_key")
    credits = rows(database, "marts.fct_attribution_credits", credit, CREDIT)
    found.add("credits", credits, money.credits)
    return found
