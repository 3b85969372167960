"""Exports of every accepted shape land; every fault is named with file, column and remedy.

Nearly all of a dbt run is its start-up, so each scenario is one run with many exports, and
the tests look at its results.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from project import run_dbt

GENERIC = ["--select", "staging.generic", "conformed.generic", "int_landing_reconciliation"]


@dataclass
class Landing:
    """One finished run: what dbt said, and the database it left."""

    returncode: int
    said: str
    database: Path

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


Land = Callable[..., Landing]


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    """Run dbt on exports given as {path: content}; each run starts on an empty database."""
    work = tmp_path_factory.mktemp("landing")
    database = work / "handoff.duckdb"

    def write(folder: Path, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(
        name: str,
        files: dict[str, str | bytes],
        *arguments: str,
        tables: dict[str, str] | None = None,
    ) -> Landing:
        exports = work / name
        exports.mkdir()
        write(exports, files)
        database.unlink(missing_ok=True)
        if tables:
            with duckdb.connect(str(database)) as connection:
                connection.execute("create schema loaded")
                for table, query in tables.items():
                    connection.execute(f"create table loaded.{table} as {query}")
        done = run_dbt(
            ["run", *GENERIC, *arguments],
            exports=exports,
            database=database,
            target_path=work / "target",
            environment={"HANDOFF_SYSTEMS": "generic"},
        )
        kept = work / f"{name}.duckdb"
        if database.exists():
            kept.write_bytes(database.read_bytes())
        return Landing(done.returncode, done.stdout + done.stderr, kept)

    yield run


def parquet(path: Path, query: str) -> bytes:
    duckdb.sql(query).write_parquet(str(path))
    return path.read_bytes()


# --- every accepted shape -------------------------------------------------------------------


@pytest.fixture(scope="module")
def shapes(land: Land, tmp_path_factory: pytest.TempPathFactory) -> Landing:
    part = tmp_path_factory.mktemp("parquet") / "part.parquet"
    return land(
        "shapes",
        {
            # As an API names things; byte order mark, CRLF, a line break inside quotes.
            "generic/persons_api.csv": (
                "\ufeffPersonId,Email,CreatedAt,UpdatedAt,IsDeleted,Title,ScoreBand\r\n"
                "api-1,a@one.example,2025-01-02T03:04:05Z,2025-02-01,FALSE,"
                '"Head,\r\nof ""Ops""",A\r\n'
                "api-2,,2025-01-03T00:00:00Z,,,,\r\n"
            ),
            # As a report names things; semicolons; an alias in other letters than the name.
            "generic/Persons report [EMEA].CSV": (
                'Person ID;E-Mail;Created Date;"Sales; Region";Company\n'
                "report-1;b@two.example;2025-01-04 10:00:00;x;Größe & Söhne\n"
            ),
            # As a connector names things; tabs; compressed; in a sub-folder.
            "generic/2025/q1/persons.csv.gz": gzip.compress(
                b"person_id\tcreated_at\t_synced\nconnector-1\t2025-01-05\tx\n"
            ),
            # Typed columns, named parts in a folder.
            "generic/persons/part-0.parquet": parquet(
                part,
                """
                select 'parquet-1' as "Person Id", timestamp '2025-01-06 07:08:09' as created_at,
                    120.0 as employees, true as is_deleted
                """,
            ),
            # Two parts with one header are one scan; later versions, repeats and bad rows.
            "generic/persons_2.csv": (
                "person_id,created_at,updated_at,title\n"
                "twice,2025-01-01,2025-01-02,older\n"
                "same,2025-01-01,2025-01-02,same\n"
                "bad-date,31.01.2025,,\n"
                ",2025-01-01,,\n"
            ),
            "generic/persons_3.csv": (
                "person_id,created_at,updated_at,title\n"
                "twice,2025-01-01,2025-01-03,newer\n"
                "same,2025-01-01,2025-01-02,same\n"
            ),
            "generic/users.csv": "user_id,team\nU-1,Sales\n",
            "generic/campaigns.csv": "campaign_id,name\n",
            "generic/status_changes.csv": (
                "person_id,status,changed_at\n"
                "api-1,New,2025-01-02T03:04:05Z\n"
                "api-1,New,2025-01-02 03:04:05\n"
                "api-1,Working,never\n"
            ),
            # What no source claims, and what is no export.
            "generic/budget.csv": "a,b\n1,2\n",
            "generic/persons.xlsx": b"PK\x03\x04",
            "zendesk/tickets.csv": "id\n1\n",
            "generic/README.md": "read me",
            "generic/.gitkeep": "",
            "generic/.hidden/persons.csv": "nothing",
            "answer_key/persons.csv": "nothing",
            "generic/answer_key/persons.csv": "nothing",
        },
    )


