"""Lands the exports once, for engines other than DuckDB.

Every engine gets the same rows from the same reading of the files: the project's own landing
macros run in a scratch DuckDB database, and each raw view is written as one Parquet file.
What is wrong with the exports is told in the words of a DuckDB build.
"""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from handoff import PROJECT, dbt_run

SCHEMA = "raw"


@dataclass(frozen=True)
class Landed:
    """What landing made: one Parquet file per raw relation (`<system>__<object>` and
    `landed_files`) where `outcome` is a success; its notices are for the reader of the build.
    """

    files: dict[str, Path]
    outcome: dbt_run.DbtOutcome


def _written(database: Path, folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The Parquet files written, and what kept the others from it: all broken files at once."""
    files: dict[str, Path] = {}
    faults: list[str] = []
    with duckdb.connect(str(database), read_only=True) as connection:
        relations = connection.execute(
            "select table_name from information_schema.tables where table_schema = ? order by all",
            [SCHEMA],
        ).fetchall()
        for (relation,) in relations:
            path = folder / f"{relation}.parquet"
            literal = str(path.absolute()).replace("'", "''")
            try:
                connection.execute(
                    f"copy (from {SCHEMA}.\"{relation}\") to '{literal}' "
                    "(format parquet, compression zstd)"
                )
            except duckdb.Error as error:
                path.unlink(missing_ok=True)
                faults.append(dbt_run.readable(str(error)))
            else:
                files[relation] = path
    return files, faults


def land(
    exports: Path,
    folder: Path,
    work: Path,
    *,
    project: Path = PROJECT,
    previous: str = "",
    keep: tuple[int, ...] = (),
) -> Landed:
    """Land `exports` as Parquet files in `folder`, which is emptied first.

    Every column is text, as exported, and `_source_file` the path below the exports folder.
    `previous` names the folder with the Parquet files of the publication before, if there is one.
    `work` takes the scratch database, dbt's parse of the project and its log; `keep` are
    descriptors that the dbt process holds open (the locks of the build).
    """
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = work / "landing.duckdb"
    for path in (database, database.with_name("landing.duckdb.wal")):
        path.unlink(missing_ok=True)
    operation = dbt_run.DbtRun(
        dbt_run.command(work / "target", "run-operation", "land_exports"),
        project,
        {
            "HANDOFF_EXPORTS": dbt_run.named(exports, project),
            "HANDOFF_PREVIOUS": previous,
            "HANDOFF_DATABASE": dbt_run.named(database, project),
            "HANDOFF_TARGET": "duckdb",
        },
        work / "target",
        work / "landing.log",
        keep,
    )
    try:
        outcome = operation.finish()
    finally:
        operation.kill()
    if not outcome.success:
        return Landed({}, outcome)
    # The raw views name the files as dbt saw them, from the project's folder.
    folder = folder.absolute()
    database = database.absolute()
    with contextlib.chdir(project):
        files, faults = _written(database, folder)
    database.unlink()
    if faults:
        error = "\n".join(faults)
        return Landed({}, dbt_run.DbtOutcome(False, error=error, notices=outcome.notices))
    return Landed(files, outcome)
