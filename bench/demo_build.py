"""Measures the demo build and its floor per node, and prints both; it records nothing.

    make bench                      (or: .venv/bin/python bench/demo_build.py --warm 3)

A cold build parses the project anew, a warm one finds dbt's parse of it; neither installs. Each
runs as `make build` would, published into a folder that is thrown away. The floor is what dbt
needs for nodes of each kind whatever they compute: it says how far a build could still shrink.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from handoff import agreement, build, dbt_run, engines, summary  # noqa: E402

WORK = PROJECT / "work" / "bench"
PHASES = ("dbt", "quality", "publish")
KINDS = ("seed", "model", "test")
_PHASE = re.compile(r"^\s+(\w+)\s+(\d+\.\d) s", re.MULTILINE)


@dataclass(frozen=True)
class Measured:
    """One build: wall time as its user waits, and the time that each phase reports."""

    label: str
    wall: float
    phases: dict[str, float]


def measure_build(
    label: str,
    publish: Path,
    work: Path = WORK,
    target: str = engines.DUCKDB,
    settings: dict[str, str] | None = None,
) -> Measured:
    """Build the demo on an engine; `settings` are what it needs in the environment."""
    words = ["--publish", str(publish), "--work", str(work), "--target", target]
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "handoff.build", *words],
        cwd=PROJECT,
        env=os.environ | (settings or {}),
        capture_output=True,
        text=True,
    )
    wall = time.monotonic() - before
    if done.returncode:
        sys.exit(f"The build failed.\n{done.stdout}{done.stderr}")
    return Measured(label, wall, {name: float(s) for name, s in _PHASE.findall(done.stdout)})


def measure_parse() -> float:
    """Wall time of `dbt parse` on a parsed project: start-up, imports and reading the cache."""
    settings = build.parse(["--work", str(WORK)], PROJECT)
    seeds = agreement.prepare(PROJECT, settings.agreement, WORK)
    before = time.monotonic()
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli; cli()",
            "--quiet",
            "--log-level-file",
            "none",
            "parse",
            "--target-path",
            str(settings.target),
        ],
        cwd=PROJECT,
        env=os.environ | build.environment(settings, seeds),
        check=True,
    )
    return time.monotonic() - before


def node_rows(nodes: list[dbt_run.Node]) -> list[list[str]]:
    """Per kind of node: how many, their time in all, the median and the slowest."""
    rows = []
    for kind in KINDS:
        timed = [node for node in nodes if node.kind == kind]
        if timed:
            slowest = max(timed, key=lambda node: node.seconds)
            rows.append(
                [
                    kind,
                    str(len(timed)),
                    f"{sum(node.seconds for node in timed):.1f}",
                    f"{statistics.median(node.seconds for node in timed) * 1000:.0f}",
                    f"{slowest.seconds * 1000:.0f}",
                    slowest.name,
                ]
            )
    return rows


def print_table(headings: list[str], rows: list[list[str]]) -> None:
    """A table that can be pasted into README.md as it is."""
    lines = summary.aligned(headings, rows)
    print("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warm", type=int, default=3, help="warm builds to measure (3)")
    n_warm = parser.parse_args().warm

    shutil.rmtree(WORK, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        publish = Path(folder)
        builds = [measure_build("cold", publish)]
        builds += [measure_build(f"warm {i + 1}", publish) for i in range(n_warm)]
    nodes = dbt_run.read_nodes(WORK / "target")
    parse = measure_parse()

    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    print("Builds of the demo, in seconds (quality: the wait after dbt has ended):\n")
    print_table(
        ["build", *PHASES, "wall"],
        [
            [b.label, *(f"{b.phases.get(phase, 0):.1f}" for phase in PHASES), f"{b.wall:.1f}"]
            for b in builds
        ],
    )
    print(f"dbt's start, before any node: {parse:.1f} s\n")
    print("Nodes of the last build (two at a time: their sum is more than dbt's wall time):\n")
    print_table(["kind", "nodes", "sum s", "median ms", "slowest ms", "slowest"], node_rows(nodes))
    shutil.rmtree(WORK, ignore_errors=True)


if __name__ == "__main__":
    main()
