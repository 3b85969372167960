"""What the exports must look like, read from the sources that landing declares.

The YAML is shared with landing; the reading of it, and of the files, is not. Two readers
that agree on a row count are a proof, one reader that agrees with itself is none.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

TYPES = ("text", "timestamp", "date", "number", "integer", "boolean")


def normalised(header: str) -> str:
    """A header's letters and digits, lower-cased: `Is Converted` and `is_converted` are one."""
    return re.sub(r"[\W_]", "", header.lower())


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    is_required: bool
    aliases: tuple[str, ...]
    # A due date or a close date that is hoped for may lie in the future.
    may_be_planned: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it goes by, its own name first."""
        return tuple(normalised(name) for name in (self.name, *self.aliases))


@dataclass(frozen=True)
class ExportObject:
    system: str
    name: str
    patterns: tuple[str, ...]
    is_required: bool
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    timestamp_formats: tuple[str, ...]
    # What the system writes where there is nothing.
    null_words: tuple[str, ...]
    # A loader puts this system's objects into tables: there are no files to look at.
    is_loaded: bool

    @property
    def label(self) -> str:
        return f"{self.system}.{self.name}"

    @property
    def asset(self) -> str:
        return f"raw-{self.system}-{self.name}"


class DeclarationError(Exception):
    """The declaration of a source is wrong: a fault of the project, not of the exports."""


def meta_of(node: dict) -> dict:
    return (node.get("config") or {}).get("meta") or {}


def read_column(node: dict, where: str) -> Column:
    meta = meta_of(node)
    column_type = meta.get("type", "text")
    if column_type not in TYPES:
        raise DeclarationError(
            f"{where}, column {node['name']}: type {column_type!r} is not one of {', '.join(TYPES)}"
        )
    return Column(
        name=node["name"],
        type=column_type,
        is_required=bool(meta.get("required", False)),
        aliases=tuple(meta.get("aliases") or ()),
        may_be_planned=bool(meta.get("may_be_planned", False)),
    )


def read_object(system: str, node: dict, settings: dict, where: str) -> ExportObject:
    meta = meta_of(node)
    pattern = meta.get("pattern", node["name"])
    columns = tuple(
        read_column(column, f"{where}, table {node['name']}")
        for column in node["columns"]
        # Landing adds this one; the files do not hold it.
        if column["name"] != "_source_file"
    )
    key = tuple(meta.get("key") or ())
    unknown = set(key) - {column.name for column in columns}
    if unknown:
        raise DeclarationError(
            f"{where}, table {node['name']}: key names no declared column: "
            + ", ".join(sorted(unknown))
        )
    return ExportObject(
        system=system,
        name=node["name"],
        patterns=(pattern,) if isinstance(pattern, str) else tuple(pattern),
        is_required=bool(meta.get("required", False)),
        key=key,
        columns=columns,
        timestamp_formats=tuple(settings.get("timestamp_formats") or ()),
        null_words=tuple(settings.get("null_words") or ()),
        is_loaded=bool(settings.get("relation_schema")),
    )


def read_declaration(project: Path) -> list[ExportObject]:
    """All export objects of the systems listed in dbt_project.yml (`vars.systems`)."""
    settings = yaml.safe_load((project / "dbt_project.yml").read_text())
    systems = settings["vars"]["systems"]
    objects = []
    for path in sorted(project.glob("models/staging/*/_*__sources.yml")):
        where = path.relative_to(project).as_posix()
        for source in yaml.safe_load(path.read_text()).get("sources") or []:
            system = source["name"]
            if system in systems:
                objects += [
                    read_object(system, table, systems[system], where) for table in source["tables"]
                ]
    if not objects:
        raise DeclarationError(f"no source is declared under {project}/models/staging")
    return objects


@dataclass(frozen=True)
class Key:
    """The columns that name one row of a mart, and those of them that may be null."""

    columns: tuple[str, ...]
    nullable: tuple[str, ...]


def read_mart_keys(project: Path) -> dict[str, Key]:
    """The key of each mart, as its `key` test declares it."""
    keys = {}
    for path in sorted(project.glob("models/marts/*/_*__models.yml")):
        for model in yaml.safe_load(path.read_text()).get("models") or []:
            for test in model.get("data_tests") or []:
                if isinstance(test, dict) and "key" in test:
                    arguments = test["key"]["arguments"]
                    keys[model["name"]] = Key(
                        tuple(arguments["columns"]), tuple(arguments.get("nullable") or ())
                    )
    return keys
