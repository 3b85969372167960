"""Guards the funnel against itself: the models and an independent oracle agree.

tests/oracle/oracle.py works every MQL with its reasons, every hand-off and every score out from
the definitions, in plain Python; handoffs.py adds what sales did with each of them, attribution.py
who is credited with each deal. Compared are
the demo company, many small random worlds side by side with the kept cases of tests/oracle/cases,
and other worlds replayed at an earlier clock. `make test-oracle` asks for more of each by the
settings below.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from builds import PROJECT

from handoff.demo import generic
from tests.oracle import cases, shrink, worlds
from tests.oracle.compare import Comparison, compare
from tests.oracle.worlds import Tables

MAPPINGS = PROJECT / "seeds" / "mappings"
AGREEMENT = PROJECT / "seeds" / "agreement"
WORK = PROJECT / "work" / "oracle"
SEED = int(os.environ.get("HANDOFF_ORACLE_SEED", "1"))
BUILDS = int(os.environ.get("HANDOFF_ORACLE_BUILDS", "1"))
N_WORLDS = int(os.environ.get("HANDOFF_ORACLE_WORLDS", "2000"))
N_REPLAYED = int(os.environ.get("HANDOFF_ORACLE_REPLAYED", "720"))
# Of a large generated company.
LEADS = int(os.environ.get("HANDOFF_ORACLE_LEADS", "0"))

# What must have decided something among the worlds of every build: a world in which nothing is
# hard proves nothing.
HARD = (
    "MQL at a version's first second", "MQL at the end of its cool-down", "MQL by hand_raise",
    "MQL by matrix", "MQL by score", "MQL by stamped", "MQL known to the day", "MQL on a leap day",
    "MQL on a day when the clock changes", "a merge in an MQL's lead",
    "after sales took it up", "capped by cycle", "capped by day", "capped by month",
    "capped by week", "customer", "cycle ended by a lost deal", "cycle ended by a recycling",
    "cycle ended by a rejection", "disqualified", "fit exactly at the minimum",
    "hand-raise in a cool-down", "held back by a cool-down", "judged after a churn",
    "must-have missing", "negative points in an MQL", "never again",
    "points of an earlier version", "recorded after the MQL", "reversed verdict",
    "score after a reset", "score exactly at the threshold", "several events in the MQL's second",
    # What sales did with it.
    "MQL never handed on", "a holiday between", "a weekend between", "answered before_hand_on",
    "answered later", "answered never", "answered not_yet", "answered same_day",
    "answered unknown", "answered within_1_hour", "answered within_30_minutes",
    "answered within_5_minutes", "attempt before the hand-off", "conversation before the hand-off",
    "criterion false", "criterion true", "criterion unknown", "deal by account",
    "deal by conversion", "deal by primary_contact", "decided by None", "decided by marketing",
    "decided by sales", "decided by sdr", "decided by system", "decision exactly at its limit",
    "decision met", "decision missed", "decision not_judged", "done before the opening",
    "first_attempt exactly at its limit", "first_attempt met", "first_attempt missed",
    "first_attempt not_judged", "hand-on assumed", "hand_on exactly at its limit", "hand_on met",
    "hand_on missed", "hand_on not_judged", "handed on after the MQL",
    "handed on before it was known", "handed on known to the day", "handed on to other",
    "handed on to person", "handed on to queue", "handed on to unknown", "overdue",
    "passed on after it was handed on",
    "seller's act that is no attempt", "segment hand_raise", "segment hot", "segment standard",
    "start out of hours", "the clocks change between",
    *(
        f"{law} {verdict}"
        for law in (
            "contact_attempts_made", "conversation_before_sales_qualified",
            "mql_keeps_definition", "rejection_has_reason", "sales_decides",
        )
        for verdict in ("kept", "breached", "not_judged")
    ),
)  # fmt: skip
# Who is credited with a deal.
HARD_MONEY = (
    "MQL-creating touch amid the others", "amount in another currency",
    "answer that an act tells of", "closed on the day of a new rate", "credited activity",
    "credited creation", "credited response", "deal without a touch",
    "deal without an MQL-creating touch", "negative amount", "several touches at one second",
    "source that a touch of its day tells of", "three people credited",
    "touch a second before the lookback", "touch after the deal",
    "touch exactly at the lookback", "touch in the deal's second", "touch with two positions",
    "touches after the deal alone", "two people credited",
)  # fmt: skip
# What only a clock amid the worlds can show: as-of is later than all agreed times of the others.
HARD_REPLAYED = (
    "answered not_yet", "decision open", "first_attempt open", "hand_on open", "overdue",
)  # fmt: skip


@pytest.fixture
def work(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder inside the project, where dbt may read seeds; gone if the test passes."""
    folder = WORK / request.node.name.replace("[", "-").strip("]")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    if not request.session.testsfailed:
        shutil.rmtree(folder)


def compare_worlds(
    work: Path, agreed: list[Tables], rows: list[Tables], as_of: int | None = None
) -> Comparison:
    shutil.rmtree(work, ignore_errors=True)
    worlds.write(work, agreed, rows, AGREEMENT, MAPPINGS)
    return compare(work, work / "exports", work / "agreement", work / "mappings", as_of)


def told(found: Comparison) -> str:
    return "\n".join(text for lead in sorted(found.found) for text in found.found[lead])


def assert_hard(found: Comparison, spots: tuple[str, ...]) -> None:
    print(f"\n{found}")
    for spot, n in sorted(found.seen.items()):
        print(f"  {n:7,} {spot}")
    missing = [spot for spot in spots if not found.seen[spot]]
    assert not missing, f"too easy, nothing of: {', '.join(missing)}"


