"""The funnel as `make build` prints it, read from the published marts alone."""

from datetime import date
from pathlib import Path

import duckdb

SHOWN_MONTHS = 6
SHOWN_SOURCES = 10
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


def _has(connection: duckdb.DuckDBPyConnection, mart: str) -> bool:
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?", [mart]
        ).fetchall()
    )


def _row(label: str, reached: dict[str, int]) -> list[str]:
    return [label, *(f"{reached.get(stage, 0):,}" for stage in STAGES)]


def _funnel(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """How far the leads of each month came: the last months, the earlier ones, and all."""
    months: dict[date, dict[str, int]] = {}
    for month, stage, n_reached in connection.execute(
        """
        select entry_month, reached_stage, sum(n_reached)
        from marts.rpt_funnel_by_cohort
        where entry_stage = 'lead'
        group by entry_month, reached_stage
        """
    ).fetchall():
        months.setdefault(month, {})[stage] = int(n_reached)
    if not months:
        return ["The exports hold no leads."]

    def together(some: list[date]) -> dict[str, int]:
        return {stage: sum(months[month].get(stage, 0) for month in some) for stage in STAGES}

    in_order = sorted(months)
    earlier, shown = in_order[:-SHOWN_MONTHS], in_order[-SHOWN_MONTHS:]
    rows = [_row("earlier", together(earlier))] if earlier else []
    rows += [_row(f"{month:%Y-%m}", months[month]) for month in shown]
    rows.append(_row("all", together(in_order)))
    return [
        "Leads by the month they came in, and how far they came (with or without MQL):",
        *aligned(["month", *STAGES.values()], rows),
    ]


def _sources(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What became of the MQLs of each source; sources past the first ones in one row."""
    counted = connection.execute(
        """
        select
            coalesce(source, '(not given)'),
            cast(sum(n_mqls) as bigint),
            cast(sum(n_sales_accepted) as bigint),
            cast(sum(n_sales_qualified) as bigint),
            cast(sum(n_won) as bigint)
        from marts.rpt_source_quality
        where source_basis = 'mql_creating'
        group by source
        having sum(n_mqls) > 0
        order by sum(n_mqls) desc, source nulls last
        """
    ).fetchall()
    if not counted:
        return ["There are no MQLs."]
    shown, others = counted[:SHOWN_SOURCES], counted[SHOWN_SOURCES:]
    if others:
        shown.append(
            (f"{len(others)} others", *(sum(row[i] for row in others) for i in range(1, 5)))
        )
    rows = [
        [source, *(f"{n:,}" for n in (n_mqls, *rest)), f"{100 * rest[1] / n_mqls:.1f} %"]
        for source, n_mqls, *rest in shown
    ]
    return [
        "MQLs by the source that made them, and what sales made of them:",
        *aligned(["source", "MQL", "SAL", "SQL", "won", "SQL of MQL"], rows),
    ]


def tables(database: Path) -> list[str]:
    """The printed tables, an empty line after each; none for a mart that is not there."""
    lines: list[str] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        for mart, table in (("rpt_funnel_by_cohort", _funnel), ("rpt_source_quality", _sources)):
            if _has(connection, mart):
                heading, *rows = table(connection)
                lines += [heading, *(f"  {row}" for row in rows), ""]
    return lines
