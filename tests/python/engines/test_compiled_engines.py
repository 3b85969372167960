"""Every model compiles for the engines that cannot be run here, and is of their SQL.

Compiled without a connection by the engine's own adapter, parsed in its dialect, and read for
what a parser lets pass: functions that the engine does not have, names that it reserves. A
guard against what is known to differ, no proof of equal results.
"""

from collections.abc import Iterator

import pytest
import sqlglot
from dbt_project_files import COMPILED_ONLY, OWN_DBT, Model, models
from sql_subset import Tokens, output_violations
from sqlglot import exp

pytestmark = pytest.mark.skipif(
    not OWN_DBT.exists(), reason="requirements-compile.lock is not installed: `make test-engines`"
)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Functions that the engine's reference describes, as far as the models call them. A new one is
# looked up there before it is added here.
SHARED = _set(
    "abs cast ceil chr coalesce count date_trunc dense_rank exists extract first_value floor "
    "greatest lag last_value lead least length ln lower lpad max md5 min mod nullif power rank "
    "regexp_replace replace round row_number sqrt substring sum trim upper"
)
FUNCTIONS = {
    "snowflake": SHARED
    | _set(
        "convert_timezone date_part dateadd get listagg parse_json position regexp_instr "
        "regexp_substr split_part timestampdiff to_timestamp_ntz try_cast try_parse_json "
        "try_to_timestamp_ntz try_to_timestamp_tz typeof"
    ),
    "bigquery": SHARED - {"date_trunc"}
    | _set(
        "date datetime div json_query json_type json_value regexp_contains regexp_extract "
        "safe_cast split safe_ordinal string_agg strpos timestamp timestamp_add timestamp_micros "
        "timestamp_trunc to_hex unix_micros parse_json"
    ),
    "databricks": SHARED
    | _set(
        "array_join collect_list div from_utc_timestamp get_json_object last_day make_dt_interval "
        "position regexp_extract sort_array split_part timestamp_micros to_utc_timestamp try_cast "
        "unix_micros"
    ),
}
# Words before a bracket that call nothing.
NO_CALLS = _set(
    "and as by case distinct else except filter from group having in intersect interval join not "
    "on or over partition select then union using values when where with decimal numeric all any "
    "end like rlike between"
)
# Reserved there, and in none of the engines that run here.
RESERVED = {
    "snowflake": _set(
        "connect current following grant ilike increment issue minus qualify regexp revoke rlike "
        "row rows sample start trigger try_cast whenever"
    ),
    "bigquery": _set(
        "assert_rows_modified at contains current define enum exclude following groups hash "
        "ignore lookup merge new no of preceding proto qualify range respect rows struct "
        "tablesample to treat unbounded unnest within"
    ),
    "databricks": frozenset(),
}


def faults_of(sql: str, target: str) -> Iterator[str]:
    """What the engine would not take in a compiled query, with its line."""
    try:
        statements = sqlglot.parse(sql, read=target, error_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.errors.SqlglotError as error:
        yield str(error)
        return
    # What sqlglot does not understand it keeps as a bare command.
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        yield "not one query"
        return
    tokens = Tokens(sql, target)
    for i in range(len(tokens)):
        word = tokens.word(i)
        if tokens.is_call(i) and word not in NO_CALLS and word not in FUNCTIONS[target]:
            yield f"line {tokens.line(i)}: {word}() is not known of {target}"
        is_named = tokens.word(i - 1) == "as" or tokens.word(i + 1) == "as"
        if is_named and word in RESERVED[target]:
            yield f"line {tokens.line(i)}: the name {word} is reserved on {target}"
    for found in output_violations(sql, target):
        yield str(found)


@pytest.mark.parametrize("target", COMPILED_ONLY)
def test_every_model_compiles_and_is_of_the_engines_own_sql(target: str) -> None:
    compiled: tuple[Model, ...] = models(target)
    assert compiled, "dbt compiled no model"
    faults = [
        f"{model.path}, compiled for {target}: {fault}"
        for model in compiled
        for fault in faults_of(model.compiled, target)
    ]
    print(f"\n{target}: {len(compiled)} models compiled and parsed")
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("target", COMPILED_ONLY)
@pytest.mark.parametrize(
    ("sql", "fault"),
    {
        "select a from (select b from t": "Expecting )",
        "drop table t": "not one query",
        "select cast(epoch_us(a) as bigint) as a from t": "epoch_us() is not known",
        "select count(*) as n from t": "output column n without a cast",
    }.items(),
)
def test_a_planted_fault_is_found(sql: str, fault: str, target: str) -> None:
    assert [found for found in faults_of(sql, target) if fault in found]


def test_a_name_that_one_engine_reserves_is_found() -> None:
    sql = "with within as (select cast(a as date) as a from t) select a from within"
    assert list(faults_of(sql, "snowflake")) == []
    assert [fault for fault in faults_of(sql, "bigquery") if "within" in fault]
