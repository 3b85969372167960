"""Builds the models on several inputs on one Spark, so that it starts and warms up once.

    python tests/python/engines/spark_builds.py <jobs.json> <told.json>

A job names its inputs' folder of landed files, dbt's environment, dbt's target folder and the
database to fetch the marts into. Told are Java's home, and each job's seconds and error.
"""

import json
import os
import sys
import time
from pathlib import Path

from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(PROJECT))

from handoff.engines import built_relations  # noqa: E402
from handoff.engines.spark import Spark  # noqa: E402


def run(spark: Spark, job: dict) -> str | None:
    """Build one job; None, or what went wrong."""
    os.environ.update(job["environment"] | {"HANDOFF_LANDED": job["landed"]})
    done = dbtRunner().invoke([*job["words"], "--target-path", job["target"]])
    if not done.success:
        failed = [
            f"{result.node.name}: {result.message}"
            for result in getattr(done.result, "results", [])
            if result.status == "error"
        ]
        return "\n".join(failed) or str(done.exception)
    spark.fetch(built_relations(Path(job["target"]) / "manifest.json"), Path(job["database"]))
    return None


def main(given: Path, told: Path) -> None:
    asked = json.loads(given.read_text(encoding="utf-8"))
    spark = Spark()
    spark.load({"any": Path(asked["jobs"][0]["landed"]) / "any.parquet"})
    os.environ.update(spark.environment() | {"HANDOFF_TARGET": "spark"})
    jobs = {}
    for job in asked["jobs"]:
        before = time.monotonic()
        error = run(spark, job)
        jobs[job["name"]] = {"seconds": time.monotonic() - before, "error": error}
    [(java,)] = (
        SparkSession.builder.getOrCreate()
        .sql("select java_method('java.lang.System', 'getProperty', 'java.home')")
        .collect()
    )
    told.write_text(json.dumps({"java": java, "jobs": jobs}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
