"""Runs both gates in one process beside dbt: `python -m quality.worker --help`.

Great Expectations takes seconds to import, so the worker starts with the build. It judges
the raw exports at once, then waits for one line on standard input: `marts` (dbt finished,
judge the marts) or `stop` (write down what is known and go). Each verdict is one JSON line
on standard output; everything else goes to standard error.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

FINE, CRITICAL = 0, 2

# Rows per object, left beside the Data Docs: the next build's raw gate compares with it.
VOLUMES = "volumes.json"


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.worker", description=__doc__)
    parser.add_argument("--exports", type=Path, required=True, help="one sub-folder per system")
    parser.add_argument("--database", type=Path, help="the database that dbt builds")
    parser.add_argument("--out", type=Path, help="folder of the Data Docs (index.html)")
    parser.add_argument(
        "--previous",
        type=Path,
        help=f"{VOLUMES} of the published build, to notice exports that have shrunk",
    )
    parser.add_argument("--raw-only", action="store_true", help="judge the exports and exit")
    parser.add_argument("--text", action="store_true", help="print for people, not as JSON")
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(__file__).resolve().parent.parent,
        help="the dbt project whose sources say what the exports must look like",
    )
    read = parser.parse_args(arguments)
    if not read.raw_only and read.database is None:
        parser.error("--database is needed, unless --raw-only is given")
    return read


class Worker:
    def __init__(self, arguments: argparse.Namespace, output: TextIO) -> None:
        # Imported here: --help and a wrong argument answer at once.
        from quality.checks import Expectations

        self.arguments = arguments
        self.output = output
        self.expectations = Expectations()
        self.rows: dict[tuple[str, str], int | None] = {}
        self.verdicts: list = []

    @property
    def failed(self) -> bool:
        return not all(verdict.success for verdict in self.verdicts)

    @property
    def index(self) -> Path | None:
        return self.arguments.out and (self.arguments.out / "index.html").resolve()

    def raw(self) -> None:
        from quality.raw_gate import profile_exports

        previous = {}
        if self.arguments.previous and self.arguments.previous.is_file():
            previous = json.loads(self.arguments.previous.read_text())
        profile = profile_exports(self.arguments.project, self.arguments.exports, previous)
        self.rows = profile.rows
        self.report(self.expectations.judge("raw", profile.assets))

    def marts(self) -> None:
        from quality.marts_gate import profile_marts

        assets = profile_marts(self.arguments.project, self.arguments.database, self.rows)
        self.report(self.expectations.judge("marts", assets))

    def report(self, verdict) -> None:
        self.verdicts.append(verdict)
        if self.arguments.text:
            lines = [f"{verdict.gate} gate: {'passed' if verdict.success else 'FAILED'}"]
            lines += [f"  critical: {message}" for message in verdict.critical]
            lines += [f"  warning: {message}" for message in verdict.warnings]
            text = "\n".join(lines)
        else:
            text = json.dumps(
                {
                    "gate": verdict.gate,
                    "success": verdict.success,
                    "critical": verdict.critical,
                    "warnings": verdict.warnings,
                    "data_docs": str(self.index) if self.index else None,
                },
                ensure_ascii=False,
            )
        print(text, file=self.output, flush=True)

    def write_docs(self) -> None:
        """The pages of everything judged so far."""
        if self.arguments.out is None:
            return
        from quality.data_docs import write_data_docs

        write_data_docs(self.verdicts, self.expectations.results, self.arguments.out)
        volumes = {
            ".".join(key): rows for key, rows in sorted(self.rows.items()) if rows is not None
        }
        (self.arguments.out / VOLUMES).write_text(json.dumps(volumes, indent=2) + "\n")

    def run(self, orders: TextIO) -> int:
        self.raw()
        # dbt is still busy: the time is free.
        self.write_docs()
        if not self.arguments.raw_only:
            order = orders.readline().strip()
            if order == "marts":
                self.marts()
                self.write_docs()
            elif order not in ("stop", ""):
                raise SystemExit(f"unknown order {order!r}: `marts` or `stop` was expected")
        return CRITICAL if self.failed else FINE


def main() -> int:
    arguments = read_arguments()
    # Libraries print to standard output; the verdicts must stand alone there.
    output, sys.stdout = sys.stdout, sys.stderr
    return Worker(arguments, output).run(sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
