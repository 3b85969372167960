"""Each engine's own macros for JSON (macros/portable/json.sql) read the same cells alike."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import psycopg2
import pytest
from jinja2 import Environment
from postgres_server import NoServer, postgres_server

SOURCE = Path(__file__).parents[3] / "macros" / "portable" / "json.sql"
# Cell, whether it is a readable object, and the text of its key `New Value`.
CELLS = [
    ('{"New Value":"CEO","Old Value":"CFO"}', True, "CEO"),
    ('{"Old Value":"CFO" ,\n\t"New Value" : "CEO" }', True, "CEO"),
    ('{"New Value":"the \\"big\\" one"}', True, 'the "big" one'),
    ('{"New Value":"it\'s"}', True, "it's"),
    ('{"New Value":"C:\\\\temp\\\\n"}', True, "C:\\temp\\n"),
    ('{"New Value":"a\\/b\\nc"}', True, "a/b\nc"),
    ('{"A":"\\"New Value\\":\\"no\\"","New Value":"},{[]"}', True, "},{[]"),
    ('{"New Value":"\\u017dlu\\u0165 東京 \\ud83e\\udd8a 🦊"}', True, "Žluť 東京 🦊 🦊"),
    ('{"New Value":45}', True, "45"),
    ('{"New Value":-40.5}', True, "-40.5"),
    ('{"New Value":true}', True, "true"),
    ('{"New Value":null}', True, None),
    ('{"New Value":""}', True, ""),
    ('{"New Value":[1,2]}', True, "[1,2]"),
    ('{"A":{"New Value":"inner"},"B":["New Value"],"New Value":"outer"}', True, "outer"),
    ('{"new value":"x"}', True, None),
    ("{}", True, None),
    ("[]", False, None),
    ('["New Value"]', False, None),
    ('"New Value"', False, None),
    ("45", False, None),
    ("null", False, None),
    ("", False, None),
    ("no JSON", False, None),
    ('{"New Value":"x"', False, None),
    ('{"New Value":"x","Old Va', False, None),
    ('{"New Value" "x"}', False, None),
    ("{New Value:x}", False, None),
    ('{"New Value":"x"} and more', False, None),
    ('{"New Value":"\\x"}', False, None),
    ('{"New Value":01}', False, None),
]


def query(engine: str) -> str:
    """What staging does with a cell: ask once, then read."""
    macros = Environment(extensions=["jinja2.ext.do"]).from_string(SOURCE.read_text()).module
    readable = getattr(macros, f"{engine}__is_json_object")("cell")
    text = getattr(macros, f"{engine}__json_text")("readable_cell", "New Value")
    return f"""
        select number, is_readable, {text} as value
        from (
            select number, {readable} as is_readable,
                case when {readable} then cell end as readable_cell
            from cells
        ) as asked
        order by number
    """


def read_by_duckdb(_: Path) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.execute("create table cells (number integer, cell varchar)")
        connection.executemany("insert into cells values (?, ?)", numbered())
        return connection.execute(query("duckdb")).fetchall()


def read_by_postgres(_: Path) -> list[tuple]:
    try:
        with postgres_server() as settings:
            connection = psycopg2.connect(
                host=settings["HANDOFF_POSTGRES_HOST"],
                user=settings["HANDOFF_POSTGRES_USER"],
                dbname=settings["HANDOFF_POSTGRES_DATABASE"],
            )
            cursor = connection.cursor()
            cursor.execute("create table cells (number integer, cell text)")
            cursor.executemany("insert into cells values (%s, %s)", numbered())
            cursor.execute(query("postgres"))
            rows = cursor.fetchall()
            connection.close()
            return rows
    except NoServer as why:
        pytest.skip(str(why))


def read_by_spark(folder: Path) -> list[tuple]:
    pytest.importorskip("pyspark.java_gateway", reason="requirements-spark.lock is not installed")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(folder))
        .getOrCreate()
    )
    try:
        session.createDataFrame(numbered(), "number int, cell string").createOrReplaceTempView(
            "cells"
        )
        return [tuple(row) for row in session.sql(query("spark")).collect()]
    finally:
        session.stop()


def numbered() -> list[tuple[int, str]]:
    return [(number, cell) for number, (cell, *_) in enumerate(CELLS)]


@pytest.mark.parametrize("read", [read_by_duckdb, read_by_postgres, read_by_spark])
def test_every_engine_reads_json_alike(read: Callable[[Path], list[tuple]], tmp_path: Path) -> None:
    found = read(tmp_path)
    assert [(CELLS[number][0], *rest) for number, *rest in found] == CELLS
