"""Guards what the funnel looked like on earlier days: it is carried from publication to
publication, one version for each day, and only a build that is published adds one.

A small company is built as of the end of March, then, with a lead that was exported late, as of
the end of June, then once more.
"""

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from builds import build, published

from handoff.demo import __main__ as demo

MARCH, JUNE = "2026-03-31 20:00:00", "2026-06-30 20:00:00"
LATE = "2026-03-10 08:00:00"


def told(folder: Path, *columns: str, where: str = "true") -> list[tuple]:
    with published(folder) as marts:
        return marts.execute(
            f"select {', '.join(columns)} from rpt_funnel_as_was where {where} order by all"
        ).fetchall()


def built(folder: Path, as_of: str) -> None:
    done = build(folder / "published", folder / "exports", as_of=as_of)
    assert done.returncode == 0, done.stdout + done.stderr


def add_a_lead(persons: Path) -> None:
    with persons.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    late = dict.fromkeys(rows[0], "") | {
        "person_id": "late",
        "email": "late@late-exported.example",
        "created_at": LATE,
    }
    with persons.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, late])


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The folder, and what `rpt_funnel_as_was` told in March."""
    folder = tmp_path_factory.mktemp("as_was")
    exports = folder / "exports"
    demo.main(["--leads", "120", "--seed", "7", "--systems", "generic", "--out", str(exports)])
    shutil.rmtree(exports / "answer_key", ignore_errors=True)
    built(folder, MARCH)
    first = told(folder / "published", "counted_by", "month_start_date", "stage", "n_as_was")
    add_a_lead(exports / "generic" / "persons.csv")
    built(folder, JUNE)
    return folder, first


def test_march_is_told_as_it_was_told_in_march(company):
    folder, first = company
    assert first
    again = told(
        folder / "published",
        "counted_by",
        "month_start_date",
        "stage",
        "n_as_was",
        where="as_of_date = '2026-03-31' and n_as_was > 0",
    )
    assert again == first
    days = told(folder / "published", "distinct as_of_date::varchar")
    assert days == [("2026-03-31",), ("2026-06-30",)]


def test_as_was_of_today_is_today(company):
    folder, _ = company
    with published(folder / "published") as marts:
        reported = marts.execute(
            "select period_month, stage, n_events from rpt_funnel_by_period order by all"
        ).fetchall()
    today = told(
        folder / "published",
        "month_start_date",
        "stage",
        "n_as_was",
        where="as_of_date = '2026-06-30' and counted_by = 'event'",
    )
    assert today == reported
    assert (
        told(folder / "published", "*", where="as_of_date = '2026-06-30' and n_difference <> 0")
        == []
    )


def test_the_lead_that_came_late_is_the_restatement(company):
    """Nothing else of the months before changes: what happened since is none."""
    folder, _ = company
    restated = told(
        folder / "published",
        "counted_by",
        "month_start_date::varchar",
        "stage",
        "n_restated",
        "restated_by",
        where="n_restated <> 0",
    )
    assert restated == [
        ("event", "2026-03-01", "lead", 1, "records"),
        ("lead_cohort", "2026-03-01", "lead", 1, "records"),
    ]
    since = Counter(
        stage
        for stage, n in told(
            folder / "published", "stage", "n_happened_since", where="counted_by = 'mql_cohort'"
        )
        if n
    )
    assert since, "no MQL of March came further by June"


def test_a_failed_build_adds_nothing_and_the_same_day_again_is_the_same(company):
    folder, _ = company
    before = json.loads((folder / "published/current/build.json").read_text())
    statuses = folder / "exports/generic/status_changes.csv"
    kept = statuses.read_text(encoding="utf-8")
    header, first, *_ = kept.splitlines()
    word = dict(zip(header.split(","), first.split(","), strict=True))["status"]
    statuses.write_text(kept.replace(f",{word},", ",Nobody Mapped This,", 1), encoding="utf-8")
    done = build(folder / "published", folder / "exports", as_of="2026-05-31 20:00:00")
    statuses.write_text(kept, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    built(folder, JUNE)
    after = json.loads((folder / "published/current/build.json").read_text())
    assert after["id"] != before["id"]
    assert {name: mart["hash"] for name, mart in after["marts"].items()} == {
        name: mart["hash"] for name, mart in before["marts"].items()
    }
