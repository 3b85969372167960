"""Measures the demo build on every engine and prints it as ratios; it records nothing.

    make bench-engines              (or: .venv/bin/python bench/demo_engines.py --runs 3)

Each engine builds once to warm up (dbt's parse of the project is kept), then in turns with the
others, so that what else the machine does falls on all of them. PostgreSQL is a server of this
script's own, Spark a local session.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from demo_build import PROJECT, WORK, Measured, measure_build, print_table

from handoff import engines

sys.path.insert(0, str(PROJECT / "tests" / "python" / "engines"))

from postgres_server import NoServer, postgres_server

PHASES = ("landing", "dbt", "fetch", "quality", "publish")


def median(builds: list[Measured], phase: str | None = None) -> float:
    """The median of a phase, or of the wall time."""
    return statistics.median(b.phases.get(phase, 0) if phase else b.wall for b in builds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1, help="measured builds per engine (1)")
    n_runs = parser.parse_args().runs

    shutil.rmtree(WORK, ignore_errors=True)
    with ExitStack() as stack:
        publish = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings: dict[str, dict[str, str]] = {target: {} for target in engines.TARGETS}
        try:
            settings["postgres"] = stack.enter_context(postgres_server())
        except NoServer as error:
            print(f"PostgreSQL is left out: {error}\n")
            del settings["postgres"]
        builds: dict[str, list[Measured]] = {target: [] for target in settings}
        for run in range(n_runs + 1):
            for target in settings:
                work = WORK / target
                measured = measure_build(target, publish / target, work, target, settings[target])
                if run:
                    builds[target].append(measured)
    shutil.rmtree(WORK, ignore_errors=True)

    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    print(f"Warm builds of the demo, medians of {n_runs}; wall and dbt as ratios to DuckDB's:\n")
    unit = builds[engines.DUCKDB]
    print_table(
        ["engine", *(f"{phase} s" for phase in PHASES), "wall s", "dbt ratio", "wall ratio"],
        [
            [
                target,
                *(f"{median(each, phase):.1f}" for phase in PHASES),
                f"{median(each):.1f}",
                f"{median(each, 'dbt') / median(unit, 'dbt'):.1f}",
                f"{median(each) / median(unit):.1f}",
            ]
            for target, each in builds.items()
        ],
    )


if __name__ == "__main__":
    main()
