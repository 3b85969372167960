"""The quality gates: what stops a build, what only warns, and what people can read of it."""

import gzip
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from quality.checks import Expectations, Verdict
from quality.declaration import DeclarationError, read_declaration, read_mart_keys
from quality.marts_gate import profile_marts
from quality.raw_gate import RawProfile, profile_exports
from quality.worker import CRITICAL, FINE, Worker, read_arguments

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)

PERSONS = "person_id,email,created_at,score,updated_at\n"
ACTIVITIES = "activity_id,email,activity_type,occurred_at\n"


def write(exports: Path, **objects: str) -> Path:
    """Exports of the system generic, one file an object, created in `exports`."""
    folder = exports / "generic"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in objects.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return exports


def persons(n_rows: int, *more: str) -> str:
    rows = [f"P{n},p{n}@one.example,2026-01-01T10:00:00Z,{n},\n" for n in range(n_rows)]
    return PERSONS + "".join(rows) + "".join(f"{row}\n" for row in more)


def raw(exports: Path, previous: dict[str, int] | None = None) -> tuple[Verdict, RawProfile]:
    profile = profile_exports(PROJECT, exports, previous, now=NOW)
    return Expectations().judge("raw", profile.assets), profile


# --- raw gate ---------------------------------------------------------------------------


def test_good_exports_pass_without_a_word(tmp_path):
    exports = write(
        tmp_path,
        persons=persons(3),
        activities=ACTIVITIES + "A1,p1@one.example,Page View,1767261600\n",
    )
    verdict, profile = raw(exports)
    assert verdict.success
    assert (verdict.critical, verdict.warnings) == ([], [])
    assert profile.rows[("generic", "persons")] == 3
    assert profile.rows[("generic", "activities")] == 1
    assert profile.rows[("generic", "spend")] == 0


def test_the_row_count_covers_every_shape_of_file(tmp_path):
    """Parts, gz, Parquet, delimiters, BOM, any case, sub-folders, quoted line ends."""
    folder = write(tmp_path).joinpath("generic")
    (folder / "Persons_1.CSV").write_text(
        '\ufeffPerson ID;E-Mail;Created Date\n1;"a\nb";2026-01-01\n\n2;;2026-01-01\n',
        encoding="utf-8",
    )
    (folder / "sub").mkdir()
    with gzip.open(folder / "sub" / "persons 2.csv.gz", "wt") as lines:
        lines.write("created_at\tid\n2026-01-01\t3\n")
    with duckdb.connect() as connection:
        # Brackets are a glob to the reader: the first name would also read the second file.
        for name, ids in (("persons[4]", [4]), ("persons4", [5, 6, 7])):
            connection.execute(
                f"copy (select unnest({ids}) as person_id, timestamp '2026-01-01' as created_at) "
                f"to '{folder / name}.parquet' (format parquet)"
            )
    (folder / "README.csv.txt").write_text("no export")
    (folder / ".trash").mkdir()
    (folder / ".trash" / "persons.csv").write_text("person_id,created_at\n8,2026-01-01\n")
    verdict, profile = raw(tmp_path)
    assert profile.rows[("generic", "persons")] == 7
    assert verdict.critical == []


def test_a_missing_required_column_is_critical_and_named(tmp_path):
    verdict, _ = raw(write(tmp_path, persons="person_id,email\nP1,p1@one.example\n"))
    assert [text for text in verdict.critical if "created_at" in text] == [
        "generic.persons: required column created_at is missing in generic/persons.csv. Add it "
        "to the export, or declare the header it goes by as an alias"
    ]
    assert len(verdict.critical) == 1


def test_a_missing_required_object_is_critical_and_named(tmp_path):
    verdict, _ = raw(write(tmp_path, activities=ACTIVITIES))
    assert len(verdict.critical) == 1
    assert "generic.persons: required, but no file fits persons*" in verdict.critical[0]


def test_a_required_object_without_rows_is_critical(tmp_path):
    verdict, _ = raw(write(tmp_path, persons=PERSONS))
    assert len(verdict.critical) == 1
    assert "generic.persons: required, but generic/persons.csv holds no rows" in verdict.critical[0]


