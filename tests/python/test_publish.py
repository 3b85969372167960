"""Publishing: whole or not at all, readable by older clients, the build before kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from handoff import publish

STARTED = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


def make_database(path: Path, *statements: str) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return make_database(
        tmp_path / "work.duckdb",
        "create table marts.dim_leads (lead_id varchar primary key, n_records bigint)",
        "insert into marts.dim_leads values ('b', 2), ('c', null), ('a', 1)",
        "create table marts.build_facts as select timestamp '2026-06-30 10:00' as as_of",
        "create schema staging",
        "create table staging.stg_persons as select 1 as person_id",
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    node = {
        "resource_type": "model",
        "schema": "marts",
        "alias": "dim_leads",
        "description": "One row per lead; it's the person.",
        "columns": {"lead_id": {"description": "Key of the lead."}, "n_records": {}},
    }
    path.write_text(json.dumps({"nodes": {"model.handoff.dim_leads": node}}))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published here"


def publish_it(database: Path, folder: Path, manifest: Path, **more) -> publish.Published:
    return publish.publish(database, folder, manifest=manifest, started=STARTED, **more)


def published_rows(folder: Path, query: str) -> list[tuple]:
    path = folder / "current" / "handoff.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def build_names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "builds").iterdir()}


def test_marts_alone_are_published_in_the_order_of_their_key(database, folder, manifest):
    publish_it(database, folder, manifest)
    assert published_rows(folder, "select * from marts.dim_leads") == [
        ("a", 1),
        ("b", 2),
        ("c", None),
    ]
    assert published_rows(
        folder, "select distinct schema_name from duckdb_tables() where not internal"
    ) == [("marts",)]


def test_every_mart_is_a_parquet_file_too(database, folder, manifest):
    publish_it(database, folder, manifest)
    parquet = folder / "current" / "parquet"
    assert {path.name for path in parquet.iterdir()} == {
        "build_facts.parquet",
        "dim_leads.parquet",
    }
    assert duckdb.execute(f"select * from '{parquet / 'dim_leads.parquet'}'").fetchall() == [
        ("a", 1),
        ("b", 2),
        ("c", None),
    ]


def test_the_file_has_the_storage_format_of_duckdb_1_5(database, folder, manifest):
    publish_it(database, folder, manifest)
    # The header of a DuckDB file: a checksum of eight bytes, DUCK, the format's number.
    header = (folder / "current" / "handoff.duckdb").read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 68


def test_descriptions_become_comments_and_parquet_metadata(database, folder, manifest):
    publish_it(database, folder, manifest)
    assert published_rows(
        folder, "select comment from duckdb_tables() where table_name = 'dim_leads'"
    ) == [("One row per lead; it's the person.",)]
    assert published_rows(
        folder,
        "select column_name, comment from duckdb_columns() "
        "where table_name = 'dim_leads' order by column_index",
    ) == [("lead_id", "Key of the lead."), ("n_records", None)]
    metadata = duckdb.execute(
        "select decode(key), decode(value) from "
        f"parquet_kv_metadata('{folder / 'current' / 'parquet' / 'dim_leads.parquet'}')"
    ).fetchall()
    assert ("handoff.column.lead_id", "Key of the lead.") in metadata
    assert ("handoff.description", "One row per lead; it's the person.") in metadata


def test_build_json_tells_what_was_built(database, folder, manifest):
    built = publish_it(database, folder, manifest, facts={"tests": {"passed": 3}})
    told = json.loads((folder / "current" / "build.json").read_text())
    assert told == built.facts
    assert told["id"] == (folder / "current").resolve().name
    assert told["started_at"] == "2026-06-30T12:00:00+00:00"
    assert told["build_facts"] == {"as_of": "2026-06-30T10:00:00"}
    assert told["tests"] == {"passed": 3}
    assert told["marts"]["dim_leads"]["rows"] == 3
    assert told["engine"] == "duckdb"
    assert set(told["versions"]) == {"handoff", "dbt-core", "dbt-duckdb", "duckdb"}


def test_what_is_added_stands_beside_the_marts_before_readers_see_them(database, folder, manifest):
    def add(passing: Path) -> None:
        assert json.loads((passing / "build.json").read_text())["id"]
        assert not (folder / "current").exists()
        (passing / "report.html").write_text("a page")

    publish_it(database, folder, manifest, add=add)
    assert (folder / "current" / "report.html").read_text() == "a page"


def test_what_cannot_be_added_leaves_what_was_published(database, folder, manifest):
    before = publish_it(database, folder, manifest).folder

    def add(passing: Path) -> None:
        raise OSError("no space is left")

    with pytest.raises(OSError, match="no space"):
        publish_it(database, folder, manifest, add=add)
    assert (folder / "current").resolve() == before
    assert build_names(folder) == {before.name}


def test_build_json_tells_the_engine_that_built(database, folder, manifest):
    built = publish_it(database, folder, manifest, engine="spark")
    assert built.facts["engine"] == "spark"
    assert set(built.facts["versions"]) - {"handoff", "dbt-core", "duckdb"} == {
        "dbt-duckdb",
        "dbt-spark",
    }


def hash_of(path: Path, mart_name: str = "dim_leads") -> str:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as work (read_only)")
        marts = {mart.name: mart for mart in publish.read_marts(connection, "work")}
        return publish.data_hash(connection, "work", marts[mart_name])


def test_equal_rows_in_another_order_have_the_same_hash(database, tmp_path):
    table = "create table marts.dim_leads (lead_id varchar primary key, n_records bigint)"
    reordered = make_database(
        tmp_path / "reordered.duckdb",
        table,
        "insert into marts.dim_leads values ('a', 1), ('b', 2), ('c', null)",
    )
    changed = make_database(
        tmp_path / "changed.duckdb",
        table,
        "insert into marts.dim_leads values ('a', 1), ('b', 2), ('c', 0)",
    )
    assert hash_of(reordered) == hash_of(database)
    assert hash_of(changed) != hash_of(database)


def test_rows_past_one_block_count_for_the_hash(tmp_path):
    hashes = set()
    for last in (0, 1):
        many = make_database(
            tmp_path / "many.duckdb",
            "create table marts.fct_many (id bigint primary key, value bigint)",
            "insert into marts.fct_many select range, 0 from range(25000)",
            f"update marts.fct_many set value = {last} where id = 24999",
        )
        hashes.add(hash_of(many, "fct_many"))
    assert len(hashes) == 2


def test_data_docs_are_published_along(database, folder, manifest, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("seen")
    publish_it(database, folder, manifest, data_docs=docs)
    assert (folder / "current" / "data_docs" / "index.html").read_text() == "seen"


def test_current_flips_and_only_the_build_before_is_kept(database, folder, manifest):
    first, second, third = (publish_it(database, folder, manifest).facts["id"] for _ in range(3))
    assert (folder / "current").readlink() == Path("builds") / third
    assert build_names(folder) == {second, third}
    assert first not in build_names(folder)


def test_a_build_that_was_never_current_is_not_the_one_kept(database, folder, manifest):
    first = publish_it(database, folder, manifest).facts["id"]
    # As if a publishing had been killed between the rename and the flip.
    orphan = folder / "builds" / "20990101T000000Z-abcdef"
    orphan.mkdir()
    second = publish_it(database, folder, manifest).facts["id"]
    assert build_names(folder) == {first, second}


def test_what_a_killed_publishing_left_is_removed(database, folder, manifest):
    half = folder / "builds" / "20260101T000000Z-abcdef.tmp"
    half.mkdir(parents=True)
    (folder / ".current-20260101T000000Z-abcdef").symlink_to("builds/nowhere")
    built = publish_it(database, folder, manifest)
    assert build_names(folder) == {built.facts["id"]}
    assert {path.name for path in folder.iterdir()} == {"builds", "current"}


def test_folders_of_other_names_are_left_alone(database, folder, manifest):
    (folder / "builds" / "mine").mkdir(parents=True)
    publish_it(database, folder, manifest)
    assert (folder / "builds" / "mine").is_dir()


@pytest.mark.parametrize("step", ["_write_mart", "_build_facts", "_sync_tree", "_flip"])
def test_a_failure_at_any_step_leaves_current_as_it_was(
    database, folder, manifest, monkeypatch, step
):
    first = publish_it(database, folder, manifest).facts["id"]

    def fail(*_arguments):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(publish, step, fail)
        with pytest.raises(OSError, match="no space left"):
            publish_it(database, folder, manifest)
    assert (folder / "current").readlink() == Path("builds") / first
    assert not [name for name in build_names(folder) if name.endswith(".tmp")]
    assert publish.verify(folder) == []

    second = publish_it(database, folder, manifest).facts["id"]
    assert build_names(folder) == {first, second}


@pytest.mark.parametrize("data_type", ["timestamptz", "timestamptz[]"])
def test_zoned_moments_are_refused_by_name(folder, manifest, tmp_path, data_type):
    zoned = make_database(
        tmp_path / "zoned.duckdb",
        f"create table marts.fct_mqls (mql_id varchar, mql_at {data_type})",
    )
    with pytest.raises(publish.PublishError, match=r"fct_mqls\.mql_at is TIMESTAMP WITH TIME"):
        publish_it(zoned, folder, manifest)
    assert publish.current(folder) is None


def test_a_database_without_marts_is_refused(folder, manifest, tmp_path):
    empty = make_database(tmp_path / "empty.duckdb")
    with pytest.raises(publish.PublishError, match="holds no marts"):
        publish_it(empty, folder, manifest)


def test_a_current_that_is_no_link_is_never_replaced(database, folder, manifest):
    (folder / "current").mkdir(parents=True)
    with pytest.raises(publish.PublishError, match="not the link"):
        publish_it(database, folder, manifest)


def test_a_published_build_verifies_until_it_is_altered(database, folder, manifest, capsys):
    publish_it(database, folder, manifest)
    assert publish.main(["--verify", str(folder)]) == 0

    path = folder / "current" / "handoff.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("update marts.dim_leads set n_records = 9 where lead_id = 'a'")
    assert publish.main(["--verify", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "dim_leads: handoff.duckdb does not hold the rows that were built" in told
    assert "dim_leads: 2 rows of dim_leads.parquet differ" in told


def test_verifying_where_nothing_is_published_says_so(folder):
    folder.mkdir()
    assert publish.verify(folder) == [f"nothing is published in {folder}"]
