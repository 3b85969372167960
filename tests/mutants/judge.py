"""Breaks rules of the models, each once, and asks the unit tests that guard them.

A mutant is one change of a model or macro (mutants.toml) and the unit tests that must see it. All
are judged by one run of dbt: a scratch copy of the project holds each changed model under a name
of its own, with a copy of its unit test, beside an unchanged copy for which the same test must
pass. The project itself is only read.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2]
DATA = Path(__file__).with_name("mutants.toml")
COPIED = ("dbt_project.yml", "profiles.yml", "macros", "models", "seeds", "tests/generic")
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


class Unfit(Exception):
    """A mutant that cannot be made; the message says what to mend in mutants.toml."""


@dataclass(frozen=True)
class Mutant:
    """What is broken (`rule`, in words), where, how, and the unit tests that must fail."""

    rule: str
    file: str
    changes: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{Path(self.file).stem}: {self.rule}"


@functools.cache
def mutants() -> tuple[Mutant, ...]:
    return tuple(
        Mutant(
            given["rule"],
            given["file"],
            tuple((change["from"], change["to"]) for change in given["changes"]),
            tuple(given["tests"]),
        )
        for given in tomllib.loads(DATA.read_text(encoding="utf-8"))["mutants"]
    )


@functools.cache
def unit_tests() -> dict[str, dict]:
    """The unit tests of the project by name."""
    return {
        test["name"]: test
        for path in sorted((PROJECT / "tests" / "unit").glob("*.yml"))
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]
    }


@functools.cache
def model_files() -> dict[str, Path]:
    return {path.stem: path for path in sorted((PROJECT / "models").rglob("*.sql"))}


@functools.cache
def macro_texts() -> dict[str, str]:
    return {
        str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8")
        for path in sorted((PROJECT / "macros").rglob("*.sql"))
    }


def changed(text: str, mutant: Mutant) -> str:
    """The text of the mutant's file as it changes it; line breaks and indents do not matter."""
    for old, new in mutant.changes:
        pattern = r"\s+".join(map(re.escape, old.split()))
        n_found = len(re.findall(pattern, text))
        if n_found != 1:
            raise Unfit(f"{mutant.file} has {n_found} times, not once: {old}")
        text = re.sub(pattern, lambda _, new=new: new, text)
    return text


def renamed(text: str, names: set[str], suffix: str) -> str:
    """Macros of these names under other ones, where they are made, called or dispatched."""
    words = "|".join(sorted(names, key=len, reverse=True))
    return re.sub(rf"\b({words})\b(?=\s*\(|')", rf"\1{suffix}", text)


def with_macros(mutant: Mutant, suffix: str) -> tuple[dict[str, str], set[str]]:
    """The changed macros, and all that come to them, under names of their own: texts by file,
    and the names that they had."""
    texts = {mutant.file: changed(macro_texts()[mutant.file], mutant)}
    names = set(MACRO.findall(texts[mutant.file]))
    while more := {
        file: text
        for file, text in macro_texts().items()
        if file not in texts and renamed(text, names, suffix) != text
    }:
        texts |= more
        names |= {name for text in more.values() for name in MACRO.findall(text)}
    return {file: renamed(text, names, suffix) for file, text in texts.items()}, names


class Scratch:
    """A copy of the project with changed models, each with the unit test asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[dict] = []
        for name in COPIED:
            source, target = PROJECT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (folder / "models" / "mutants").mkdir()

    def ask(self, model: str, sql: str, test: dict) -> None:
        """Have a unit test judge a model of this name and text."""
        # Nothing reads it, so nothing need be built.
        (self.folder / "models" / "mutants" / f"{model}.sql").write_text(
            "{{ config(materialized='ephemeral') }}\n" + sql, encoding="utf-8"
        )
        self.asked.append(test | {"name": f"{model}__{test['name']}", "model": model})

    def ask_as_is(self, number: int, name: str) -> str:
        """Ask a unit test about its model as it is. Returns the name of what is asked."""
        test = unit_tests()[name]
        model = f"as_is_{number}"
        self.ask(model, model_files()[test["model"]].read_text(encoding="utf-8"), test)
        return self.asked[-1]["name"]

    def ask_mutant(self, number: int, mutant: Mutant) -> list[str]:
        """Ask each of the mutant's tests. Returns the names of what is asked. Raises Unfit."""
        suffix = f"_mutant_{number}"
        is_macro = mutant.file.startswith("macros/")
        if is_macro:
            texts, names = with_macros(mutant, suffix)
            folder = self.folder / "macros" / "mutants" / str(number)
            folder.mkdir(parents=True)
            for file, text in texts.items():
                (folder / Path(file).name).write_text(text, encoding="utf-8")
        found = []
        for place, name in enumerate(mutant.tests):
            test = unit_tests().get(name)
            if not test:
                raise Unfit(f"there is no unit test {name}")
            path = model_files()[test["model"]]
            text = path.read_text(encoding="utf-8")
            if is_macro:
                sql = renamed(text, names, suffix)
                if sql == text:
                    raise Unfit(f"{test['model']}, the model of {name}, does not come to it")
            elif path != PROJECT / mutant.file:
                raise Unfit(f"{name} is a test of {test['model']}")
            else:
                sql = changed(text, mutant)
            self.ask(f"mutant_{number}_{place}", sql, test)
            found.append(self.asked[-1]["name"])
        return found

    def verdicts(self) -> dict[str, tuple[str, str]]:
        """What dbt says of each that is asked: pass, fail (its rows differ) or error, and why."""
        (self.folder / "models" / "mutants" / "_asked.yml").write_text(
            yaml.safe_dump({"unit_tests": self.asked}, sort_keys=False), encoding="utf-8"
        )
        # What the tests' inputs are typed by is built, of no rows.
        command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--quiet"]
        command += ["--log-level-file", "none", "build", "--empty"]
        command += ["--exclude-resource-type", "test", "--select", "+path:models/mutants"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HANDOFF_")}
        environment |= {
            "HANDOFF_DATABASE": str(self.folder / "handoff.duckdb"),
            "HANDOFF_EXPORTS": str(PROJECT / "exports" / "demo"),
        }
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        results = self.folder / "target" / "run_results.json"
        if not results.exists():
            raise AssertionError(f"dbt judged nothing:\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
        return {
            result["unique_id"].split(".")[-1]: (result["status"], result["message"] or "")
            for result in json.loads(results.read_text(encoding="utf-8"))["results"]
        }
