"""Builds the warehouse from a folder of exports and publishes it if every check passes.

    python -m handoff.build --exports <folder> --agreement <folder> --publish <folder>

dbt builds in the working database while a second process judges the raw exports; when dbt is
through, that process judges the marts. Only if no error-level test and no critical expectation
fails are the marts published. Exit codes: 0 done, 1 the build failed, 2 a quality gate failed,
3 another build is running.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from types import FrameType

import duckdb
import yaml

from handoff import PROJECT, agreement, dbt_run, engines, messages, page, publish, summary
from handoff.gates import QualityWorker, Verdict
from handoff.land import land
from handoff.locks import Busy, exclusive

FAILED = 1
GATE_FAILED = 2
BUSY = 3
# Warnings printed; Data Docs hold all of them.
SHOWN_WARNINGS = 6


class BuildError(Exception):
    """The build cannot start; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """What one build works on. `publish` is None for a build that only checks."""

    exports: Path
    agreement: Path
    publish: Path | None
    work: Path
    project: Path
    as_of: str | None = None
    engine: str = engines.DUCKDB

    @property
    def database(self) -> Path:
        return self.work / "handoff.duckdb"

    @property
    def target(self) -> Path:
        return self.work / "target"

    @property
    def data_docs(self) -> Path:
        return self.work / "data_docs"

    @cached_property
    def _known_systems(self) -> dict[str, bool]:
        """The systems of vars.systems, each with whether its exports are there: a folder of its
        name, or tables of a loader."""
        declared = yaml.safe_load((self.project / "dbt_project.yml").read_text(encoding="utf-8"))
        folders = {path.name.lower() for path in self.exports.iterdir() if path.is_dir()}
        return {
            system: system.lower() in folders or bool(settings.get("relation_schema"))
            for system, settings in declared["vars"]["systems"].items()
        }

    @property
    def systems(self) -> list[str]:
        """The systems to build. Where none has exports, all: landing says what is missing."""
        present = [system for system, is_there in self._known_systems.items() if is_there]
        return present or list(self._known_systems)

    @property
    def absent_systems(self) -> list[str]:
        return [system for system in self._known_systems if system not in self.systems]


def worker_command(settings: Settings) -> list[str]:
    """The quality worker; gates.py tells what is said between it and the build.

    It compares the exports' volumes with those of the published build, if there is one.
    """
    words = [
        sys.executable,
        "-m",
        "quality.worker",
        "--exports",
        str(settings.exports),
        "--database",
        str(settings.database),
        "--out",
        str(settings.data_docs),
    ]
    before = publish.current(settings.publish) if settings.publish else None
    if before:
        words += ["--previous", str(before / "data_docs" / "volumes.json")]
    return words


def start_engine(settings: Settings) -> engines.Engine | None:
    """The engine that dbt builds on; None is DuckDB, inside dbt's own process."""
    return None if settings.engine == engines.DUCKDB else engines.engine(settings.engine)


def dbt_command(settings: Settings) -> list[str]:
    return dbt_run.build_command(settings.target, settings.as_of, settings.absent_systems)


def typed(path: Path) -> str:
    """A path as the user would type it: relative where it lies below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def previous_marts(settings: Settings) -> str:
    """The Parquet files of the publication before, as dbt is told them; empty without one."""
    before = publish.current(settings.publish) if settings.publish else None
    return dbt_run.named(before / "parquet", settings.project) if before else ""


def environment(settings: Settings, seeds: agreement.SeedPaths) -> dict[str, str]:
    """What the dbt project reads."""
    return {
        "HANDOFF_EXPORTS": dbt_run.named(settings.exports, settings.project),
        "HANDOFF_AGREEMENT": str(seeds.agreement),
        "HANDOFF_MAPPINGS": str(seeds.mappings),
        "HANDOFF_DATABASE": dbt_run.named(settings.database, settings.project),
        "HANDOFF_TARGET": settings.engine,
        "HANDOFF_PREVIOUS": previous_marts(settings),
        "HANDOFF_SYSTEMS": ",".join(settings.systems),
    }


def _clear_work(settings: Settings) -> None:
    """Every build starts from nothing; dbt's parse of the project alone is kept."""
    for path in (settings.database, settings.database.with_name("handoff.duckdb.wal")):
        path.unlink(missing_ok=True)
    if settings.data_docs.exists():
        shutil.rmtree(settings.data_docs)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the build as Ctrl-C does, so that its child processes end with it."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _as_of_cap(database: Path) -> str:
    """The latest moment that the build could have known of. Kept out of the marts: it changes
    with every run, while the same exports give the same marts."""
    with duckdb.connect(str(database), read_only=True) as connection:
        [(cap,)] = connection.execute(
            "select as_of_cap from intermediate.int_build_clock"
        ).fetchall()
    return cap.isoformat()


def _phase(name: str, seconds: float, told: str) -> None:
    print(f"  {name:<8} {seconds:6.1f} s  {told}".rstrip(), flush=True)


