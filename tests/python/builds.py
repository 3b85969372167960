"""Whole builds for tests: the command that a user runs, in a work folder of its own."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[2]


def build(
    publish: Path, exports: Path | None = None, agreement: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a build into `publish`; its work folder is thrown away, dbt's parse included."""
    work = PROJECT / "work" / f"test-{uuid.uuid4().hex[:8]}"
    command = [sys.executable, "-m", "handoff.build", "--publish", str(publish)]
    command += ["--work", str(work)]
    if exports:
        command += ["--exports", str(exports)]
    if agreement:
        command += ["--agreement", str(agreement)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")
    }
    try:
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def published(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, opened as a client would."""
    connection = duckdb.connect(str(folder / "current" / "handoff.duckdb"), read_only=True)
    try:
        connection.execute("set schema = 'marts'")
        yield connection
    finally:
        connection.close()
