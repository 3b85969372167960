"""The raw gate: are the exports what they are declared to be, and how many rows are there?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from quality import thresholds
from quality.checks import Asset, Limit, RowRule
from quality.declaration import Column, ExportObject, normalised, read_declaration
from quality.exports import (
    ExportFile,
    UnreadableFile,
    find_files,
    first_line,
    quoted,
    read_header,
    relation,
)

# Objects whose records are exported again when they change say here when that was.
VERSION_COLUMNS = ("updated_at", "last_modified_date", "system_modstamp")

# Row-level patterns by column name, whatever the object.
PATTERNS = {
    "email": (r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", "is an e-mail address"),
    "currency": (r"^[A-Za-z]{3}$", "is a currency code of three letters"),
}

BOOLEANS = ("true", "false", "t", "f", "yes", "no", "y", "n", "1", "0")


@dataclass
class RawProfile:
    assets: list[Asset] = field(default_factory=list)
    # (system, object) -> rows counted in the files; None where a file could not be read.
    rows: dict[tuple[str, str], int | None] = field(default_factory=dict)


@dataclass
class ObjectFiles:
    """The files of one object: those that can be read, and what is wrong with the others."""

    export_object: ExportObject
    exports: Path
    files: list[ExportFile] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def where(self, path: Path) -> str:
        return path.relative_to(self.exports).as_posix()

    @property
    def names(self) -> str:
        return ", ".join(self.where(file.path) for file in self.files)

    def rows(self) -> str:
        return " union all ".join(relation(self.export_object, file) for file in self.files)

    def lacking(self, column: Column) -> list[ExportFile]:
        return [file for file in self.files if file.position_of(column) is None]


ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_TIME = (
    "[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?([Zz]|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?"
)
NUMBER = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"
WHOLE_NUMBER = "[+-]?[0-9]+([.]0*)?"


def readable(column: Column, formats: tuple[str, ...]) -> str:
    """SQL: can the text of a column be read as its type?"""
    value = f'"{column.name}"'
    if column.type == "number":
        return f"regexp_full_match({value}, '{NUMBER}')"
    if column.type == "integer":
        return f"regexp_full_match({value}, '{WHOLE_NUMBER}')"
    if column.type == "boolean":
        return f"lower({value}) in ({', '.join(map(quoted, BOOLEANS))})"
    return f"{moment(column, formats)} is not null"


def moment(column: Column, formats: tuple[str, ...]) -> str:
    """SQL: the moment that a text names, null where it names none. Read are ISO 8601,
    epoch seconds and milliseconds (not as dates), and the formats declared for the system.
    A time without a zone is taken for UTC: good to a day, which is all that is asked."""
    value = f'"{column.name}"'
    cases = (
        f" when regexp_full_match({value}, '{ISO_DATE}({ISO_TIME})?') then timezone('UTC', "
        f"try_cast(regexp_replace(replace(upper({value}), ',', '.'), ' ([+-])', '\\1')"
        " as timestamptz))"
    )
    if column.type == "timestamp":
        cases += (
            f" when regexp_full_match({value}, '[0-9]{{10}}')"
            f" then make_timestamp(try_cast({value} as bigint) * 1000000)"
            f" when regexp_full_match({value}, '[0-9]{{13}}')"
            f" then make_timestamp(try_cast({value} as bigint) * 1000)"
        )
    declared = "".join(f", try_strptime({value}, {quoted(text)})" for text in formats)
    return f"coalesce(case{cases} end{declared})"


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def open_files(export_object: ExportObject, paths: list[Path], exports: Path) -> ObjectFiles:
    """Reads the headers."""
    found = ObjectFiles(export_object, exports)
    for path in paths:
        try:
            file = read_header(path)
            names = [normalised(header) for header in file.headers if normalised(header)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise UnreadableFile(f"has two headers for one column: {', '.join(twice)}")
        except (UnreadableFile, duckdb.Error) as error:
            found.faults.append(f"{found.where(path)}: {first_line(error)}")
        else:
            found.files.append(file)
    return found


def set_aside_unreadable(connection: duckdb.DuckDBPyConnection, found: ObjectFiles) -> None:
    """Keeps the files of which every row can be read, and names all others."""
    readable_files = []
    for file in found.files:
        try:
            connection.execute(
                f"select count(*) from ({relation(found.export_object, file)})"
            ).fetchall()
        except duckdb.Error as error:
            found.faults.append(f"{found.where(file.path)}: {first_line(error)}")
        else:
            readable_files.append(file)
    found.files = readable_files


def profile_columns(
    connection: duckdb.DuckDBPyConnection, found: ObjectFiles
) -> dict[str, dict[str, object]]:
    """Facts of each column: rows, blank, unreadable, an unreadable text and its file."""
    export_object = found.export_object
    selected = ["count(*)"]
    for column in export_object.columns:
        name = f'"{column.name}"'
        broken = (
            "false"
            if column.type == "text"
            else f"{name} is not null and not ({readable(column, export_object.timestamp_formats)})"
        )
        selected += [
            f"count(*) filter (where {name} is null)",
            f"count(*) filter (where {broken})",
            f"min({name}) filter (where {broken})",
            f"arg_min(_source_file, {name}) filter (where {broken})",
        ]
    row = connection.execute(f"select {', '.join(selected)} from ({found.rows()})").fetchall()[0]
    fields = ("n_blank", "n_unreadable", "example", "example_file")
    facts = {}
    for position, column in enumerate(export_object.columns):
        start = 1 + position * len(fields)
        facts[column.name] = dict(zip(fields, row[start : start + len(fields)], strict=True))
        facts[column.name]["n_rows"] = row[0]
    return facts


def sample_rows(
    connection: duckdb.DuckDBPyConnection, found: ObjectFiles, now: datetime
) -> tuple[pd.DataFrame | None, list[RowRule]]:
    """The same bounded sample each time, and the rules for single rows that apply to it."""
    export_object = found.export_object
    latest = pd.Timestamp(now.replace(tzinfo=None)) + timedelta(
        days=thresholds.FUTURE_TOLERANCE_DAYS
    )
    selected, rules = [], []
    for column in export_object.columns:
        if len(found.lacking(column)) == len(found.files):
            continue
        where = f"{export_object.label} ({found.names}), column {column.name}"
        if column.name in PATTERNS:
            pattern, meaning = PATTERNS[column.name]
            selected.append(f'"{column.name}"')
            rules.append(
                RowRule(
                    column.name,
                    rule=f"{column.name} {meaning}",
                    finding=f"{where}: not every value {meaning}",
                    mostly=thresholds.MINIMUM_SAMPLE_SHARE,
                    pattern=pattern,
                )
            )
        elif column.type == "timestamp" and not column.may_be_planned:
            value = moment(column, export_object.timestamp_formats)
            selected.append(f'{value} as "{column.name}"')
            rules.append(
                RowRule(
                    column.name,
                    rule=f"{column.name} is not in the future",
                    finding=f"{where}: moments in the future",
                    mostly=1.0,
                    latest=latest,
                )
            )
    if not rules:
        return None, []
    order = ", ".join(f'"{name}"' for name in export_object.key) or "_source_file"
    frame = connection.execute(
        f"select {', '.join(selected)} from ({found.rows()})"
        f" order by md5(concat_ws('|', {order})), {order} limit {thresholds.SAMPLE_ROWS}"
    ).df()
    return frame, rules


def profile_object(
    connection: duckdb.DuckDBPyConnection,
    export_object: ExportObject,
    paths: list[Path],
    exports: Path,
    now: datetime,
    previous_rows: int | None,
) -> tuple[Asset, int | None]:
    """The asset of one object and its row count (None: not every file could be read)."""
    label = export_object.label
    asset = Asset(export_object.asset)
    found = open_files(export_object, paths, exports)
    facts = {}
    if found.files:
        try:
            facts = profile_columns(connection, found)
        except duckdb.Error:
            set_aside_unreadable(connection, found)
            if found.files:
                facts = profile_columns(connection, found)
    asset.at_most(
        "unreadable files",
        len(found.faults),
        0,
        "Every file of the object can be read",
        f"{label}: {'; '.join(found.faults)}. Export the file again: UTF-8, one header row, "
        "the same number of columns in every row",
    )
    if export_object.is_required:
        asset.at_least(
            "files",
            len(found.files) + len(found.faults),
            1,
            "The object is exported",
            f"{label}: required, but no file fits {' or '.join(export_object.patterns)} "
            f"(.csv, .csv.gz or .parquet) in {exports / export_object.system}. Export it too",
        )
    if not found.files:
        return asset, None if found.faults else 0

    for column in export_object.columns:
        if column.is_required:
            lacking = found.lacking(column)
            asset.at_most(
                f"{column.name} missing files",
                len(lacking),
                0,
                f"Every file has the column {column.name}",
                f"{label}: required column {column.name} is missing in "
                f"{', '.join(found.where(file.path) for file in lacking)}. Add it to the export, "
                "or declare the header it goes by as an alias",
            )

    n_rows = next(iter(facts.values()))["n_rows"]
    if export_object.is_required:
        asset.at_least(
            "rows",
            n_rows,
            1,
            "The object holds rows",
            f"{label}: required, but {found.names} holds no rows. Export it again",
        )
    if previous_rows:
        kept = share(n_rows, previous_rows)
        asset.limits.append(
            Limit(
                "share of the rows of the published build",
                kept,
                f"At least {thresholds.MINIMUM_SHARE_OF_PREVIOUS_ROWS:.0%} of the rows that "
                "the published build read",
                f"{label} ({found.names}): {n_rows} rows, {kept:.0%} of the {previous_rows} "
                "behind the published marts. Make sure that the export is whole",
                "warning",
                minimum=thresholds.MINIMUM_SHARE_OF_PREVIOUS_ROWS,
            )
        )
    check_values(asset, found, facts)
    if export_object.key and not any(
        found.lacking(column)
        for column in export_object.columns
        if column.name in export_object.key
    ):
        check_key(connection, asset, found, n_rows)
    asset.sample, asset.row_rules = sample_rows(connection, found, now)
    return asset, None if found.faults else n_rows


def check_values(asset: Asset, found: ObjectFiles, facts: dict[str, dict[str, object]]) -> None:
    """Texts that cannot be read as their column's type, and blanks where a value is needed."""
    export_object = found.export_object
    for column in export_object.columns:
        lacking = found.lacking(column)
        if lacking == found.files:
            continue
        fact = facts[column.name]
        where = f"{export_object.label} ({found.names}), column {column.name}"
        if column.type != "text":
            n_values = fact["n_rows"] - fact["n_blank"]
            measure = f"{column.name} unreadable share"
            rule = f"Values of {column.name} that cannot be read as {column.type}"
            finding = (
                f"{where}: {fact['n_unreadable']} of {n_values} values cannot be read as "
                f"{column.type}, for example {fact['example']!r}"
                + (f" in {fact['example_file']}. " if len(found.files) > 1 else ". ")
            )
            remedy = "Correct the export" + (
                f" or declare its format in vars.systems.{export_object.system}.timestamp_formats"
                if column.type in ("timestamp", "date")
                else ""
            )
            value = share(fact["n_unreadable"], fact["n_rows"])
            if column.is_required:
                finding += f"These rows are quarantined. {remedy}"
                asset.tiered(measure, value, thresholds.MAXIMUM_BROKEN_SHARE, rule, finding)
            else:
                finding += f"They cannot be used. {remedy}"
                asset.limits.append(
                    Limit(measure, value, f"{rule}: none", finding, "warning", maximum=0)
                )
        if column.is_required and not lacking:
            asset.tiered(
                f"{column.name} blank share",
                share(fact["n_blank"], fact["n_rows"]),
                thresholds.MAXIMUM_BROKEN_SHARE,
                f"Rows without {column.name}",
                f"{where}: required, but blank in {fact['n_blank']} of {fact['n_rows']} rows. "
                "These rows are quarantined. Correct the export",
            )


