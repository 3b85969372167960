"""Every macro of macros/portable gives, on every engine, the values worked out in plain Python.

dbt itself writes the expressions out for each engine, in a scratch project that has the
project's macros and one model per group of inputs (macro_cases.py).
"""

import importlib.util
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from builds import PROJECT
from macro_cases import REPORTING_ZONE, SYSTEMS, Check, Group, groups
from postgres_server import NoServer, postgres_server

from handoff.engines import Engine, engine

MACROS = PROJECT / "macros" / "portable"
SCHEMA = "checked"
SHOWN = 5
TYPES = {"text": "{{ dbt.type_string() }}", "double": "{{ type_double() }}"}
# Where each engine finds the inputs.
GIVEN = """
{% macro given(group) -%}
    {%- if target.type == 'duckdb' -%}
        read_parquet('{{ env_var("HANDOFF_GIVEN") }}/{{ group }}.parquet')
    {%- elif target.type == 'spark' -%}
        parquet.`{{ env_var('HANDOFF_GIVEN') }}/{{ group }}.parquet`
    {%- else -%}
        raw.{{ group }}
    {%- endif -%}
{%- endmacro %}
"""


# A seed, as people write them: dbt itself would take some of these words for blanks.
WORDS = ["null", "NULL", " Null ", "none", "nan", "", '""', "a\\b", "it's", "100%", "é日本"]


def model(group: Group) -> str:
    """The model that asks all checks of a group."""
    inputs = [
        f"cast({name} as {TYPES.get(type, type)}) as {name}" if type else name
        for name, type in group.inputs.items()
    ]
    asked = [
        f"cast({{{{ {check.jinja} }}}} as {TYPES.get(check.type, check.type)}) as {check.column}"
        for check in group.checks
    ]
    key, grouped = (group.by, f"group by {group.by}") if group.by else ("row_id", "")
    return f"""
with given as (
    select row_id, {", ".join(inputs)} from {{{{ given('{group.name}') }}}}
)
select {key}, {", ".join(asked)} from given {grouped}
"""


def write_project(folder: Path) -> dict[str, Path]:
    """A dbt project with the project's macros; gives the inputs, one file per group."""
    for macros in (MACROS, MACROS.with_name("seeds")):
        shutil.copytree(macros, folder / "macros" / macros.name)
    shutil.copy(PROJECT / "macros" / "generate_schema_name.sql", folder / "macros")
    (folder / "macros" / "given.sql").write_text(GIVEN)
    (folder / "profiles.yml").write_text((PROJECT / "profiles.yml").read_text())
    # The macros are dispatched in the project's own name.
    built = {"+schema": SCHEMA, "+file_format": "parquet"}
    text = "{{ 'text' if target.type == 'postgres' else 'string' }}"
    project = {
        "name": "handoff",
        "profile": "handoff",
        "flags": {"send_anonymous_usage_stats": False},
        "vars": {
            "reporting_time_zone": REPORTING_ZONE,
            "systems": {
                name: {"time_zone": zone, "timestamp_formats": formats}
                for name, (zone, formats) in SYSTEMS.items()
            },
        },
        "models": {"handoff": built | {"+materialized": "table"}},
        "seeds": {"handoff": built | {"+column_types": {"row_id": "bigint", "word": text}}},
    }
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    for name in ("models", "seeds", "given"):
        (folder / name).mkdir()
    lines = [f"{number},{word}" for number, word in enumerate(WORDS)]
    (folder / "seeds" / "words.csv").write_text("\n".join(["row_id,word", *lines, ""]))
    files = {}
    for group in GROUPS:
        (folder / "models" / f"{group.name}.sql").write_text(model(group))
        path = files[group.name] = folder / "given" / f"{group.name}.parquet"
        lines = folder / "given" / f"{group.name}.json"
        lines.write_text(
            "\n".join(json.dumps({"row_id": n, **row}) for n, row in enumerate(group.rows))
        )
        columns = ", ".join(["row_id: 'bigint'", *(f"{name}: 'varchar'" for name in group.inputs)])
        duckdb.execute(
            f"copy (from read_json('{lines}', columns = {{{columns}}}, format = 'nd')) "
            f"to '{path}' (format parquet)"
        )
    return files


GROUPS = groups()


def run_dbt(folder: Path, target: str, environment: dict[str, str]) -> None:
    run = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), "--log-level-file", "none"),
            *("--no-use-colors", "build", "--target", target),
        ],
        cwd=folder,
        env=os.environ | environment | {"HANDOFF_GIVEN": str(folder / "given")},
        capture_output=True,
        text=True,
        check=False,
    )
    # Without the frames of Java's stack.
    said = [line for line in run.stdout.splitlines() if not line.strip().startswith(("at ", "..."))]
    assert run.returncode == 0, "\n".join(said)[-4000:] + run.stderr[-1000:]