def test_exports_without_any_known_system_are_critical(tmp_path):
    verdict, _ = raw(tmp_path)
    assert len(verdict.critical) == 1
    assert "holds no file of a known system (generic, " in verdict.critical[0]


READABLE = (
    "2026-01-01",
    "2026-01-01 10:00",
    "2026-01-01T10:00:00.123Z",
    "2026-01-01 10:00:00 +02:00",
    "1767261600",
    "1767261600000",
)
UNREADABLE = ("yesterday", "31.02.2026", "2026-13-01", "2026-02-30", "epoch", "20260101")


def test_unreadable_moments_warn_up_to_the_ceiling(tmp_path):
    """One in five rows is exactly the ceiling; all forms that staging reads are readable."""
    rows = [f"R{n},,{text},," for n, text in enumerate(READABLE)]
    rows += [f"U{n},,{text},," for n, text in enumerate(UNREADABLE)]
    verdict, _ = raw(write(tmp_path, persons=persons(18, *rows)))
    assert verdict.critical == []
    assert len(verdict.warnings) == 1
    assert "column created_at: 6 of 30 values cannot be read as timestamp" in verdict.warnings[0]
    assert "for example '2026-02-30'" in verdict.warnings[0]


def test_unreadable_moments_above_the_ceiling_are_critical_and_said_once(tmp_path):
    verdict, _ = raw(write(tmp_path, persons=persons(3, "P9,p9@one.example,yesterday,,")))
    assert len(verdict.critical) == 1
    assert "column created_at: 1 of 4 values cannot be read" in verdict.critical[0]
    assert verdict.warnings == []


def test_blank_required_values_warn_or_stop_by_their_share(tmp_path):
    few, _ = raw(write(tmp_path / "few", persons=persons(4, ",p9@one.example,2026-01-01,,")))
    many, _ = raw(write(tmp_path / "many", persons=persons(3, ",p9@one.example,2026-01-01,,")))
    assert (few.critical, len(few.warnings)) == ([], 1)
    assert "column person_id: required, but blank in 1 of 5 rows" in few.warnings[0]
    assert len(many.critical) == 1
    assert "column person_id: required, but blank in 1 of 4 rows" in many.critical[0]


def test_repeated_keys_warn_or_stop_by_their_share(tmp_path):
    again = "P0,p0@one.example,2026-01-01,,"
    few, _ = raw(write(tmp_path / "few", persons=persons(4, again)))
    many, _ = raw(write(tmp_path / "many", persons=persons(3, again)))
    assert (few.critical, len(few.warnings)) == ([], 1)
    assert "key person_id: 1 of 5 rows repeat a key, for example 'P0'" in few.warnings[0]
    assert len(many.critical) == 1
    assert "key person_id: 1 of 4 rows repeat a key" in many.critical[0]


def test_versions_of_a_record_are_no_repeats(tmp_path):
    newer = "P0,p0@one.example,2026-01-01,,2026-02-01"
    verdict, _ = raw(write(tmp_path, persons=persons(1, newer)))
    assert (verdict.critical, verdict.warnings) == ([], [])


def test_an_object_with_a_key_of_several_columns_repeats_only_as_a_whole(tmp_path):
    changes = "person_id,status,changed_at\nP1,New,2026-01-01\nP1,New,2026-01-02\n"
    verdict, _ = raw(write(tmp_path, persons=persons(3), status_changes=changes))
    assert (verdict.critical, verdict.warnings) == ([], [])


def test_unreadable_optional_values_only_warn(tmp_path):
    verdict, _ = raw(write(tmp_path, persons=PERSONS + "P1,p1@one.example,2026-01-01,1e3,\n"))
    assert verdict.critical == []
    assert verdict.warnings == [
        "generic.persons (generic/persons.csv), column score: 1 of 1 values cannot be read as "
        "number, for example '1e3'. They cannot be used. Correct the export"
    ]