def assert_equal(
    work: Path, found: Comparison, agreed: list[Tables], by_name: dict[str, Tables],
    as_of: int | None = None,
) -> None:  # fmt: skip
    """All leads equal, or the smallest world that is not, made smaller still and kept."""
    failing = {cases.name_of(lead) for lead in found.found}
    if not failing:
        return

    def differing(tries: dict[str, Tables]) -> set[str]:
        again = compare_worlds(work / "shrunk", agreed, list(tries.values()), as_of)
        return {cases.name_of(lead) for lead in again.found}

    name = min(failing & by_name.keys(), key=lambda each: (shrink.size(by_name[each]), each))
    rows = shrink.shrunk(name, by_name[name], differing)
    last = compare_worlds(work / "shrunk", agreed, [rows], as_of)
    kept = cases.keep(WORK / "failing" / name, rows, agreed, as_of, told(last))
    pytest.fail(
        f"{len(failing)} of {len(by_name)} worlds differ. The smallest, made smaller, is kept in"
        f" {kept.relative_to(PROJECT)}: move it to {cases.FOLDER.relative_to(PROJECT)} and it is"
        f" run with the others.\n{told(last) or told(found)}",
        pytrace=False,
    )


def test_every_answer_for_the_demo_equals_the_oracles(work: Path, generic_demo: Path) -> None:
    found = compare(work, generic_demo, AGREEMENT, MAPPINGS)
    print(f"\n{found}")
    assert not found.found, told(found)[:5000]


@pytest.mark.parametrize("seed", range(SEED, SEED + BUILDS))
def test_every_answer_for_random_worlds_equals_the_oracles(work: Path, seed: int) -> None:
    agreements = worlds.agreements(seed, worlds.YEARS, is_last=False)
    by_name = {
        name: worlds.World(name, plan, agreements[plan.agreement % len(agreements)]).rows
        for name, plan in worlds.plans(seed, N_WORLDS).items()
    }
    assert len(by_name) == N_WORLDS
    by_name |= {case.name: case.rows for case in cases.every() if not case.is_alone}
    agreed = [*(agreement.rows for agreement in agreements), cases.agreement()]
    found = compare_worlds(work, agreed, list(by_name.values()))
    assert_hard(found, HARD + HARD_MONEY)
    assert_equal(work, found, agreed, by_name)


@pytest.mark.parametrize("seed", range(SEED + 1000, SEED + 1000 + BUILDS))
def test_every_answer_at_an_earlier_clock_equals_the_oracles(work: Path, seed: int) -> None:
    year = worlds.YEARS[seed % len(worlds.YEARS)]
    (agreement,) = worlds.agreements(seed, range(year, year + 1))
    clock = agreement.clock
    by_name = {
        name: worlds.World(name, plan, agreement, clock).rows
        for name, plan in worlds.plans(seed, N_REPLAYED).items()
    }
    n_cut = sum(worlds.is_cut(rows, clock) for rows in by_name.values())
    print(f"\n{n_cut} of {len(by_name)} worlds go on after the clock")
    assert n_cut >= 0.7 * N_REPLAYED
    found = compare_worlds(work, [agreement.rows], list(by_name.values()), clock)
    assert_hard(found, HARD_REPLAYED)
    assert_equal(work, found, [agreement.rows], by_name, clock)


@pytest.mark.parametrize("case", [c for c in cases.every() if c.is_alone], ids=lambda c: c.name)
def test_a_kept_case_of_its_own_clock_equals_the_oracles(work: Path, case: cases.Case) -> None:
    found = compare_worlds(work, [case.agreed], [case.rows], case.as_of)
    print(f"\n{found}")
    assert not found.found, told(found)


@pytest.mark.skipif(not LEADS, reason="large: make test-oracle")
def test_every_answer_for_a_large_company_equals_the_oracles(work: Path) -> None:
    generic.write(work / "exports", LEADS)
    found = compare(work, work / "exports", AGREEMENT, MAPPINGS)
    print(f"\n{LEADS:,} leads: {found}")
    assert not found.found, told(found)[:5000]


def test_a_differing_world_is_made_as_small_as_it_gets() -> None:
    """Of all rows only the two that differ together are left, and their cells that matter."""
    plan = worlds.plans(5, 40)["w39"]
    (agreement,) = worlds.agreements(5, range(2010, 2011))
    rows = worlds.World("w39", plan, agreement).rows
    rows["activities"] += [
        {"activity_id": "w39x90", "person_id": "w39p0", "asset": "one", "source": "Webinar"},
        {"activity_id": "w39x91", "person_id": "w39p0", "asset": "two", "source": "Webinar"},
    ]
    rounds = []

    def differing(tries: dict[str, Tables]) -> set[str]:
        rounds.append(len(tries))
        return {
            name
            for name, tried in tries.items()
            if {"one", "two"} <= {row.get("asset") for row in tried["activities"]}
            and all(row["activity_id"].startswith(name) for row in tried["activities"])
        }

    found = shrink.shrunk("w39", rows, differing)
    assert [row for table in found.values() for row in table] == [
        {"activity_id": "w39x90", "person_id": "w39p0", "asset": "one", "source": ""},
        {"activity_id": "w39x91", "person_id": "w39p0", "asset": "two", "source": ""},
    ]
    assert len(rounds) <= shrink.ROUNDS
