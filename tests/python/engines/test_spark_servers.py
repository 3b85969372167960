"""Guards that the profiles for a Spark elsewhere work: real servers, a part of the models.

Each builds and tests a part that reads exports and seeds, ranks, joins and writes; the whole is
built on a local session (test_spark_parity.py).
"""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

pytest.importorskip("pyspark.java_gateway", reason="requirements-spark.lock is not installed")

import told
from builds import PROJECT, WORK
from spark_servers import cluster, connect_server, thrift_server

from handoff.engines.spark import Spark
from handoff.land import Landed, land

DEMO = PROJECT / "exports" / "demo"
SELECTED = ("+int_users", "stg_marketo__leads", "--indirect-selection", "buildable")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    done = land(DEMO, tmp_path_factory.mktemp("servers") / "landed", WORK / "landing")
    assert done.outcome.success, done.outcome.error
    return done


def build_part(target: str, landed: Landed, settings: dict[str, str]) -> None:
    """Build and test a part of the models with an output of profiles.yml, as its user would."""
    folder = WORK / "engines" / f"target-{target}"
    words = ["--log-level-file", "none", "--no-use-colors", "build", "--target", target]
    words += ["--target-path", str(folder), "--exclude-resource-type", "unit_test"]
    with told.timed(target):
        run = subprocess.run(
            [str(Path(sys.executable).parent / "dbt"), *words, "--select", *SELECTED],
            cwd=PROJECT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


def assert_whole(engine: Spark, landed: Landed, folder: Path) -> None:
    """Staging has every exported row, and what follows met the seed that it is joined with."""
    staged = {"stg_marketo__leads": "marketo__leads", "stg_salesforce__user": "salesforce__user"}
    relations = [*(("staging", name) for name in staged), ("intermediate", "int_users")]
    engine.fetch(relations, folder / "built.duckdb")
    with duckdb.connect(str(folder / "built.duckdb")) as connection:
        for name, exported in staged.items():
            [(n_built, n_exported)] = connection.execute(
                f"select (select count(*) from staging.{name}), "
                f"(select count(*) from '{landed.files[exported]}')"
            ).fetchall()
            assert n_built == n_exported > 0, name
        [(n_in_teams,)] = connection.execute(
            "select count(team) from intermediate.int_users"
        ).fetchall()
        assert n_in_teams > 0


@pytest.fixture
def engine(landed: Landed) -> Spark:
    spark = Spark()
    spark.load(landed.files)
    return spark


def test_models_build_on_a_cluster_of_two_workers(
    engine: Spark, landed: Landed, tmp_path: Path
) -> None:
    with cluster(tmp_path, engine) as settings:
        build_part("spark_cluster", landed, settings)
    for number in (1, 2):
        assert list((tmp_path / f"work{number}").glob("app-*/*/stderr")), "a worker stood idle"
    assert_whole(engine, landed, tmp_path)


def test_models_build_over_spark_connect(engine: Spark, landed: Landed, tmp_path: Path) -> None:
    with connect_server(tmp_path, engine) as settings:
        build_part("spark_connect", landed, settings)
    assert_whole(engine, landed, tmp_path)


def test_models_build_over_a_thrift_server(engine: Spark, landed: Landed, tmp_path: Path) -> None:
    with thrift_server(tmp_path, engine) as settings:
        build_part("spark_thrift", landed, settings)
    assert_whole(engine, landed, tmp_path)