def test_a_systems_words_for_nothing_are_blanks(tmp_path):
    leads = "id,createdAt,updatedAt,leadScore\n1,2026-01-01T00:00:00Z,null,null\n"
    (tmp_path / "marketo").mkdir()
    (tmp_path / "marketo" / "leads.csv").write_text(leads + "2,2026-01-01T00:00:00Z,,nil\n")
    verdict, _ = raw(tmp_path)
    assert verdict.critical == []
    assert [text.split(".csv), ")[1].split(" cannot")[0] for text in verdict.warnings] == [
        "column lead_score: 1 of 1 values"
    ]


def test_a_ragged_row_is_critical_with_file_and_line(tmp_path):
    exports = write(tmp_path, persons=persons(3))
    (exports / "generic" / "persons_2.csv").write_text("person_id,created_at\nP9\n")
    verdict, profile = raw(exports)
    assert len(verdict.critical) == 1
    assert "generic/persons_2.csv" in verdict.critical[0]
    assert "Line: 2" in verdict.critical[0]
    assert profile.rows[("generic", "persons")] is None


def test_a_file_in_another_encoding_or_without_header_is_critical(tmp_path):
    exports = write(tmp_path, persons=persons(3), spend="")
    (exports / "generic" / "users.csv").write_bytes(b"user_id,team,n\xe4me\nU1,Sales,x\n")
    verdict, _ = raw(exports)
    assert len(verdict.critical) == 2
    assert any("generic/spend.csv: has no header row" in text for text in verdict.critical)
    assert any("generic/users.csv: cannot be read" in text for text in verdict.critical)


def test_rows_are_looked_at_one_by_one(tmp_path):
    exports = write(
        tmp_path,
        persons=PERSONS + "P1,no address,2026-01-01,,\nP2,p2@one.example,2026-07-02,,\n",
        spend="spend_id,spent_on,amount,currency\nS1,2027-01-01,5,Euro\n",
    )
    verdict, _ = raw(exports)
    assert verdict.critical == []
    assert [text.split(": ", 1)[1].split(":")[0] for text in verdict.warnings] == [
        "not every value is an e-mail address",
        "moments in the future",
        "not every value is a currency code of three letters",
    ]


def test_an_object_that_shrank_since_the_published_build_warns(tmp_path):
    exports = write(tmp_path, persons=persons(4))
    shrunk, _ = raw(exports, {"generic.persons": 9})
    kept, _ = raw(exports, {"generic.persons": 8})
    assert kept.warnings == []
    assert len(shrunk.warnings) == 1
    assert "4 rows, 44% of the 9 behind the published marts" in shrunk.warnings[0]


def test_every_object_declares_its_key_and_every_moment_its_type():
    """Without them the raw gate would look at less, and say nothing."""
    for export_object in read_declaration(PROJECT):
        # Rows of a history have no id of their own in every shape.
        has_key = export_object.key or export_object.name.endswith("_history")
        assert has_key, export_object.label
        for column in export_object.columns:
            if column.name.endswith("_at"):
                assert column.type == "timestamp", f"{export_object.label}.{column.name}"
            if column.name.endswith("_on"):
                assert column.type == "date", f"{export_object.label}.{column.name}"
            if column.name.startswith("is_"):
                assert column.type == "boolean", f"{export_object.label}.{column.name}"


def test_a_wrong_declaration_is_named(tmp_path):
    folder = tmp_path / "models" / "staging" / "crm"
    folder.mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text("vars: {systems: {crm: {}}}\n")
    table = "{name: leads, config: {meta: {key: [id]}}, columns: [%s]}"
    yaml = f"sources: [{{name: crm, tables: [{table}]}}]"
    (folder / "_crm__sources.yml").write_text(yaml % "{name: lead}")
    with pytest.raises(DeclarationError, match="leads: key names no declared column: id"):
        read_declaration(tmp_path)
    (folder / "_crm__sources.yml").write_text(yaml % "{name: id, config: {meta: {type: moment}}}")
    with pytest.raises(DeclarationError, match="leads, column id: type 'moment' is not one of"):
        read_declaration(tmp_path)


