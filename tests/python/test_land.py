"""Landing for other engines: the same rows as the DuckDB build, the same words for faults."""

from pathlib import Path

import duckdb
import pytest
from builds import PROJECT

from handoff.land import Landed, land

DEMO = PROJECT / "exports" / "demo"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory):
    """Land a folder of exports; all share one work folder, and with it dbt's parse."""
    work = tmp_path_factory.mktemp("land")

    def run(exports: Path) -> Landed:
        return land(exports, work / "landed", work)

    return run


def broken_copy(folder: Path) -> Path:
    """The demo with a line that does not fit in two of its files, and a file nobody claims."""
    (folder / "generic").mkdir(parents=True)
    for path in (DEMO / "generic").iterdir():
        (folder / "generic" / path.name).write_bytes(path.read_bytes())
    for name in ("persons", "users"):
        with (folder / "generic" / f"{name}.csv").open("a") as file:
            file.write("one,two\n")
    (folder / "generic" / "stray.csv").write_text("a,b\n")
    return folder


def test_every_row_and_text_of_the_exports_is_landed(landed) -> None:
    files = landed(DEMO).files
    objects = {path.stem for path in (DEMO / "generic").glob("*.csv")}
    generic = {name for name in files if name.startswith("generic__")}
    assert generic == {f"generic__{name}" for name in objects}
    assert "landed_files" in files
    for name in objects:
        path = files[f"generic__{name}"]
        columns = duckdb.sql(f"describe from '{path}'").fetchall()
        assert {column[1] for column in columns} == {"VARCHAR"}
        assert columns[-1][0] == "_source_file"
        source = DEMO / "generic" / f"{name}.csv"
        given = [column[0] for column in duckdb.sql(f"describe from '{source}'").fetchall()]
        listed = ", ".join(given)
        differing = duckdb.sql(
            f"""
            with
            landed as (select {listed} from '{path}'),
            exported as (select {listed} from read_csv('{source}', all_varchar = true))
            select count(*) from (
                (from landed except all from exported)
                union all (from exported except all from landed)
            )
            """
        ).fetchall()
        assert differing == [(0,)], name


def test_faults_of_the_headers_are_told_as_in_a_duckdb_build(landed, tmp_path: Path) -> None:
    (tmp_path / "generic").mkdir()
    (tmp_path / "generic" / "persons.csv").write_text("name,phone\n")
    outcome = landed(tmp_path).outcome
    assert not outcome.success and not outcome.nodes
    assert outcome.error.startswith("Landing stopped: 2 fault(s)")
    assert "generic/persons.csv, column person_id: required" in outcome.error


def test_rows_that_do_not_fit_are_told_of_all_files_at_once(landed, tmp_path: Path) -> None:
    done = landed(broken_copy(tmp_path / "broken"))
    assert not done.files and not done.outcome.success
    persons, users = done.outcome.error.split("\n")
    assert "generic/persons.csv, line" in persons and "Correct this row" in persons
    assert "generic/users.csv, line" in users and "one,two" in users
    assert "generic/stray.csv" in "".join(done.outcome.notices)
