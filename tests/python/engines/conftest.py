"""What the tests of the engines share: inputs, builds, a server, and a summary at the end."""

import importlib.util
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import told
from builds import build, once
from model_builds import NAMES, Absent, Inputs, inputs, on_duckdb
from postgres_server import NoServer, postgres_server

MINUTES = 20


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = told.all_of_it()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """A process of pytest-xdist has ended; one that was killed told nothing."""
    told.add(getattr(node, "workeroutput", {}).get("told", {"comparisons": [], "seconds": {}}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if lines := told.lines():
        terminalreporter.section("engines")
        for line in lines:
            terminalreporter.line(line)
        terminalreporter.line(f"All of it should take {MINUTES} minutes on two quiet cores.")


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo, built and published by DuckDB as a user would: once for all processes."""

    def make(folder: Path) -> None:
        with told.timed("DuckDB"):
            done = build(folder)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("demo", make)


@pytest.fixture(scope="session")
def more_inputs() -> dict[str, Inputs | Absent]:
    """Inputs besides the demo, built by DuckDB once for all processes; a reason where they
    cannot be had."""
    kept = "inputs.pickle"

    def make(folder: Path) -> None:
        found: dict[str, Inputs | Absent] = {}
        for name in NAMES:
            try:
                found[name] = inputs(name, folder)
            except Absent as error:
                found[name] = error
            else:
                on_duckdb(found[name])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / kept).write_bytes(pickle.dumps(found))

    return pickle.loads((once("inputs", make) / kept).read_bytes())


@pytest.fixture(params=NAMES)
def given(request: pytest.FixtureRequest, more_inputs: dict[str, Inputs | Absent]) -> Inputs:
    """One of the inputs besides the demo."""
    found = more_inputs[request.param]
    if isinstance(found, Absent):
        pytest.skip(str(found))
    return found


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, str]]:
    """The settings of a PostgreSQL server of the tests' own."""
    if not importlib.util.find_spec("dbt.adapters.postgres"):
        pytest.skip("requirements-postgres.lock is not installed: `make test-engines` does it")
    try:
        with postgres_server() as settings, pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            yield settings
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")
