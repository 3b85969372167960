"""dbt's own reading of this project, for the tests: parsed once, compiled once per engine.

Every command runs in a process of its own with a target folder of its own, so neither the
user's target/ nor a database is touched. The `lint` target is DuckDB in memory.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from atexit import register
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


# Targets whose engines cannot be run here: their adapters are in an environment of their own, and
# write SQL out without knowing anybody.
COMPILED_ONLY = ("snowflake", "bigquery", "databricks")
OWN_DBT = ROOT / ".venv-compile" / "bin" / "dbt"
NOBODY = {
    "HANDOFF_SNOWFLAKE_ACCOUNT": "nobody",
    "HANDOFF_SNOWFLAKE_USER": "nobody",
    "HANDOFF_SNOWFLAKE_PASSWORD": "nobody",
    "HANDOFF_BIGQUERY_PROJECT": "nobody",
    "HANDOFF_BIGQUERY_METHOD": "oauth-secrets",
    "HANDOFF_BIGQUERY_TOKEN": "nobody",
    "HANDOFF_DATABRICKS_HOST": "nobody.example",
    "HANDOFF_DATABRICKS_CLUSTER": "nobody",
    "HANDOFF_DATABRICKS_TOKEN": "nobody",
}


@dataclass(frozen=True)
class Model:
    """One enabled model: its name, its source file and its compiled SQL."""

    name: str
    path: str
    source: str
    compiled: str


@functools.cache
def _target_folder(target: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"handoff-{target}-"))
    register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_failed: set[tuple[str, ...]] = set()


def _dbt(target: str, *arguments: str) -> None:
    asked = (target, *arguments)
    # A failure is had and told once, not once a test.
    assert asked not in _failed, f"dbt {' '.join(arguments)} failed: see the first such failure"
    dbt = OWN_DBT if target in COMPILED_ONLY else Path(sys.executable).parent / "dbt"
    command = [str(dbt), "--no-use-colors"]
    command += ["--log-level-file", "none", *arguments, "--target", target]
    command += ["--target-path", str(_target_folder(target)), "--profiles-dir", str(ROOT)]
    run = subprocess.run(
        command, cwd=ROOT, env=NOBODY | os.environ, capture_output=True, text=True, check=False
    )
    if run.returncode:
        _failed.add(asked)
        raise AssertionError(f"{' '.join(command)}\n{run.stdout[-6000:]}{run.stderr[-2000:]}")


@functools.cache
def manifest() -> dict:
    """The project as dbt parses it."""
    _dbt("lint", "parse")
    return json.loads((_target_folder("lint") / "manifest.json").read_text())


@functools.cache
def models(target: str) -> tuple[Model, ...]:
    """Every model, compiled for `target` without a connection."""
    only_models = ("--select", "resource_type:model", "--indirect-selection", "empty")
    _dbt(target, "compile", "--no-populate-cache", "--no-introspect", *only_models)
    folder = _target_folder(target)
    nodes = json.loads((folder / "manifest.json").read_text())["nodes"].values()
    return tuple(
        Model(
            node["name"],
            node["original_file_path"],
            (ROOT / node["original_file_path"]).read_text(),
            (folder / "compiled" / node["package_name"] / node["original_file_path"]).read_text(),
        )
        for node in sorted(nodes, key=lambda node: node["original_file_path"])
        if node["resource_type"] == "model"
    )