def test_the_shapes_land(shapes: Landing) -> None:
    assert shapes.returncode == 0, shapes.said


def test_headers_match_by_letters_and_digits_or_alias(shapes: Landing) -> None:
    found = shapes.rows(
        """
        select person_id, email, created_at, _source_file from raw.generic__persons
        where contains(person_id, '-1') order by person_id
        """
    )
    assert found == [
        ("api-1", "a@one.example", "2025-01-02T03:04:05Z", "generic/persons_api.csv"),
        ("connector-1", None, "2025-01-05", "generic/2025/q1/persons.csv.gz"),
        ("parquet-1", None, "2025-01-06 07:08:09", "generic/persons/part-0.parquet"),
        (
            "report-1",
            "b@two.example",
            "2025-01-04 10:00:00",
            "generic/Persons report [EMEA].CSV",
        ),
    ]


def test_raw_views_have_exactly_the_declared_columns_as_text(shapes: Landing) -> None:
    columns = shapes.rows(
        """
        select column_name, data_type from duckdb_columns()
        where schema_name = 'raw' and table_name = 'generic__persons' order by column_index
        """
    )
    header = Path(__file__).parents[2] / "exports/templates/generic/persons.csv"
    declared = header.read_text().splitlines()[0].split(",")
    assert columns == [(name, "VARCHAR") for name in [*declared, "_source_file"]]


def test_quoted_delimiters_quotes_and_line_breaks_survive(shapes: Landing) -> None:
    ((title,),) = shapes.rows("select title from raw.generic__persons where person_id = 'api-1'")
    assert title == 'Head,\r\nof "Ops"'
    ((company,),) = shapes.rows(
        "select company from raw.generic__persons where person_id = 'report-1'"
    )
    assert company == "Größe & Söhne"


def test_columns_that_a_file_lacks_are_null_and_blank_cells_too(shapes: Landing) -> None:
    assert shapes.rows(
        "select email, title, country from raw.generic__persons where person_id = 'api-2'"
    ) == [(None, None, None)]


def test_parquet_values_are_read_like_text(shapes: Landing) -> None:
    assert shapes.rows(
        """
        select employees, is_deleted, cast(created_at as varchar)
        from conformed.generic__persons where record_id = 'parquet-1'
        """
    ) == [(120, True, "2025-01-06 07:08:09")]


def test_an_object_without_files_or_rows_is_an_empty_view(shapes: Landing) -> None:
    assert shapes.rows("select count(*) from raw.generic__spend") == [(0,)]
    assert shapes.rows("select count(*) from raw.generic__campaigns") == [(0,)]
    assert shapes.rows("select count(*) from conformed.generic__spend") == [(0,)]


def test_what_no_source_claims_is_named_and_recorded(shapes: Landing) -> None:
    unclaimed = ["generic/budget.csv", "generic/persons.xlsx", "zendesk/tickets.csv"]
    assert "no source claims 3 file(s)" in shapes.said
    assert all(file in shapes.said for file in unclaimed)
    assert shapes.rows(
        "select system, file from raw.landed_files where object is null order by file"
    ) == list(zip(["generic", "generic", "zendesk"], unclaimed, strict=True))


