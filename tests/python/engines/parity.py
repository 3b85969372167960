"""Compares the marts of two builds: every mart, every column, every cell.

    python tests/python/engines/parity.py <DuckDB's> <another engine's>

Each is a folder that was published into, or a DuckDB database with a schema `marts`.

A mart's rows are paired by its key, or by the whole row where it declares none. Equal means
equal: moments to the microsecond, money to the cent, scores to four decimals. Only doubles may
differ in their last bits: engines sum them in different orders.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import told

from quality.declaration import read_mart_keys

PROJECT = Path(__file__).resolve().parents[3]
# Relative: a double has 15 to 16 digits.
DOUBLE_TOLERANCE = 1e-9
SHOWN = 5
# Fewer cells equal would say little.
ENOUGH = 10_000


@dataclass
class Comparison:
    """What was compared, and every difference as a sentence."""

    n_marts: int = 0
    n_rows: int = 0
    n_cells: int = 0
    n_differing: int = 0
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.n_marts} marts, {self.n_rows:,} rows, {self.n_cells:,} cells compared: "
            f"{self.n_differing:,} differing"
        )


def _schema(connection: duckdb.DuckDBPyConnection, mart: str) -> list[tuple[str, str]]:
    rows = connection.execute(f"describe {mart}").fetchall()
    return [(name, data_type) for name, data_type, *_ in rows]


def _is_equal(column: str, data_type: str) -> str:
    left, right = f'expected."{column}"', f'found."{column}"'
    same = f"{left} is not distinct from {right}"
    if data_type in ("DOUBLE", "FLOAT"):
        close = f"abs({left} - {right}) <= {DOUBLE_TOLERANCE} * greatest(abs({left}), 1)"
        return f"({same} or coalesce({close}, false))"
    return f"({same})"


def _compare_mart(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    key: tuple[str, ...],
    into: Comparison,
) -> None:
    expected, found = f'expected.marts."{name}"', f'found.marts."{name}"'
    schema = _schema(connection, expected)
    other = _schema(connection, found)
    if schema != other:
        into.n_differing += 1
        into.differences.append(
            f"{name}: columns and types {sorted(set(schema) - set(other))} against "
            f"{sorted(set(other) - set(schema))}"
            if set(schema) != set(other)
            else f"{name}: the columns stand in another order"
        )
        return
    key = key or tuple(column for column, _ in schema)
    # A key that repeats would pair rows at random: number the repeats.
    listed = ", ".join(f'"{column}"' for column in key)
    ordered = ", ".join(f'"{column}" nulls first' for column, _ in schema)
    numbered = (
        "select *, true as is_there, "
        f"row_number() over (partition by {listed} order by {ordered}) as repeat"
    )
    paired = " and ".join(
        f'expected."{column}" is not distinct from found."{column}"' for column in (*key, "repeat")
    )
    counts = ", ".join(
        f"count(*) filter (where expected.is_there and found.is_there "
        f"and not {_is_equal(column, data_type)})"
        for column, data_type in schema
    )
    joined = (
        f"from ({numbered} from {expected}) as expected "
        f"full join ({numbered} from {found}) as found on {paired}"
    )
    n_rows, n_missing, n_added, *n_cells = connection.execute(
        f"""
        select
            count(expected.is_there),
            count(*) filter (where found.is_there is null),
            count(*) filter (where expected.is_there is null),
            {counts}
        {joined}
        """
    ).fetchone()
    into.n_marts += 1
    into.n_rows += n_rows
    into.n_cells += n_rows * len(schema)
    for label, n, side, absent in (
        ("missing", n_missing, "expected", "found"),
        ("that should not be there", n_added, "found", "expected"),
    ):
        if n:
            into.n_differing += n * len(schema)
            keys = connection.execute(
                "select " + ", ".join(f'{side}."{column}"' for column in key) + f" {joined} "
                f"where {absent}.is_there is null order by all limit {SHOWN}"
            ).fetchall()
            into.differences.append(f"{name}: {n:,} rows {label}, such as {keys}")
    for (column, data_type), n in zip(schema, n_cells, strict=True):
        if n:
            into.n_differing += n
            shown = ", ".join(f'expected."{part}"' for part in key)
            examples = connection.execute(
                f'select {shown}, expected."{column}", found."{column}" {joined} '
                "where expected.is_there and found.is_there "
                f"and not {_is_equal(column, data_type)} order by all limit {SHOWN}"
            ).fetchall()
            into.differences.append(f"{name}.{column}: {n:,} cells differ, such as {examples}")


def _attached(connection: duckdb.DuckDBPyConnection, name: str, build: Path) -> set[str]:
    """Attach a build under a name; the marts that it has."""
    path = build / "current" / "handoff.duckdb" if build.is_dir() else build
    connection.execute(f"attach '{path}' as {name} (read_only)")
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = ? and table_schema = 'marts'",
        [name],
    ).fetchall()
    return {mart for (mart,) in rows}


def compare(expected: Path, found: Path) -> Comparison:
    """Compare the marts of two builds, each a published folder or a database."""
    keys = read_mart_keys(PROJECT)
    comparison = Comparison()
    with duckdb.connect() as connection:
        left = _attached(connection, "expected", expected)
        right = _attached(connection, "found", found)
        for name in sorted(left ^ right):
            comparison.n_differing += 1
            comparison.differences.append(f"{name}: only one of the builds has this mart")
        for name in sorted(left & right):
            declared = keys.get(name)
            _compare_mart(connection, name, declared.columns if declared else (), comparison)
    return comparison


def assert_equal(label: str, expected: Path, found: Path) -> None:
    """Assert that two builds have the same marts, and enough in them to prove something."""
    comparison = compare(expected, found)
    told.comparisons.append(f"{label}: {comparison}")
    assert not comparison.n_differing, "\n".join(comparison.differences)
    assert comparison.n_cells > ENOUGH, f"only {comparison.n_cells:,} cells were compared"


if __name__ == "__main__":
    result = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join([*result.differences, str(result)]))
    sys.exit(bool(result.n_differing or not result.n_cells))
