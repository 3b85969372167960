"""Whole builds for tests: the command that a user runs, in a work folder of its own.

Tests run in several processes at once (pytest-xdist). Each has a work folder of its own, `WORK`;
what all of them need is made by the first that asks, in `SHARED` (`once`).
"""

import atexit
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import yaml

from handoff import dbt_run

PROJECT = Path(__file__).parents[2]
# The folder of a test run; its processes inherit the name from the one that started them.
RUN = PROJECT / "work" / os.environ.setdefault("HANDOFF_TEST_RUN", f"test-{os.getpid()}")
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
SHARED = RUN / "shared"
# One work folder for all builds of a process: dbt's parse of the project is kept.
WORK = RUN / (WORKER or "alone")
if not WORKER:
    atexit.register(shutil.rmtree, RUN, ignore_errors=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of `SHARED` as `make` filled it: by the first process that asks, the others wait
    for it. What failed for one is tried anew by the next, and fails there with its own words."""
    folder = SHARED / name
    SHARED.mkdir(parents=True, exist_ok=True)
    with (SHARED / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = SHARED / f"{name}.done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


def build(
    publish: Path,
    exports: Path | None = None,
    agreement: Path | None = None,
    target: str | None = None,
    environment: dict[str, str] | None = None,
    as_of: str | None = None,
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
    if as_of:
        command += ["--as-of", as_of]
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


def build_models(
    work: Path, exports: Path, select: Sequence[str], as_of: str | None = None, **settings: str
) -> Path:
    """Build some models, without tests, of the systems that have exports; `settings` are added
    to dbt's environment. Returns the database."""
    work.mkdir(parents=True, exist_ok=True)
    database = work / "handoff.duckdb"
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    systems = declared["vars"]["systems"]
    present = [system for system in systems if (exports / system).is_dir()]
    command = [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", "--quiet"]
    command += ["--log-level-file", "none", "build", "--select", *select]
    command += ["--exclude-resource-type", "test", "unit_test"]
    command += ["--target", "duckdb", "--target-path", str(WORK / "models")]
    command += dbt_run.without([system for system in systems if system not in present])
    if as_of:
        command += ["--vars", json.dumps({"as_of": as_of})]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HANDOFF_")}
    environment |= {
        "HANDOFF_DATABASE": str(database),
        "HANDOFF_EXPORTS": str(exports),
        "HANDOFF_SYSTEMS": ",".join(present),
    }
    run = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout[-6000:]}{run.stderr[-2000:]}"
    return database


@contextmanager
def published(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, opened as a client would."""
    connection = duckdb.connect(str(folder / "current" / "handoff.duckdb"), read_only=True)
    try:
        connection.execute("set schema = 'marts'")
        yield connection
    finally:
        connection.close()
