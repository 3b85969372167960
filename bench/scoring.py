"""Measures scoring on a million leads against one script written by hand for DuckDB.

    make bench-scoring              (LEADS=50000 for a smaller one)

Both read the same relations of random leads (bench/scoring_inputs.sql): records, activities,
values of fields, statuses. The models are those from verdicts and cycles over fit, caps, decay
and hand-raises to the MQLs, as dbt builds them; the script (bench/scoring_by_hand.sql) does the
same and keeps nothing but the MQLs. Each runs in a process of its own on two threads, `--runs`
times in turns; every MQL of one must be one of the other, else nothing is printed but what
differs. dbt's start is in the models' time and is told beside it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from handoff import agreement, build, dbt_run, summary  # noqa: E402

WORK = PROJECT / "work" / "bench" / "scoring"
DATABASE = WORK / "handoff.duckdb"
MODELS = ["int_lead_verdicts", "int_lead_cycles", "int_cycle_sales_acts"]
STAMPS = ["int_lead_stamps", "int_mql_stamps"]
SCORING = "+int_mqls,path:models/intermediate/scoring"
COLUMNS = "lead_id, cycle_index, mql_at, version_id, path, score, fit, engagement"
BY_HAND = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("set threads = 2")
connection.execute("set enable_progress_bar = false")
connection.execute("set preserve_insertion_order = false")
for statement in connection.extract_statements(open(sys.argv[2], encoding="utf-8").read()):
    connection.execute(statement)
"""


@dataclass(frozen=True)
class Measured:
    """One run: wall and CPU time in seconds, the process's peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measured(label: str, command: list[str], environment: dict[str, str]) -> Measured:
    """Run a command to its end; its CPU time and peak memory are the kernel's own count."""
    before = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{label} failed.\n{out[-4000:]}")
    wall = time.monotonic() - before
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def prepare(leads: int) -> dict[str, str]:
    """A database with every relation, built from the demo, and the inputs filled anew; returns
    the environment in which dbt builds on it."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    settings = build.parse(["--work", str(WORK)], PROJECT)
    environment = build.environment(settings, agreement.prepare(PROJECT, settings.agreement, WORK))
    words = ["build", "--select", "+int_mqls", "--exclude-resource-type", "test", "unit_test"]
    words += dbt_run.without(settings.absent_systems)
    measured("the demo", dbt_run.command(settings.target, *words), environment)
    statements = (PROJECT / "bench" / "scoring_inputs.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(DATABASE)) as connection:
        connection.execute("set threads = 2")
        connection.execute("set enable_progress_bar = false")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(statements.replace("{leads}", str(leads)))
    return environment


def differing() -> tuple[int, list[tuple]]:
    """How many MQLs there are, and up to five that one side alone has."""
    with duckdb.connect(str(DATABASE), read_only=True) as connection:
        models = f"select {COLUMNS} from intermediate.int_mqls"
        hand = f"select {COLUMNS} from mqls_by_hand"
        (n_mqls,) = connection.execute(f"select count(*) from ({models})").fetchone()
        return n_mqls, connection.execute(
            f"(select 'models', * from ({models} except {hand}) limit 5)"
            f" union all (select 'by hand', * from ({hand} except {models}) limit 5)"
        ).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1, help="runs of each, in turns (1)")
    given = parser.parse_args()

    environment = prepare(given.leads)
    target = build.parse(["--work", str(WORK)], PROJECT).target
    start = measured("dbt", dbt_run.command(target, "ls", "--select", "int_mqls"), environment)
    select = ["build", "--select", *MODELS, SCORING, "--exclude", *STAMPS]
    models = dbt_run.command(target, *select, "--exclude-resource-type", "test", "unit_test")
    script = str(PROJECT / "bench" / "scoring_by_hand.sql")
    by_hand = [sys.executable, "-c", BY_HAND, str(DATABASE), script]

    runs: dict[str, list[Measured]] = {"models": [], "by hand": []}
    for _ in range(given.runs):
        runs["models"].append(measured("the models", models, environment))
        runs["by hand"].append(measured("the script", by_hand, {}))
        n_mqls, others = differing()
        if others or not n_mqls:
            sys.exit("\n".join(["The MQLs differ:", *map(str, others)]))

    best = {label: min(of_one, key=lambda run: run.wall) for label, of_one in runs.items()}
    print(f"{given.leads:,} leads, {n_mqls:,} MQLs, equal in every row; best of {given.runs}\n")
    print("\n".join(summary.aligned(
        ["", "wall, s", "to by hand", "CPU, s", "to by hand", "peak, MiB"],
        [
            [
                label,
                f"{run.wall:.1f}",
                f"{run.wall / best['by hand'].wall:.2f}",
                f"{run.cpu:.1f}",
                f"{run.cpu / best['by hand'].cpu:.2f}",
                f"{run.peak:,.0f}",
            ]
            for label, run in best.items()
        ],
    )))  # fmt: skip
    print(f"\nOf the models' time dbt's start takes some {start.wall:.1f} s.")


if __name__ == "__main__":
    main()