# --- marts gate -------------------------------------------------------------------------

MARTS = """
create schema marts;
create schema intermediate;
create table marts.build_facts as
    select 1 as build_key, timestamp '2026-06-30' as as_of;
create table marts.dim_agreement_versions as select 'v1' as version_id;
create table marts.dim_accounts (account_key varchar);
create table marts.dim_dates as select date '2026-06-01' as date_day;
create table marts.fct_opportunities (opportunity_key varchar);
create table marts.fct_attribution_credits (
    opportunity_key varchar, attribution_model varchar, touch_key varchar
);
create table marts.rpt_attribution (
    attribution_model varchar, closing_month date, is_new_business boolean, source varchar,
    campaign_key varchar
);
create table marts.rpt_influenced_pipeline (
    closing_month date, is_new_business boolean, source varchar
);
create table marts.rpt_marketing_share (fiscal_quarter varchar);
create table marts.dim_campaigns (campaign_key varchar);
create table marts.fct_lead_identity_links (
    record_key varchar, evidence varchar, linked_key varchar
);
create table marts.rpt_suspicious_leads (lead_id varchar, suspicion varchar);
create table marts.dim_sales_users (user_key varchar);
create table marts.dim_lead_sources as select 'webinar' as source;
create table marts.dim_leads as select unnest(['L1', 'L2']) as lead_id;
create table marts.fct_mqls as
    select unnest(['M1', 'M2']) as mql_id, unnest(['L1', 'L2']) as lead_id,
        timestamp '2026-06-01' as mql_at;
create table marts.fct_mql_score_reasons (
    mql_id varchar, rule_version_id varchar, rule_id varchar
);
create table marts.rpt_definition_drift (lead_id varchar, cycle_index bigint);
create table marts.fct_lead_engagement_points (
    system varchar, activity_id varchar, rule_id varchar
);
create table marts.fct_lead_fit_points (
    lead_id varchar, version_id varchar, rule_id varchar, valid_from timestamp
);
create table marts.fct_lead_scores (lead_id varchar, score_date date, is_as_of boolean);
create table marts.fct_sql_acceptances (handoff_id varchar, accepted_at timestamp);
create table marts.fct_funnel_cycles as
    select unnest(['L1:trip:1', 'L2:trip:1']) as funnel_cycle_id;
create table marts.rpt_stage_velocity (
    dimension varchar, dimension_value varchar, transition_number bigint
);
create table marts.rpt_funnel_by_cohort as
    select date '2026-06-01' as entry_month, 'lead' as entry_stage, 'mql' as reached_stage,
        3 as n_entered, 3 as n_reached;
create table marts.rpt_funnel_by_period as
    select date '2026-06-01' as period_month, 'mql' as stage, 2 as n_events;
create table marts.rpt_source_quality as
    select 'first' as source_basis, date '2026-06-01' as cohort_month, 'webinar' as source,
        'C1' as campaign_key, 0.5 as won_rate;
create table marts.rpt_source_rejections (
    source varchar, campaign_key varchar, version_id varchar, rejection_reason varchar,
    rejection_category varchar
);
create table marts.rpt_law_breaches (law varchar, offender varchar);
create table marts.rpt_budget_leaks (source varchar, cohort_month date);
create table marts.rpt_source_verdicts (source varchar, version_id varchar, category varchar);
create table marts.rpt_sales_objections (quarter varchar, objection varchar);
create table marts.rpt_sla_compliance (
    measure varchar, period varchar, period_start_date date, version_id varchar, team varchar,
    owner_key varchar, segment varchar, source varchar
);
create table marts.rpt_speed_effect (version_id varchar, segment varchar, response_band varchar);
create table marts.rpt_call_list (lead_id varchar);
create table marts.rpt_funnel_as_was as
    select date '2026-06-30' as as_of_date, 'event' as counted_by,
        date '2026-06-01' as month_start_date, 'mql' as stage, 2 as n_as_was, 2 as n_now;
create table marts.rpt_persona_fit (
    version_id varchar, outcome varchar, persona varchar, dimension varchar,
    dimension_value varchar
);
create table marts.rpt_pipeline_velocity (quarter_start_date date);
create table marts.rpt_mql_sql_parity (quarter_start_date date, source varchar);
create table marts.rpt_nurture (lead_id varchar);
create table marts.rpt_law_compliance (version_id varchar, law varchar);
create table marts.rpt_unmapped_values (system varchar, kind varchar, raw_value varchar);
create table marts.quarantined_rows (
    quarantined_row_id varchar, system varchar, object varchar, reason varchar
);
create table intermediate.int_landing_reconciliation as
    select 'generic' as system, 'persons' as object,
        10 as n_staged, 2 as n_quarantined, 8 as n_kept;
"""

