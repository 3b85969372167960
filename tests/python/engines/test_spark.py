"""What Spark needs besides the models: its Java, and seeds that arrive as they are written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

pytest.importorskip("pyspark.java_gateway", reason="requirements-spark.lock is not installed")

from builds import PROJECT

from handoff.engines import EngineError, spark

COLUMNS = {
    "label": "string",
    "number": "integer",
    "share": "decimal(18, 4)",
    "flag": "boolean",
    "on_day": "date",
    "at_time": "timestamp",
}
NASTY = [
    ("it's", "1", "0.5000", "true", "2025-01-31", "2025-01-31 23:59:59"),
    (r"back\slash \n \' %s 100%", "-7", "-12.3456", "false", "2024-02-29", "2025-06-01 00:00:00"),
    ("${spark.app.name} {{ none }} `x` -- /* ", "2147483647", "0", "true", "", ""),
    ('said ""so""; and,\nso on', "", "", "", "", ""),
    ("Žluťoučký 東京 🦊", "0", "99999999999999.9999", "false", "1999-12-31", "2025-01-01 12:00:00"),
    ("", "", "", "", "", ""),
]
OUT_OF_RANGE = [("label", "2147483648", "123456789012345", "", "2025-02-29", "")]


def seeded(folder: Path, rows: list[tuple[str, ...]]) -> subprocess.CompletedProcess[str]:
    """Load one seed on Spark in a project that has the project's macros for it and nothing else."""
    shutil.copytree(PROJECT / "macros" / "seeds", folder / "macros")
    (folder / "seeds").mkdir()
    (folder / "profiles.yml").write_text((PROJECT / "profiles.yml").read_text())
    types = "".join(f"      {name}: {kind}\n" for name, kind in COLUMNS.items())
    (folder / "dbt_project.yml").write_text(
        "name: seeded\nprofile: handoff\nseeds:\n  seeded:\n    +file_format: parquet\n"
        f"    +column_types:\n{types}"
    )
    lines = [",".join(COLUMNS)] + [
        ",".join(f'"{cell}"' if cell else "" for cell in row) for row in rows
    ]
    (folder / "seeds" / "given.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    engine = spark.Spark()
    engine.load({"none": folder / "landed" / "none.parquet"})
    return subprocess.run(
        [str(Path(sys.executable).parent / "dbt"), "--no-use-colors", "seed"],
        cwd=folder,
        env=os.environ | engine.environment() | {"HANDOFF_TARGET": "spark"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_seeds_arrive_as_they_are_written(tmp_path: Path) -> None:
    run = seeded(tmp_path, NASTY)
    assert run.returncode == 0, run.stdout[-4000:]
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    found = connection.execute(
        "select label, number, share, flag, on_day, timezone('UTC', at_time) "
        f"from read_parquet('{tmp_path}/spark/warehouse/handoff.db/given/*.parquet')"
    ).fetchall()
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    expected = connection.execute(
        f"from read_csv('{tmp_path}/seeds/given.csv', auto_detect = false, header = true, "
        f"quote = '\"', escape = '\"', columns = {{{typed}}})"
    ).fetchall()
    assert len(found) == len(NASTY)
    assert sorted(map(str, found)) == sorted(map(str, expected))


def test_a_value_that_is_not_of_its_type_stops_the_build(tmp_path: Path) -> None:
    faulty = ("label", "1.5", "many", "perhaps", "31.01.2025", "2025-13-01 00:00:00")
    run = seeded(tmp_path, [NASTY[0], faulty, *OUT_OF_RANGE])
    assert run.returncode != 0
    assert "row 4, column number: '2147483648' is no integer" in run.stdout
    assert "row 4, column share: '123456789012345' is no decimal(18, 4)" in run.stdout
    assert "row 4, column on_day: '2025-02-29' is no date" in run.stdout
    for name, cell in list(zip(COLUMNS, faulty, strict=True))[1:]:
        assert f"row 3, column {name}: '{cell}' is no {COLUMNS[name]}" in run.stdout


def java(folder: Path, version: str) -> Path:
    """An executable `java` that tells a version, and else the words that it was given."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(
        f'#!/bin/sh\n[ "$1" = -version ] && {{ echo \'openjdk version "{version}"\' >&2; exit; }}\n'
        'printf "%s\\n" "$@"\n'
    )
    path.chmod(0o755)
    return path


def test_the_java_of_the_machine_serves_where_spark_runs_on_it(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{java(tmp_path / 'system', '17.0.15').parent}")
    assert spark.java_home(tmp_path / "wrapper") is None


@pytest.mark.parametrize("system", [None, "1.8.0_402", "25"])
def test_the_packaged_java_serves_where_there_is_no_other(tmp_path, monkeypatch, system) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    folder = java(tmp_path / "system", system).parent if system else tmp_path / "none"
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin-without-java")
    monkeypatch.setattr(spark, "packaged_java", lambda: java(tmp_path / "packaged", "21.0.8"))
    home = spark.java_home(tmp_path / "wrapper")
    words = ["--add-modules=jdk.incubator.vector", "-Dname=a b", "Main"]
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    told = subprocess.run(
        [home / "bin" / "java", *words], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == words[1:]


def test_a_java_home_that_spark_cannot_use_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, "11.0.2").parents[1]))
    with pytest.raises(EngineError, match="Java 17 or 21"):
        spark.java_home(tmp_path / "wrapper")