@pytest.fixture(scope="module", params=["duckdb", "postgres", "spark"])
def answers(request, tmp_path_factory) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """An engine's name and what it answered: a schema `checked` with a table per group."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    files = write_project(folder)
    database = folder / "answers.duckdb"
    if name == "duckdb":
        run_dbt(folder, name, {"HANDOFF_DATABASE": str(database)})
    elif name == "spark":
        if not importlib.util.find_spec("pyspark.java_gateway"):
            pytest.skip("requirements-spark.lock is not installed: `make test-engines` does it")
        answer(engine(name), folder, name, files, database)
    else:
        if not importlib.util.find_spec("dbt.adapters.postgres"):
            pytest.skip("requirements-postgres.lock is not installed: `make test-engines` does it")
        try:
            with postgres_server() as settings, pytest.MonkeyPatch.context() as patch:
                for setting, value in settings.items():
                    patch.setenv(setting, value)
                answer(engine(name), folder, name, files, database)
        except NoServer as error:
            pytest.skip(f"no PostgreSQL server: {error}")
    with duckdb.connect(str(database), read_only=True) as connection:
        yield name, connection


def answer(at: Engine, folder: Path, name: str, files: dict[str, Path], database: Path) -> None:
    at.load(files)
    run_dbt(folder, name, at.environment())
    at.fetch([(SCHEMA, name) for name in ("words", *(group.name for group in GROUPS))], database)


def is_equal(check: Check, expected: Any, found: Any) -> bool:
    if expected is None or found is None or not check.tolerance:
        return type(expected) is type(found) and expected == found
    return math.isclose(expected, found, rel_tol=check.tolerance, abs_tol=check.tolerance)


def asked(group: Group) -> dict[Any, Any]:
    """By the key of a result, what its expected value is worked out from."""
    if not group.by:
        return dict(enumerate(group.rows))
    families = defaultdict(list)
    for row in group.rows:
        families[row[group.by]].append(row)
    return families


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_macro_gives_the_value_worked_out_without_it(
    group: Group, answers: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    name, connection = answers
    key = group.by or "row_id"
    columns = ", ".join(check.column for check in group.checks)
    found = {
        answer[0]: answer[1:]
        for answer in connection.execute(
            f"select {key}, {columns} from {SCHEMA}.{group.name}"
        ).fetchall()
    }
    rows = asked(group)
    assert found.keys() == rows.keys()
    counts: Counter[str] = Counter()
    faults = []
    for place, check in enumerate(group.checks):
        wrong = []
        for at, row in rows.items():
            expected = check.expected(row)
            if not is_equal(check, expected, found[at][place]):
                wrong.append(f"    {row}: {found[at][place]!r} instead of {expected!r}")
        counts[check.macro] += len(rows)
        if wrong:
            faults += [f"{check.name}: {len(wrong)} of {len(rows)}", *wrong[:SHOWN]]
    print(f"\n{name}, {group.name}: " + ", ".join(f"{macro} {n:,}" for macro, n in counts.items()))
    assert not faults, f"on {name}:\n" + "\n".join(faults)


def test_a_seed_arrives_as_it_is_written(answers: tuple[str, duckdb.DuckDBPyConnection]) -> None:
    name, connection = answers
    found = connection.execute(f"select word from {SCHEMA}.words order by row_id").fetchall()
    expected = [None if word in ("", '""') else word for word in WORDS]
    assert [word for (word,) in found] == expected, f"on {name}"


# ---------------------------------------------------------------------------- completeness
def defined() -> dict[str, str]:
    """The macros of macros/portable by name, an engine's own under its engine's name."""
    source = "".join(path.read_text() for path in sorted(MACROS.glob("*.sql")))
    parts = re.split(r"\{%-?\s*macro\s+(\w+)", source)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_no_macro_is_left_out() -> None:
    macros = defined()
    engines = re.compile("^(default|duckdb|spark|postgres|snowflake|bigquery)__")
    checked = {check.macro for group in GROUPS for check in group.checks}
    own = {name for name in macros if not engines.match(name)}
    # A helper is tested by the macros that call it.
    helpers = {
        name
        for name in own
        if any(re.search(rf"\b{name}\(", body) for other, body in macros.items() if other != name)
    }
    assert own - helpers <= checked, f"no values for {sorted(own - helpers - checked)}"
    assert {name for name in checked if name[0] != "("} <= own
    described = [
        macro["name"]
        for path in MACROS.glob("*.yml")
        for macro in yaml.safe_load(path.read_text())["macros"]
    ]
    assert sorted(described) == sorted(own)
