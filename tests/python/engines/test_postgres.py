"""Guards that PostgreSQL gives the marts of DuckDB, cell by cell."""

import json
from pathlib import Path

import duckdb
import pytest
import told
from builds import build
from model_builds import Inputs, on_postgres
from parity import assert_equal

from handoff.engines import engine


def test_the_demo_has_the_marts_of_duckdb(
    demo: Path, server: dict[str, str], tmp_path: Path
) -> None:
    with told.timed("PostgreSQL"):
        done = build(tmp_path / "postgres", target="postgres", environment=server)
    assert done.returncode == 0, done.stdout + done.stderr
    told_by_build = json.loads((tmp_path / "postgres" / "current" / "build.json").read_text())
    assert told_by_build["engine"] == "postgres"
    assert_equal("the demo on PostgreSQL", demo, tmp_path / "postgres")


@pytest.mark.usefixtures("server")
def test_other_inputs_have_the_marts_of_duckdb(given: Inputs) -> None:
    assert_equal(f"{given.name} on PostgreSQL", given.database("duckdb"), on_postgres(given))


@pytest.mark.usefixtures("server")
def test_every_text_survives_the_way_to_postgres_and_back(tmp_path: Path) -> None:
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
