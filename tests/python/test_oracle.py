"""Guards the funnel against itself: the models and an independent oracle agree.

tests/oracle/oracle.py works every MQL and hand-off out from the definitions in plain
Python. Compared are the demo and HANDOFF_ORACLE_BUILDS (2) builds of many small random
worlds each, from seed HANDOFF_ORACLE_SEED (1) on. One build: about half a minute.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from builds import PROJECT, build_models

from tests.oracle import oracle, worlds

MAPPINGS = PROJECT / "seeds" / "mappings"
AGREEMENT = PROJECT / "seeds" / "agreement"
FIRST = int(os.environ.get("HANDOFF_ORACLE_SEED", "1"))
BUILDS = int(os.environ.get("HANDOFF_ORACLE_BUILDS", "2"))
N_WORLDS = int(os.environ.get("HANDOFF_ORACLE_WORLDS", "400"))

MQL = ("mql_at", "version_id", "path", "score", "fit", "engagement", "source")
HANDOFF = (
    "origin", "decision", "decided_at", "sales_accepted_at", "is_sales_accepted_implied",
    "sales_qualified_at", "is_sales_qualified_implied", "opportunity_at", "won_at",
    "is_out_of_order", "source",
)  # fmt: skip
Answers = dict[tuple[str, int], dict[str, object]]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return int(value.replace(tzinfo=UTC).timestamp())
    return value if value is None or isinstance(value, bool | int | str) else float(value)


def of_models(database: Path, mart: str, columns: tuple[str, ...]) -> Answers:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            f"select lead_id, cycle_number, {', '.join(columns)} from marts.{mart}"
        ).fetchall()
    return {
        (row[0], row[1]): dict(zip(columns, map(_plain, row[2:]), strict=True)) for row in found
    }


def of_oracle(exports: Path, agreement: Path, mappings: Path) -> tuple[Answers, Answers]:
    """Its MQLs and its hand-offs, by lead and cycle."""
    mqls, handoffs = {}, {}
    for row in oracle.answer(exports / "generic", agreement, mappings):
        key = row["lead_id"], row["cycle_number"]
        handoffs[key] = {column: row[column] for column in HANDOFF}
        if row["mql"]:
            moment = {"mql_at": row["mql"]["when"].at, "source": row["source"]}
            mqls[key] = {column: (row["mql"] | moment)[column] for column in MQL}
    return mqls, handoffs


def differences(models: Answers, oracles: Answers) -> dict[tuple[str, int], str]:
    """What each side says where they differ, by lead and cycle."""
    found = {}
    for key in models.keys() | oracles.keys():
        said, expected = models.get(key), oracles.get(key)
        if said != expected:
            columns = list(said or expected)
            if said and expected:
                columns = [column for column in columns if said[column] != expected[column]]
            lines = [f"{key[0]} cycle {key[1]}"]
            for name, side in (("models", said), ("oracle", expected)):
                lines.append(f"  {name}: {side and {column: side[column] for column in columns}}")
            found[key] = "\n".join(f"  {line}" for line in lines)
    return found


def compare(
    work: Path, exports: Path, agreement: Path, mappings: Path
) -> dict[tuple[str, int], str]:
    database = build_models(
        work,
        exports,
        ["+fct_mqls", "+fct_sql_acceptances"],
        HANDOFF_AGREEMENT=str(agreement.relative_to(PROJECT)),
        HANDOFF_MAPPINGS=str(mappings.relative_to(PROJECT)),
    )
    mqls, handoffs = of_oracle(exports, agreement, mappings)
    found = differences(of_models(database, "fct_sql_acceptances", HANDOFF), handoffs)
    for key, text in differences(of_models(database, "fct_mqls", MQL), mqls).items():
        found[key] = f"{found.get(key, '')}\n{text} (MQL)"
    print(f"compared {len(mqls)} MQLs and {len(handoffs)} hand-offs: {len(found)} differ")
    assert mqls and handoffs
    return found


@pytest.fixture
def work(request: pytest.FixtureRequest):
    """A folder inside the project, where dbt may read seeds; gone if the test passes."""
    folder = PROJECT / "work" / "oracle" / request.node.name.replace("[", "-").strip("]")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    if not request.session.testsfailed:
        shutil.rmtree(folder)


def test_every_mql_and_hand_off_of_the_demo(work: Path, generic_demo: Path) -> None:
    found = compare(work, generic_demo, AGREEMENT, MAPPINGS)
    assert not found, "\n".join(list(found.values())[:5])


@pytest.mark.parametrize("seed", range(FIRST, FIRST + BUILDS))
def test_every_mql_and_hand_off_of_random_worlds(work: Path, seed: int) -> None:
    made = worlds.write(work, seed, N_WORLDS, AGREEMENT, MAPPINGS)
    found = compare(work, work / "exports", work / "agreement", work / "mappings")
    if not found:
        return
    # The smallest world that fails, alone: its rows and both answers.
    by_name = {world.name: world for world in made}
    failing = {key[0].split(":")[-1].split("p")[0] for key in found}
    world = min((by_name[name] for name in failing), key=lambda w: sum(map(len, w.rows.values())))
    rows = [
        f"  {name}: { {k: v for k, v in row.items() if v} }"
        for name, table in world.rows.items()
        for row in table
    ]
    said = [text for key, text in sorted(found.items()) if f":{world.name}p" in key[0]]
    pytest.fail(
        f"seed {seed}: {len(failing)} of {len(made)} worlds differ; the smallest, {world.name}"
        f" (agreement and exports are kept in {work.relative_to(PROJECT)}):\n"
        + "\n".join(rows + said),
        pytrace=False,
    )
