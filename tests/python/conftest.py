"""What several tests need."""

from pathlib import Path

import pytest

from handoff.demo import generic


@pytest.fixture(scope="session")
def generic_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company as generic exports, with all their faults."""
    folder = tmp_path_factory.mktemp("generic_demo")
    generic.write(folder)
    return folder