def check_key(
    connection: duckdb.DuckDBPyConnection, asset: Asset, found: ObjectFiles, n_rows: int
) -> None:
    """Rows that cannot be told apart: their key was there already."""
    export_object = found.export_object
    columns = [f'"{name}"' for name in export_object.key]
    # Equal keys of different moments are versions of one record.
    grouping = columns + [
        f'"{column.name}"' for column in export_object.columns if column.name in VERSION_COLUMNS
    ]
    label = " || ' / ' || ".join(columns)
    n_repeated, example = connection.execute(
        f"""
        with keys as (
            select {label} as key, count(*) as n_rows from ({found.rows()})
            where {" and ".join(f"{column} is not null" for column in columns)}
            group by {", ".join(grouping)}
        )
        select coalesce(sum(n_rows - 1), 0)::bigint, min(key) filter (where n_rows > 1) from keys
        """
    ).fetchall()[0]
    key = " + ".join(export_object.key)
    asset.tiered(
        "key repeated share",
        share(n_repeated, n_rows),
        thresholds.MAXIMUM_BROKEN_SHARE,
        f"Rows that repeat a key ({key})",
        f"{export_object.label} ({found.names}), key {key}: {n_repeated} of {n_rows} rows repeat "
        f"a key, for example {example!r}. The repeats are quarantined. Export each record once",
    )


