"""Measures a build of large exports by layer, as ratios to one plain parse of the same files.

    make bench-large                (or: .venv/bin/python bench/large_build.py --leads 20000)

The demo's generator writes Salesforce and Marketo exports of 200,000 leads with 20 activities
each (kept in work/bench/large and written once per size). A plain parse reads every column of
every file as text into nothing, with the delimiter and the columns given. Then dbt builds one
layer after the other, without tests, each in a process of its own whose peak memory the kernel
tells. Only ratios of one run say something: the machine's own speed cancels out.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from handoff import agreement, build, dbt_run, summary  # noqa: E402

WORK = PROJECT / "work" / "bench" / "large"
# In the order of the flow, each with all that it stands on and no layer before it built; views
# (conformed) cost when what reads them is built.
LAYERS = {
    "seeds": ["resource_type:seed"],
    "staging": ["path:models/staging"],
    "conformed": ["path:models/conformed"],
    "identity": ["path:models/intermediate/identity"],
    "leads and cycles": [
        "path:models/intermediate/build",
        "path:models/intermediate/agreement",
        "path:models/intermediate/accounts",
        "path:models/intermediate/leads",
        "path:models/intermediate/revenue",
    ],
    "scoring": ["path:models/intermediate/scoring"],
    "hand-off": ["path:models/intermediate/handoff"],
    "marts": ["path:models/marts"],
}
PARSE = """
import pathlib, sys
import duckdb
connection = duckdb.connect()
connection.execute("set threads = 2")
rows = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/*.csv")):
    if path.parent.name == "answer_key":
        continue
    with path.open(encoding="utf-8") as file:
        header = file.readline().rstrip("\\n")
    names = [name.strip('"') for name in header.split(",")]
    columns = ", ".join("'" + name.replace("'", "''") + "': 'varchar'" for name in names)
    read = (
        f"read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\\"', "
        f"escape = '\\"', columns = {{{columns}}})"
    )
    lengths = ", ".join(f'max(length("{name}"))' for name in names)
    rows += connection.execute(f"select count(*), {lengths} from {read}").fetchone()[0]
print(rows)
"""


@dataclass(frozen=True)
class Measured:
    """One step: wall time in seconds and the process's peak memory in MiB."""

    label: str
    wall: float
    peak: float


def measured(label: str, command: list[str], environment: dict[str, str]) -> tuple[Measured, str]:
    """Run a command to its end; its peak memory is the kernel's own count."""
    before = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{label} failed.\n{out[-4000:]}")
    return Measured(label, time.monotonic() - before, used.ru_maxrss / 1024), out


def exports_of(leads: int, per_lead: int) -> Path:
    """The exports of that size, written unless they are there."""
    folder = WORK / f"exports-{leads}-{per_lead}"
    if not folder.exists():
        writing = folder.with_name(folder.name + "-writing")
        shutil.rmtree(writing, ignore_errors=True)
        writing.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                *(sys.executable, "-m", "handoff.demo", "--leads", str(leads)),
                *("--activities-per-lead", str(per_lead), "--out", str(writing)),
            ],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        writing.rename(folder)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--activities-per-lead", type=int, default=20)
    given = parser.parse_args()

    exports = exports_of(given.leads, given.activities_per_lead)
    settings = build.parse(["--exports", str(exports), "--work", str(WORK)], PROJECT)
    for path in WORK.glob("handoff.duckdb*"):
        path.unlink()
    environment = build.environment(settings, agreement.prepare(PROJECT, settings.agreement, WORK))

    plain, rows = measured("plain parse", [sys.executable, "-c", PARSE, str(exports)], {})
    steps = []
    left_out = dbt_run.without(settings.absent_systems)[1:]
    for label, folders in LAYERS.items():
        layer = [f"+{folder}" for folder in folders]
        words = ["build", "--select", *layer, "--exclude-resource-type", "test", "unit_test"]
        words += ["--exclude", *left_out] if left_out else []
        left_out += layer
        step, _ = measured(label, dbt_run.command(settings.target, *words), environment)
        steps.append(step)
    steps.append(
        Measured("all layers", sum(step.wall for step in steps), max(step.peak for step in steps))
    )

    size = sum(path.stat().st_size for path in exports.glob("*/*.csv")) / 2**20
    print(f"{given.leads:,} leads, {int(rows):,} rows, {size:,.0f} MiB of CSV\n")
    print("\n".join(summary.aligned(
        ["step", "wall, s", "to one parse", "peak, MiB"],
        [
            [step.label, f"{step.wall:.1f}", f"{step.wall / plain.wall:.1f}", f"{step.peak:,.0f}"]
            for step in (plain, *steps)
        ],
    )))  # fmt: skip


if __name__ == "__main__":
    main()
