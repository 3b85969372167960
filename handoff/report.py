"""Puts what went wrong in a build into a few lines that say what to do about it."""

import textwrap
from pathlib import Path

import duckdb

from handoff.dbt_run import DbtOutcome, Node

SHOWN_ROWS = 5
WIDTH = 100


def offending_rows(node: Node, database: Path) -> list[str]:
    """Up to five of the rows that a test returned, found by running its SQL again, read-only.

    A test that writes its rows as sentences, in a column `message`, is shown by these alone.
    """
    if not node.compiled_code or not database.exists():
        return []
    code = node.compiled_code.strip().rstrip(";")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            # The closing bracket stands on a line of its own: the SQL may end in a comment.
            connection.execute(f"select * from (\n{code}\n) order by all limit {SHOWN_ROWS}")
            names = [column[0] for column in connection.description]
            rows = connection.fetchall()
    except duckdb.Error as error:
        return [f"(its rows cannot be shown: {str(error).splitlines()[0]})"]
    if "message" in names:
        return [str(row[names.index("message")]) for row in rows]
    return [
        textwrap.shorten(
            ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True)),
            WIDTH * 2,
        )
        for row in rows
    ]


def _indented(text: str) -> list[str]:
    return [f"    {line}" if line else "" for line in text.split("\n")]


def _test_lines(label: str, node: Node, database: Path) -> list[str]:
    heading = f"  {label} {node.name}"
    lines = [f"{heading}: {node.description}" if node.description else heading]
    rows = offending_rows(node, database)
    for row in rows:
        lines += _indented(row)
    if not rows and node.message:
        lines += _indented(node.message)
    more = (node.n_failures or 0) - len(rows)
    if rows and more > 0:
        lines.append(f"    ... and {more} more")
    return lines


def failures(outcome: DbtOutcome, database: Path) -> list[str]:
    """The lines that tell why dbt failed: errors first, then failing tests."""
    lines: list[str] = []
    if outcome.error:
        lines += [f"  {line}" if line else "" for line in outcome.error.split("\n")]
    for node in outcome.having("error", "runtime error", "partial success"):
        lines.append(f"  error in {node.kind} {node.name}")
        lines += _indented(node.message)
    for node in outcome.having("fail"):
        lines += _test_lines("failing test", node, database)
    n_skipped = len(outcome.having("skipped"))
    if n_skipped:
        lines.append(f"  Not built because of these: {n_skipped}.")
    return lines


def warnings(outcome: DbtOutcome, database: Path) -> list[str]:
    """The lines for what the landing remarked and for tests that warn."""
    lines: list[str] = []
    for notice in outcome.notices:
        lines += [f"  {line}" if line else "" for line in notice.split("\n")]
    for node in outcome.having("warn"):
        lines += _test_lines("warning", node, database)
    return lines
