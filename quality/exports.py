"""Finds an object's files and reads them with DuckDB: every declared column as text."""

import csv
import gzip
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from quality.declaration import Column, ExportObject, normalised

EXTENSIONS = (".csv", ".csv.gz", ".parquet")
DELIMITERS = ",;\t"


class UnreadableFile(Exception):
    """A file that cannot be read as the table it should be; the message says why."""


@dataclass(frozen=True)
class ExportFile:
    path: Path
    headers: tuple[str, ...]
    delimiter: str | None  # None: Parquet

    def position_of(self, column: Column) -> int | None:
        """Where the file holds a declared column; None where it lacks it."""
        positions = {normalised(header): n for n, header in enumerate(self.headers)}
        return next((positions[name] for name in column.headers if name in positions), None)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def stem(name: str) -> str | None:
    """A file name without its extension, lower-cased; None where it is no export."""
    lowered = name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lowered.endswith(extension):
            return lowered.removesuffix(extension)
    return None


def folder_of(exports: Path, system: str) -> Path | None:
    """The system's folder, whatever its case."""
    if not exports.is_dir():
        return None
    for entry in sorted(exports.iterdir()):
        if entry.is_dir() and entry.name.lower() == system:
            return entry
    return None


def paths_of(export_object: ExportObject, exports: Path) -> list[Path]:
    folder = folder_of(exports, export_object.system)
    if folder is None:
        return []
    pattern = export_object.pattern.lower()
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and (name := stem(path.name)) is not None
        and (fnmatchcase(name, pattern) or fnmatchcase(path.name.lower(), pattern))
    ]


def read_header(path: Path) -> ExportFile:
    """The header of one file, and what separates its columns."""
    if path.name.lower().endswith(".parquet"):
        with duckdb.connect() as connection:
            described = connection.execute(
                f"describe select * from read_parquet({quoted(str(path))})"
            ).fetchall()
        return ExportFile(path, tuple(row[0] for row in described), None)
    is_zipped = path.name.lower().endswith(".gz")
    opener = gzip.open if is_zipped else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            # The separator that occurs most outside quotes; a header of one column has none.
            bare = "".join(first.split('"')[::2])
            delimiter = max(DELIMITERS, key=bare.count)
            lines.seek(0)
            headers = next(csv.reader(lines, delimiter=delimiter), [])
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise UnreadableFile(f"cannot be read: {error}") from error
    if not any(header.strip() for header in headers):
        raise UnreadableFile("has no header row")
    return ExportFile(path, tuple(header.strip() for header in headers), delimiter)


def relation(export_object: ExportObject, file: ExportFile) -> str:
    """SQL of one file's rows: the declared columns as text (null where the file lacks
    them), blanks as null, and `source_file`."""
    if file.delimiter is None:
        names = ['"' + header.replace('"', '""') + '"' for header in file.headers]
        scan = f"read_parquet({quoted(str(file.path))})"
    else:
        names = [f"c{position}" for position in range(len(file.headers))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        buffer = (
            ", buffer_size=262144, max_line_size=65536"
            if file.path.name.lower().endswith(".gz")
            else ""
        )
        scan = (
            f"read_csv({quoted(str(file.path))}, auto_detect=false, header=true, "
            f"delim={quoted(file.delimiter)}, quote='\"', escape='\"', "
            f"columns={{{columns}}}{buffer})"
        )
    selected = []
    for column in export_object.columns:
        position = file.position_of(column)
        value = (
            "cast(null as varchar)"
            if position is None
            else f"nullif(trim(cast({names[position]} as varchar)), '')"
        )
        selected.append(f'{value} as "{column.name}"')
    selected.append(f"{quoted(file.path.name)} as source_file")
    return f"select {', '.join(selected)} from {scan}"


def first_line(error: Exception) -> str:
    """DuckDB's message without its pages of advice: the lines up to the first remedy."""
    lines = []
    for line in str(error).splitlines():
        if line.startswith(("Possible", "  file")):
            break
        if line.strip():
            lines.append(line.strip())
    return "; ".join(lines)
