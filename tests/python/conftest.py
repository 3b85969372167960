"""What several tests need, and how they are shared out among processes (pytest-xdist)."""

from pathlib import Path

import builds  # noqa: F401 (names the run's folder before other processes start)
import pytest

from handoff.demo import generic

# The files that build much begin, lest one of them run alone at the end. Of the engines', the
# first and the third need the same build, which the second does not.
FIRST = (
    *("test_spark_parity", "test_spark_servers", "test_postgres", "test_portable_macros"),
    *("test_answer_key", "test_oracle", "test_whole_build", "test_mutants", "test_demo_build"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {stem: place for place, stem in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(FIRST)))


@pytest.fixture(scope="session")
def generic_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company as generic exports, with all their faults."""
    folder = tmp_path_factory.mktemp("generic_demo")
    generic.write(folder)
    return folder
