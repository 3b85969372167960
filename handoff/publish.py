"""Publishes the marts of a finished build: all of it at once, or nothing.

    <publish>/current -> builds/<id>       flipped in one step; readers follow it
    <publish>/builds/<id>/handoff.duckdb   schema `marts`, readable by DuckDB 1.5 and later
                         /parquet/<mart>.parquet
                         /data_docs/       what the quality gates saw
                         /report.html      the page to look at (handoff/page.py)
                         /build.json       what was built, when, from what, and a hash per mart

A build is written under `builds/<id>.tmp` and renamed when it is whole, so whatever kills the
publishing, `current` leads to a whole build: the one before or this one.
`python -m handoff.publish --verify <publish>` checks that what is published is what was built.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from handoff import version

SCHEMA = "marts"
DATABASE = "handoff.duckdb"
# The oldest DuckDB whose readers must be able to open the published file.
STORAGE_VERSION = "v1.5.0"
# A table macro of the published database, and the marts that it reads.
SCORE_LOOKUP = Path(__file__).with_name("lead_score_at.sql")
SCORE_MARTS = {"dim_agreement_versions", "fct_lead_engagement_points", "fct_lead_fit_points"}
# Rows are hashed in blocks: one text of a whole mart would not fit into memory.
HASHED_BLOCK = 10_000

_BUILD_NAME = re.compile(r"^\d{8}T\d{6}Z-[0-9a-f]{6}(\.tmp)?$")


class PublishError(Exception):
    """The marts cannot be published; the message says why. What was published stays."""


@dataclass(frozen=True)
class Mart:
    """One mart of the working database."""

    name: str
    columns: list[tuple[str, str]]
    key: list[str]


@dataclass(frozen=True)
class Published:
    """Where a build was published, and its build.json."""

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _ordering(mart: Mart) -> str:
    """Rows in one fixed order: by the primary key, or by all columns where there is none."""
    columns = mart.key or [name for name, _ in mart.columns]
    return ", ".join(f"{_identifier(column)} nulls first" for column in columns)


def read_marts(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[Mart]:
    """The tables and views of schema `marts` in an attached database, by name."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? order by table_name, column_index",
        [catalog, SCHEMA],
    ).fetchall():
        columns.setdefault(table, []).append((column, data_type))
    keys = dict(
        connection.execute(
            "select table_name, constraint_column_names from duckdb_constraints() "
            "where database_name = ? and schema_name = ? and constraint_type = 'PRIMARY KEY'",
            [catalog, SCHEMA],
        ).fetchall()
    )
    return [Mart(name, listed, list(keys.get(name, []))) for name, listed in columns.items()]


def _refuse_zoned_moments(marts: list[Mart]) -> None:
    zoned = [
        f"  {mart.name}.{column} is {data_type}"
        for mart in marts
        for column, data_type in mart.columns
        if "WITH TIME ZONE" in data_type.upper()
    ]
    if zoned:
        listed = "\n".join(zoned)
        raise PublishError(
            "marts hold moments in UTC without a zone (`timestamp`); cast these columns in "
            f"their models:\n{listed}"
        )


def _descriptions(manifest: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """Per mart its description and those of its columns, from dbt's manifest."""
    if not manifest.exists():
        return {}
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["alias"]: (
            node.get("description", "").strip(),
            {
                name: column.get("description", "").strip()
                for name, column in node.get("columns", {}).items()
            },
        )
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == SCHEMA
    }


def data_hash(connection: duckdb.DuckDBPyConnection, catalog: str, mart: Mart) -> str:
    """The md5 of a mart's rows in order: names and values count, the file's bytes do not."""
    table = f"{catalog}.{SCHEMA}.{_identifier(mart.name)}"
    return connection.execute(
        f"""
        with numbered as (
            select
                md5(cast(to_json(mart) as varchar)) as row_hash,
                row_number() over (order by {_ordering(mart)}) as row_number
            from {table} as mart
        ),

        blocks as (
            select
                row_number // {HASHED_BLOCK} as block,
                md5(string_agg(row_hash, '' order by row_number)) as block_hash
            from numbered
            group by 1
        )

        select md5(coalesce(string_agg(block_hash, '' order by block), '')) from blocks
        """
    ).fetchone()[0]


