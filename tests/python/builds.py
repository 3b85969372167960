"""Whole builds for tests: the command that a user runs, in a work folder of its own."""

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[2]
# One work folder for all builds of a test run: dbt's parse of the project is kept.
WORK = PROJECT / "work" / f"test-{os.getpid()}"
atexit.register(shutil.rmtree, WORK, ignore_errors=True)


def build(
    publish: Path,
    exports: Path | None = None,
    agreement: Path | None = None,
    target: str | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a build into `publish`, from nothing, as a user would; `environment` is added to
    what the process inherits, from which the caller's own settings are taken away."""
    command = [sys.executable, "-m", "handoff.build", "--publish", str(publish)]
    command += ["--work", str(WORK)]
    if exports:
        command += ["--exports", str(exports)]
    if agreement:
        command += ["--agreement", str(agreement)]
    if target:
        command += ["--target", target]
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")
    }
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=inherited | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def published(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, opened as a client would."""
    connection = duckdb.connect(str(folder / "current" / "handoff.duckdb"), read_only=True)
    try:
        connection.execute("set schema = 'marts'")
        yield connection
    finally:
        connection.close()