def _dbt_told(outcome: dbt_run.DbtOutcome) -> str:
    if outcome.success:
        told = (
            f"{outcome.count('model', 'success')} models, "
            f"{outcome.count('seed', 'success')} seeds, "
            f"{outcome.count('test', 'pass', 'warn')} tests passed"
        )
    else:
        errors = outcome.having("error", "runtime error", "partial success")
        n_errors = len(errors) + bool(outcome.error)
        told = f"FAILED: {n_errors} errors, {len(outcome.having('fail'))} failing tests"
    n_warnings = len(outcome.having("warn"))
    return f"{told}, {n_warnings} with warnings" if n_warnings else told


def _gates_told(verdict: Verdict) -> str:
    if verdict.problem:
        return "FAILED: the gates could not judge"
    return ", ".join(
        f"{gate.name} gate {'passed' if gate.success and not gate.critical else 'FAILED'}"
        for gate in verdict.gates
    )


def _print_block(heading: str, lines: list[str]) -> None:
    if lines:
        print(f"\n{heading}")
        print("\n".join(lines))


def _run_dbt(
    settings: Settings,
    seeds: agreement.SeedPaths,
    engine: engines.Engine | None,
    keep: int,
) -> dbt_run.DbtOutcome:
    """Landing and dbt on the build's engine; what the gates look at is in the database then."""
    notices: list[str] = []
    extra: dict[str, str] = {}
    if engine:
        before = time.monotonic()
        landed = land(
            settings.exports,
            settings.work / "landed",
            settings.work / "landing",
            project=settings.project,
            previous=previous_marts(settings),
            keep=(keep,),
        )
        told = f"{len(landed.files)} raw relations" if landed.outcome.success else "FAILED"
        if landed.outcome.success:
            engine.load(landed.files)
        _phase("landing", time.monotonic() - before, told)
        if not landed.outcome.success:
            return landed.outcome
        notices, extra = landed.outcome.notices, engine.environment()

    before = time.monotonic()
    dbt = dbt_run.DbtRun(
        dbt_command(settings),
        settings.project,
        environment(settings, seeds) | extra,
        settings.target,
        settings.work / "dbt.log",
        (keep,),
    )
    try:
        outcome = dbt.finish()
    finally:
        dbt.kill()
    outcome.notices.extend(notices)
    _phase("dbt", time.monotonic() - before, _dbt_told(outcome))

    if engine and outcome.success:
        before = time.monotonic()
        relations = engines.built_relations(settings.target / "manifest.json")
        engine.fetch(relations, settings.database)
        _phase("fetch", time.monotonic() - before, f"{len(relations)} relations")
    return outcome


def _run_checked(
    settings: Settings,
    seeds: agreement.SeedPaths,
    engine: engines.Engine | None,
    keep: int,
) -> tuple[dbt_run.DbtOutcome, Verdict]:
    """dbt and the quality worker side by side, to the end of both."""
    with ExitStack() as cleanup:
        worker = QualityWorker(
            worker_command(settings), settings.project, settings.work / "quality.log", (keep,)
        )
        cleanup.callback(worker.kill)
        outcome = _run_dbt(settings, seeds, engine, keep)

        before = time.monotonic()
        verdict = worker.finish("marts" if outcome.success else "stop")
        _phase("quality", time.monotonic() - before, _gates_told(verdict))
    return outcome, verdict


def _print_findings(
    settings: Settings,
    outcome: dbt_run.DbtOutcome,
    verdict: Verdict,
    query: Callable[[str], messages.Rows],
) -> None:
    if not outcome.success:
        _print_block(
            f"dbt failed (its log: {typed(settings.work / 'dbt.log')}):",
            messages.failures(outcome, query),
        )
    critical = [f"  {text}" for text in verdict.critical]
    if verdict.problem:
        critical += [f"  {line}" for line in verdict.problem.split("\n")]
        critical.append(f"  Its log: {typed(settings.work / 'quality.log')}")
    _print_block("The quality gates failed:", critical)

    warnings = messages.warnings(outcome, query)
    warnings += [f"  {text}" for text in verdict.warnings]
    if len(warnings) > SHOWN_WARNINGS:
        left_out = len(warnings) - SHOWN_WARNINGS
        warnings = [*warnings[:SHOWN_WARNINGS], f"  … and {left_out} more."]
    _print_block("Worth a look:", warnings)
    if verdict.data_docs and (warnings or verdict.critical):
        print(f"  In full: {typed(verdict.data_docs)}")


