"""The build command around dbt and the quality worker, both played by small scripts.

What the real models and gates do is tested with whole builds; here stand the command's own
promises: nothing is published unless all is well, one build at a time, the user's folders are
never written to, and failures are told in words.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import duckdb
import pytest

from handoff import PROJECT, agreement, build, dbt_run, messages, publish
from handoff.locks import Busy, exclusive

# Plays dbt: makes a working database with one mart, then ends as FAKE_DBT says.
FAKE_DBT = """
import json, os, sys, time, pathlib, duckdb
mode = os.environ.get("FAKE_DBT", "success")
target = pathlib.Path("work/target")
target.mkdir(parents=True, exist_ok=True)
pathlib.Path("work/environment.json").write_text(
    json.dumps({k: v for k, v in os.environ.items() if k.startswith("HANDOFF_")}))

def say(name, level, message, **data):
    print(json.dumps({"info": {"name": name, "level": level, "msg": message,
                               "ts": "2026-06-30T12:00:00Z"}, "data": data}), flush=True)

say("JinjaLogWarning", "warn", "notes.csv in generic is no file that Handoff reads")
if mode == "landing":
    exc = ("Compilation Error in operation handoff-on-run-start-0 (./dbt_project.yml)\\n"
           "  generic/persons.csv lacks the column created_at\\n"
           "  generic: there is no file for status_changes\\n  \\n"
           "  > in macro land_exports (macros/landing/land.sql)")
    say("MainEncounteredError", "error", "Encountered an error:\\n" + exc, exc=exc)
    sys.exit(2)
if mode == "crash":
    print("Fatal Python error: out of memory")
    sys.exit(1)
if mode == "hang":
    pathlib.Path("work/hanging").write_text(str(os.getpid()))
    time.sleep(60)
with duckdb.connect("work/handoff.duckdb") as connection:
    connection.execute("create schema marts")
    connection.execute("create table marts.dim_leads as select 'a' as lead_id")
    connection.execute("create schema intermediate")
    connection.execute(
        "create table intermediate.int_build_clock as select timestamp '2026-07-01' as as_of_cap"
    )
results = [{"unique_id": "model.handoff.dim_leads", "status": "success", "execution_time": 0.1},
           {"unique_id": "test.handoff.sales_decides", "status": "pass", "failures": 0}]
if mode == "failing test":
    results[1].update(
        status="fail", failures=7, message="Got 7 results, configured to fail if != 0",
        compiled_code="select 'lead ' || range || ' was decided by marketing' as message "
                      "from range(7) -- the offenders")
(target / "run_results.json").write_text(json.dumps({"results": results}))
(target / "manifest.json").write_text(json.dumps({"nodes": {
    "test.handoff.sales_decides": {"resource_type": "test", "schema": "tests",
                                   "description": "Sales decides an SQL."}}}))
sys.exit(1 if mode == "failing test" else 0)
"""

# Plays the quality worker by the protocol that gates.py tells.
FAKE_WORKER = """
import json, os, pathlib, sys
mode = os.environ.get("FAKE_WORKER", "success")
page = pathlib.Path("work/data_docs/index.html").absolute()

def say(gate, critical=(), warnings=()):
    page.parent.mkdir(exist_ok=True)
    page.write_text("what the gates saw")
    print(json.dumps({"gate": gate, "success": not critical, "critical": list(critical),
                      "warnings": list(warnings), "data_docs": str(page)}), flush=True)

print("a library says hello")
if mode == "crash":
    sys.exit("no module named quality")
raw = ["persons: 3 keys are blank"] if mode == "critical" else []
say("raw", raw, ["spend: fewer rows than last time"] if mode == "warning" else [])
word = sys.stdin.readline().strip()
pathlib.Path("work/word").write_text(word)
if word == "marts" and mode != "mute":
    say("marts", ["fct_mqls: 2 rows missing"] if mode == "critical marts" else [])
