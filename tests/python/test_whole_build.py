"""Guards what a user meets: bad input is named or set aside, and never half published."""

import csv
import shutil
from pathlib import Path

import pytest
from builds import PROJECT, build, published

from handoff.demo import __main__ as demo


def edit(path: Path, change) -> None:
    """Rewrite a CSV: `change` gets its rows (the header first) and returns the new ones."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(change(rows))


def column(rows, name):
    return rows[0].index(name)


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory):
    """A small company with an unreadable date and a repeated key, built and published."""
    folder = tmp_path_factory.mktemp("build")
    exports = folder / "exports"
    demo.main(["--leads", "120", "--seed", "7", "--systems", "generic", "--out", str(exports)])

    def spoil(rows):
        person, created = column(rows, "person_id"), column(rows, "created_at")
        spoilt = list(rows[1])
        spoilt[person], spoilt[created] = "spoilt-1", "31/31/2025"
        repeated = list(spoilt)
        repeated[person], repeated[created] = "spoilt-2", "2025-05-05 10:00:00"
        return [*rows, spoilt, repeated, list(repeated)]

    edit(exports / "generic" / "persons.csv", spoil)
    done = build(folder / "published", exports)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


@pytest.fixture
def today(yesterday, tmp_path):
    """The same inputs to spoil, and yesterday's publication that must not change."""
    folder, _ = yesterday
    shutil.copytree(folder / "exports", tmp_path / "exports")
    shutil.copytree(PROJECT / "seeds" / "agreement", tmp_path / "agreement")
    before = snapshot(folder / "published")

    def run():
        done = build(folder / "published", tmp_path / "exports", tmp_path / "agreement")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Nothing was published. The build before stays." in done.stdout
        assert snapshot(folder / "published") == before
        return done.stdout

    return tmp_path, run


def snapshot(folder: Path) -> tuple[str, list[tuple[str, int]]]:
    files = sorted(path for path in (folder / "builds").rglob("*") if path.is_file())
    return str((folder / "current").readlink()), [
        (str(path.relative_to(folder)), path.stat().st_mtime_ns) for path in files
    ]


def test_an_unreadable_date_and_a_repeated_key_are_set_aside(yesterday):
    folder, _ = yesterday
    with published(folder / "published") as marts:
        found = marts.execute(
            """
            select record_id, reason, detail like '%31/31/2025%', source_file
            from quarantined_rows
            where record_id like 'spoilt-%'
            order by record_id
            """
        ).fetchall()
    assert found == [
        ("spoilt-1", "unreadable_created_at", True, "generic/persons.csv"),
        ("spoilt-2", "duplicate_key", False, "generic/persons.csv"),
    ]


def test_the_build_prints_the_funnel_and_where_things_are(yesterday):
    _, printed = yesterday
    for word in ("MQL", "won", "handoff.duckdb", "parquet", "data docs"):
        assert word in printed, printed


def test_a_missing_required_column_is_named(today):
    inputs, run = today

    def drop(rows):
        gone = column(rows, "occurred_at")
        return [[*row[:gone], *row[gone + 1 :]] for row in rows]

    edit(inputs / "exports" / "generic" / "activities.csv", drop)
    printed = run()
    assert "generic/activities.csv" in printed and "occurred_at" in printed, printed


def test_a_missing_required_file_is_named(today):
    inputs, run = today
    (inputs / "exports" / "generic" / "persons.csv").unlink()
    printed = run()
    assert "persons" in printed and "generic" in printed, printed


def test_an_unmapped_status_is_named_with_its_mapping(today):
    inputs, run = today

    def rename(rows):
        status = column(rows, "status")
        rows[1][status] = "Parked by nobody"
        return rows

    edit(inputs / "exports" / "generic" / "status_changes.csv", rename)
    printed = run()
    assert 'status "Parked by nobody" is not mapped' in printed, printed
    assert "generic/status_changes.csv" in printed and "map_statuses.csv" in printed, printed


def test_an_edit_voids_the_signatures(today):
    inputs, run = today

    def cheapen(rows):
        threshold = column(rows, "threshold_score")
        rows[3][threshold] = "1"
        return rows

    edit(inputs / "agreement" / "agreement_versions.csv", cheapen)
    printed = run()
    assert "v3" in printed and "make sign VERSION=v3 TEAM=marketing" in printed, printed


def test_overlapping_versions_are_named(today):
    inputs, run = today

    def overlap(rows):
        ends = column(rows, "effective_to")
        rows[1][ends] = "2025-08-01 00:00:00"
        return rows

    edit(inputs / "agreement" / "agreement_versions.csv", overlap)
    printed = run()
    assert "v1" in printed and "v2" in printed and "overlap" in printed, printed
