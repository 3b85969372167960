"""Marketo's exports land in the shapes they come in: the same rows give the same staged rows,
and the real files of a connector reconcile row for row.

Each scenario is one dbt run, since nearly all of a run is its start-up.
"""

import csv
import os
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from project import ROOT, run_dbt

REAL = (
    Path(os.environ.get("HANDOFF_REAL_DATA", ROOT.parent / "shared" / "real")) / "connector_marketo"
)
SELECTED = [
    *("--select", "marketo_activity_types", "staging.marketo", "conformed.marketo"),
    "int_landing_reconciliation",
    *("--exclude-resource-type", "unit_test"),
]


class Run:
    """One dbt build of Marketo's part: what it said, and the database it left."""

    def __init__(self, exports: Path, work: Path):
        # Runs that share a database's path share dbt's parse of the project.
        database = work / "handoff.duckdb"
        database.unlink(missing_ok=True)
        done = run_dbt(
            ["build", *SELECTED],
            exports=exports,
            database=database,
            target_path=work / "target",
            environment={"HANDOFF_SYSTEMS": "marketo"},
        )
        self.said = done.stdout + done.stderr
        assert done.returncode == 0, self.said
        self.database = exports / "built.duckdb"
        shutil.copyfile(database, self.database)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marketo")


# --- three shapes of one thing --------------------------------------------------------------

