"""Finds an object's files and reads them with DuckDB: every declared column as text."""

import csv
import gzip
import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from quality.declaration import Column, ExportObject, normalised

EXTENSIONS = (".csv.gz", ".csv", ".parquet")
DELIMITERS = ",;\t"
# What counts as blank at the ends of a value: blank, tab, line ends, no-break space.
BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"


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


def path_literal(path: Path) -> str:
    """A path in which the signs of a glob stand for themselves."""
    return quoted(re.sub(r"([*?\[])", r"[\1]", str(path)))


def stem(name: str) -> str | None:
    """A file name without its extension, lower-cased; None where it is no export."""
    lowered = name.lower()
    for extension in EXTENSIONS:
        if lowered.endswith(extension):
            return lowered.removesuffix(extension)
    return None


def claim(objects: list[ExportObject], below: str) -> ExportObject | None:
    """The object whose longest pattern fits a path below the system's folder, or its name."""
    claims = [
        (len(pattern), item)
        for item in objects
        for pattern in item.patterns
        # Brackets are no glob here: only `*`, `?` and `#`, a digit, are.
        if any(
            fnmatchcase(text, pattern.lower().replace("[", "[[]").replace("#", "[0-9]"))
            for text in (below, below.rsplit("/", 1)[-1])
        )
    ]
    return max(claims, key=lambda pair: pair[0])[1] if claims else None


def find_files(declared: list[ExportObject], exports: Path) -> dict[str, list[Path]]:
    """Each system that has exports, with nothing, and each object (by its label) with its
    files. Hidden files, read-mes and answer keys are no exports."""
    found: dict[str, list[Path]] = {}
    below = (
        Path(folder, name)
        for folder, _, names in os.walk(exports, followlinks=True)
        for name in names
    )
    for path in sorted(below):
        parts = path.relative_to(exports).parts
        if (
            not path.is_file()
            or stem(path.name) is None
            or len(parts) < 2
            or "answer_key" in parts[:-1]
            or any(part.startswith(".") for part in parts)
        ):
            continue
        own = [item for item in declared if item.system.lower() == parts[0].lower()]
        if not own:
            continue
        found.setdefault(own[0].system, [])
        owner = claim(own, stem("/".join(parts[1:])))
        if owner:
            found.setdefault(owner.label, []).append(path)
    return found


def read_header(path: Path) -> ExportFile:
    """The header of one file, and what separates its columns."""
    if path.name.lower().endswith(".parquet"):
        with duckdb.connect() as connection:
            described = connection.execute(
                f"describe select * from read_parquet({path_literal(path)})"
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
    them), blanks and the system's words for nothing as null, and `source_file`."""
    if file.delimiter is None:
        names = ['"' + header.replace('"', '""') + '"' for header in file.headers]
        scan = f"read_parquet({path_literal(file.path)}, binary_as_string=true)"
    else:
        names = [f"c{position}" for position in range(len(file.headers))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        scan = (
            f"read_csv({path_literal(file.path)}, auto_detect=false, header=true, "
            f"delim={quoted(file.delimiter)}, quote='\"', escape='\"', columns={{{columns}}})"
        )
    selected = []
    for column in export_object.columns:
        position = file.position_of(column)
        value = (
            "cast(null as varchar)"
            if position is None
            else f"nullif(trim(cast({names[position]} as varchar), {BLANKS}), '')"
        )
        for word in export_object.null_words:
            value = f"nullif({value}, {quoted(word)})"
        selected.append(f'{value} as "{column.name}"')
    selected.append(f"{quoted(file.path.name)} as _source_file")
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
