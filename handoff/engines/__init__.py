"""The engines that a build can run on besides DuckDB, which is embedded and needs none of this.

The exports are landed once (handoff/land.py) and handed to the engine; dbt builds there; the
marts come back into a DuckDB database. So gates, publishing and summary are the same for all.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

DUCKDB = "duckdb"
# Target of profiles.yml → module and class. Each module imports what only its engine needs.
_ENGINES = {
    "postgres": ("handoff.engines.postgres", "Postgres"),
}
TARGETS = (DUCKDB, *_ENGINES)

# What comes back: every mart, and what the gates and build.json look at besides.
MARTS = "marts"
KEPT = (
    ("intermediate", "int_landing_reconciliation"),
    ("intermediate", "int_build_clock"),
)


class EngineError(Exception):
    """The engine cannot be used; the message says what to do."""


class Engine(Protocol):
    """What a build asks of an engine."""

    def environment(self) -> dict[str, str]:
        """What dbt's process needs besides the project's own settings."""

    def load(self, landed: dict[str, Path]) -> None:
        """Make the raw relations from landed Parquet files, replacing those of before."""

    def fetch(self, relations: list[tuple[str, str]], database: Path) -> None:
        """Copy relations (schema, name) into a new DuckDB database, under the same names."""

    def query(self, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Columns and rows of a query, for messages. Raises EngineError."""


def engine(target: str) -> Engine:
    """The engine of a target. Raises EngineError where its packages are not installed."""
    module, name = _ENGINES[target]
    try:
        return getattr(import_module(module), name)()
    except ModuleNotFoundError as error:
        raise EngineError(
            f"TARGET={target} needs the package {error.name}: `make build TARGET={target}` "
            f"installs requirements-{target}.lock."
        ) from error


def built_relations(manifest: Path) -> list[tuple[str, str]]:
    """Which relations of dbt's manifest.json come back: all marts and `KEPT`."""
    models = [
        (node["schema"], node["alias"])
        for node in json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
        if node["resource_type"] == "model"
    ]
    return sorted(model for model in models if model[0] == MARTS or model in KEPT)
