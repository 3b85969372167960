"""Spark's servers for a test: each started from the pyspark wheel, and ended with the test."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

from handoff.engines.spark import Spark

HOME = Path(pyspark.__file__).parent
HOST = "127.0.0.1"
PATIENCE = 180


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]


@contextmanager
def _started(folder: Path, name: str, words: list[str], environment: dict[str, str]):
    """A program of the wheel in a folder of its own; gives its process and its log."""
    (folder / name).mkdir()
    log = folder / f"{name}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [str(HOME / "bin" / words[0]), *words[1:]],
            cwd=folder / name,
            env=os.environ | environment | {"SPARK_HOME": str(HOME)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen, log: Path, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_ready():
        late = process.poll() is not None or time.monotonic() > deadline
        assert not late, f"{log.stem} did not start:\n{log.read_text()[-3000:]}"
        time.sleep(0.5)


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((HOST, port)) == 0


@contextmanager
def cluster(folder: Path, engine: Spark) -> Iterator[dict[str, str]]:
    """A standalone master and two workers of one core each; gives the settings that name it."""
    environment = engine.environment()
    port = _free_port()
    local = ["--host", HOST, "--webui-port", "0"]
    kind = "org.apache.spark.deploy"

    def words(name: str, *more: str) -> list[str]:
        return ["spark-class", f"{kind}.{name}", *local, *more]

    def worker(number: int) -> list[str]:
        work = ["--work-dir", str(folder / f"work{number}"), "--cores", "1", "--memory", "1g"]
        return words("worker.Worker", *work, f"spark://{HOST}:{port}")

    with (
        _started(
            folder, "master", words("master.Master", "--port", str(port)), environment
        ) as master,
        _started(folder, "worker1", worker(1), environment),
        _started(folder, "worker2", worker(2), environment),
    ):
        _wait(*master, lambda: master[1].read_text().count("Registering worker") == 2)
        yield environment | {
            "HANDOFF_SPARK_MASTER": f"spark://{HOST}:{port}",
            "HANDOFF_SPARK_EXECUTOR_MEMORY": "512m",
        }


def _submitted(kind: str, engine: Spark, **settings: str) -> list[str]:
    """The command of a server that is a Spark application itself, on this machine alone."""
    environment = engine.environment()
    common = {
        "spark.sql.warehouse.dir": str(engine.warehouse),
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": environment["HANDOFF_SPARK_JAVA_OPTIONS"],
        "spark.sql.codegen.wholeStage": "false",
    }
    given = [
        word
        for name in common | settings
        for word in ("--conf", f"{name}={(common | settings)[name]}")
    ]
    return ["spark-submit", "--master", "local[2]", "--class", kind, *given]


@contextmanager
def connect_server(folder: Path, engine: Spark) -> Iterator[dict[str, str]]:
    """A Spark Connect server; gives the settings that name it."""
    port = _free_port()
    words = _submitted(
        "org.apache.spark.sql.connect.service.SparkConnectServer",
        engine,
        **{
            "spark.connect.grpc.binding.address": HOST,
            "spark.connect.grpc.binding.port": str(port),
        },
    )
    with _started(folder, "connect", words, engine.environment()) as server:
        _wait(*server, lambda: _answers(port))
        yield engine.environment() | {
            "SPARK_REMOTE": f"sc://{HOST}:{port}",
            "HANDOFF_SPARK_PARTITIONS": "2",
        }


@contextmanager
def thrift_server(folder: Path, engine: Spark) -> Iterator[dict[str, str]]:
    """A Thrift server; gives the settings that name it."""
    port = _free_port()
    environment = engine.environment()
    derby = f"jdbc:derby:;databaseName={environment['HANDOFF_SPARK_METASTORE']};create=true"
    words = _submitted(
        "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
        engine,
        **{
            "spark.hadoop.javax.jdo.option.ConnectionURL": derby,
            "spark.hadoop.hive.server2.thrift.bind.host": HOST,
            "spark.hadoop.hive.server2.thrift.port": str(port),
        },
    )
    with _started(folder, "thrift", words, environment) as server:
        _wait(*server, lambda: _answers(port))
        yield environment | {
            "HANDOFF_SPARK_HOST": HOST,
            "HANDOFF_SPARK_PORT": str(port),
            "HANDOFF_SPARK_POLL_SECONDS": "0",
            "HANDOFF_SPARK_PARTITIONS": "2",
        }
