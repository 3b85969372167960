"""Every model compiles for Spark without a connection and stays in the shared SQL subset.

The models run on DuckDB here. What cannot be run is compiled, parsed in its dialect and
linted (sql_subset.py): a guard against what is known to differ, no proof of equal results.
"""

from collections.abc import Callable

import pytest
import sqlglot
from dbt_project_files import Model, models
from sql_subset import Violation, engine_violations, output_violations, violations
from sqlglot import exp

DIALECTS = {"lint": "duckdb", "spark": "spark"}


def _all(of: tuple[Model, ...], lint: Callable[[Model], list[Violation]], where: str = "") -> str:
    return "\n".join(f"{model.path}{where}, {found}" for model in of for found in lint(model))


@pytest.mark.parametrize("target", DIALECTS)
def test_every_model_compiles_without_a_connection(target: str) -> None:
    assert models(target), "dbt compiled no model"
    empty = [model.path for model in models(target) if not model.compiled.strip()]
    assert not empty, f"compiled to nothing for {target}: {empty}"


@pytest.mark.parametrize(("target", "dialect"), DIALECTS.items())
def test_every_compiled_model_parses_in_its_dialect(target: str, dialect: str) -> None:
    faults = []
    for model in models(target):
        try:
            statements = sqlglot.parse(
                model.compiled, read=dialect, error_level=sqlglot.ErrorLevel.RAISE
            )
        except sqlglot.errors.SqlglotError as error:
            faults.append(f"{model.path}, compiled for {target}: {error}")
            continue
        # What sqlglot does not understand it keeps as a bare command.
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            faults.append(f"{model.path}, compiled for {target}: not one query")
    assert not faults, "\n".join(faults)


def test_every_model_is_written_in_the_shared_subset() -> None:
    faults = _all(models("lint"), lambda model: violations(model.source))
    assert not faults, "\n" + faults


def test_no_macro_gives_spark_what_it_lacks() -> None:
    faults = _all(
        models("spark"), lambda model: engine_violations(model.compiled), " (compiled for spark)"
    )
    assert not faults, "\n" + faults


@pytest.mark.parametrize(("target", "dialect"), DIALECTS.items())
def test_every_output_column_has_a_type_that_a_cast_fixed(target: str, dialect: str) -> None:
    faults = _all(
        models(target),
        lambda model: output_violations(model.compiled, dialect),
        f" (compiled for {target})",
    )
    assert not faults, "\n" + faults