# The same records in each shape, apart from the beginning of their ids: 91 with the REST names
# of a bulk extract, 92 with the labels of Marketo's pages, 93 with the columns of a connector.
SHAPES = ("91", "92", "93")
FILES = {
    "leads.csv": """\
id,email,firstName,lastName,company,title,industry,numberOfEmployees,country,website,leadSource,\
leadStatus,leadScore,createdAt,updatedAt,sfdcLeadId,sfdcContactId,sfdcAccountId,\
acquisitionProgramId,mqlDate,rejectionReason,cookies
91001,it.lead@birch.example,Iris,"O""Hara, jr.",Birch Labs,IT Lead,null,120,Germany,null,\
Webinar,MQL,65,2025-01-02T03:04:05Z,2025-02-03T04:05:06Z,00Q5e00001AbCdEEAV,null,null,7,\
2025-02-01,null,x
91002,null,null,Null,[[Unknown]],null,null,null,Select,null,null,null,null,\
2025-01-03T00:00:00Z,null,null,null,null,null,null,null,null
""",
    "Leads of a list.csv": """\
Marketo Unique Code;Email Address;First Name;Last Name;Company Name;Job Title;Industry;\
Number of Employees;Country;Website;Lead Source;Lead Status;Lead Score;Created;Updated;\
SFDC Lead Id;Acquisition Program ID;MQL Date
92001;it.lead@birch.example;Iris;"O""Hara, jr.";Birch Labs;IT Lead;;120;Germany;;Webinar;MQL;65;\
2025-01-02 03:04:05;2025-02-03 04:05:06;00Q5e00001AbCdE;7;2025-02-01
92002;;;Null;;;;;;;;;;2025-01-03 00:00:00;;;;
""",
    "marketo_lead_data.csv": """\
\ufeffid,_fivetran_synced,email,first_name,last_name,company,title,industry,number_of_employees,\
country,website,lead_source,lead_status,lead_score,created_at,updated_at,sfdc_lead_id,\
acquisition_program_id,mql_date
93001,x,it.lead@birch.example,Iris,"O""Hara, jr.",Birch Labs,IT Lead,,120,Germany,,Webinar,MQL,65,\
2025-01-02 03:04:05.000,2025-02-03 04:05:06 UTC,00Q5e00001AbCdEEAV,7,2025-02-01
93002,x,,,Null,,,,,,,,,,1735862400000,,,,
""",
    "activities/2025-01.csv": """\
marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,\
primaryAttributeValue,attributes,actionResult
91901,91001,2025-01-05T10:00:00Z,1,null,44,/pricing,\
"{""Webpage URL"":""/pricing"",""User Agent"":""a \\""b\\"", c""}",null
91902,91001,2025-01-06T10:00:00Z,104,500,7,Spring Webinar,\
"{""New Status"":""Attended"",""Success"":true}",null
""",
    # A part with other columns in another order, as months differ.
    "activities/2025-02.csv": """\
leadId,marketoGUID,activityDate,activityTypeId,primaryAttributeValueId,primaryAttributeValue,\
attributes
91001,91903,2025-02-01T08:00:00Z,13,6,Job Title,\
"{""New Value"":""IT Lead"",""Old Value"":""Admin""}"
91001,91904,2025-02-01T08:00:00Z,22,9,Lead Score,"{""New Value"":65,""Old Value"":60}"
91001,91905,2025-02-02T08:00:00Z,32,91001,Iris,"{""Merge IDs"":[91801,91802]}"
""",
    "activities/2025-03.csv": """\
marketoGUID,leadId,activityDate,activityTypeId,primaryAttributeValueId,primaryAttributeValue,\
attributes,actionResult
91906,91001,2025-03-01T08:00:00Z,6,2500,Newsletter,[],skipped
91907,91002,2025-03-02T08:00:00Z,37,91002,null,{},null
""",
    "Activities of a report.csv": """\
Marketo GUID;Lead ID;Activity Date;Activity Type ID;Campaign ID;Primary Attribute Value ID;\
Primary Attribute Value;Attributes;Action Result
92901;92001;2025-01-05 10:00:00;1;;44;/pricing;;
92902;92001;2025-01-06 10:00:00;104;500;7;Spring Webinar;\
"{""Success"": ""true"", ""New Status"": ""Attended""}";
92903;92001;2025-02-01 08:00:00;13;;6;Job Title;\
"{""Old Value"":""Admin"",""New Value"":""IT Lead""}";
92904;92001;2025-02-01 08:00:00;22;;9;Lead Score;"{""Old Value"":""60"",""New Value"":""65""}";
92905;92001;2025-02-02 08:00:00;32;;92001;Iris;"{""Merge IDs"":""[92801,92802]""}";
92906;92001;2025-03-01 08:00:00;6;;2500;Newsletter;;skipped
92907;92002;2025-03-02 08:00:00;37;;92002;;;
""",
    "marketo_activity_visit_webpage_data.csv": """\
id,activity_date,activity_type_id,campaign_id,lead_id,primary_attribute_value,\
primary_attribute_value_id,webpage_url
93901,2025-01-05 10:00:00.000,1,,93001,/pricing,44,/pricing
""",
    "marketo_activity_change_status_in_progression_data.csv": """\
id,activity_date,activity_type_id,campaign_id,lead_id,new_status,success,primary_attribute_value,\
primary_attribute_value_id
93902,2025-01-06 10:00:00.000,104,500,93001,Attended,TRUE,Spring Webinar,7
""",
    "marketo_activity_change_data_value_data.csv": """\
activity_date,activity_type_id,id,lead_id,new_value,old_value,primary_attribute_value,\
primary_attribute_value_id
2025-02-01 08:00:00.000,13,93903,93001,IT Lead,Admin,Job Title,6
""",
    "marketo_activity_change_score_data.csv": """\
activity_date,activity_type_id,id,lead_id,new_value,old_value,change_value,\
primary_attribute_value,primary_attribute_value_id
2025-02-01 08:00:00.000,22,93904,93001,65,60,+5,Lead Score,9
""",
    "marketo_activity_merge_leads_data.csv": """\
id,_fivetran_synced,activity_date,activity_type_id,lead_id,merge_ids,primary_attribute_value,\
primary_attribute_value_id
93905,x,2025-02-02 08:00:00.000,32,93001,"[93801,93802]",Iris,93001
""",
    "marketo_activity_send_email_data.csv": """\
activity_date,activity_type_id,id,lead_id,primary_attribute_value_id,primary_attribute_value,\
action_result
2025-03-01 08:00:00.000,6,93906,93001,2500,Newsletter,skipped
""",
    "marketo_activity_delete_lead_data.csv": """\
id,activity_date,activity_type_id,lead_id,primary_attribute_value,primary_attribute_value_id
93907,2025-03-02 08:00:00.000,37,93002,,93002
""",
    "programs.csv": """\
id,name,type,channel,startDate,endDate,updatedAt
9107,Spring Webinar,Event,Webinar,2025-01-06T10:00:00Z,null,2025-01-01T00:00:00Z
""",
    "Programs of a list.csv": """\
ID;Program Name;Program Type;Channel;Start Date;End Date;Updated At
9207;Spring Webinar;Event;Webinar;2025-01-06;;2025-01-01 00:00:00
""",
    "marketo_program_data.csv": """\
id,channel,end_date,name,start_date,type,updated_at,_fivetran_deleted
9307,Webinar,,Spring Webinar,2025-01-06,Event,2025-01-01 00:00:00 UTC,FALSE
""",
    "smart_campaigns.csv": """\
id,name,programId,updatedAt
91500,Invite,7,2025-01-01T00:00:00Z
""",
    "Campaigns of a workspace.csv": """\
ID;Campaign Name;Program ID;Updated At
92500;Invite;7;2025-01-01 00:00:00
""",
    "marketo_campaign_data.csv": """\
active,id,name,program_id,type,updated_at
TRUE,93500,Invite,7,batch,2025-01-01 00:00:00 UTC
""",
}
KEYS = {
    "stg_marketo__leads": "record_id",
    "stg_marketo__activities": "activity_id",
    "stg_marketo__programs": "program_id",
    "stg_marketo__smart_campaigns": "campaign_id",
}