COUNTED = {("generic", "persons"): 10}


@pytest.fixture
def judged(tmp_path):
    """Judges a good database after some statements have spoilt it."""

    def judge(*statements: str, counted=COUNTED) -> Verdict:
        database = tmp_path / "handoff.duckdb"
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database)) as connection:
            for statement in [*MARTS.split(";\n"), *statements]:
                if statement.strip():
                    connection.execute(statement)
        assets = profile_marts(PROJECT, database, counted)
        return Expectations().judge("marts", assets)

    return judge


def test_good_marts_pass_without_a_word(judged):
    verdict = judged()
    assert (verdict.critical, verdict.warnings) == ([], [])


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "update marts.rpt_funnel_by_cohort set n_reached = 4",
            "marts.rpt_funnel_by_cohort: n_reached exceeds n_entered in 1 rows",
        ),
        (
            "delete from marts.dim_leads where lead_id = 'L2'",
            "marts.fct_mqls: 1 leads are missing in marts.dim_leads, for example 'L2'",
        ),
        (
            "update marts.rpt_funnel_by_period set n_events = 1",
            "marts.rpt_funnel_by_period: 1 MQLs, but marts.fct_mqls holds 2",
        ),
        ("delete from marts.rpt_source_quality", "marts.rpt_source_quality: holds no rows"),
        (
            "drop table marts.rpt_unmapped_values",
            "marts: rpt_unmapped_values missing in the built database",
        ),
        (
            "alter table marts.dim_leads add column seen_at timestamptz",
            "marts.dim_leads: timestamps with time zone in seen_at. Cast them to timestamp (UTC): "
            "older clients cannot read them",
        ),
        (
            "insert into marts.dim_leads values ('L1')",
            "marts.dim_leads: 1 rows repeat the key lead_id",
        ),
        (
            "insert into marts.dim_leads values (null)",
            "marts.dim_leads: key lead_id is null in 1 rows",
        ),
        (
            "create table marts.rpt_new as select -1 as n_things",
            "marts.rpt_new: n_things is negative in 1 rows",
        ),
        (
            "update marts.rpt_source_quality set won_rate = 1.1",
            "marts.rpt_source_quality: won_rate lies outside 0 to 1 in 1 rows",
        ),
        (
            "drop table intermediate.int_landing_reconciliation",
            "intermediate.int_landing_reconciliation: missing in the built database, so nothing "
            "shows that no row was lost",
        ),
        (
            "update intermediate.int_landing_reconciliation set n_kept = 7",
            "generic.persons: 10 rows staged, but 2 quarantined and 7 kept",
        ),
        (
            "update intermediate.int_landing_reconciliation set n_quarantined = 3, n_kept = 7; "
            "insert into marts.quarantined_rows "
            "values ('Q1', 'generic', 'persons', 'missing_created_at')",
            "generic.persons: 3 of 10 rows are quarantined; their reasons are in "
            "marts.quarantined_rows (missing_created_at: 1)",
        ),
    ],
)
def test_broken_marts_are_critical_and_named(judged, statement, message):
    assert judged(statement).critical == [message]