def _plain(value: Any) -> Any:
    """A database value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _build_facts(connection: duckdb.DuckDBPyConnection, marts: list[Mart]) -> dict[str, Any]:
    """The build's own row in marts.build_facts (its clock and cap), if the project has one."""
    if "build_facts" not in {mart.name for mart in marts}:
        return {}
    row = connection.execute(f"select * from work.{SCHEMA}.build_facts limit 1").fetchone()
    if row is None:
        return {}
    names = [column[0] for column in connection.description]
    return {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _write_mart(
    connection: duckdb.DuckDBPyConnection,
    mart: Mart,
    parquet: Path,
    description: str,
    columns: dict[str, str],
) -> dict[str, Any]:
    """Copy one mart into the published database and a Parquet file; return its facts."""
    table = f"published.{SCHEMA}.{_identifier(mart.name)}"
    connection.execute(
        f"create table {table} as select * from work.{SCHEMA}.{_identifier(mart.name)} "
        f"order by {_ordering(mart)}"
    )
    told = {"handoff.mart": mart.name}
    if description:
        connection.execute(f"comment on table {table} is {_literal(description)}")
        told["handoff.description"] = description
    for column, _ in mart.columns:
        if columns.get(column):
            connection.execute(
                f"comment on column {table}.{_identifier(column)} is {_literal(columns[column])}"
            )
            told[f"handoff.column.{column}"] = columns[column]
    entries = ", ".join(f"{_identifier(key)}: {_literal(value)}" for key, value in told.items())
    connection.execute(
        f"copy {table} to {_literal(str(parquet))} "
        f"(format parquet, compression zstd, kv_metadata {{{entries}}})"
    )
    n_rows = connection.execute(f"select count(*) from {table}").fetchone()[0]
    return {"rows": n_rows, "hash": data_hash(connection, "published", mart)}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    """Everything below `folder` on the disk, before a rename makes it count."""
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync(path)
    _sync(folder)


def _flip(publish: Path, name: str) -> None:
    """Point `current` at a build in one step."""
    passing = publish / f".current-{name}"
    passing.symlink_to(Path("builds") / name)
    passing.replace(publish / "current")
    _sync(publish)


def _remove_stale(publish: Path) -> None:
    """Remove what publishing that was killed left half-done."""
    for path in (publish / "builds").iterdir():
        if _BUILD_NAME.match(path.name) and path.name.endswith(".tmp"):
            shutil.rmtree(path)
    for path in publish.glob(".current-*"):
        path.unlink()


def _remove_older(publish: Path, keep: set[str]) -> None:
    for path in (publish / "builds").iterdir():
        if _BUILD_NAME.match(path.name) and path.name not in keep:
            shutil.rmtree(path)


def publish(
    database: Path,
    folder: Path,
    *,
    manifest: Path,
    started: datetime,
    engine: str = "duckdb",
    data_docs: Path | None = None,
    facts: dict[str, Any] | None = None,
    add: Callable[[Path], Any] | None = None,
) -> Published:
    """Publish the marts of `database` into `folder` and flip `current` to them.

    `manifest` is dbt's manifest.json, from which tables and columns get their comments;
    `started` the build's start; `engine` what dbt built on; `data_docs` a folder to publish
    along; `facts` what else build.json should say; `add` is called with the folder when all of
    this stands in it, and may add to it. The build before is kept. Raises PublishError.
    """
    link = folder / "current"
    if link.exists() and not link.is_symlink():
        raise PublishError(f"{link} is not the link that publishing makes; move it away.")
    builds = folder / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    _remove_stale(folder)

    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    passing, final = builds / f"{name}.tmp", builds / name
    (passing / "parquet").mkdir(parents=True)
    try:
        descriptions = _descriptions(manifest)
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"attach {_literal(str(database))} as work (read_only)")
            marts = read_marts(connection, "work")
            if not marts:
                raise PublishError(f"{database} holds no marts.")
            _refuse_zoned_moments(marts)
            connection.execute(
                f"attach {_literal(str(passing / DATABASE))} as published "
                f"(storage_version {_literal(STORAGE_VERSION)})"
            )
            connection.execute(f"create schema published.{SCHEMA}")
            written = {}
            for mart in marts:
                description, columns = descriptions.get(mart.name, ("", {}))
                written[mart.name] = _write_mart(
                    connection,
                    mart,
                    passing / "parquet" / f"{mart.name}.parquet",
                    description,
                    columns,
                )
            if {mart.name for mart in marts} >= SCORE_MARTS:
                connection.execute("use published")
                connection.execute(SCORE_LOOKUP.read_text(encoding="utf-8"))
                connection.execute("use memory")
            clock = _build_facts(connection, marts)
            connection.execute("detach published")
        if data_docs and data_docs.is_dir():
            shutil.copytree(data_docs, passing / "data_docs")
        told = {
            "id": name,
            "started_at": started.astimezone(UTC).isoformat(timespec="seconds"),
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": engine,
            # DuckDB lands and publishes, whatever the engine.
            "versions": {
                "handoff": version(),
                **{
                    package: metadata.version(package)
                    for package in ("dbt-core", "dbt-duckdb", f"dbt-{engine}")
                },
                "duckdb": duckdb.__version__,
            },
            "build_facts": clock,
            **(facts or {}),
            "marts": written,
        }
        (passing / "build.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        if add:
            add(passing)
        _sync_tree(passing)
        passing.rename(final)
        _sync(builds)
    except BaseException:
        shutil.rmtree(passing, ignore_errors=True)
        raise

    before = current(folder)
    _flip(folder, name)
    _remove_older(folder, {name, before.name} if before else {name})
    return Published(final, told)


def current(folder: Path) -> Path | None:
    """The build that `current` leads to, or None where nothing is published."""
    link = folder / "current"
    return link.resolve() if link.is_symlink() and link.exists() else None


def verify(folder: Path) -> list[str]:
    """What is wrong with the published build: marts, rows and hashes against build.json."""
    build = current(folder)
    if build is None:
        return [f"nothing is published in {folder}"]
    told = json.loads((build / "build.json").read_text(encoding="utf-8"))["marts"]
    problems = []
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {_literal(str(build / DATABASE))} as published (read_only)")
        marts = {mart.name: mart for mart in read_marts(connection, "published")}
        for name in sorted(set(told) ^ set(marts)):
            where = "build.json" if name in told else DATABASE
            problems.append(f"{name} is only in {where}")
        for name in sorted(set(told) & set(marts)):
            if data_hash(connection, "published", marts[name]) != told[name]["hash"]:
                problems.append(f"{name}: {DATABASE} does not hold the rows that were built")
            parquet = build / "parquet" / f"{name}.parquet"
            differing = f"""
                select count(*) from (
                    (select * from published.{SCHEMA}.{_identifier(name)}
                     except all select * from read_parquet({_literal(str(parquet))}))
                    union all
                    (select * from read_parquet({_literal(str(parquet))})
                     except all select * from published.{SCHEMA}.{_identifier(name)})
                )
            """
            try:
                n_differing = connection.execute(differing).fetchone()[0]
            except duckdb.Error as error:
                problems.append(f"{name}: {parquet.name}: {str(error).splitlines()[0]}")
            else:
                if n_differing:
                    problems.append(f"{name}: {n_differing} rows of {parquet.name} differ")
    return problems


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.publish",
        description="Check that a published build holds what was built.",
    )
    parser.add_argument("--verify", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args(arguments).verify.expanduser()
    problems = verify(folder)
    if problems:
        print(f"{folder}: the published build is not whole.")
        print("\n".join(f"  {problem}" for problem in problems))
        return 1
    print(f"{folder}: the published build is whole ({current(folder).name}).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
