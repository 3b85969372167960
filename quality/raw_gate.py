"""The raw gate: are the exports what they are declared to be, and how many rows are there?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from quality import thresholds
from quality.checks import Asset, Limit, RowRule
from quality.declaration import Column, ExportObject, normalised, read_declaration
from quality.exports import (
    ExportFile,
    UnreadableFile,
    first_line,
    folder_of,
    paths_of,
    quoted,
    read_header,
    relation,
)

# Objects whose records are exported again when they change carry this column: equal keys
# with different moments are versions of a record, not repeats.
VERSION_COLUMN = "updated_at"

# Moments that lie in the past by nature (a planned end or close date need not).
PAST_MOMENTS = ("created_at", "occurred_at", "changed_at", "recorded_at", "updated_at")

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
    files: list[ExportFile] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def where(self, path: Path) -> str:
        return f"{self.export_object.system}/{path.name}"

    @property
    def names(self) -> str:
        return ", ".join(file.path.name for file in self.files)

    def rows(self) -> str:
        return " union all ".join(relation(self.export_object, file) for file in self.files)

    def lacking(self, column: Column) -> list[ExportFile]:
        return [file for file in self.files if file.position_of(column) is None]


def readable(column: Column, formats: tuple[str, ...]) -> str:
    """SQL: can the text of a column be read as its type? ISO 8601, epoch seconds and
    milliseconds, and the formats declared for the system; a zone's name does not matter."""
    value = f'"{column.name}"'
    if column.type == "number":
        return f"try_cast({value} as double) is not null"
    if column.type == "integer":
        return (
            f"try_cast({value} as double) = round(try_cast({value} as double))"
            f" and try_cast({value} as double) is not null"
        )
    if column.type == "boolean":
        return f"lower({value}) in ({', '.join(map(quoted, BOOLEANS))})"
    return f"{moment(column, formats)} is not null"


def moment(column: Column, formats: tuple[str, ...]) -> str:
    """SQL: the moment that a text names, null where it names none."""
    value = f'"{column.name}"'
    declared = "".join(f", try_strptime({value}, {quoted(text)})" for text in formats)
    return (
        # Only texts that begin like a date: the cast also takes words such as `epoch`.
        f"coalesce(case when regexp_matches({value}, '^[0-9]{{4}}-[0-9]{{1,2}}-[0-9]')"
        f" then try_cast(try_cast({value} as timestamptz) at time zone 'UTC' as timestamp)"
        f" when regexp_matches({value}, '^[0-9]{{9,10}}$')"
        f" then epoch_ms(try_cast({value} as bigint) * 1000)"
        f" when regexp_matches({value}, '^[0-9]{{12,13}}$')"
        f" then epoch_ms(try_cast({value} as bigint)) end{declared})"
    )


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def open_files(
    connection: duckdb.DuckDBPyConnection, export_object: ExportObject, exports: Path
) -> ObjectFiles:
    """Reads each header and each row once, so that every bad file is named, not the first."""
    found = ObjectFiles(export_object)
    for path in paths_of(export_object, exports):
        try:
            file = read_header(path)
            names = [normalised(header) for header in file.headers if normalised(header)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise UnreadableFile(f"has two headers for one column: {', '.join(twice)}")
            connection.execute(f"select count(*) from ({relation(export_object, file)})").fetchall()
        except (UnreadableFile, duckdb.Error) as error:
            found.faults.append(f"{found.where(path)}: {first_line(error)}")
        else:
            found.files.append(file)
    return found


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
            f"arg_min(source_file, {name}) filter (where {broken})",
        ]
    row = connection.execute(f"select {', '.join(selected)} from ({found.rows()})").fetchall()[0]
    fields = ("n_blank", "n_unreadable", "example", "example_file")
    facts = {}
    for position, column in enumerate(export_object.columns):
        start = 1 + position * len(fields)
        facts[column.name] = dict(zip(fields, row[start : start + len(fields)], strict=True))
        facts[column.name]["n_rows"] = row[0]
    return facts


def profile_key(
    connection: duckdb.DuckDBPyConnection, found: ObjectFiles
) -> tuple[int, int, str | None]:
    """Rows whose key is blank, rows that repeat an earlier key, and a repeated key."""
    export_object = found.export_object
    key = ", ".join(f'"{name}"' for name in export_object.key)
    version = ", ".join(
        f'"{column.name}"' for column in export_object.columns if column.name == VERSION_COLUMN
    )
    grouping = f"{key}, {version}" if version else key
    blank = " or ".join(f'"{name}" is null' for name in export_object.key)
    label = " || ' / ' || ".join(f'"{name}"' for name in export_object.key)
    return connection.execute(
        f"""
        with keys as (
            select {grouping}, count(*) as n_rows from ({found.rows()}) group by {grouping}
        )
        select
            coalesce(sum(n_rows) filter (where {blank}), 0)::bigint,
            coalesce(sum(n_rows - 1) filter (where not ({blank})), 0)::bigint,
            min({label}) filter (where n_rows > 1 and not ({blank}))
        from keys
        """
    ).fetchall()[0]


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
        elif column.name in PAST_MOMENTS and column.type == "timestamp":
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
    order = ", ".join(f'"{name}"' for name in export_object.key) or "source_file"
    frame = connection.execute(
        f"select {', '.join(selected)} from ({found.rows()})"
        f" order by md5(concat_ws('|', {order})), {order} limit {thresholds.SAMPLE_ROWS}"
    ).df()
    return frame, rules