def _print_published(settings: Settings, built: publish.Published, data_docs: Path | None) -> None:
    folder = settings.publish / "current"
    as_of = (built.facts["build_facts"].get("as_of") or "").replace("T", " ")
    print()
    for line in summary.tables(built.folder / publish.DATABASE):
        print(line)
    print(f"Published build {built.facts['id']}" + (f", as of {as_of} UTC" if as_of else ""))
    print(f"  the page   {typed(folder / page.PAGE)}")
    print(f"  marts      {typed(folder / publish.DATABASE)} (schema marts)")
    print(f"  parquet    {typed(folder / 'parquet')}")
    docs = settings.data_docs.resolve()
    if data_docs and data_docs.resolve().is_relative_to(docs):
        copied = folder / "data_docs" / data_docs.resolve().relative_to(docs)
        print(f"  data docs  {typed(copied)}")
    print(f"  the build  {typed(folder / 'build.json')}")


def _build(settings: Settings, keep: int) -> int:
    started, before = datetime.now(UTC), time.monotonic()
    _clear_work(settings)
    seeds = agreement.prepare(settings.project, settings.agreement, settings.work)
    print(
        f"Building {typed(settings.exports)} with the agreement in {typed(settings.agreement)}",
        flush=True,
    )
    engine = start_engine(settings)
    outcome, verdict = _run_checked(settings, seeds, engine, keep)

    gates_failed = bool(verdict.critical or verdict.problem)
    published = None
    if outcome.success and not gates_failed and settings.publish:
        step = time.monotonic()
        published = publish.publish(
            settings.database,
            settings.publish,
            manifest=settings.target / "manifest.json",
            started=started,
            engine=settings.engine,
            data_docs=settings.data_docs,
            facts={
                "as_of_cap": _as_of_cap(settings.database),
                "tests": {
                    "passed": outcome.count("test", "pass"),
                    "warned": outcome.count("test", "warn"),
                },
                "gates": {gate.name: {"warnings": len(gate.warnings)} for gate in verdict.gates},
            },
            add=page.write,
        )
        n_marts = len(published.facts["marts"])
        _phase("publish", time.monotonic() - step, f"{n_marts} marts")
    _phase("in all", time.monotonic() - before, "")

    for note in seeds.notes:
        print(f"  {note}")
    query = engine.query if engine else partial(messages.query, settings.database)
    _print_findings(settings, outcome, verdict, query)
    if not outcome.success or gates_failed:
        kept = settings.publish and publish.current(settings.publish)
        print("\nNothing was published." + (" The build before stays." if kept else ""))
        return GATE_FAILED if outcome.success else FAILED
    if published:
        _print_published(settings, published, verdict.data_docs)
    else:
        print("\nAll checks passed; nothing was to be published.")
    return 0


def _run(settings: Settings) -> int:
    if not settings.exports.is_dir():
        raise BuildError(f"EXPORTS: there is no folder {settings.exports}.")
    if not settings.work.is_relative_to(settings.project):
        raise BuildError(
            f"The work folder {settings.work} lies outside the project {settings.project}; "
            "dbt can read its seeds only from inside."
        )
    with ExitStack() as held:
        held.enter_context(_terminable())
        keep = held.enter_context(exclusive(settings.work))
        if settings.publish:
            held.enter_context(exclusive(settings.publish))
        return _build(settings, keep)


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment; write it as 2026-06-30 or 2026-06-30 18:00:00 (UTC)"
        ) from None
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def parse(arguments: list[str] | None, project: Path) -> Settings:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.build",
        description="Build the warehouse, check it, and publish it if every check passes.",
    )
    parser.add_argument(
        "--exports",
        type=_folder,
        default=project / "exports" / "demo",
        help="folder with one sub-folder of exports per system (exports/demo)",
    )
    parser.add_argument(
        "--agreement",
        type=_folder,
        default=project / agreement.OWN_AGREEMENT,
        help="folder with the agreement's CSVs, and mappings/ if they differ (seeds/agreement)",
    )
    parser.add_argument(
        "--publish",
        type=_folder,
        default=project / "published",
        help="folder to publish into (published)",
    )
    parser.add_argument(
        "--check-only", action="store_true", help="run every check and publish nothing"
    )
    parser.add_argument(
        "--as-of",
        type=_moment,
        metavar="MOMENT",
        help="the build's clock in UTC (the newest moment in the exports)",
    )
    parser.add_argument(
        "--work",
        type=_folder,
        default=project / "work",
        help="folder inside the project for the working database and logs (work)",
    )
    parser.add_argument(
        "--target",
        choices=engines.TARGETS,
        default=engines.DUCKDB,
        help="the engine that dbt builds on, an output of profiles.yml (duckdb)",
    )
    given = parser.parse_args(arguments)
    return Settings(
        exports=given.exports,
        agreement=given.agreement,
        publish=None if given.check_only else given.publish,
        work=given.work,
        project=project,
        as_of=given.as_of,
        engine=given.target,
    )


def main(arguments: list[str] | None = None, project: Path = PROJECT) -> int:
    settings = parse(arguments, project)
    try:
        return _run(settings)
    except Busy as error:
        print(error, file=sys.stderr)
        return BUSY
    except (
        BuildError,
        agreement.AgreementError,
        engines.EngineError,
        publish.PublishError,
    ) as error:
        print(f"{error}\nNothing was published.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
