"""The rules of the project that dbt itself does not check, each a function that lists its faults.

They read dbt's manifest, the property files (dbt accepts misspelt keys in silence) and the
files that git tracks. Every fault names the thing, the rule and what to do.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

Manifest = dict[str, Any]
Faults = Iterator[str]

PACKAGE = "handoff"
LAYERS = ("staging", "conformed", "intermediate", "marts")
CONTRACTED = ("conformed", "marts")
KEY_TESTS = ("key", "unique")


def _own(manifest: Manifest, kind: str) -> list[dict]:
    found = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == kind and node["package_name"] == PACKAGE
    ]
    return sorted(found, key=lambda node: node["original_file_path"])


def layer(node: dict) -> str:
    """The folder below models/."""
    parts = Path(node["original_file_path"]).parts
    return parts[1] if parts[0] == "models" and len(parts) > 2 else ""


def system(node: dict) -> str:
    """The folder of a staging or conformed model: its system, or `all`."""
    parts = Path(node["original_file_path"]).parts
    return parts[2] if len(parts) > 3 else ""


# ------------------------------------------------------------------------- description
def models_state_their_grain(manifest: Manifest) -> Faults:
    for model in _own(manifest, "model"):
        if not re.match(r"One row\b", model["description"].strip()):
            yield (
                f"{model['original_file_path']}: its description must start with its grain: "
                "'One row per …' (or 'One row: …')"
            )


def contracted_models_describe_every_column(manifest: Manifest) -> Faults:
    for model in _own(manifest, "model"):
        if layer(model) not in CONTRACTED:
            continue
        path = model["original_file_path"]
        if not model["config"]["contract"]["enforced"]:
            yield f"{path}: conformed models and marts have an enforced contract"
        if not model["columns"]:
            yield f"{path}: list its columns in the property file"
        for column in model["columns"].values():
            if not column["description"].strip():
                yield f"{path}: column {column['name']} has no description"
            if not column["data_type"]:
                yield f"{path}: column {column['name']} has no data_type"


def described_columns_have_a_description(manifest: Manifest) -> Faults:
    """A column listed without a description says nothing, wherever it stands."""
    for model in _own(manifest, "model"):
        if layer(model) in CONTRACTED:
            continue
        for column in model["columns"].values():
            if not column["description"].strip():
                yield f"{model['original_file_path']}: column {column['name']} has no description"
    for source in manifest["sources"].values():
        name = f"source {source['source_name']}.{source['name']}"
        if not source["description"].strip():
            yield f"{name}: no description"
        for column in source["columns"].values():
            if not column["description"].strip():
                yield f"{name}: column {column['name']} has no description"


def seeds_are_described_and_typed(manifest: Manifest, root: Path) -> Faults:
    for seed in _own(manifest, "seed"):
        path = seed["original_file_path"]
        with (root / path).open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
        if not seed["description"].strip():
            yield f"{path}: no description"
        types = seed["config"].get("column_types") or {}
        for name in header:
            column = seed["columns"].get(name, {})
            if not column.get("description", "").strip():
                yield f"{path}: column {name} has no description"
            # dbt loads by column_types; a data_type alone would leave the type to guesswork.
            if name not in types:
                yield f"{path}: column {name} has no type in config.column_types"
        for name in dict.fromkeys([*seed["columns"], *types]):
            if name not in header:
                yield f"{path}: column {name} is described, but not in the file"


def models_have_a_key_test(manifest: Manifest) -> Faults:
    """Staging keeps every row that landed, repeats too, and quarantine has rows without keys."""
    tested = {
        node.get("attached_node")
        for node in _own(manifest, "test")
        if (node.get("test_metadata") or {}).get("name") in KEY_TESTS
    }
    for model in _own(manifest, "model"):
        is_quarantine = model["name"] == "quarantined_rows" or model["name"].endswith(
            "__quarantined"
        )
        if layer(model) == "staging" or is_quarantine:
            continue
        constraints = list(model.get("constraints") or ())
        for column in model["columns"].values():
            constraints += column.get("constraints") or ()
        is_keyed = any(
            constraint["type"] in ("primary_key", "unique") for constraint in constraints
        )
        if model["unique_id"] not in tested and not is_keyed:
            yield f"{model['original_file_path']}: no key test (data_tests: key)"


def macros_are_documented(manifest: Manifest, root: Path) -> Faults:
    """By a comment right before it, or by a description; the per-engine bodies by their front."""
    fronts = {m["name"] for m in manifest["macros"].values() if m["package_name"] == PACKAGE}
    for macro in manifest["macros"].values():
        name = macro["name"]
        if macro["package_name"] != PACKAGE or name.startswith("materialization_"):
            continue
        if name.split("__", 1)[-1] in fronts and "__" in name:
            continue
        path = macro["original_file_path"]
        bare = name.removeprefix("test_")
        source = (root / path).read_text()
        commented = re.search(
            rf"[^{{]#\}}\s*\{{%-?\s*(macro|test)\s+({name}|{bare})\s*\(", " " + source
        )
        if not commented and not macro["description"].strip():
            yield f"{path}: macro {bare} has neither a comment before it nor a description"
        # dbt reads no arguments of a test block: those stand in its comment.
        if not macro["description"].strip() or name.startswith("test_"):
            continue
        documented = [argument["name"] for argument in macro["arguments"]]
        expected = macro_arguments(macro["macro_sql"])
        if documented != expected:
            yield f"{path}: macro {bare} takes {expected}, its property file says {documented}"
        for argument in macro["arguments"]:
            if not (argument.get("description") or "").strip():
                yield f"{path}: argument {argument['name']} of macro {bare} has no description"


def macro_arguments(source: str) -> list[str]:
    """The argument names of a macro."""
    tree = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]).parse(source)
    macro = next(tree.find_all(nodes.Macro))
    return [argument.name for argument in macro.args]


def tests_say_what_they_guard(manifest: Manifest) -> Faults:
    for test in _own(manifest, "test"):
        is_singular = not test.get("test_metadata")
        code = test["raw_code"].lstrip()
        if is_singular and not code.startswith(("--", "{#", "/*")):
            yield f"{test['original_file_path']}: must open with a comment that says what it guards"
    for unit_test in manifest.get("unit_tests", {}).values():
        name = unit_test["name"]
        if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){3,}", name):
            yield f"unit test {name}: name it as a sentence in lower case (four words or more)"


# --------------------------------------------------------------------------- contracts
def systems_fill_entities_alike(manifest: Manifest) -> Faults:
    """`<system>__<entity>` has the columns of `all__<entity>`: names, types and order."""
    models = {model["name"]: model for model in _own(manifest, "model")}

    def contract(name: str) -> list[tuple[str, str]]:
        columns = models[name]["columns"].values()
        return [(column["name"], (column["data_type"] or "").lower()) for column in columns]

    for name, model in models.items():
        owner, _, entity = name.partition("__")
        if layer(model) != "conformed" or owner == "all" or f"all__{entity}" not in models:
            continue
        expected, found = contract(f"all__{entity}"), contract(name)
        if found != expected:
            lacks = [f"{column} {kind}" for column, kind in expected if (column, kind) not in found]
            extra = [f"{column} {kind}" for column, kind in found if (column, kind) not in expected]
            yield (
                f"{model['original_file_path']}: not the contract of all__{entity}: "
                f"lacks {lacks}, has besides {extra}"
                + ("" if lacks or extra else ": the order differs")
            )


# ----------------------------------------------------------------------------- layout
NAMES = {
    "staging": r"stg_{system}__[a-z0-9_]+",
    "conformed": r"{system}__[a-z0-9_]+",
    "intermediate": r"int_[a-z0-9_]+",
    "marts": r"(dim|fct|rpt)_[a-z0-9_]+|quarantined_rows|build_facts",
}
# `sql` means Sales Qualified only where its noun stands behind it.
BARE_SQL = re.compile(r"(^|_)sql(?!_(acceptances?|criteria|criterion|parity)(_|$))(_|$)")


def models_are_named_by_their_layer(manifest: Manifest) -> Faults:
    for model in _own(manifest, "model"):
        path, where = model["original_file_path"], layer(model)
        if where not in LAYERS:
            yield f"{path}: models stand in models/{{{','.join(LAYERS)}}}/"
            continue
        pattern = NAMES[where].format(system=re.escape(system(model)))
        if not re.fullmatch(pattern, model["name"]):
            yield f"{path}: a model of this folder is named {pattern}"


def sales_qualified_is_not_called_sql(manifest: Manifest) -> Faults:
    for node in _own(manifest, "model") + _own(manifest, "seed"):
        for name in (node["name"], *node["columns"]):
            if BARE_SQL.search(name):
                yield (
                    f"{node['original_file_path']}: {name}: a bare `sql` means two things; write "
                    "sales_qualified or sql_acceptance(s)"
                )


def data_flows_one_way(manifest: Manifest) -> Faults:
    """Staging reads sources, conformed reads staging, each layer what lies left of it."""
    models = {model["unique_id"]: model for model in _own(manifest, "model")}
    for model in models.values():
        here, path = layer(model), model["original_file_path"]
        if here not in LAYERS:
            continue
        for parent in model["depends_on"]["nodes"]:
            if parent.startswith("source.") and here != "staging":
                yield f"{path}: reads {parent}: only staging reads sources"
            if parent not in models or layer(models[parent]) not in LAYERS:
                continue
            there, name = layer(models[parent]), models[parent]["name"]
            if LAYERS.index(there) > LAYERS.index(here):
                yield f"{path}: reads {name}, which lies to its right ({there})"
            elif there == "staging" and not (
                here == "conformed"
                or model["name"] == "int_landing_reconciliation"
                # What the publication before knew is of no system.
                or system(models[parent]) == "previous"
            ):
                yield f"{path}: reads {name}: only conformed reads staging"


# ---------------------------------------------------------------------------- exposures
def marts_serve_a_use(manifest: Manifest) -> Faults:
    """A mart that nobody is known to read cannot be changed or dropped with a good conscience."""
    served = set()
    for exposure in manifest["exposures"].values():
        served.update(exposure["depends_on"]["nodes"])
        if not exposure["description"].strip():
            yield f"exposure {exposure['name']}: say what it is for"
        if not exposure["owner"].get("name"):
            yield f"exposure {exposure['name']}: name the role that answers for it (owner)"
    for model in _own(manifest, "model"):
        if layer(model) == "marts" and model["unique_id"] not in served:
            yield (
                f"{model['original_file_path']}: no exposure names it; add it to a use in "
                "models/marts/exposures.yml"
            )


# ------------------------------------------------------------------------------ shares
# Bounds of an interval and agreed targets are no quotients of two columns.
SHARE = re.compile(r"(?!target_).*(^|_)(share|rate|ratio|percent)$")


def shares_are_proved(manifest: Manifest) -> Faults:
    """Rates are divided by whoever reads them; one that is stored is tested against its counts."""
    proved = set()
    for node in _own(manifest, "test"):
        metadata = node.get("test_metadata") or {}
        if metadata.get("name") == "share_is_its_two_columns":
            proved.add((node.get("attached_node"), node.get("column_name")))
    for model in _own(manifest, "model"):
        if layer(model) != "marts":
            continue
        for name in model["columns"]:
            if SHARE.fullmatch(name) and (model["unique_id"], name) not in proved:
                yield (
                    f"{model['original_file_path']}: column {name}: rates are not stored; keep the "
                    "two counts, or prove it by the test share_is_its_two_columns"
                )


# ----------------------------------------------------------------------- property files
def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


TESTED = "name description config columns data_tests"
ALLOWED = {
    "file": _keys(
        "version anchors sources models seeds macros data_tests unit_tests snapshots exposures "
        "groups semantic_models metrics saved_queries"
    ),
    "source": _keys("name description schema database loader config quoting tables data_tests"),
    "table": _keys(f"{TESTED} identifier quoting"),
    "model": _keys(f"{TESTED} constraints time_spine latest_version versions"),
    "seed": _keys(TESTED),
    "column": _keys("name description data_type constraints config data_tests granularity quote"),
    "constraint": _keys(
        "type name columns expression to to_columns warn_unenforced warn_unsupported"
    ),
    "macro": _keys("name description arguments config"),
    "argument": _keys("name type description"),
    "test": _keys("arguments config name description"),
    "singular test": _keys("name description config"),
    "exposure": _keys("name label type url maturity description owner depends_on config"),
    "owner": _keys("name email"),
    "unit test": _keys("name description model given expect overrides config"),
    "given": _keys("input rows format fixture"),
    "expect": _keys("rows format fixture"),
    "overrides": _keys("macros vars env_vars"),
}
COMMON_CONFIG = "enabled tags meta docs group event_time"
RELATION_CONFIG = (
    f"{COMMON_CONFIG} schema database alias pre_hook pre-hook post_hook post-hook grants "
    "persist_docs quoting full_refresh contract packages"
)
ALLOWED_CONFIG = {
    "source": _keys(f"{COMMON_CONFIG} freshness loaded_at_field loaded_at_query"),
    "column": _keys("tags meta"),
    "model": _keys(
        f"{RELATION_CONFIG} materialized unique_key incremental_strategy on_schema_change "
        "on_configuration_change partition_by file_format clustered_by buckets location_root "
        "options indexes format location access sql_header batch_size begin lookback "
        "concurrent_batches incremental_predicates column_types quote_columns freshness "
        "static_analysis unlogged"
    ),
    "seed": _keys(
        f"{RELATION_CONFIG} materialized column_types quote_columns delimiter file_format "
        "unique_key incremental_strategy on_schema_change on_configuration_change lookback "
        "batch_size begin concurrent_batches access freshness static_analysis indexes"
    ),
    "test": _keys(
        f"{COMMON_CONFIG} severity warn_if error_if store_failures store_failures_as where limit "
        "fail_calc schema database alias materialized quoting sql_header static_analysis"
    ),
    "unit test": _keys("enabled tags meta static_analysis"),
    "macro": _keys("meta docs"),
    "exposure": _keys("enabled tags meta"),
}


def unknown_property_keys(content: dict[str, Any], path: str) -> Faults:
    """Misspelt or outdated keys in one property file, which dbt would pass over in silence."""

    def check(entry: object, kind: str, where: str) -> Faults:
        if not isinstance(entry, dict):
            yield f"{path}: {where}: must be a mapping, is {entry!r}"
            return
        for key in entry:
            if key not in ALLOWED[kind]:
                hint = ": write data_tests" if key == "tests" else ""
                if key in ALLOWED_CONFIG.get(kind, ()) or key in ("meta", "tags", "severity"):
                    hint = ": it belongs under config"
                yield f"{path}: {where}: unknown key {key}{hint}"
        config_kind = {"table": "source", "singular test": "test"}.get(kind, kind)
        for key in entry.get("config") or ():
            allowed = ALLOWED_CONFIG.get(config_kind, frozenset())
            if key.removeprefix("+") not in allowed:
                yield f"{path}: {where}: unknown config {key}"

    def each(entries: Iterable[Any] | None, kind: str, where: str) -> Faults:
        for entry in entries or ():
            name = entry.get("name", "") if isinstance(entry, dict) else ""
            here = f"{where} {name}".strip()
            yield from check(entry, kind, here)
            if not isinstance(entry, dict):
                continue
            for test in entry.get("data_tests") or ():
                yield from generic_test(test, here)
            yield from each(entry.get("tables"), "table", f"{here}, table")
            yield from each(entry.get("columns") if kind != "constraint" else (), "column", here)
            yield from each(entry.get("constraints"), "constraint", f"{here}, constraint")
            yield from each(entry.get("arguments"), "argument", f"{here}, argument")
            yield from each(entry.get("given"), "given", f"{here}, given")
            if "expect" in entry:
                yield from check(entry["expect"], "expect", f"{here}, expect")
            if "owner" in entry:
                yield from check(entry["owner"], "owner", f"{here}, owner")
            if "overrides" in entry:
                yield from check(entry["overrides"], "overrides", f"{here}, overrides")

    def generic_test(test: object, where: str) -> Faults:
        if isinstance(test, str):
            return
        if not isinstance(test, dict) or len(test) != 1:
            yield f"{path}: {where}: a data test is a name, or one name with its settings: {test!r}"
            return
        ((name, settings),) = test.items()
        yield from check(settings or {}, "test", f"{where}, test {name}")

    yield from check(content, "file", "top level")
    kinds = {
        "sources": "source",
        "models": "model",
        "seeds": "seed",
        "macros": "macro",
        "data_tests": "singular test",
        "unit_tests": "unit test",
        "exposures": "exposure",
    }
    for section, kind in kinds.items():
        yield from each(content.get(section), kind, kind)


def unknown_configs(manifest: Manifest) -> Faults:
    """The same for what dbt_project.yml and `config(…)` in a file have set."""
    for kind in ("model", "seed", "test"):
        for node in _own(manifest, kind):
            for key in node["unrendered_config"]:
                if key.removeprefix("+") not in ALLOWED_CONFIG[kind]:
                    yield f"{node['original_file_path']}: {node['name']}: unknown config {key}"


# -------------------------------------------------------------------------------- files
def _spelt(*parts: str) -> str:
    # Put together here, so that this file does not find itself.
    return "".join(parts)


MACHINE_PATH = re.compile(
    r"(?:^|[\s\"'=(:`<,\[])/" + _spelt("(?:wo", "rk|ro", "ot|ho", "me|Use", "rs|t", "mp)/")
)
REGISTRY_HOST = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            _spelt("py", "pi.org"),
            _spelt("files.python", "hosted"),
            _spelt("registry.", "npmjs"),
            _spelt("hub.", "getdbt"),
            _spelt("proxy.", "golang"),
            _spelt("--index", "-url"),
            _spelt("--extra-index", "-url"),
        )
    )
)


def machine_traces(path: str, text: str) -> Faults:
    """Paths of somebody's machine and package registries, which a tracked file never names."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in (
            (MACHINE_PATH, "a path of one machine; write it relative to the project"),
            (REGISTRY_HOST, "a package registry; the installer's own settings name it"),
        ):
            match = pattern.search(line)
            if match:
                yield f"{path}:{number}: {match.group(0).strip()}: {what}"


MANIFEST_RULES: tuple[Callable[[Manifest], Faults], ...] = (
    models_state_their_grain,
    contracted_models_describe_every_column,
    described_columns_have_a_description,
    models_have_a_key_test,
    tests_say_what_they_guard,
    systems_fill_entities_alike,
    models_are_named_by_their_layer,
    sales_qualified_is_not_called_sql,
    data_flows_one_way,
    marts_serve_a_use,
    shares_are_proved,
    unknown_configs,
)
FILE_RULES: tuple[Callable[[Manifest, Path], Faults], ...] = (
    seeds_are_described_and_typed,
    macros_are_documented,
)
