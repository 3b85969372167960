"""Guards that every engine gives the same marts as DuckDB, cell by cell: `make test-engines`."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest
from builds import build
from test_olist import OLIST, olist_inputs

from handoff.engines import engine

sys.path.insert(0, str(Path(__file__).with_name("engines")))

from parity import compare
from postgres_server import NoServer, postgres_server

Build = Callable[..., None]


def built(publish: Path, *inputs: Path | None, **engine) -> None:
    done = build(publish, *inputs, **engine)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    """The settings of a PostgreSQL server of this test's own."""
    if not importlib.util.find_spec("dbt.adapters.postgres"):
        pytest.skip("PostgreSQL's packages are not installed: `make test-engines` does it")
    try:
        with postgres_server() as settings:
            yield settings
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


@pytest.fixture
def on_postgres(server: dict[str, str]) -> Build:
    return partial(built, target="postgres", environment=server)


@pytest.fixture(scope="module", params=["demo", "olist"])
def world(request, tmp_path_factory) -> tuple[str, tuple[Path | None, Path | None], Path]:
    """The exports and agreement to build, and where DuckDB's marts of them are published."""
    folder = tmp_path_factory.mktemp(request.param)
    inputs: tuple[Path | None, Path | None] = (None, None)
    if request.param == "olist":
        if not OLIST.is_dir():
            pytest.skip(f"the Olist data is not at {OLIST} (set HANDOFF_REAL_DATA)")
        inputs = olist_inputs(folder)
    built(folder / "duckdb", *inputs)
    return request.param, inputs, folder / "duckdb"


def test_postgres_gives_the_marts_of_duckdb(world, on_postgres, tmp_path: Path) -> None:
    name, inputs, expected = world
    on_postgres(tmp_path / "postgres", *inputs)
    comparison = compare(expected, tmp_path / "postgres")
    print(f"\n{name} on PostgreSQL: {comparison}")
    assert not comparison.n_differing, "\n".join(comparison.differences)
    assert comparison.n_cells > 10_000


def test_every_text_survives_the_way_to_postgres_and_back(
    server: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    texts = ["", None, "\\N", "\\.", "a\\nb", "a\n\\.\nb", "\t\r", '"q","', '""', "é日本"]
    with duckdb.connect() as connection:
        connection.execute("create table given (number bigint, value varchar)")
        connection.executemany("insert into given values (?, ?)", list(enumerate(texts)))
        connection.execute(f"copy given to '{tmp_path}/given.parquet' (format parquet)")
    postgres = engine("postgres")
    postgres.load({"round_trip": tmp_path / "given.parquet"})
    postgres.fetch([("raw", "round_trip")], tmp_path / "found.duckdb")
    with duckdb.connect(str(tmp_path / "found.duckdb")) as connection:
        found = connection.execute("from raw.round_trip order by number").fetchall()
    assert found == list(enumerate(texts))


# --- the comparison itself --------------------------------------------------------------------


def mart(folder: Path, query: str) -> Path:
    """A published build of one mart without a declared key, given as a query."""
    parquet = folder / "current" / "parquet"
    parquet.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{parquet}/mart.parquet' (format parquet)")
    return folder


ROW = "select 'a' as id, 1.25::decimal(18, 2) as amount, timestamp '2026-01-01' as at, null as n"


@pytest.mark.parametrize(
    "other",
    [
        ROW.replace("1.25", "1.26"),
        ROW.replace("'2026-01-01'", "'2026-01-01 00:00:00.000001'"),
        ROW.replace("null as n", "1 as n"),
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


def test_a_mart_that_only_one_build_has_differs(tmp_path: Path) -> None:
    one = mart(tmp_path / "one", ROW)
    shutil.copytree(one, tmp_path / "two")
    parquet = tmp_path / "two" / "current" / "parquet"
    shutil.copy(parquet / "mart.parquet", parquet / "another.parquet")
    assert compare(one, tmp_path / "two").differences == [
        "another: only one of the builds has this mart"
    ]