def test_rows_lost_between_the_files_and_staging_are_critical(judged):
    assert judged(counted={("generic", "persons"): 11}).critical == [
        "generic.persons: 11 rows in the files, but 10 staged. Compare the object's pattern and "
        "files with what landing read"
    ]
    assert judged(counted={**COUNTED, ("generic", "spend"): 1}).critical == [
        "generic.spend: 1 rows in the files, but 0 staged. Compare the object's pattern and "
        "files with what landing read"
    ]
    assert len(judged(counted={}).critical) == 1


def test_superseded_versions_do_not_count_as_broken(judged):
    verdict = judged(
        "update intermediate.int_landing_reconciliation set n_quarantined = 3, n_kept = 7",
        "insert into marts.quarantined_rows values ('Q1', 'generic', 'persons', 'superseded')",
    )
    assert verdict.critical == []


def test_an_unknown_mart_without_rows_and_old_facts_only_warn(judged):
    verdict = judged(
        "create table marts.rpt_new (n_things bigint)",
        "update marts.fct_mqls set mql_at = timestamp '2026-05-01'",
    )
    assert verdict.critical == []
    assert verdict.warnings == [
        "marts: the newest fact is of 2026-05-01, 60 days before the build's as-of (2026-06-30). "
        "Make sure that every export is current",
        "marts.rpt_new: holds no rows",
    ]


def test_every_mart_declares_its_key():
    keys = read_mart_keys(PROJECT)
    models = {path.stem for path in PROJECT.glob("models/marts/*/*.sql")}
    assert models
    assert models - keys.keys() == set()


# --- the worker -------------------------------------------------------------------------