def profile_exports(
    project: Path,
    exports: Path,
    previous_rows: dict[str, int] | None = None,
    now: datetime | None = None,
) -> RawProfile:
    """One asset per object of every system that has a folder among the exports."""
    declared = read_declaration(project)
    now = now or datetime.now(UTC)
    result = RawProfile()
    files = find_files(declared, exports)
    from_files = [item for item in declared if not item.is_loaded]
    result.rows = {(item.system, item.name): None for item in declared if item.is_loaded}
    if from_files:
        systems = sorted({item.system for item in from_files})
        folders = Asset("raw-systems")
        folders.at_least(
            "systems with exports",
            sum(system in files for system in systems),
            0 if len(from_files) < len(declared) else 1,
            "At least one system is exported",
            f"{exports}: holds no file of a known system ({', '.join(systems)}). "
            "Put each system's files in a folder of its name",
        )
        result.assets.append(folders)
    with (
        TemporaryDirectory() as spill,
        duckdb.connect(config={"temp_directory": spill}) as connection,
    ):
        for export_object in from_files:
            # A system of which nothing is exported is not in use here.
            if export_object.system not in files:
                continue
            asset, n_rows = profile_object(
                connection,
                export_object,
                files.get(export_object.label, []),
                exports,
                now,
                (previous_rows or {}).get(export_object.label),
            )
            result.assets.append(asset)
            result.rows[(export_object.system, export_object.name)] = n_rows
    return result
