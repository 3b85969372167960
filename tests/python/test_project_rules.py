"""Every rule of the project finds its planted fault, and a project without faults passes."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from project_rules import (
    FILE_RULES,
    MANIFEST_RULES,
    Manifest,
    machine_traces,
    macro_arguments,
    unknown_property_keys,
)


def column(name: str, data_type: str = "string") -> dict:
    return {"name": name, "data_type": data_type, "description": "What it is.", "constraints": []}


def model(path: str, *parents: str, columns: tuple[dict, ...] = ()) -> dict:
    name = Path(path).stem
    return {
        "unique_id": f"model.handoff.{name}",
        "resource_type": "model",
        "package_name": "handoff",
        "name": name,
        "original_file_path": path,
        "description": "One row per person.",
        "columns": {entry["name"]: entry for entry in columns or (column("record_key"),)},
        "config": {"contract": {"enforced": True}},
        "unrendered_config": {"materialized": "table"},
        "constraints": [],
        "depends_on": {"nodes": list(parents)},
    }


def key_test(of: str) -> dict:
    return {
        "unique_id": f"test.handoff.key_{of}",
        "resource_type": "test",
        "package_name": "handoff",
        "name": f"key_{of}",
        "original_file_path": "models/_models.yml",
        "attached_node": f"model.handoff.{of}",
        "test_metadata": {"name": "key"},
        "unrendered_config": {},
        "raw_code": "{{ test_key(**_dbt_generic_test_kwargs) }}",
    }


MACRO = """{#- Days between two moments. -#}
{% macro days_between(since, until=none) %}{% do x.append(1) %}{% endmacro %}
{% macro spark__days_between(since, until=none) %}1{% endmacro %}
"""


def project(root: Path) -> Manifest:
    (root / "seeds").mkdir()
    (root / "seeds/map_teams.csv").write_text("system,team\ngeneric,sales\n")
    (root / "macros").mkdir()
    (root / "macros/time.sql").write_text(MACRO)
    models = [
        model("models/staging/generic/stg_generic__persons.sql", "source.handoff.generic.persons"),
        model(
            "models/conformed/generic/generic__persons.sql",
            "model.handoff.stg_generic__persons",
            columns=(column("system"), column("record_key"), column("employees", "bigint")),
        ),
        model("models/conformed/generic/generic__quarantined.sql"),
        model(
            "models/conformed/all/all__persons.sql",
            "model.handoff.generic__persons",
            columns=(column("system"), column("record_key"), column("employees", "bigint")),
        ),
        model(
            "models/intermediate/leads/int_landing_reconciliation.sql",
            "model.handoff.stg_generic__persons",
        ),
        model("models/marts/core/dim_leads.sql", "model.handoff.all__persons"),
        model("models/marts/handoff/fct_sql_acceptances.sql", "model.handoff.dim_leads"),
    ]
    tested = ["generic__persons", "all__persons", "int_landing_reconciliation", "dim_leads"]
    tests = [key_test(name) for name in [*tested, "fct_sql_acceptances"]]
    singular = {**key_test("x"), "unique_id": "test.handoff.agreed", "test_metadata": None}
    singular |= {"attached_node": None, "raw_code": "-- Guards the mapping.\nselect 1"}
    seed = {
        "unique_id": "seed.handoff.map_teams",
        "resource_type": "seed",
        "package_name": "handoff",
        "name": "map_teams",
        "original_file_path": "seeds/map_teams.csv",
        "description": "One row per team.",
        "columns": {"system": column("system"), "team": column("team")},
        "config": {"column_types": {"system": "text", "team": "text"}},
        "unrendered_config": {"column_types": {}},
    }
    macros = [
        {
            "name": name,
            "package_name": "handoff",
            "original_file_path": "macros/time.sql",
            "description": description,
            "arguments": [{"name": n, "description": "A moment."} for n in ("since", "until")],
            "macro_sql": "{% macro " + name + "(since, until=none) %}1{% endmacro %}",
        }
        for name, description in {"days_between": "Days.", "spark__days_between": ""}.items()
    ]
    unit_test = {"name": "a_score_at_the_threshold_qualifies"}
    nodes = [*models, *tests, singular, seed]
    return {
        "nodes": {node["unique_id"]: node for node in nodes},
        "sources": {
            "source.handoff.generic.persons": {
                "source_name": "generic",
                "name": "persons",
                "description": "Persons.",
                "columns": {"person_id": column("person_id")},
            }
        },
        "macros": {f"macro.handoff.{macro['name']}": macro for macro in macros},
        "exposures": {
            "exposure.handoff.review": {
                "name": "review",
                "description": "What it is for.",
                "owner": {"name": "Sales operations"},
                "depends_on": {
                    "nodes": ["model.handoff.dim_leads", "model.handoff.fct_sql_acceptances"]
                },
            }
        },
        "unit_tests": {"unit_test.handoff.x": unit_test},
    }


def faults(manifest: Manifest, root: Path) -> dict[str, list[str]]:
    found = {rule.__name__: list(rule(manifest)) for rule in MANIFEST_RULES}
    found |= {rule.__name__: list(rule(manifest, root)) for rule in FILE_RULES}
    return {rule: messages for rule, messages in found.items() if messages}


def of(manifest: Manifest, name: str) -> dict:
    return next(node for node in manifest["nodes"].values() if node["name"] == name)


def rename(manifest: Manifest, name: str, path: str) -> None:
    of(manifest, name).update(name=Path(path).stem, original_file_path=path)


def reorder(manifest: Manifest) -> None:
    columns = of(manifest, "generic__persons")["columns"]
    columns["system"] = columns.pop("system")


def read(manifest: Manifest, reader: str, parent: str) -> None:
    of(manifest, reader)["depends_on"]["nodes"].append(parent)


PLANTED: dict[str, tuple[str, Callable[[Manifest], object]]] = {
    "a model without a grain": (
        "models_state_their_grain",
        lambda m: of(m, "dim_leads").update(description="Leads, one row per lead."),
    ),
    "a mart column without a description": (
        "contracted_models_describe_every_column",
        lambda m: of(m, "dim_leads")["columns"]["record_key"].update(description=" "),
    ),
    "a mart column without a type": (
        "contracted_models_describe_every_column",
        lambda m: of(m, "dim_leads")["columns"]["record_key"].update(data_type=None),
    ),
    "a conformed model without a contract": (
        "contracted_models_describe_every_column",
        lambda m: of(m, "generic__quarantined").update(config={"contract": {"enforced": False}}),
    ),
    "a staging column with an empty description": (
        "described_columns_have_a_description",
        lambda m: of(m, "stg_generic__persons")["columns"]["record_key"].update(description=""),
    ),
    "a source column without a description": (
        "described_columns_have_a_description",
        lambda m: m["sources"]["source.handoff.generic.persons"]["columns"]["person_id"].update(
            description=""
        ),
    ),
    "a seed column without a description": (
        "seeds_are_described_and_typed",
        lambda m: of(m, "map_teams")["columns"].pop("team"),
    ),
    "a seed column without a type": (
        "seeds_are_described_and_typed",
        lambda m: of(m, "map_teams")["config"]["column_types"].pop("team"),
    ),
    "a described seed column that the file lacks": (
        "seeds_are_described_and_typed",
        lambda m: of(m, "map_teams")["columns"].update(region=column("region")),
    ),
    "a model without a key": (
        "models_have_a_key_test",
        lambda m: m["nodes"].pop("test.handoff.key_dim_leads"),
    ),
    "a macro whose arguments are misnamed": (
        "macros_are_documented",
        lambda m: m["macros"]["macro.handoff.days_between"]["arguments"].pop(),
    ),
    "a macro without any documentation": (
        "macros_are_documented",
        lambda m: m["macros"].update(
            other={
                **m["macros"]["macro.handoff.spark__days_between"],
                "name": "bare",
                "macro_sql": "{% macro bare() %}{% endmacro %}",
            }
        ),
    ),
    "a singular test that does not say what it guards": (
        "tests_say_what_they_guard",
        lambda m: m["nodes"]["test.handoff.agreed"].update(raw_code="select 1"),
    ),
    "a unit test that is no sentence": (
        "tests_say_what_they_guard",
        lambda m: m["unit_tests"]["unit_test.handoff.x"].update(name="test_score"),
    ),
    "a system that lacks a column of the entity": (
        "systems_fill_entities_alike",
        lambda m: of(m, "generic__persons")["columns"].pop("employees"),
    ),
    "a system with another type": (
        "systems_fill_entities_alike",
        lambda m: of(m, "generic__persons")["columns"]["employees"].update(data_type="string"),
    ),
    "a system with another order": ("systems_fill_entities_alike", reorder),
    "a model outside the layers": (
        "models_are_named_by_their_layer",
        lambda m: rename(m, "dim_leads", "models/reports/dim_leads.sql"),
    ),
    "a mart without its prefix": (
        "models_are_named_by_their_layer",
        lambda m: rename(m, "dim_leads", "models/marts/core/leads.sql"),
    ),
    "a staging model in another system's folder": (
        "models_are_named_by_their_layer",
        lambda m: rename(
            m, "stg_generic__persons", "models/staging/hubspot/stg_generic__persons.sql"
        ),
    ),
    "a model called sql": (
        "sales_qualified_is_not_called_sql",
        lambda m: rename(m, "fct_sql_acceptances", "models/marts/handoff/fct_sql_rates.sql"),
    ),
    "a column called sql": (
        "sales_qualified_is_not_called_sql",
        lambda m: of(m, "dim_leads")["columns"].update(n_sql=column("n_sql")),
    ),
    "a mart that reads a source": (
        "data_flows_one_way",
        lambda m: read(m, "dim_leads", "source.handoff.generic.persons"),
    ),
    "a mart that reads staging": (
        "data_flows_one_way",
        lambda m: read(m, "dim_leads", "model.handoff.stg_generic__persons"),
    ),
    "an intermediate model that reads a mart": (
        "data_flows_one_way",
        lambda m: read(m, "int_landing_reconciliation", "model.handoff.dim_leads"),
    ),
    "a mart that no exposure names": (
        "marts_serve_a_use",
        lambda m: m["exposures"]["exposure.handoff.review"]["depends_on"]["nodes"].pop(),
    ),
    "an exposure for which nobody answers": (
        "marts_serve_a_use",
        lambda m: m["exposures"]["exposure.handoff.review"].update(
            owner={"email": "sales@example.org"}
        ),
    ),
    "an exposure that does not say what it is for": (
        "marts_serve_a_use",
        lambda m: m["exposures"]["exposure.handoff.review"].update(description=" "),
    ),
    "a stored rate that nothing proves": (
        "shares_are_proved",
        lambda m: of(m, "dim_leads")["columns"].update(won_rate=column("won_rate")),
    ),
    "a misspelt config": (
        "unknown_configs",
        lambda m: of(m, "dim_leads")["unrendered_config"].update(materialised="view"),
    ),
}


def test_a_project_without_faults_passes(tmp_path: Path) -> None:
    assert faults(project(tmp_path), tmp_path) == {}


@pytest.mark.parametrize(("rule", "plant"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(
    rule: str, plant: Callable[[Manifest], object], tmp_path: Path
) -> None:
    manifest = copy.deepcopy(project(tmp_path))
    plant(manifest)
    assert list(faults(manifest, tmp_path)) == [rule]


PROPERTIES = """
version: 2
anchors: [&text string]
sources:
  - name: generic
    description: The templates.
    schema: raw
    tables:
      - name: persons
        identifier: generic__persons
        description: Persons.
        config: {meta: {pattern: 'persons*', required: true}}
        columns:
          - {name: person_id, description: Key., config: {meta: {required: true}}}
models:
  - name: dim_leads
    description: One row per lead.
    config: {materialized: table, meta: {owner: sales}}
    constraints: [{type: primary_key, columns: [lead_id]}]
    data_tests:
      - key: {arguments: {columns: [lead_id]}, config: {severity: warn}}
      - name: dim_leads_are_sane
        config: {severity: warn}
    columns:
      - name: lead_id
        data_type: *text
        description: Key.
        data_tests: [not_null, {relationships: {arguments: {to: ref('x'), field: id}}}]
macros:
  - name: days_between
    description: Days.
    arguments: [{name: since, type: string, description: A moment.}]
unit_tests:
  - name: a_score_at_the_threshold_qualifies
    description: Inclusive.
    model: dim_leads
    overrides: {vars: {as_of: '2026-01-01'}}
    given: [{input: ref('x'), rows: [{a: 1}]}]
    expect: {rows: [{a: 1}]}
data_tests:
  - name: agreed
    description: Guards.
    config: {severity: warn}
exposures:
  - name: review
    type: dashboard
    description: A use.
    owner: {name: Sales operations}
    depends_on: [ref('dim_leads')]
"""


def test_known_property_keys_pass() -> None:
    # A test of a property file is a name with its settings, never a bare list of settings.
    known = PROPERTIES.replace(
        "      - name: dim_leads_are_sane\n        config: {severity: warn}\n", ""
    )
    assert list(unknown_property_keys(yaml.safe_load(known), "x.yml")) == []
    assert len(list(unknown_property_keys(yaml.safe_load(PROPERTIES), "x.yml"))) == 1


@pytest.mark.parametrize(
    ("key", "misspelt", "message"),
    [
        ("version: 2", "versoin: 2", "unknown key versoin"),
        ("    data_tests:\n      - key", "    tests:\n      - key", "write data_tests"),
        ("identifier:", "identifyer:", "unknown key identifyer"),
        ("config: {meta: {pattern", "meta: {meta: {pattern", "belongs under config"),
        ("materialized:", "materialised:", "unknown config materialised"),
        ("data_type:", "datatype:", "unknown key datatype"),
        ("key: {arguments: {columns: [lead_id]}", "key: {columns: [lead_id]", "key columns"),
        ("severity: warn}}\n", "severty: warn}}\n", "unknown config severty"),
        ("arguments: [{name: since, type", "arguments: [{name: since, tpye", "unknown key tpye"),
        ("given: [{input", "given: [{inptu", "unknown key inptu"),
        ("expect: {rows", "expect: {row", "unknown key row"),
        ("overrides: {vars", "overrides: {var", "unknown key var"),
        ("type: primary_key", "typ: primary_key", "unknown key typ"),
        ("description: Guards.", "desc: Guards.", "unknown key desc"),
        ("required: true}}}", "required: true}, pattern: x}}", "unknown config pattern"),
        ("type: dashboard", "typ: dashboard", "unknown key typ"),
        ("owner: {name", "owner: {nmae", "unknown key nmae"),
    ],
)
def test_a_misspelt_property_key_is_found(key: str, misspelt: str, message: str) -> None:
    assert key in PROPERTIES
    content = yaml.safe_load(PROPERTIES.replace(key, misspelt))
    assert message in "\n".join(unknown_property_keys(content, "x.yml"))


def test_the_arguments_of_a_macro_are_read() -> None:
    assert macro_arguments("{%- macro a(b, c=[], d='x') -%}{% do e %}{%- endmacro -%}") == [*"bcd"]


def test_traces_of_a_machine_are_found_and_relative_paths_are_not() -> None:
    traces = ["see /" + "root/x", 'path: "/' + 'work/main"', "from py" + "pi.org", "(/" + "tmp/a)"]
    assert [len(list(machine_traces("a.md", trace))) for trace in traces] == [1, 1, 1, 1]
    within = ["$HOME/" + "work/x", "https://host.example/" + "tmp/x"]
    for clean in ("work/handoff.duckdb", "target/", *within):
        assert list(machine_traces("a.md", clean)) == []
