"""Guards what processes that run tests at once share: it is made once, and whole."""

import os
import subprocess
import sys
from pathlib import Path

import builds
import pytest

MAKER = """
import sys, time
sys.path.insert(0, "tests/python")
from pathlib import Path
import builds
builds.SHARED = Path(sys.argv[1])

def make(folder):
    folder.mkdir()
    (folder / "half").touch()
    with (builds.SHARED / "made").open("a") as made:
        made.write("once\\n")
    time.sleep(1)
    (folder / "whole").touch()

print((builds.once("thing", make) / "whole").exists())
"""


def test_what_several_processes_ask_for_is_made_by_one_of_them(tmp_path: Path) -> None:
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", MAKER, str(tmp_path)],
            cwd=builds.PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0] for process in asking] == ["True\n"] * 3
    assert (tmp_path / "made").read_text() == "once\n"


def test_what_could_not_be_made_is_tried_anew_from_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(builds, "SHARED", tmp_path)

    def fail(folder: Path) -> None:
        (folder / "half").mkdir(parents=True)
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        builds.once("thing", fail)
    assert not list(builds.once("thing", Path.mkdir).iterdir())


def test_every_process_has_a_work_folder_of_its_own_in_that_of_the_run() -> None:
    asked = "import sys; sys.path.insert(0, 'tests/python'); import builds; print(builds.WORK)"
    found = {
        subprocess.run(
            [sys.executable, "-c", asked],
            cwd=builds.PROJECT,
            env=os.environ | {"HANDOFF_TEST_RUN": "test-0", "PYTEST_XDIST_WORKER": worker},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for worker in ("gw0", "gw1")
    }
    run = builds.PROJECT / "work" / "test-0"
    assert found == {str(run / "gw0"), str(run / "gw1")}
