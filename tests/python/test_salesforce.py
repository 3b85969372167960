"""Salesforce's exports land as they come: header shapes, file names, a connector's real files.

`salesforce_headers.csv` names every column of every object as the API, a report and a
connector write it; an empty label means that reports do not show the column.
"""

import csv
import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from project import ROOT, run_dbt

from quality.declaration import normalised, read_declaration
from quality.exports import find_files

REAL_DATA = Path(os.environ.get("HANDOFF_REAL_DATA", ROOT.parent / "shared" / "real"))
CONNECTOR = REAL_DATA / "connector_salesforce"

with (Path(__file__).parent / "salesforce_headers.csv").open(newline="") as file:
    HEADERS = list(csv.DictReader(file))
OBJECTS = list(dict.fromkeys(row["object"] for row in HEADERS))

# What only a connector writes: deletions and versions of its own.
CONNECTOR_ONLY = {"_fivetran_deleted", "_fivetran_start"}
# In history mode the columns of the record itself stand in its history.
VERSIONED = ("lead_history", "contact_history", "account_history")


def declared(name: str):
    return next(
        item for item in read_declaration(ROOT) if (item.system, item.name) == ("salesforce", name)
    )


def export(headers: list[str], rows: list[list[str]], quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\r\n").writerows([headers, *rows])
    return text.getvalue()


def shape_of(name: str, column: str, number: int, value: Callable[[str], str]) -> str:
    """One object with one row, its headers from a column of the table."""
    rows = [row for row in HEADERS if row["object"] == name and row[column]]
    values = [value(row["value"].replace("{n}", str(number))) for row in rows]
    quoting = csv.QUOTE_ALL if column == "api" else csv.QUOTE_MINIMAL
    return export([row[column] for row in rows], [values], quoting)


def as_api(value: str) -> str:
    is_moment = value[4:5] == "-" and ":" in value
    return value.replace(" ", "T") + ".000Z" if is_moment else value


def as_report(value: str) -> str:
    return value.upper() if value in ("true", "false") else value


def camel(name: str) -> str:
    return name.title().replace("_", "")


# File names that must be claimed, beside those of the three shapes. They hold no rows.
CLAIMED = {
    "Lead_2026-01.csv.gz": "lead",
    "Leads 2026.csv": "lead",
    "lead/part-0.csv": "lead",
    "sf_lead_data_2.csv": "lead",
    "LeadHistory_2.csv": "lead_history",
    "lead_history_2026-01.csv": "lead_history",
    "lead/LeadHistory.csv": "lead_history",
    "Contact-1.csv": "contact",
    "contact_history_2026.csv": "contact_history",
    "Account_2026-01.csv": "account",
    "account_history_2026.csv": "account_history",
    "Opportunities_2026.csv": "opportunity",
    "opportunity_history_2026.csv": "opportunity_history",
    "opportunity_field_history_2026.csv": "opportunity_field_history",
    "opportunity_contact_roles_2.csv": "opportunity_contact_role",
    "CampaignMembers.csv": "campaign_member",
    "campaign_member_2026.csv": "campaign_member",
    "campaign_member_statuses_2.csv": "campaign_member_status",
    "User_1.csv": "user",
    "user_role_1.csv": "user_role",
    "UserRole/part-0.csv": "user_role",
    "Profiles_2.csv": "profile",
    "TASKS-2.CSV": "task",
}
# Objects of an org that begin alike and are not read.
UNCLAIMED = [
    "LeadStatus.csv",
    "LeadShare.csv",
    "AccountContactRelation.csv",
    "account_team_member.csv",
    "OpportunityLineItem.csv",
    "sf_opportunity_line_item_data.csv",
    "OpportunityStage.csv",
    "CampaignInfluence.csv",
    "ContactPointEmail.csv",
    "TaskStatus.csv",
    "EventRelation.csv",
    "UserLicense.csv",
    "user_preference.csv",
]


def run(exports: Path, work: Path) -> duckdb.DuckDBPyConnection:
    done = run_dbt(
        [
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--select",
            "path:models/staging/salesforce",
            "path:models/conformed/salesforce",
            "int_landing_reconciliation",
            # Its place is among the tests of what was built.
            "landed_equals_staged_plus_quarantined",
        ],
        exports=exports,
        database=work / "handoff.duckdb",
        target_path=work / "target",
        environment={"HANDOFF_SYSTEMS": "salesforce"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return duckdb.connect(str(work / "handoff.duckdb"), read_only=True)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory):
    work = tmp_path_factory.mktemp("shapes")
    folder = work / "exports" / "salesforce"
    folder.mkdir(parents=True)
    for name in OBJECTS:
        plural = {
            "opportunity": "opportunities",
            "campaign_member_status": "campaign_member_statuses",
        }.get(name, name + "s")
        report = f"{name}_report" if name.endswith("_history") else plural
        (folder / f"{camel(name)}.csv").write_text(shape_of(name, "api", 1, as_api), newline="")
        (folder / f"{report}.csv").write_text(shape_of(name, "label", 2, as_report), newline="")
        (folder / f"sf_{name}_data.csv").write_text(shape_of(name, "connector", 3, str), newline="")
    for path, name in CLAIMED.items():
        text = export([row["api"] for row in HEADERS if row["object"] == name], []).encode()
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(gzip.compress(text) if path.endswith(".gz") else text)
    for path in UNCLAIMED:
        (folder / path).write_text("Id,CreatedDate\r\n", newline="")
    with run(work / "exports", work) as connection:
        yield connection, work / "exports"


@pytest.mark.parametrize("name", OBJECTS)
def test_the_table_of_headers_is_whole(name: str) -> None:
    """A column that the table lacks would not be tested in three shapes."""
    columns = {column.name: column.headers for column in declared(name).columns}
    expected = set(columns) - CONNECTOR_ONLY
    if name in VERSIONED:
        # The columns of a history object itself stand before those of a version.
        in_order = list(columns)
        expected = set(in_order[: in_order.index("_fivetran_start")])
    found = {
        next(own for own, known in columns.items() if normalised(row["api"]) in known)
        for row in HEADERS
        if row["object"] == name
    }
    assert found == expected


@pytest.mark.parametrize("name", OBJECTS)
def test_three_header_shapes_of_an_object_are_one(shapes, name: str) -> None:
    connection, _ = shapes
    relation = f"staging.stg_salesforce__{name}"
    columns = [row[0] for row in connection.execute(f"describe {relation}").fetchall()]
    # What tells the three rows apart: their ids and files, and the id of a history row that
    # reports do not have.
    own = {columns[0], "_source_file"}
    shared = [f'"{column}"' for column in columns if column not in own]
    rows = connection.execute(f"select {', '.join(shared)} from {relation}").fetchall()
    assert len(rows) == 3
    assert len(set(rows)) == 1, rows
    assert connection.execute(
        f"select count(distinct {columns[0]}), count(quarantine_reason), count(unreadable_values)"
        f" from {relation}"
    ).fetchall() == [(3, 0, 0)]
    versions = {"account_id", "name", "website", "country", "industry", "employees", "owner_id"} | {
        "raw_status",
        "raw_reason",
        "first_name",
        "last_name",
        "email",
        "title",
        "company",
        "mql_at",
    }
    empty = {
        column
        for column, value in zip(shared, rows[0], strict=True)
        if value is None
        and column.strip('"') not in {"quarantine_reason", "quarantine_detail", "unreadable_values"}
        and not (name in VERSIONED and column.strip('"') in versions)
    }
    assert not empty, "these columns come from no header of the table"


def test_every_file_goes_to_its_object_and_no_other(shapes) -> None:
    """Landing and the raw gate agree on it."""
    connection, exports = shapes
    landed = dict(
        connection.execute(
            "select file, object from raw.landed_files where format = 'csv' order by file"
        ).fetchall()
    )
    for path, name in CLAIMED.items():
        assert landed[f"salesforce/{path}"] == name
    for path in UNCLAIMED:
        # Files that nobody reads have no object.
        assert landed[f"salesforce/{path}"] is None
    for name in OBJECTS:
        assert landed[f"salesforce/{camel(name)}.csv"] == name
        assert landed[f"salesforce/sf_{name}_data.csv"] == name
    by_gate = find_files([declared(name) for name in OBJECTS], exports)
    assert {
        path.relative_to(exports).as_posix(): label.removeprefix("salesforce.")
        for label, paths in by_gate.items()
        for path in paths
    } == {path: name for path, name in landed.items() if name}


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory):
    if not CONNECTOR.is_dir():
        pytest.skip(f"the connector's files are not at {CONNECTOR} (set HANDOFF_REAL_DATA)")
    work = tmp_path_factory.mktemp("connector")
    (work / "exports").mkdir()
    # Read in place: a system's folder may be a link.
    (work / "exports" / "salesforce").symlink_to(CONNECTOR.resolve(), target_is_directory=True)
    with run(work / "exports", work) as connection:
        yield connection


def test_a_connectors_files_reconcile_row_for_row(connector) -> None:
    files = {
        path.stem.removeprefix("sf_").removesuffix("_data"): path
        for path in CONNECTOR.glob("*.csv")
    }
    assert files
    raw = {}
    for name, path in files.items():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            raw[name] = sum(1 for _ in csv.reader(lines)) - 1
    counts = {
        name: counts
        for name, *counts in connector.execute(
            "select object, n_staged, n_quarantined, n_kept"
            " from conformed.salesforce__landing_counts"
        ).fetchall()
    }
    assert {name: n_staged for name, (n_staged, _, _) in counts.items() if n_staged} == raw
    assert all(staged == quarantined + kept for staged, quarantined, kept in counts.values())
    # Each of these rows is one record, and all of them can be used.
    assert connector.execute("select * from conformed.salesforce__quarantined").fetchall() == []


def test_a_connectors_records_are_what_they_were(connector) -> None:
    assert connector.execute(
        """
        select record_key, crm_contact_id, account_id, converted_precision, raw_status
        from conformed.salesforce__persons
        where record_type = 'lead'
        """
    ).fetchall() == [
        (
            "salesforce:lead:00Q1G00000nDnM5",
            "0031G00001QtDPl",
            "0011G00000tLWKn",
            "second",
            "Converted",
        )
    ]
    # Of 10 tasks and 10 events all were done; counted from the files, without this project.
    assert connector.execute(
        """
        select raw_type, record_type, count(*)
        from conformed.salesforce__activities
        group by all
        order by all
        """
    ).fetchall() == [
        ("Event: Call", "contact", 6),
        ("Event: Meeting", "contact", 4),
        ("Task", "contact", 2),
        ("Task", "lead", 1),
        ("X", "contact", 7),
    ]
    # Versions of deals are read as their stages; of none has more than one been exported.
    assert connector.execute(
        """
        select evidence, count(*), count(distinct opportunity_key), count(*) filter (is_first)
        from conformed.salesforce__opportunity_stage_changes
        group by all
        """
    ).fetchall() == [("history", 10, 10, 10)]
