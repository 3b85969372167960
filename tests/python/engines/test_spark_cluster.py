"""A build on a real cluster: a standalone master and two workers, from the pyspark wheel."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pytest

pytest.importorskip("pyspark.java_gateway", reason="requirements-spark.lock is not installed")

import pyspark
from builds import PROJECT

from handoff.engines.spark import Spark
from handoff.land import land

# Enough to join, rank and write on both workers; the whole demo is built on a local session.
SELECTED = ("+int_lead_records", "--indirect-selection", "buildable")
PATIENCE = 90


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A master and two workers of one core each; gives the master's address."""
    home = Path(pyspark.__file__).parent
    master = f"spark://127.0.0.1:{_free_port()}"
    local = ["--host", "127.0.0.1", "--webui-port", "0"]
    with ExitStack() as started:

        def start(name: str, *words: str) -> Path:
            log = folder / f"{name}.log"
            process = subprocess.Popen(
                [str(home / "bin" / "spark-class"), *words],
                env=os.environ | environment | {"SPARK_HOME": str(home)},
                stdin=subprocess.DEVNULL,
                stdout=started.enter_context(log.open("w")),
                stderr=subprocess.STDOUT,
            )
            started.callback(process.wait)
            started.callback(process.terminate)
            return log

        port = master.rpartition(":")[2]
        log = start("master", "org.apache.spark.deploy.master.Master", "--port", port, *local)
        for number in (1, 2):
            work = ["--work-dir", str(folder / f"worker{number}"), "--cores", "1", "--memory", "1g"]
            start(f"worker{number}", "org.apache.spark.deploy.worker.Worker", *work, *local, master)
        deadline = time.monotonic() + PATIENCE
        while log.read_text().count("Registering worker") < 2:
            assert time.monotonic() < deadline, f"no two workers:\n{log.read_text()[-3000:]}"
            time.sleep(0.5)
        yield master


def test_models_build_on_a_cluster_of_two_workers(tmp_path: Path) -> None:
    landed = land(PROJECT / "exports" / "demo", tmp_path / "landed", tmp_path / "landing")
    assert landed.outcome.success, landed.outcome.error
    engine = Spark()
    engine.load(landed.files)
    environment = engine.environment()
    with cluster(tmp_path, environment) as master:
        run = subprocess.run(
            [
                *(str(Path(sys.executable).parent / "dbt"), "--log-level-file", "none"),
                *("--no-use-colors", "build", "--exclude-resource-type", "unit_test"),
                *("--target", "spark_cluster", "--target-path", str(tmp_path / "target")),
                *("--select", *SELECTED),
            ],
            cwd=PROJECT,
            env=os.environ
            | environment
            | {"HANDOFF_SPARK_MASTER": master, "HANDOFF_SPARK_EXECUTOR_MEMORY": "512m"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-4000:]
    for number in (1, 2):
        assert list((tmp_path / f"worker{number}").glob("app-*/*/stderr")), "a worker stood idle"
    engine.fetch([("intermediate", "int_lead_records")], tmp_path / "built.duckdb")
    with duckdb.connect(str(tmp_path / "built.duckdb")) as built:
        [(n_records,)] = built.execute(
            "select count(distinct record_key) from intermediate.int_lead_records"
        ).fetchall()
    [(n_landed,)] = duckdb.execute(
        f"""
        select count(*)
        from read_parquet(
            [
                '{tmp_path}/landed/salesforce__lead.parquet',
                '{tmp_path}/landed/salesforce__contact.parquet',
                '{tmp_path}/landed/marketo__leads.parquet'
            ],
            union_by_name = true
        )
        """
    ).fetchall()
    assert 0 < n_records <= n_landed