def test_read_mes_hidden_files_and_answer_keys_are_no_exports(shapes: Landing) -> None:
    files = [file for (file,) in shapes.rows("select file from raw.landed_files")]
    assert len(files) == 12
    assert not [file for file in files if "README" in file or "answer" in file or "/." in file]


def test_landed_files_say_how_each_file_was_read(shapes: Landing) -> None:
    found = shapes.rows(
        """
        select file, format, delimiter, n_columns, ignored_columns from raw.landed_files
        where object = 'persons' and ignored_columns is not null or format = 'parquet'
        order by file
        """
    )
    assert found == [
        ("generic/2025/q1/persons.csv.gz", "csv", "\t", 3, "_synced"),
        ("generic/Persons report [EMEA].CSV", "csv", ";", 5, "Sales; Region"),
        ("generic/persons/part-0.parquet", "parquet", None, 4, None),
        ("generic/persons_api.csv", "csv", ",", 7, "ScoreBand"),
    ]


def test_unusable_rows_are_quarantined_with_their_reason(shapes: Landing) -> None:
    persons, status_changes = "generic/persons_2.csv", "generic/status_changes.csv"
    assert shapes.rows(
        """
        select record_id, reason, detail, source_file from conformed.generic__quarantined
        where record_id <> 'same' or record_id is null
        order by object, record_id, reason
        """
    ) == [
        ("bad-date", "unreadable_created_at", "created_at: 31.01.2025", persons),
        ("twice", "superseded", "updated_at: 2025-01-02", persons),
        (None, "missing_key", "person_id: blank", persons),
        ("api-1", "duplicate_key", "person_id: api-1", status_changes),
        ("api-1", "unreadable_changed_at", "changed_at: never", status_changes),
    ]
    assert shapes.rows(
        "select title from conformed.generic__persons where record_id = 'twice'"
    ) == [("newer",)]


def test_of_equally_new_versions_one_stays_and_the_other_is_kept_aside(shapes: Landing) -> None:
    kept = shapes.rows(
        "select source_file from conformed.generic__persons where record_id = 'same'"
    )
    aside = shapes.rows(
        "select source_file, reason from conformed.generic__quarantined where record_id = 'same'"
    )
    assert len(kept) == len(aside) == 1
    assert {kept[0][0], aside[0][0]} == {"generic/persons_2.csv", "generic/persons_3.csv"}
    assert aside[0][1] == "duplicate_key"


def test_every_landed_row_is_kept_or_quarantined(shapes: Landing) -> None:
    assert shapes.rows(
        """
        select object, n_staged, n_quarantined, n_kept
        from intermediate.int_landing_reconciliation where n_staged > 0 order by object
        """
    ) == [("persons", 11, 4, 7), ("status_changes", 3, 2, 1), ("users", 1, 0, 1)]


def test_every_template_lands_with_all_declared_columns_and_rows(land: Land) -> None:
    """Guards the templates that users copy: each export has one, and all of it is read."""
    templates = sorted((Path(__file__).parents[2] / "exports/templates/generic").glob("*.csv"))
    landing = land("templates", {f"generic/{path.name}": path.read_bytes() for path in templates})
    assert landing.returncode == 0, landing.said
    for path in templates:
        columns = landing.rows(
            "select column_name from duckdb_columns() where schema_name = 'raw' "
            f"and table_name = 'generic__{path.stem}' order by column_index"
        )
        header = path.read_text().splitlines()[0].split(",")
        assert [name for (name,) in columns] == [*header, "_source_file"], path.stem
    counted = landing.rows(
        "select object, n_staged, n_quarantined, n_kept "
        "from intermediate.int_landing_reconciliation where system = 'generic' order by object"
    )
    assert counted == [(path.stem, 2, 0, 2) for path in templates]
    read_as = landing.rows(
        "select table_name from duckdb_columns() "
        "where schema_name = 'staging' and column_name = 'unreadable_values'"
    )
    for (table,) in read_as:
        query = f"select unreadable_values from staging.{table} where unreadable_values > ''"
        assert landing.rows(query) == [], table


