"""The published files as their readers open them: names and types are those of the contracts, in
DuckDB, pandas and Polars alike, descriptions come along, and docs/readers.md tells the truth."""

import re
from pathlib import Path

import duckdb
import pandas
import polars
import pytest
import yaml
from builds import PROJECT, build, once
from pyarrow import parquet

# A type of the contracts as each reader calls it.
SIMPLE = {
    "string": ("VARCHAR", "string", polars.String),
    "bigint": ("BIGINT", "int64", polars.Int64),
    "timestamp": ("TIMESTAMP", "timestamp[us]", polars.Datetime("us")),
    "date": ("DATE", "date32[day]", polars.Date),
    "boolean": ("BOOLEAN", "bool", polars.Boolean),
}


def known(data_type: str) -> tuple[str, str, object]:
    decimal = re.fullmatch(r"decimal\((\d+), (\d+)\)", data_type)
    if not decimal:
        return SIMPLE[data_type]
    precision, scale = map(int, decimal.groups())
    return (
        f"DECIMAL({precision},{scale})",
        f"decimal128({precision}, {scale})",
        polars.Decimal(precision, scale),
    )


def contracts() -> dict[str, list[tuple[str, str]]]:
    """Per mart its columns and their types, from the property files."""
    found = {}
    for file in sorted((PROJECT / "models" / "marts").rglob("_*__models.yml")):
        for model in yaml.safe_load(file.read_text())["models"]:
            found[model["name"]] = [(c["name"], c["data_type"]) for c in model["columns"]]
    return found


CONTRACTS = contracts()


@pytest.fixture(scope="module")
def published() -> Path:
    def make(folder: Path) -> None:
        done = build(folder)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("published_demo", make) / "current"


@pytest.fixture(scope="module")
def marts(published):
    with duckdb.connect(str(published / "handoff.duckdb"), read_only=True) as connection:
        yield connection


def test_every_mart_has_a_contract_and_is_published_twice(published, marts):
    in_database = {
        name
        for (name,) in marts.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    }
    models = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    in_files = {path.stem for path in (published / "parquet").glob("*.parquet")}
    assert set(CONTRACTS) == models == in_database == in_files


def test_duckdb_reads_the_types_of_the_contract(marts):
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in marts.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where schema_name = 'marts' order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, []).append((column, data_type))
    assert found == {
        mart: [(column, known(data_type)[0]) for column, data_type in columns]
        for mart, columns in CONTRACTS.items()
    }


def test_readers_share_the_file_and_cannot_change_it(published, marts):
    with duckdb.connect(str(published / "handoff.duckdb"), read_only=True) as another:
        assert another.execute("select count(*) from marts.build_facts").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            another.execute("delete from marts.build_facts")


@pytest.mark.parametrize("mart", sorted(CONTRACTS))
def test_pandas_and_polars_read_the_types_of_the_contract(published, marts, mart):
    file = published / "parquet" / f"{mart}.parquet"
    frame = pandas.read_parquet(file, dtype_backend="pyarrow")
    assert [(name, str(dtype.pyarrow_dtype)) for name, dtype in frame.dtypes.items()] == [
        (column, known(data_type)[1]) for column, data_type in CONTRACTS[mart]
    ]
    lazy = polars.scan_parquet(file)
    assert list(lazy.collect_schema().items()) == [
        (column, known(data_type)[2]) for column, data_type in CONTRACTS[mart]
    ]
    [(n_rows,)] = marts.execute(f"select count(*) from marts.{mart}").fetchall()
    assert len(frame) == lazy.select(polars.len()).collect().item() == n_rows


def test_every_reader_reads_the_same_values(published, marts):
    file = published / "parquet" / "fct_sql_acceptances.parquet"
    query = (
        "select handoff_id, won_amount, won_at, is_won, n_attempts "
        "from marts.fct_sql_acceptances order by handoff_id"
    )
    columns = ["handoff_id", "won_amount", "won_at", "is_won", "n_attempts"]
    expected = marts.execute(query).fetchall()
    polars_rows = polars.read_parquet(file).sort("handoff_id").select(columns).rows()
    frame = pandas.read_parquet(file, dtype_backend="pyarrow").sort_values("handoff_id")[columns]
    pandas_rows = [
        tuple(None if pandas.isna(value) else value for value in row)
        for row in frame.itertuples(index=False)
    ]
    assert polars_rows == expected
    assert pandas_rows == expected


def test_descriptions_come_along(published, marts):
    without = marts.execute(
        "select table_name || '.' || column_name from duckdb_columns() "
        "where schema_name = 'marts' and coalesce(comment, '') = ''"
    ).fetchall()
    assert without == []
    for mart, columns in CONTRACTS.items():
        told = parquet.read_schema(published / "parquet" / f"{mart}.parquet").metadata
        assert told[b"handoff.mart"] == mart.encode()
        assert told[b"handoff.description"].startswith(b"One row")
        assert all(told[f"handoff.column.{column}".encode()] for column, _ in columns)
        [(comment,)] = marts.execute(
            "select comment from duckdb_columns() where table_name = ? and column_name = ?",
            [mart, columns[0][0]],
        ).fetchall()
        assert told[f"handoff.column.{columns[0][0]}".encode()].decode() == comment


README = (PROJECT / "docs" / "readers.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
def test_what_the_guide_says_works(published, monkeypatch, code):
    monkeypatch.chdir(published.parents[0])
    run: dict[str, object] = {}
    exec(compile(code.replace("published/current", "current"), "readers.md", "exec"), run)
    shown = [run[name] for name in ("months", "by_source", "by_country", "told") if name in run]
    assert len(shown) == 1 and len(shown[0])


def test_the_guide_names_the_types_as_readers_do():
    table = {
        row[0]: row[1:]
        for row in (
            [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            for line in README.splitlines()
            if line.startswith("| `")
        )
    }
    used = {kind for columns in CONTRACTS.values() for _, kind in columns}
    assert {re.sub(r"\(.*", "", kind) for kind in used} == {
        re.sub(r"\(.*", "", kind) for kind in table
    }

    def called(kind: object) -> str:
        if isinstance(kind, polars.Datetime):
            return f"Datetime({kind.time_unit})"
        if isinstance(kind, polars.Decimal):
            return f"Decimal({kind.precision}, {kind.scale})"
        return str(kind)

    for data_type, (in_duckdb, _, in_pandas, in_polars) in table.items():
        names = known(data_type)
        assert (in_duckdb, in_pandas, in_polars) == (names[0], names[1], called(names[2]))
