"""Guards that Spark gives the marts of DuckDB, cell by cell.

The demo is built as a user would, on the Java that this machine has. The other inputs are built
on one Spark that finds no Java but the packaged one; the first of them as large data would be,
with queries compiled and planned anew as they run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyspark.java_gateway", reason="requirements-spark.lock is not installed")

import told
from builds import PROJECT, WORK, build
from model_builds import NODES, Absent, Inputs
from parity import assert_equal

from handoff.engines.spark import packaged_java


def test_the_demo_has_the_marts_of_duckdb(demo: Path, tmp_path: Path) -> None:
    with told.timed("Spark"):
        done = build(tmp_path / "spark", target="spark")
    assert done.returncode == 0, done.stdout + done.stderr
    told_by_build = json.loads((tmp_path / "spark" / "current" / "build.json").read_text())
    assert told_by_build["engine"] == "spark"
    assert_equal("the demo on Spark", demo, tmp_path / "spark")


def without_java(folder: Path) -> dict[str, str]:
    """This process's environment, but as on a machine that has no Java."""
    folder.mkdir()
    for programs in os.environ["PATH"].split(os.pathsep):
        for program in Path(programs).glob("*"):
            link = folder / program.name
            if program.name != "java" and not link.is_symlink():
                link.symlink_to(program)
    inherited = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    return inherited | {"PATH": str(folder)}


@pytest.fixture(scope="module")
def on_packaged_java(
    more_inputs: dict[str, Inputs | Absent], tmp_path_factory: pytest.TempPathFactory
) -> dict:
    """What spark_builds.py tells of its builds of all inputs."""
    folder = tmp_path_factory.mktemp("spark")
    there = [found for found in more_inputs.values() if isinstance(found, Inputs)]
    jobs = [
        {
            "name": inputs.name,
            "landed": str(inputs.work / "landed"),
            "environment": inputs.environment
            | {"HANDOFF_SPARK_LARGE": "true" if number == 0 else "false"},
            "target": str(WORK / "engines" / "target-spark"),
            "database": str(inputs.database("spark")),
        }
        for number, inputs in enumerate(there)
    ]
    words = ["--log-level-file", "none", "--no-use-colors", *NODES]
    (folder / "asked.json").write_text(json.dumps({"words": words, "jobs": jobs}))
    script = Path(__file__).with_name("spark_builds.py")
    with (folder / "log").open("w") as log, told.timed("Spark"):
        done = subprocess.run(
            [sys.executable, str(script), str(folder / "asked.json"), str(folder / "told.json")],
            cwd=PROJECT,
            env=without_java(folder / "bin") | {"HANDOFF_SPARK_CATALOGUE": "in-memory"},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    assert done.returncode == 0, (folder / "log").read_text()[-2000:]
    return json.loads((folder / "told.json").read_text())


def test_the_packaged_java_was_used(on_packaged_java: dict) -> None:
    assert Path(on_packaged_java["java"]) == packaged_java().parents[1]


def test_other_inputs_have_the_marts_of_duckdb(given: Inputs, on_packaged_java: dict) -> None:
    job = on_packaged_java["jobs"][given.name]
    assert job["error"] is None, job["error"]
    label = f"{given.name} on Spark ({job['seconds']:.0f} s)"
    assert_equal(label, given.database("duckdb"), given.database("spark"))