def profile_object(
    connection: duckdb.DuckDBPyConnection,
    export_object: ExportObject,
    exports: Path,
    now: datetime,
    previous_rows: int | None,
) -> tuple[Asset, int | None]:
    """The asset of one object and its row count (None: not every file could be read)."""
    label = export_object.label
    asset = Asset(export_object.asset)
    found = open_files(connection, export_object, exports)
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
            f"{label}: required, but no file matches {export_object.pattern!r} (csv, csv.gz "
            f"or parquet) in {exports / export_object.system}. Export it",
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
                f"{', '.join(file.path.name for file in lacking)}. Add it to the export, or "
                "declare the header it goes by as an alias",
            )

    facts = profile_columns(connection, found)
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
        check_key(asset, found, n_rows, profile_key(connection, found))
    asset.sample, asset.row_rules = sample_rows(connection, found, now)
    return asset, None if found.faults else n_rows


def check_values(asset: Asset, found: ObjectFiles, facts: dict[str, dict[str, object]]) -> None:
    """Typed columns: unreadable texts, and blanks where a value is required."""
    export_object = found.export_object
    for column in export_object.columns:
        if column.type == "text" or found.lacking(column) == found.files:
            continue
        fact = facts[column.name]
        n_values = fact["n_rows"] - fact["n_blank"]
        where = f"{export_object.label} ({found.names}), column {column.name}"
        rule = f"Values of {column.name} that cannot be read as {column.type}"
        measure = f"{column.name} unreadable share"
        remedy = (
            f"declare the format in vars.systems.{export_object.system}.timestamp_formats"
            if column.type in ("timestamp", "date")
            else "correct the export"
        )
        finding = (
            f"{where}: {fact['n_unreadable']} of {n_values} values cannot be read as "
            f"{column.type}, for example {fact['example']!r} in {fact['example_file']}"
        )
        if not column.is_required:
            asset.limits.append(
                Limit(
                    measure,
                    share(fact["n_unreadable"], n_values),
                    f"{rule}: none",
                    f"{finding}. They count as absent; {remedy}",
                    "warning",
                    maximum=0,
                )
            )
            continue
        asset.tiered(
            measure,
            share(fact["n_unreadable"], fact["n_rows"]),
            thresholds.MAXIMUM_BROKEN_SHARE,
            rule,
            f"{finding}. These rows are quarantined; {remedy}",
        )
        if not found.lacking(column) and column.name not in export_object.key:
            asset.tiered(
                f"{column.name} blank share",
                share(fact["n_blank"], fact["n_rows"]),
                thresholds.MAXIMUM_BROKEN_SHARE,
                f"Rows without {column.name}",
                f"{where}: blank in {fact['n_blank']} of {fact['n_rows']} rows, but required. "
                "These rows are quarantined; correct the export",
            )


def check_key(
    asset: Asset, found: ObjectFiles, n_rows: int, key_facts: tuple[int, int, str | None]
) -> None:
    """Rows that cannot be told apart: no key, or a key already seen."""
    n_blank, n_repeated, example = key_facts
    key = " + ".join(found.export_object.key)
    where = f"{found.export_object.label} ({found.names}), key {key}"
    asset.tiered(
        "key blank share",
        share(n_blank, n_rows),
        thresholds.MAXIMUM_BROKEN_SHARE,
        f"Rows without a key ({key})",
        f"{where}: blank in {n_blank} of {n_rows} rows. These rows are quarantined; "
        "correct the export",
    )
    asset.tiered(
        "key repeated share",
        share(n_repeated, n_rows),
        thresholds.MAXIMUM_BROKEN_SHARE,
        f"Rows that repeat a key ({key})",
        f"{where}: {n_repeated} of {n_rows} rows repeat a key, for example {example!r}. "
        "The repeats are quarantined; export each record once",
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
    present = {item.system for item in declared if folder_of(exports, item.system)}
    systems = sorted({item.system for item in declared})
    folders = Asset("raw-systems")
    folders.at_least(
        "system folders",
        len(present),
        1,
        "At least one system is exported",
        f"{exports}: holds no folder of a known system ({', '.join(systems)}). "
        "Put each system's files in a folder of its name",
    )
    result.assets.append(folders)
    with duckdb.connect() as connection:
        for export_object in declared:
            if export_object.system not in present:
                continue
            asset, n_rows = profile_object(
                connection,
                export_object,
                exports,
                now,
                (previous_rows or {}).get(export_object.label),
            )
            result.assets.append(asset)
            result.rows[(export_object.system, export_object.name)] = n_rows
    return result