@pytest.fixture(scope="module")
def shapes(work: Path) -> Run:
    for name, content in FILES.items():
        path = work / "shapes" / "marketo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Run(work / "shapes", work)


def without_shape(row: tuple, shape: str) -> list:
    """The row's values with the beginning of their shape taken out of its ids."""
    return [re.sub(rf"\b{shape}", "", cell) if isinstance(cell, str) else cell for cell in row]


@pytest.mark.parametrize(("model", "key"), KEYS.items())
def test_every_shape_gives_the_same_staged_rows(shapes: Run, model: str, key: str) -> None:
    first, *others = (
        [
            without_shape(row, shape)
            for row in shapes.rows(
                f"""
                select * exclude (_source_file) from staging.{model}
                where starts_with({key}, '{shape}') order by {key}
                """
            )
        ]
        for shape in SHAPES
    )
    assert first, f"{model} is empty"
    assert all(other == first for other in others), [first, *others]
    assert shapes.rows(f"select count(quarantine_reason) from staging.{model}") == [(0,)]


def test_the_staged_rows_are_what_was_written(shapes: Run) -> None:
    assert shapes.rows(
        """
        select
            record_id, email, last_name, company, employees, country, industry, raw_status,
            stamped_score, mql_stamped_precision, cast(created_at as text), sfdc_lead_id
        from staging.stg_marketo__leads where starts_with(record_id, '91') order by record_id
        """
    ) == [
        (
            *("91001", "it.lead@birch.example", 'O"Hara, jr.', "Birch Labs", 120, "Germany"),
            *(None, "MQL", 65, "day", "2025-01-02 03:04:05", "00Q5e00001AbCdE"),
        ),
        (
            *("91002", None, "Null", None, None, None, None, None, None, None),
            *("2025-01-03 00:00:00", None),
        ),
    ]


def test_every_shape_becomes_the_same_entities(shapes: Run) -> None:
    assert shapes.rows(
        """
        select raw_type, asset, list(activity_id order by activity_id)
        from conformed.marketo__activities group by all order by all
        """
    ) == [
        ("Change Status in Progression: Attended", "Spring Webinar", ["91902", "92902", "93902"]),
        ("Visit Webpage", "/pricing", ["91901", "92901", "93901"]),
    ]
    assert shapes.rows(
        """
        select attribute, old_value, new_value, list(record_id order by record_id)
        from conformed.marketo__attribute_changes group by all order by all
        """
    ) == [
        ("stamped_score", "60", "65", ["91001", "92001", "93001"]),
        ("title", "Admin", "IT Lead", ["91001", "92001", "93001"]),
    ]
    assert shapes.rows(
        "select winner_id, loser_id from conformed.marketo__person_merges order by all"
    ) == [(f"{shape}001", f"{shape}80{n}") for shape in SHAPES for n in (1, 2)]
    assert shapes.rows(
        "select record_id from conformed.marketo__persons where is_deleted order by all"
    ) == [("91002",), ("92002",), ("93002",)]