sys.exit(2 if mode.startswith("critical") else 0)
"""

# The real one, which the fixture `project` replaces.
WORKER_COMMAND = build.worker_command

AGREEMENT_SEEDS = ("agreement_versions", "agreement_scoring_rules")
MAPPING_SEEDS = ("map_statuses", "map_reasons")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with exports and seeds, where dbt and the worker are played."""
    folder = tmp_path / "the project"
    (folder / "exports" / "demo").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "vars: {systems: {generic: {}, crm: {}, loaded: {relation_schema: raw_crm}}}\n"
    )
    for place, names in (("agreement", AGREEMENT_SEEDS), ("mappings", MAPPING_SEEDS)):
        (folder / "seeds" / place).mkdir(parents=True)
        for name in names:
            (folder / "seeds" / place / f"{name}.csv").write_text(f"own_{name}\n")
    properties = folder / "seeds" / "properties"
    properties.mkdir()
    (properties / "_seeds.yml").write_text(
        json.dumps({"seeds": [{"name": name} for name in AGREEMENT_SEEDS + MAPPING_SEEDS]})
    )
    monkeypatch.setattr(build, "dbt_command", lambda _: [sys.executable, "-c", FAKE_DBT])
    monkeypatch.setattr(build, "worker_command", lambda _: [sys.executable, "-c", FAKE_WORKER])
    monkeypatch.delenv("FAKE_DBT", raising=False)
    monkeypatch.delenv("FAKE_WORKER", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def user_agreement(tmp_path: Path) -> Path:
    folder = tmp_path / "our agreement"
    (folder / "mappings").mkdir(parents=True)
    for name in AGREEMENT_SEEDS:
        (folder / f"{name}.csv").write_text(f"their_{name}\n")
    (folder / "mappings" / "map_statuses.csv").write_text("their_map_statuses\n")
    (folder / "notes.txt").write_text("from the meeting\n")
    return folder


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(project: Path, *arguments: str) -> int:
    return build.main(list(arguments), project)


# --- what is published, and when --------------------------------------------------------------


def test_a_good_build_is_published_and_says_where_things_are(project, capsys):
    assert run(project) == 0
    told = capsys.readouterr().out
    assert "1 models, 0 seeds, 1 tests passed" in told
    assert "raw gate passed, marts gate passed" in told
    assert "published/current/handoff.duckdb (schema marts)" in told
    assert "published/current/data_docs/index.html" in told
    assert "published/current/report.html" in told
    assert (project / "published" / "current" / "report.html").exists()
    assert (project / "published" / "current" / "data_docs" / "index.html").exists()
    facts = json.loads((project / "published" / "current" / "build.json").read_text())
    assert facts["tests"] == {"passed": 1, "warned": 0}
    assert facts["gates"] == {"raw": {"warnings": 0}, "marts": {"warnings": 0}}


def test_what_the_landing_and_the_gates_remark_is_shown(project, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_WORKER", "warning")
    assert run(project) == 0
    told = capsys.readouterr().out
    assert "notes.csv in generic is no file that Handoff reads" in told
    assert "raw gate: spend: fewer rows than last time" in told


@pytest.mark.parametrize(
    ("dbt", "worker", "code", "words"),
    [
        ("success", "critical", 2, "raw gate: persons: 3 keys are blank"),
        ("success", "critical marts", 2, "marts gate: fct_mqls: 2 rows missing"),
        ("success", "crash", 2, "no module named quality"),
        ("success", "mute", 2, "said nothing about: marts"),
        ("failing test", "success", 1, "failing test sales_decides: Sales decides an SQL."),
        ("landing", "success", 1, "generic/persons.csv lacks the column created_at"),
        ("crash", "success", 1, "Fatal Python error: out of memory"),
    ],
)
def test_whatever_fails_nothing_is_published(
    project, monkeypatch, capsys, dbt, worker, code, words
):
    assert run(project) == 0
    before = (project / "published" / "current").readlink()
    monkeypatch.setenv("FAKE_DBT", dbt)
    monkeypatch.setenv("FAKE_WORKER", worker)
    capsys.readouterr()

    assert run(project) == code
    told = capsys.readouterr().out
    assert words in told
    assert told.endswith("Nothing was published. The build before stays.\n")
    assert (project / "published" / "current").readlink() == before
    assert publish.verify(project / "published") == []


def test_the_worker_judges_the_marts_only_after_dbt_succeeded(project, monkeypatch):
    assert run(project) == 0
    assert (project / "work" / "word").read_text() == "marts"
    monkeypatch.setenv("FAKE_DBT", "failing test")
    assert run(project) == 1
    assert (project / "work" / "word").read_text() == "stop"


def test_the_worker_is_told_where_the_volumes_of_the_build_before_are(project):
    settings = build.parse([], project)
    assert "--previous" not in WORKER_COMMAND(settings)
    assert run(project) == 0
    before = (project / "published" / "current").resolve()
    assert WORKER_COMMAND(settings)[-2:] == [
        "--previous",
        str(before / "data_docs" / "volumes.json"),
    ]


def test_a_check_publishes_nothing(project, capsys):
    assert run(project, "--check-only", "--work", str(project / "work")) == 0
    assert "nothing was to be published" in capsys.readouterr().out
    assert not (project / "published").exists()


def test_the_working_database_starts_from_nothing(project):
    (project / "work").mkdir()
    with duckdb.connect(str(project / "work" / "handoff.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_left_over as select 1 as id")
    assert run(project) == 0
    parquet = project / "published" / "current" / "parquet"
    assert [path.name for path in parquet.iterdir()] == ["dim_leads.parquet"]


def test_results_of_the_run_before_are_not_told_again(project, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_DBT", "failing test")
    assert run(project) == 1
    monkeypatch.setenv("FAKE_DBT", "landing")
    capsys.readouterr()
    assert run(project) == 1
    assert "sales_decides" not in capsys.readouterr().out


def test_paths_may_hold_blanks_and_be_relative(project, tmp_path, capsys):
    (project / "our data" / "exports").mkdir(parents=True)
    assert run(project, "--exports", "our data/exports", "--publish", "for all") == 0
    environment = json.loads((project / "work" / "environment.json").read_text())
    assert environment["HANDOFF_EXPORTS"] == "our data/exports"
    assert "for all/current/handoff.duckdb" in capsys.readouterr().out

    outside = tmp_path / "other exports"
    outside.mkdir()
    assert run(project, "--exports", str(outside), "--publish", str(tmp_path / "p q")) == 0
    environment = json.loads((project / "work" / "environment.json").read_text())
    assert environment["HANDOFF_EXPORTS"] == str(outside)
    assert (tmp_path / "p q" / "current" / "handoff.duckdb").exists()


def test_exports_that_are_not_there_are_named(project, capsys):
    assert run(project, "--exports", "nowhere") == 1
    assert "EXPORTS: there is no folder" in capsys.readouterr().err


def test_a_work_folder_outside_the_project_is_refused(project, tmp_path, capsys):
    assert run(project, "--work", str(tmp_path / "elsewhere")) == 1
    assert "lies outside the project" in capsys.readouterr().err


def test_the_clock_is_handed_to_dbt_in_utc(project):
    settings = build.parse(["--as-of", "2026-06-30T02:00:00+02:00"], project)
    words = dbt_run.build_command(settings.target, settings.as_of)
    assert words[words.index("--vars") + 1] == '{"as_of": "2026-06-30 00:00:00"}'


def test_systems_without_exports_stay_out_of_the_build(project):
    (project / "exports" / "demo" / "Generic").mkdir()
    settings = build.parse([], project)
    seeds = agreement.prepare(project, settings.agreement, settings.work)
    assert build.environment(settings, seeds)["HANDOFF_SYSTEMS"] == "generic,loaded"
    words = dbt_run.build_command(settings.target, None, settings.absent_systems)
    excluded = words[words.index("--exclude") + 1 : words.index("--target-path")]
    assert excluded == ["path:models/staging/crm", "path:models/conformed/crm"]


def test_without_any_exports_no_system_is_left_out(project):
    declared = project / "dbt_project.yml"
    declared.write_text("vars: {systems: {generic: {}, crm: {}}}\n")
    settings = build.parse([], project)
    assert list(settings.systems) == ["generic", "crm"]
    assert not settings.absent_systems
    assert "--exclude" not in dbt_run.build_command(settings.target, None, [])


def test_a_clock_that_is_no_moment_is_refused(project, capsys):
    with pytest.raises(SystemExit):
        build.parse(["--as-of", "yesterday"], project)
    assert "'yesterday' is no moment" in capsys.readouterr().err


# --- the agreement ----------------------------------------------------------------------------


def test_the_projects_own_agreement_is_read_in_place(project):
    seeds = agreement.prepare(project, project / "seeds" / "agreement", project / "work")
    assert (str(seeds.agreement), str(seeds.mappings)) == ("seeds/agreement", "seeds/mappings")
    assert not (project / "work").exists()


def test_an_agreement_of_the_users_own_is_copied_and_left_byte_identical(project, user_agreement):
    before = fingerprint(user_agreement)
    assert run(project, "--agreement", str(user_agreement)) == 0
    assert fingerprint(user_agreement) == before

    environment = json.loads((project / "work" / "environment.json").read_text())
    assert environment["HANDOFF_AGREEMENT"] == "work/agreement"
    assert environment["HANDOFF_MAPPINGS"] == "work/mappings"
    copied = project / "work" / "agreement"
    assert {path.name for path in copied.iterdir()} == {f"{n}.csv" for n in AGREEMENT_SEEDS}
    assert (copied / "agreement_versions.csv").read_text() == "their_agreement_versions\n"


def test_mappings_of_the_users_own_replace_the_projects_file_by_file(project, user_agreement):
    agreement.prepare(project, user_agreement, project / "work")
    mappings = project / "work" / "mappings"
    assert (mappings / "map_statuses.csv").read_text() == "their_map_statuses\n"
    assert (mappings / "map_reasons.csv").read_text() == "own_map_reasons\n"


def test_the_copy_holds_nothing_of_the_agreement_before(project, user_agreement):
    left_over = project / "work" / "agreement" / "agreement_old.csv"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("old\n")
    agreement.prepare(project, user_agreement, project / "work")
    assert not left_over.exists()


def test_all_missing_files_of_an_agreement_are_listed_at_once(project, user_agreement, capsys):
    for name in AGREEMENT_SEEDS:
        (user_agreement / f"{name}.csv").unlink()
    assert run(project, "--agreement", str(user_agreement)) == 1
    told = capsys.readouterr().err
    assert "lacks 2 of the agreement's files" in told
    assert "agreement_versions.csv" in told
    assert "agreement_scoring_rules.csv" in told


def test_files_that_nobody_reads_are_reported_by_name(project, user_agreement):
    (user_agreement / "agreement_rules.csv").write_text("x\n")
    (user_agreement / "map_reasons.csv").write_text("x\n")
    (user_agreement / "mappings" / "map_colours.csv").write_text("x\n")
    seeds = agreement.prepare(project, user_agreement, project / "work")
    told = "\n".join(seeds.notes)
    assert "agreement_rules.csv was not read: no file of the agreement has this name" in told
    assert "map_reasons.csv was not read: mappings belong in the sub-folder mappings" in told
    assert "map_colours.csv was not read: no mapping has this name" in told
    assert not (project / "work" / "agreement" / "agreement_rules.csv").exists()
    assert not (project / "work" / "mappings" / "map_colours.csv").exists()


def test_an_agreement_that_is_not_there_is_named(project, capsys):
    assert run(project, "--agreement", "nowhere") == 1
    assert "AGREEMENT: there is no folder" in capsys.readouterr().err


# --- one build at a time ----------------------------------------------------------------------


@pytest.mark.parametrize("held", ["work", "published"])
def test_a_second_build_stops_and_names_the_first(project, capsys, held):
    with exclusive(project / held):
        assert run(project) == 3
    told = capsys.readouterr().err
    assert f"Another build (process {os.getpid()}, started 20" in told
    assert str(project / held) in told
    assert run(project) == 0


def test_the_lock_outlives_a_killed_build_while_its_step_still_runs(tmp_path):
    script = textwrap.dedent(
        """
        import os, pathlib, subprocess, sys
        from handoff.locks import exclusive
        with exclusive(pathlib.Path(sys.argv[1])) as keep:
            step = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                                    stdin=int(sys.argv[2]), pass_fds=(keep,))
            print("held", flush=True)
            os.kill(os.getpid(), 9)
        """
    )
    reading, writing = os.pipe()
    killed = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), str(reading)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        pass_fds=(reading,),
    )
    os.close(reading)
    assert killed.stdout.readline() == b"held\n"
    killed.wait()
    killed.stdout.close()
    with pytest.raises(Busy, match=r"was killed .* left a step that still"), exclusive(tmp_path):
        pass

    os.close(writing)  # The step ends, and with it the lock.
    deadline = time.monotonic() + 60
    while True:
        try:
            with exclusive(tmp_path):
                break
        except Busy:
            assert time.monotonic() < deadline, "the lock was never released"
            time.sleep(0.05)


def test_a_terminated_build_ends_its_steps_and_frees_the_lock(project):
    script = (
        "import sys, pathlib; from handoff import build; "
        f"build.dbt_command = lambda _: [sys.executable, '-c', {FAKE_DBT!r}]; "
        f"build.worker_command = lambda _: [sys.executable, '-c', {FAKE_WORKER!r}]; "
        f"sys.exit(build.main([], pathlib.Path({str(project)!r})))"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"FAKE_DBT": "hang", "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    hanging = project / "work" / "hanging"
    deadline = time.monotonic() + 60
    while not (hanging.exists() and hanging.read_text()):
        assert time.monotonic() < deadline and running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=20)
    assert running.returncode == 130
    assert b"Interrupted" in told
    with pytest.raises(ProcessLookupError):
        os.kill(int(hanging.read_text()), 0)
    assert run(project) == 0


# --- failures in words ------------------------------------------------------------------------


def test_a_failing_test_shows_its_messages_and_how_many_more(project, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_DBT", "failing test")
    assert run(project) == 1
    told = capsys.readouterr().out
    assert "    lead 0 was decided by marketing\n" in told
    assert "    lead 4 was decided by marketing\n" in told
    assert "lead 5" not in told
    assert "    ... and 2 more\n" in told


def test_rows_without_a_message_are_shown_by_column(tmp_path):
    path = tmp_path / "work.duckdb"
    duckdb.connect(str(path)).close()
    node = dbt_run.Node(
        unique_id="test.handoff.key_dim_leads.abc",
        status="fail",
        message="Got 1 result",
        seconds=0.1,
        n_failures=1,
        compiled_code="select 'a' as lead_id, 2 as n_rows",
    )
    outcome = dbt_run.DbtOutcome(success=False, nodes=[node])
    assert messages.failures(outcome, partial(messages.query, path)) == [
        "  failing test key_dim_leads",
        "    lead_id=a, n_rows=2",
    ]


def test_a_test_whose_rows_cannot_be_read_again_is_still_told(tmp_path):
    path = tmp_path / "work.duckdb"
    duckdb.connect(str(path)).close()
    node = dbt_run.Node("test.handoff.t", "fail", "Got 1 result", 0.1, 1, "select * from gone")
    told = messages.failures(
        dbt_run.DbtOutcome(success=False, nodes=[node]), partial(messages.query, path)
    )
    assert told[0] == "  failing test t"
    assert "its rows cannot be shown" in told[1]


def test_errors_come_without_dbts_frame_and_skipped_nodes_are_counted(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    message = (
        "Runtime Error in model stg_generic__spend (models/staging/generic/stg.sql)\n"
        "  Conversion Error: Could not convert string 'x' to DATE\n"
        "  compiled code at target/run/handoff/models/stg.sql"
    )
    results = [
        {"unique_id": "operation.handoff.handoff-on-run-start-0", "status": "success"},
        {
            "unique_id": "model.handoff.stg_generic__spend",
            "status": "error",
            "message": message,
        },
        {"unique_id": "model.handoff.generic__spend", "status": "skipped", "message": None},
    ]
    (target / "run_results.json").write_text(json.dumps({"results": results}))
    outcome = dbt_run.DbtOutcome(success=False, nodes=dbt_run.read_nodes(target))
    assert messages.failures(outcome, partial(messages.query, tmp_path / "none.duckdb")) == [
        "  error in model stg_generic__spend",
        "    Conversion Error: Could not convert string 'x' to DATE",
        "  Not built because of these: 1.",
    ]


def test_a_ragged_row_is_told_with_file_and_line(tmp_path):
    ragged = tmp_path / "persons.csv"
    ragged.write_text("person_id,email\n1,a@one.example\n2,b@two.example,oops\n")
    with pytest.raises(duckdb.Error) as error:
        duckdb.execute(
            f"select * from read_csv('{ragged}', auto_detect=false, header=true, "
            "columns={'person_id': 'VARCHAR', 'email': 'VARCHAR'})"
        ).fetchall()
    assert dbt_run.readable(f"Runtime Error\n  {error.value}") == (
        f"{ragged}, line 3: 3 columns found, 2 expected: 2,b@two.example,oops. "
        "Correct this row in the export."
    )
