"""The project keeps its own rules (project_rules.py), in all that dbt parses or git tracks."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from dbt_project_files import ROOT, manifest
from project_rules import (
    FILE_RULES,
    MANIFEST_RULES,
    Faults,
    Manifest,
    machine_traces,
    unknown_property_keys,
)

PROPERTY_FOLDERS = ("models", "macros", "seeds", "tests")


@pytest.mark.parametrize("rule", MANIFEST_RULES, ids=lambda rule: rule.__name__)
def test_manifest(rule: Callable[[Manifest], Faults]) -> None:
    faults = list(rule(manifest()))
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("rule", FILE_RULES, ids=lambda rule: rule.__name__)
def test_manifest_and_files(rule: Callable[[Manifest, Path], Faults]) -> None:
    faults = list(rule(manifest(), ROOT))
    assert not faults, "\n" + "\n".join(faults)


def test_property_files_have_no_unknown_keys() -> None:
    faults = []
    for folder in PROPERTY_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.y*ml")):
            content = yaml.safe_load(path.read_text()) or {}
            faults += unknown_property_keys(content, str(path.relative_to(ROOT)))
    assert not faults, "\n" + "\n".join(faults)


def test_tracked_files_name_no_machine_and_no_registry() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: nothing says which files belong to the project")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    faults = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        # Exports are data, and what is not text names nothing that a reader meets.
        if not path.is_file() or path.is_symlink() or name.startswith("exports/"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += machine_traces(name, text)
    assert not faults, "\n" + "\n".join(faults)