# --- faults ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faults(land: Land) -> Landing:
    return land(
        "faults",
        {
            "generic/persons.csv": "person_id,email\n1,x\n",
            "generic/persons_2.csv": "person_id,created_at,Created At\n1,2025-01-01,2025-01-01\n",
            "generic/persons_3.csv": "person_id,created_at,email,E-mail address\n1,2025-01-01,,\n",
            "generic/activities.csv": "",
            "generic/campaigns.csv": "campaign_id,name\n1,x\n".encode("utf-16"),
            "generic/opportunities.csv": 'opportunity_id,stage,"created\nat"\n1,Won,2025-01-01\n',
            "generic/status_changes.csv": "person_id,état\n1,x\n".encode("latin-1"),
            "generic/users/spend.csv": "spend_id,spent_on,amount\n1,2025-01-01,1\n",
        },
    )


@pytest.mark.parametrize(
    "fault",
    [
        "generic, file generic/persons.csv, column created_at: required, but the file lacks it;",
        "generic, file generic/persons_2.csv, columns 'created_at' and 'Created At': the same",
        "generic, file generic/persons_3.csv, columns 'email' and 'E-mail address': both stand"
        " for the column email; keep one",
        "generic, file generic/activities.csv: empty, or its first line is;",
        "generic, file generic/campaigns.csv: it is not UTF-8 text;",
        "generic, file generic/opportunities.csv: a quote opened in the header is not closed",
        "generic, file generic/status_changes.csv: it is not UTF-8 text;",
        "generic, file generic/users/spend.csv: the objects spend and users claim it",
    ],
)
def test_all_faults_are_listed_at_once(faults: Landing, fault: str) -> None:
    assert faults.returncode != 0
    assert "Landing stopped: 8 fault(s)" in faults.said
    assert fault in " ".join(faults.said.split())


def test_a_fault_builds_nothing(faults: Landing) -> None:
    tables = faults.rows("select table_name from duckdb_tables() where schema_name <> 'main'")
    assert tables == []


def test_a_missing_required_object_is_named(land: Land) -> None:
    done = land("no_persons", {"generic/users.csv": "user_id,team\n1,Sales\n"})
    assert done.returncode != 0
    assert "generic, object persons: required, but there is no file persons.csv" in done.said


def test_a_folder_without_exports_is_a_fault(land: Land) -> None:
    done = land("nothing", {"README.md": "empty", "zendesk/tickets.csv": "id\n1\n"})
    assert done.returncode != 0
    assert "no export found" in done.said
    assert "HANDOFF_EXPORTS" in done.said


def test_a_ragged_row_stops_the_build_with_file_and_line(land: Land) -> None:
    done = land(
        "ragged",
        {
            "generic/persons.csv": (
                "person_id,created_at,title\n1,2025-01-01,a\n2,2025-01-01,b,c\n3,2025-01-01,d\n"
            )
        },
    )
    assert done.returncode != 0
    assert "CSV Error on Line: 3" in done.said
    assert "generic/persons.csv" in done.said


# --- tables of a loader ---------------------------------------------------------------------


def test_a_loaders_tables_land_like_files(land: Land) -> None:
    system = {
        "time_zone": "UTC",
        "timestamp_formats": [],
        "relation_schema": "loaded",
        "entities": ["landing_counts"],
    }
    done = land(
        "tables",
        {},
        "--vars",
        json.dumps({"systems": {"generic": system}}),
        tables={
            "Persons": """
                select 7 as "PersonId", timestamp '2025-01-06 07:08:09' as "Created Date",
                    1 as other
            """
        },
    )
    assert done.returncode == 0, done.said
    assert done.rows(
        "select person_id, created_at, email, _source_file from raw.generic__persons"
    ) == [("7", "2025-01-06 07:08:09", None, "loaded.Persons")]
    assert done.rows("select format, ignored_columns from raw.landed_files") == [("table", "other")]
    assert done.rows("select count(*) from conformed.generic__persons") == [(1,)]
