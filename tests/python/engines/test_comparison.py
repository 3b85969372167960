"""Guards that the comparison of two builds sees what differs."""

from pathlib import Path

import duckdb
import pytest
from parity import assert_equal, compare


def mart(database: Path, query: str, name: str = "mart") -> Path:
    """A database of one mart, given as a query; no key of it is declared unless its name is
    that of one of the project's marts."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.{name} as {query}")
    return database


ROW = (
    "select 'a' as id, 1.25::decimal(18, 2) as amount, timestamp '2026-01-01' as at, "
    "null::integer as n"
)


@pytest.mark.parametrize(
    "other",
    [
        ROW.replace("1.25", "1.26"),
        ROW.replace("'2026-01-01'", "'2026-01-01 00:00:00.000001'"),
        ROW.replace("null", "1"),
        ROW.replace("18, 2", "18, 3"),
        ROW.replace("'a' as id", "null as id"),
        f"{ROW} union all {ROW}",
        f"{ROW} limit 0",
    ],
)
def test_the_comparison_sees_a_difference(other: str, tmp_path: Path) -> None:
    comparison = compare(mart(tmp_path / "one", ROW), mart(tmp_path / "two", other))
    assert comparison.n_differing and comparison.differences


def test_the_comparison_passes_what_is_equal_in_any_order(tmp_path: Path) -> None:
    both = f"{ROW} union all {ROW.replace('1.25', '7')}"
    turned = f"{ROW.replace('1.25', '7')} union all {ROW}"
    comparison = compare(mart(tmp_path / "one", both), mart(tmp_path / "two", turned))
    assert (comparison.n_differing, comparison.n_rows, comparison.n_cells) == (0, 2, 8)


@pytest.mark.parametrize(
    ("cell", "n_differing"),
    [("0.1", 0), ("0.1 + 1e-13", 0), ("0.1 + 1e-6", 1), ("null", 1), ("'nan'::double", 1)],
)
def test_doubles_of_one_key_may_differ_in_their_last_bits(
    cell: str, n_differing: int, tmp_path: Path
) -> None:
    one, two = (
        mart(
            tmp_path / name, f"select 'a' as lead_id, cast({value} as double) as share", "dim_leads"
        )
        for name, value in (("one", "0.1"), ("two", cell))
    )
    comparison = compare(one, two)
    assert comparison.n_differing == n_differing, comparison.differences
    if n_differing:
        assert comparison.differences[0].startswith("dim_leads.share: 1 cells differ")


def test_every_other_cell_of_one_key_is_equal_or_told(tmp_path: Path) -> None:
    row = ROW.replace(" as id", " as lead_id")
    one = mart(tmp_path / "one", row, "dim_leads")
    two = mart(tmp_path / "two", row.replace("1.25", "1.26").replace("null", "1"), "dim_leads")
    assert [text.split(":")[0] for text in compare(one, two).differences] == [
        "dim_leads.amount",
        "dim_leads.n",
    ]


def test_a_mart_that_only_one_build_has_differs(tmp_path: Path) -> None:
    one, two = (mart(tmp_path / name, ROW) for name in ("one", "two"))
    with duckdb.connect(str(two)) as connection:
        connection.execute("create view marts.another as from marts.mart")
    assert compare(one, two).differences == ["another: only one of the builds has this mart"]


def test_a_comparison_of_nothing_is_no_proof(tmp_path: Path) -> None:
    one, two = (mart(tmp_path / name, f"{ROW} limit 0") for name in ("one", "two"))
    with pytest.raises(AssertionError, match="only 0 cells"):
        assert_equal("nothing", one, two)