def test_a_log_without_merges_has_none(shapes: Run, tmp_path: Path) -> None:
    """DuckDB fails where it knows that a column holds nothing but nulls, unless that is met."""
    database = tmp_path / "handoff.duckdb"
    shutil.copyfile(shapes.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create or replace table staging.stg_marketo__activities as
            select * replace (cast(null as varchar) as merge_ids)
            from staging.stg_marketo__activities
            """
        )
        found = connection.execute("from handoff.conformed.marketo__person_merges").fetchall()
    assert found == []


# --- a connector's real files ---------------------------------------------------------------

# Which file is a part of which object; the others are named as not read.
OBJECTS = {
    "marketo_lead_data": "leads",
    "marketo_program_data": "programs",
    "marketo_campaign_data": "smart_campaigns",
    "marketo_activity_": "activities",
}
NOT_READ = {"marketo_lead_describe_data.csv", "marketo_email_template_history_data.csv"}

needs_real_files = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the connector's files are not at {REAL} (set HANDOFF_REAL_DATA)"
)


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def real(work: Path) -> Run:
    """The connector's files as they are, in a folder named after their system."""
    shutil.copytree(REAL, work / "real" / "marketo", ignore=shutil.ignore_patterns("[!m]*"))
    return Run(work / "real", work)


@needs_real_files
def test_real_files_reconcile_row_for_row(real: Run) -> None:
    expected = dict.fromkeys(OBJECTS.values(), 0)
    for path in REAL.glob("*.csv"):
        if path.name not in NOT_READ:
            [name] = [name for start, name in OBJECTS.items() if path.name.startswith(start)]
            expected[name] += len(records(path))
    found = real.rows(
        """
        select object, n_staged, n_quarantined, n_kept
        from intermediate.int_landing_reconciliation
        """
    )
    assert {row[0]: row[1:] for row in found} == {
        name: (n_rows, 0, n_rows) for name, n_rows in expected.items()
    }


@needs_real_files
def test_real_files_that_are_not_read_are_named(real: Run) -> None:
    assert {
        Path(file).name
        for (file,) in real.rows("select file from raw.landed_files where object is null")
    } == NOT_READ
    assert all(f"marketo/{name}" in real.said for name in NOT_READ)


@needs_real_files
def test_real_rows_arrive_with_their_values(real: Run) -> None:
    by_id = {
        row["id"]: row for path in REAL.glob("marketo_activity_*.csv") for row in records(path)
    }
    found = real.rows(
        """
        select
            activity_id, record_id, cast(activity_type_id as text), occurred_at,
            primary_attribute_value, new_value, old_value, merge_ids
        from staging.stg_marketo__activities
        """
    )
    assert len(found) == len(by_id)
    for activity_id, lead_id, type_id, occurred_at, asset, new, old, merge_ids in found:
        row = by_id[activity_id]
        assert (lead_id, type_id, asset or "") == (
            row["lead_id"],
            row["activity_type_id"],
            row["primary_attribute_value"],
        )
        assert occurred_at.isoformat(" ", "milliseconds") == row["activity_date"]
        assert (new or "", old or "") == (row.get("new_value", ""), row.get("old_value", ""))
        assert (merge_ids or "") == row.get("merge_ids", "")


@needs_real_files
def test_real_merges_and_skipped_mail_are_told_apart(real: Run) -> None:
    merges = records(REAL / "marketo_activity_merge_leads_data.csv")
    losers = {
        (loser.strip(), row["lead_id"])
        for row in merges
        for loser in row["merge_ids"].strip("[]").split(",")
        if loser.strip()
    }
    assert losers == set(
        real.rows("select loser_id, winner_id from conformed.marketo__person_merges")
    )
    mail = records(REAL / "marketo_activity_send_email_data.csv")
    assert real.rows(
        "select count(*) from conformed.marketo__activities where raw_type = 'Send Email'"
    ) == [(sum(row["action_result"] != "skipped" for row in mail),)]
