"""Puts what went wrong in a build into a few lines that say what to do about it."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from handoff.dbt_run import DbtOutcome, Node
from handoff.engines import EngineError

SHOWN_ROWS = 5
WIDTH = 100


Rows = tuple[list[str], list[tuple[Any, ...]]]
Query = Callable[[str], Rows]


def query(database: Path, statement: str) -> Rows:
    """Columns and rows of a query on a DuckDB database, read-only; none where there is none."""
    if not database.exists():
        return [], []
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            connection.execute(statement)
            return [column[0] for column in connection.description], connection.fetchall()
    except duckdb.Error as error:
        raise EngineError(str(error)) from error


def offending_rows(node: Node, query: Query) -> list[str]:
    """Up to five of the rows that a test returned, found by running its SQL again.

    A test that writes its rows as sentences, in a column `message`, is shown by these alone.
    """
    if not node.compiled_code:
        return []
    code = node.compiled_code.strip().rstrip(";")
    try:
        # The closing bracket stands on a line of its own: the SQL may end in a comment.
        names, rows = query(
            f"select * from (\n{code}\n) as offending order by 1 limit {SHOWN_ROWS}"
        )
    except EngineError as error:
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


def _test_lines(label: str, node: Node, query: Query) -> list[str]:
    heading = f"  {label} {node.name}"
    lines = [f"{heading}: {node.description}" if node.description else heading]
    rows = offending_rows(node, query)
    for row in rows:
        lines += _indented(row)
    if not rows and node.message:
        lines += _indented(node.message)
    more = (node.n_failures or 0) - len(rows)
    if rows and more > 0:
        lines.append(f"    ... and {more} more")
    return lines


def failures(outcome: DbtOutcome, query: Query) -> list[str]:
    """The lines that tell why dbt failed: errors first, then failing tests."""
    lines: list[str] = []
    if outcome.error:
        lines += [f"  {line}" if line else "" for line in outcome.error.split("\n")]
    for node in outcome.having("error", "runtime error", "partial success"):
        lines.append(f"  error in {node.kind} {node.name}")
        lines += _indented(node.message)
    for node in outcome.having("fail"):
        lines += _test_lines("failing test", node, query)
    n_skipped = len(outcome.having("skipped"))
    if n_skipped:
        lines.append(f"  Not built because of these: {n_skipped}.")
    return lines


def warnings(outcome: DbtOutcome, query: Query) -> list[str]:
    """The lines for what the landing remarked and for tests that warn."""
    lines: list[str] = []
    for notice in outcome.notices:
        lines += [f"  {line}" if line else "" for line in notice.split("\n")]
    for node in outcome.having("warn"):
        lines += _test_lines("warning", node, query)
    return lines
