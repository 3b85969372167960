"""Running dbt as a user would, on exports of a test's own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_dbt(
    arguments: list[str],
    *,
    exports: Path,
    database: Path,
    target_path: Path,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one dbt command in a process of its own and return what it said (stdout).

    Runs that share `database` (its path is part of the profile) and `target_path` also share
    dbt's parsed project, which saves seconds a run.
    """
    dbt = Path(sys.executable).with_name("dbt")
    return subprocess.run(
        [
            str(dbt),
            "--no-use-colors",
            "--log-level-file",
            "none",
            *arguments,
            "--target-path",
            str(target_path),
            "--profiles-dir",
            str(ROOT),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "HANDOFF_EXPORTS": str(exports),
            "HANDOFF_DATABASE": str(database),
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
