"""Runs dbt once, in a process of its own, and reads what became of every node.

dbt speaks JSON lines here: its log for people is written from them to a file, the landing's
warnings and a failure outside any node are kept, and the rest comes from run_results.json.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What dbt wraps around a message: the first line names the node, these name the macros.
_DBT_HEADING = re.compile(r"^\w+ Error( in .*)?$")
_DBT_TRAIL = re.compile(r"^\s*(> in macro |> called by |compiled code at )")
_CSV_ERROR = re.compile(r"CSV Error on Line: (\d+)")
_CSV_COLUMNS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_CSV_ORIGINAL = re.compile(r"^\s*Original Line: ?(.*)$", re.MULTILINE)
_CSV_FILE = re.compile(r"^\s*file = (.+)$", re.MULTILINE)

_NOTICES = {"JinjaLogWarning", "JinjaLogInfo"}
# Failures outside any node: of parsing and hooks, and of an operation.
_ERRORS = {"MainEncounteredError", "MainStackTrace", "RunningOperationCaughtError"}


@dataclass(frozen=True)
class Node:
    """One node of the run, as run_results.json and the manifest tell it."""

    unique_id: str
    status: str
    message: str
    seconds: float
    n_failures: int | None = None
    compiled_code: str | None = None
    description: str = ""

    @property
    def kind(self) -> str:
        return self.unique_id.split(".", 1)[0]

    @property
    def name(self) -> str:
        return self.unique_id.split(".")[2]


@dataclass(frozen=True)
class DbtOutcome:
    """What one dbt run did. `error` is a failure outside any node (parsing, landing)."""

    success: bool
    nodes: list[Node] = field(default_factory=list)
    error: str | None = None
    notices: list[str] = field(default_factory=list)

    def having(self, *statuses: str) -> list[Node]:
        return [node for node in self.nodes if node.status in statuses]

    def count(self, kind: str, *statuses: str) -> int:
        return sum(1 for node in self.having(*statuses) if node.kind == kind)


def _condensed_csv_error(text: str) -> str | None:
    """A row that the CSV reader refused, as file, line and the row itself."""
    line, file = _CSV_ERROR.search(text), _CSV_FILE.search(text)
    if not line or not file:
        return None
    columns, original = _CSV_COLUMNS.search(text), _CSV_ORIGINAL.search(text)
    words = f"{file.group(1).strip()}, line {line.group(1)}"
    if columns:
        words += f": {columns.group(2)} columns found, {columns.group(1)} expected"
    if original:
        words += f": {textwrap.shorten(original.group(1), 200)}"
    return f"{words}. Correct this row in the export."


def readable(message: str) -> str:
    """A dbt or DuckDB message without dbt's frame around it."""
    text = _COLOUR.sub("", message).strip("\n")
    condensed = _condensed_csv_error(text)
    if condensed:
        return condensed
    lines = [line.rstrip() for line in text.split("\n") if not _DBT_TRAIL.match(line)]
    if len(lines) > 1 and _DBT_HEADING.match(lines[0]):
        lines = lines[1:]
    return textwrap.dedent("\n".join(lines)).strip("\n")


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_nodes(target: Path) -> list[Node]:
    """Every node of the last run in dbt's target folder; none if no run got that far."""
    manifest = _read_json(target / "manifest.json").get("nodes", {})
    return [
        Node(
            unique_id=result["unique_id"],
            status=result["status"],
            message=readable(result.get("message") or ""),
            seconds=float(result.get("execution_time") or 0),
            n_failures=result.get("failures"),
            compiled_code=result.get("compiled_code"),
            description=" ".join(
                manifest.get(result["unique_id"], {}).get("description", "").split()
            ),
        )
        for result in _read_json(target / "run_results.json").get("results", [])
        # Hooks and operations: what they fail of is the run's own error.
        if not result["unique_id"].startswith(("operation.", "macro."))
    ]


def named(path: Path, project: Path) -> str:
    """A path as dbt is told it: relative where it lies in the project, so that it is short in
    messages and the same on every machine."""
    return str(path.relative_to(project) if path.is_relative_to(project) else path)


def command(target: Path, *words: str) -> list[str]:
    """A dbt command that DbtRun can read; its target folder is `target`."""
    return [
        sys.executable,
        "-c",
        "from dbt.cli.main import cli; cli()",
        "--log-format",
        "json",
        "--log-level-file",
        "none",
        *words,
        "--target-path",
        str(target),
    ]


def without(systems: Sequence[str]) -> list[str]:
    """The words by which a dbt command leaves out the models and tests of some systems."""
    paths = [
        f"path:models/{layer}/{system}" for system in systems for layer in ("staging", "conformed")
    ]
    return ["--exclude", *paths] if paths else []


def build_command(
    target: Path, as_of: str | None = None, absent_systems: Sequence[str] = ()
) -> list[str]:
    """The one dbt command of a build: everything but the unit tests, which `make test` runs,
    and the models and tests of systems without exports."""
    words = ["build", "--exclude-resource-type", "unit_test", *without(absent_systems)]
    if as_of:
        words += ["--vars", json.dumps({"as_of": as_of})]
    return command(target, *words)


class DbtRun:
    """A dbt command in progress. Its log, for people, is written to `log`."""

    def __init__(
        self,
        words: list[str],
        cwd: Path,
        env: dict[str, str],
        target: Path,
        log: Path,
        keep: tuple[int, ...] = (),
    ):
        self._target = target
        self._log_path = log
        # A run that ends early writes no results: those of the run before must not be read.
        (target / "run_results.json").unlink(missing_ok=True)
        self._process = subprocess.Popen(
            words,
            cwd=cwd,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=keep,
        )

    def finish(self) -> DbtOutcome:
        """Read the run to its end and return what became of it."""
        notices: list[str] = []
        errors: list[str] = []
        stray: list[str] = []
        with self._log_path.open("w", encoding="utf-8") as log:
            for line in self._process.stdout:
                try:
                    event = json.loads(line)
                    info = event["info"]
                except (ValueError, KeyError, TypeError):
                    log.write(line)
                    stray.append(line.rstrip())
                    continue
                message = _COLOUR.sub("", info["msg"])
                log.write(f"{info['ts'][11:19]} {info['level']:<5} {message}\n")
                if info["name"] in _NOTICES:
                    notices.append(message.strip())
                elif info["name"] in _ERRORS:
                    errors.append(event["data"].get("exc") or message)
        code = self._process.wait()
        nodes = read_nodes(self._target)
        error = readable(errors[0]) if errors else None
        if code != 0 and not error and not any(n.status not in ("success", "pass") for n in nodes):
            ending = "\n".join(stray[-10:])
            error = f"dbt ended with exit code {code}; its log is {self._log_path}.\n{ending}"
        return DbtOutcome(code == 0, nodes, error.rstrip() if error else None, notices)

    def kill(self) -> None:
        """End dbt if it still runs (the build was interrupted)."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