def run_worker(tmp_path: Path, exports: Path, orders: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            *(sys.executable, "-m", "quality.worker", "--exports", exports),
            *("--database", tmp_path / "handoff.duckdb", "--out", tmp_path / "docs"),
        ],
        cwd=PROJECT,
        input=orders,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def make_database(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in MARTS.split(";\n"):
            if statement.strip():
                connection.execute(statement)


def test_the_worker_says_one_json_line_a_gate_and_leaves_data_docs(tmp_path):
    make_database(tmp_path / "handoff.duckdb")
    run = run_worker(tmp_path, write(tmp_path / "exports", persons=persons(10)), "marts\n")
    assert run.returncode == FINE, run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    index = tmp_path / "docs" / "index.html"
    assert said == [
        {
            "gate": gate,
            "success": True,
            "critical": [],
            "warnings": [],
            "data_docs": str(index),
        }
        for gate in ("raw", "marts")
    ]
    assert "Raw gate: passed" in index.read_text()
    assert "Marts gate: passed" in index.read_text()
    assert json.loads((tmp_path / "docs" / "volumes.json").read_text())["generic.persons"] == 10


def worker_with(tmp_path: Path, exports: Path, *more: str) -> tuple[Worker, io.StringIO]:
    said = io.StringIO()
    arguments = ["--exports", str(exports), "--out", str(tmp_path / "docs"), *more]
    if "--raw-only" not in more:
        arguments += ["--database", str(tmp_path / "handoff.duckdb")]
    return Worker(read_arguments(arguments), said), said


@pytest.mark.parametrize("order", ["stop\n", ""])
def test_stop_or_the_end_of_the_build_leaves_the_raw_verdict(tmp_path, order):
    worker, said = worker_with(tmp_path, write(tmp_path / "exports", persons=PERSONS))
    assert worker.run(io.StringIO(order)) == CRITICAL
    assert [json.loads(line)["gate"] for line in said.getvalue().splitlines()] == ["raw"]
    assert "Raw gate: failed" in (tmp_path / "docs" / "index.html").read_text()


def test_broken_marts_make_the_worker_fail_after_good_exports(tmp_path):
    make_database(tmp_path / "handoff.duckdb")
    worker, said = worker_with(tmp_path, write(tmp_path / "exports", persons=persons(9)))
    assert worker.run(io.StringIO("marts\n")) == CRITICAL
    verdicts = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [verdict["success"] for verdict in verdicts] == [True, False]
    assert "9 rows in the files, but 10 staged" in verdicts[1]["critical"][0]


def test_an_unknown_order_is_a_crash_not_a_verdict(tmp_path):
    worker, _ = worker_with(tmp_path, write(tmp_path / "exports", persons=persons(1)))
    with pytest.raises(SystemExit, match="unknown order 'publish'"):
        worker.run(io.StringIO("publish\n"))


def test_by_hand_the_raw_gate_speaks_to_people(tmp_path):
    exports = write(tmp_path / "exports", persons=persons(4, "P9,p9@one.example,never,,"))
    worker, said = worker_with(tmp_path, exports, "--raw-only", "--text")
    assert worker.run(io.StringIO()) == FINE
    lines = said.getvalue().splitlines()
    assert lines[0] == "raw gate: passed"
    assert lines[1].startswith("  warning: generic.persons")


def test_the_worker_compares_with_the_volumes_of_the_published_build(tmp_path):
    previous = tmp_path / "volumes.json"
    previous.write_text('{"generic.persons": 100}')
    worker, said = worker_with(
        tmp_path, write(tmp_path / "exports", persons=persons(4)), "--raw-only",
        "--previous", str(previous),
    )  # fmt: skip
    assert worker.run(io.StringIO()) == FINE
    assert "4% of the 100" in json.loads(said.getvalue())["warnings"][0]


def test_the_demo_passes_the_raw_gate():
    verdict, profile = raw(PROJECT / "exports" / "demo")
    assert verdict.critical == []
    empty = {name for name, n_rows in profile.rows.items() if not n_rows}
    assert empty == {("salesforce", "account_history")}


# --- Data Docs --------------------------------------------------------------------------


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_data_docs_open_offline_and_show_exports_as_text(tmp_path):
    """Nothing is asked of the network, markup in an export stays text, filter and fold work."""
    from playwright.sync_api import sync_playwright

    markup = "<img src=https://outside.example/x onerror=alert(1)>"
    exports = write(tmp_path / "exports", persons=persons(3, f"P9,{markup},{markup},,"))
    worker, _ = worker_with(tmp_path, exports, "--raw-only")
    assert worker.run(io.StringIO()) == CRITICAL
    docs = tmp_path / "docs"
    flags = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    ]
    requests, troubles = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append("dialog"), dialog.dismiss()))
        page.goto((docs / "index.html").as_uri())
        assert markup in page.inner_text("main")
        links = page.eval_on_selector_all("a", "found => found.map(a => a.href)")
        for file in sorted(docs.glob("*.html")):
            page.goto(file.as_uri())
            assert page.eval_on_selector_all("a[href^='http']", "found => found.length") == 0
        page.goto((docs / "raw-generic-persons-rows.html").as_uri())
        assert markup in page.inner_text("main")
        page.goto((docs / "raw-generic-persons.html").as_uri())
        assert page.is_visible("text=Every file has the column person_id")
        page.check("#failed-only")
        assert not page.is_visible("text=Every file has the column person_id")
        assert page.is_visible("text=cannot be read as timestamp: at most 20%")
        assert not page.is_visible("text=Run Name")
        page.click("summary")
        assert page.is_visible("text=Run Name")
        browser.close()
    assert {Path(link.removeprefix("file://")) for link in links} == {
        file for file in docs.glob("*.html") if file.name != "index.html"
    }
    assert [url for url in requests if not url.startswith("file://")] == []
    assert troubles == []


def test_a_moment_may_lie_in_the_future_only_where_it_is_planned(tmp_path):
    """A deal's close date may be hoped for; its creation may not."""
    head = "opportunity_id,name,created_at,closed_at\n"
    exports = write(
        tmp_path, persons=persons(3), opportunities=head + "O1,x,2026-01-01,2031-01-01\n"
    )
    assert raw(exports)[0].warnings == []
    exports = write(tmp_path, persons=persons(3), opportunities=head + "O1,x,2031-01-01,\n")
    verdict, _ = raw(exports)
    assert [text for text in verdict.warnings if "created_at: moments in the future" in text]
