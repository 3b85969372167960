"""Talks to the quality worker, the process that runs Great Expectations beside dbt.

Importing Great Expectations takes seconds, so the worker starts with dbt and judges the raw
exports at once. When dbt has ended it gets one word on its standard input: `marts` (dbt
succeeded: judge the marts) or `stop`. It answers with one JSON line a gate and ends with 0
(all well) or 2 (a critical expectation failed); anything else is a crash.
"""

import json
import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

CRITICAL = 2


@dataclass(frozen=True)
class Gate:
    """One gate's verdict."""

    name: str
    success: bool
    critical: list[str]
    warnings: list[str]
    data_docs: str | None


@dataclass(frozen=True)
class Verdict:
    """What the worker said in all. `problem` is set when it could not judge."""

    gates: list[Gate] = field(default_factory=list)
    problem: str | None = None

    @property
    def critical(self) -> list[str]:
        return [f"{gate.name} gate: {text}" for gate in self.gates for text in gate.critical]

    @property
    def warnings(self) -> list[str]:
        return [f"{gate.name} gate: {text}" for gate in self.gates for text in gate.warnings]

    @property
    def data_docs(self) -> Path | None:
        """The start page of the data docs, as the last gate names it."""
        pages = [gate.data_docs for gate in self.gates if gate.data_docs]
        return Path(pages[-1]) if pages else None


class QualityWorker:
    """The running worker. Its standard error and stray output go to `log`."""

    def __init__(self, command: list[str], cwd: Path, log: Path, keep: tuple[int, ...] = ()):
        self._log_path = log
        self._log = log.open("w", encoding="utf-8")
        self._gates: list[Gate] = []
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            pass_fds=keep,
        )
        # Read as it speaks: a full pipe would block the worker while dbt runs.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            try:
                said = json.loads(line)
                gate = Gate(
                    name=said["gate"],
                    success=bool(said["success"]),
                    critical=list(said.get("critical", [])),
                    warnings=list(said.get("warnings", [])),
                    data_docs=said.get("data_docs"),
                )
            except (ValueError, KeyError, TypeError):
                self._log.write(line)
            else:
                self._gates.append(gate)

    def finish(self, word: str) -> Verdict:
        """Say `marts` or `stop`, wait for the end, and return the verdict."""
        try:
            self._process.stdin.write(f"{word}\n")
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # It ended early: its exit code tells why.
        code = self._process.wait()
        self._reader.join()
        self._log.close()
        return Verdict(list(self._gates), self._problem(word, code))

    def _problem(self, word: str, code: int) -> str | None:
        if code not in (0, CRITICAL):
            tail = self._log_path.read_text(encoding="utf-8", errors="replace").split("\n")[-6:]
            ending = "\n".join(line for line in tail if line.strip())
            return f"the quality worker ended with exit code {code}.\n{ending}".rstrip()
        expected = {"raw", "marts"} if word == "marts" else {"raw"}
        silent = sorted(expected - {gate.name for gate in self._gates})
        if silent:
            return f"the quality worker said nothing about: {', '.join(silent)}."
        passed = all(gate.success and not gate.critical for gate in self._gates)
        if passed != (code == 0):
            return f"the quality worker's verdicts and its exit code {code} disagree."
        if not passed and not any(gate.critical for gate in self._gates):
            return "the quality worker failed a gate without saying why."
        return None

    def kill(self) -> None:
        """End the worker if it still runs (the build was interrupted)."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
