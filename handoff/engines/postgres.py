"""PostgreSQL: raw tables are copied in, marts are copied out, dbt works in between.

The connection is that of profiles.yml: HANDOFF_POSTGRES_HOST, _PORT, _USER, _PASSWORD and
_DATABASE. The database should belong to the project alone: its schemas raw, agreement, staging,
conformed, intermediate and marts are written to.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from psycopg2 import sql

from handoff.engines import EngineError
from handoff.land import SCHEMA as RAW

# Moments are written and read in UTC whatever the server is set to. A CTE that is read twice
# has no statistics: the planner takes it for a few rows and loops over it, for hours.
OPTIONS = "-c timezone=UTC -c datestyle=ISO -c jit=off -c enable_nestloop=off"
# Texts must be compared by their bytes, and lower-cased beyond ASCII, as on the other engines.
COLLATIONS = ("C", "POSIX", "C.UTF-8", "C.utf8")
CREATE = (
    "create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"
)
# PostgreSQL's name for a type → DuckDB's. numeric(p,s) is one for both.
TYPES = {
    "text": "varchar",
    "bigint": "bigint",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "double precision": "double",
    "timestamp without time zone": "timestamp",
}
BATCH = 2_000


def settings() -> dict[str, Any]:
    """How to connect, as profiles.yml says."""
    return {
        "host": os.environ.get("HANDOFF_POSTGRES_HOST", "localhost"),
        "port": int(os.environ.get("HANDOFF_POSTGRES_PORT", "5432")),
        "user": os.environ.get("HANDOFF_POSTGRES_USER", "handoff"),
        "password": os.environ.get("HANDOFF_POSTGRES_PASSWORD", ""),
        "dbname": os.environ.get("HANDOFF_POSTGRES_DATABASE", "handoff"),
    }


class _Lines:
    """Rows of a DuckDB query in PostgreSQL's COPY text format, as a file to read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str, columns: list[str]):
        # What the format gives a meaning: the backslash first, it escapes the others.
        escapes = (
            ("'\\'", "'\\\\'"),
            ("chr(9)", "'\\t'"),
            ("chr(10)", "'\\n'"),
            ("chr(13)", "'\\r'"),
        )
        cells = []
        for column in columns:
            cell = f'cast("{column}" as varchar)'
            for sign, escaped in escapes:
                cell = f"replace({cell}, {sign}, {escaped})"
            cells.append(f"coalesce({cell}, '\\N')")
        self._result = connection.execute(f"select {' || chr(9) || '.join(cells)} from {source}")
        self._left = b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size:
            rows = self._result.fetchmany(BATCH)
            if not rows:
                break
            self._left += "".join(f"{line}\n" for (line,) in rows).encode()
        given, self._left = self._left[:size], self._left[size:]
        return given


def _duckdb_type(data_type: str, where: str) -> str:
    if data_type.startswith("numeric("):
        return data_type
    try:
        return TYPES[data_type]
    except KeyError:
        raise EngineError(
            f"{where} is {data_type} on PostgreSQL: cast it in its model to text, bigint, "
            "decimal(p, s), double, boolean, date or timestamp."
        ) from None


class Postgres:
    """The database that the environment names."""

    def __init__(self) -> None:
        self._settings = settings()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor whose work is committed at its end."""
        where = "{user}@{host}:{port}/{dbname}".format(**self._settings)
        try:
            connection = psycopg2.connect(options=OPTIONS, **self._settings)
        except psycopg2.OperationalError as error:
            name = self._settings["dbname"]
            raise EngineError(
                f"PostgreSQL cannot be reached at {where} (HANDOFF_POSTGRES_HOST, _PORT, _USER, "
                f"_PASSWORD, _DATABASE): {str(error).strip()}\n"
                f"A database that does not exist yet: {CREATE.format(name=name)}"
            ) from error
        with closing(connection):
            try:
                with connection, connection.cursor() as cursor:
                    yield cursor
            except psycopg2.Error as error:
                raise EngineError(f"PostgreSQL at {where}: {str(error).strip()}") from error

    def _check_collation(self, cursor: Any) -> None:
        cursor.execute(
            "select datname, pg_encoding_to_char(encoding), datcollate, datctype "
            "from pg_database where datname = current_database()"
        )
        name, encoding, collate, ctype = cursor.fetchone()
        if encoding != "UTF8" or collate not in COLLATIONS or ctype in ("C", "POSIX"):
            raise EngineError(
                f"The database {name} has encoding {encoding}, collation {collate} and character "
                f"type {ctype}: texts would sort and compare otherwise than on the other engines. "
                f"Make one of its own: {CREATE.format(name='handoff')}"
            )

    def environment(self) -> dict[str, str]:
        return {"PGOPTIONS": OPTIONS}

    def load(self, landed: dict[str, Path]) -> None:
        with self._cursor() as cursor, duckdb.connect() as files:
            self._check_collation(cursor)
            cursor.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(RAW)))
            for name, path in landed.items():
                literal = str(path).replace("'", "''")
                described = files.execute(f"describe from '{literal}'").fetchall()
                table = sql.Identifier(RAW, name)
                # landed_files alone has a column that is no text.
                types = {"VARCHAR": "text", "BIGINT": "bigint"}
                columns = [
                    sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(types[data_type]))
                    for column, data_type, *_ in described
                ]
                cursor.execute(sql.SQL("drop table if exists {} cascade").format(table))
                cursor.execute(
                    sql.SQL("create table {} ({})").format(table, sql.SQL(", ").join(columns))
                )
                lines = _Lines(files, f"'{literal}'", [column for column, *_ in described])
                cursor.copy_expert(sql.SQL("copy {} from stdin").format(table), lines)
                cursor.execute(sql.SQL("analyze {}").format(table))

    def fetch(self, relations: list[tuple[str, str]], database: Path) -> None:
        with (
            self._cursor() as cursor,
            duckdb.connect(str(database)) as built,
            tempfile.TemporaryDirectory(dir=database.parent) as folder,
        ):
            for schema, name in relations:
                cursor.execute(
                    "select attname, format_type(atttypid, atttypmod) from pg_attribute "
                    "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped "
                    "order by attnum",
                    [f'"{schema}"."{name}"'],
                )
                columns = {
                    column: _duckdb_type(data_type, f"{schema}.{name}.{column}")
                    for column, data_type in cursor.fetchall()
                }
                path = Path(folder) / "rows.csv"
                with path.open("wb") as file:
                    cursor.copy_expert(
                        sql.SQL(
                            "copy (select * from {}) to stdout (format csv, force_quote *)"
                        ).format(sql.Identifier(schema, name)),
                        file,
                    )
                built.execute(f'create schema if not exists "{schema}"')
                typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                built.execute(f'create table "{schema}"."{name}" ({typed})')
                # Quoted is a value, if an empty one; unquoted and empty is null.
                built.execute(
                    f"""
                    copy "{schema}"."{name}" from '{str(path).replace("'", "''")}' (
                        format csv, header false, auto_detect false, delimiter ',', quote '"',
                        escape '"', nullstr '', allow_quoted_nulls false, parallel false
                    )
                    """
                )

    def query(self, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        with self._cursor() as cursor:
            cursor.execute(statement)
            return [column.name for column in cursor.description], cursor.fetchall()
