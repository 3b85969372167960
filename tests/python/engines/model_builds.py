"""Builds of the models alone, without tests and gates: each engine's marts as a DuckDB database.

A build of the demo as a user makes it is compared too; what more inputs can show is in the
models, and these builds cost half.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import told
from builds import PROJECT, WORK
from test_olist import OLIST, olist_inputs

from handoff import agreement, build, dbt_run
from handoff.engines import built_relations, engine
from handoff.land import land
from tests.oracle import worlds

OWN_AGREEMENT = PROJECT / "seeds" / "agreement"
OWN_MAPPINGS = PROJECT / "seeds" / "mappings"
# Each seed is one random agreement and this many small companies that stand under it.
SEEDS = [int(seed) for seed in os.environ.get("HANDOFF_PARITY_SEEDS", "71 72").split()]
N_COMPANIES = 400
NAMES = ("olist", *(f"{N_COMPANIES} random worlds, seed {seed}" for seed in SEEDS))
NODES = ("build", "--exclude-resource-type", "test", "unit_test")


class Absent(Exception):
    """The inputs are not on this machine; the message says which and where."""


@dataclass(frozen=True)
class Inputs:
    """Exports and an agreement, ready for dbt; the exports landed for the other engines."""

    name: str
    work: Path
    words: list[str]
    environment: dict[str, str]
    landed: dict[str, Path]

    def database(self, target: str) -> Path:
        return self.work / f"{target}.duckdb"


def _given(name: str, folder: Path) -> tuple[Path, Path]:
    """The exports and the agreement that a name means, written into `folder`."""
    if name == "olist":
        if not OLIST.is_dir():
            raise Absent(f"the Olist data is not at {OLIST} (set HANDOFF_REAL_DATA)")
        return olist_inputs(folder)
    seed = int(name.split()[-1])
    agreements = worlds.agreements(seed, worlds.YEARS, is_last=True)
    companies = [
        worlds.World(world, plan, agreements[plan.agreement % len(agreements)]).rows
        for world, plan in worlds.plans(seed, N_COMPANIES).items()
    ]
    agreed = [agreement.rows for agreement in agreements]
    worlds.write(folder, agreed, companies, OWN_AGREEMENT, OWN_MAPPINGS)
    (folder / "mappings").rename(folder / "agreement" / "mappings")
    return folder / "exports", folder / "agreement"


def inputs(name: str, folder: Path) -> Inputs:
    """Write and land the inputs of a name below a folder. Raises Absent."""
    work = folder / name.replace(",", "").replace(" ", "-")
    exports, agreed = _given(name, work / "given")
    settings = build.Settings(exports, agreed, None, work, PROJECT)
    seeds = agreement.prepare(PROJECT, agreed, work)
    with told.timed("landing"):
        landed = land(exports, work / "landed", WORK / "landing")
    assert landed.outcome.success, landed.outcome.error
    environment = build.environment(settings, seeds)
    del environment["HANDOFF_TARGET"], environment["HANDOFF_DATABASE"]
    words = [*NODES, *dbt_run.without(settings.absent_systems)]
    return Inputs(name, work, words, environment, landed.files)


def _run(target: str, inputs: Inputs, environment: dict[str, str]) -> Path:
    """dbt's target folder after a build, which is one per engine: its parse is kept."""
    folder = WORK / "engines" / f"target-{target}"
    folder.mkdir(parents=True, exist_ok=True)
    run = dbt_run.DbtRun(
        dbt_run.command(folder, *inputs.words),
        PROJECT,
        inputs.environment | environment | {"HANDOFF_TARGET": target},
        folder,
        inputs.work / f"{target}.log",
    )
    try:
        outcome = run.finish()
    finally:
        run.kill()
    failed = [f"{node.name}: {node.message}" for node in outcome.having("error")]
    assert outcome.success, "\n".join([*failed, outcome.error or ""])
    return folder


def on_duckdb(inputs: Inputs) -> Path:
    database = inputs.database("duckdb")
    with told.timed("DuckDB"):
        _run("duckdb", inputs, {"HANDOFF_DATABASE": dbt_run.named(database, PROJECT)})
    return database


def on_postgres(inputs: Inputs) -> Path:
    """On the database that the environment names."""
    postgres = engine("postgres")
    with told.timed("PostgreSQL"):
        postgres.load(inputs.landed)
        folder = _run("postgres", inputs, postgres.environment())
        postgres.fetch(built_relations(folder / "manifest.json"), inputs.database("postgres"))
    return inputs.database("postgres")
