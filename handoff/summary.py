"""The funnel as `make build` prints it, read from the published marts alone."""

from pathlib import Path

import duckdb

SHOWN_MONTHS = 6
# The stages of rpt_funnel_by_cohort in the order of the funnel, with their column headings.
STAGES = {
    "lead": "leads",
    "mql": "MQL",
    "handed_on": "handed on",
    "sales_accepted": "SAL",
    "sales_qualified": "SQL",
    "opportunity": "opportunity",
    "won": "won",
}


def aligned(headings: list[str], rows: list[list[str]]) -> list[str]:
    """A table of text: the first column to the left, all others to the right."""
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [headings, *rows]
    ]


def _row(label: str, reached: dict[str, int]) -> list[str]:
    return [label, *(f"{reached.get(stage, 0):,}" for stage in STAGES)]


def funnel(database: Path) -> list[str]:
    """How far the leads of each month came: the last six months, and all of them together."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select count(*) from duckdb_tables() "
            "where schema_name = 'marts' and table_name = 'rpt_funnel_by_cohort'"
        ).fetchone()[0]
        if not found:
            return []
        counted = connection.execute(
            """
            select entry_month, reached_stage, sum(n_reached)
            from marts.rpt_funnel_by_cohort
            where entry_stage = 'lead'
            group by entry_month, reached_stage
            """
        ).fetchall()
    if not counted:
        return ["The exports hold no leads."]

    months: dict[object, dict[str, int]] = {}
    for month, stage, n_reached in counted:
        months.setdefault(month, {})[stage] = int(n_reached)
    in_order = sorted(months)
    total = {stage: sum(m.get(stage, 0) for m in months.values()) for stage in STAGES}

    rows = [_row(f"{month:%Y-%m}", months[month]) for month in in_order[-SHOWN_MONTHS:]]
    n_earlier = len(in_order) - len(rows)
    if n_earlier:
        earlier = {
            stage: sum(months[month].get(stage, 0) for month in in_order[:n_earlier])
            for stage in STAGES
        }
        rows.insert(0, _row("earlier", earlier))
    rows.append(_row("all", total))
    return ["Leads by the month they came in, and how far they have come:"] + [
        f"  {line}" for line in aligned(["month", *STAGES.values()], rows)
    ]
