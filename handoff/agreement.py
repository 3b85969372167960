"""Brings an agreement from a folder of the user's own into the work folder.

dbt writes its compiled SQL over CSVs whose seed path lies outside the project, so the user's
folder is never named to dbt: its CSVs are copied, and the copy is what dbt reads.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import yaml

SEEDS = Path("seeds")
OWN_AGREEMENT = SEEDS / "agreement"
OWN_MAPPINGS = SEEDS / "mappings"


class AgreementError(Exception):
    """The agreement folder cannot be used; the message lists everything that is wrong."""


@dataclass(frozen=True)
class SeedPaths:
    """The two seed folders, relative to the project, and what to tell the user about them."""

    agreement: Path
    mappings: Path
    notes: list[str] = field(default_factory=list)


def declared_seeds(project: Path) -> tuple[set[str], set[str]]:
    """The names of the agreement's seeds and of the mappings, as seeds/properties declares them."""
    names: set[str] = set()
    for path in sorted((project / SEEDS / "properties").rglob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        names.update(seed["name"] for seed in document.get("seeds", []))
    agreement = {name for name in names if name.startswith("agreement_")}
    return agreement, names - agreement


def _csv_files(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.csv")) if path.is_file()}


def _empty(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def prepare(project: Path, agreement: Path, work: Path) -> SeedPaths:
    """Copy the agreement into `work` unless it is the project's own; say which paths dbt reads.

    `agreement` holds every agreement_*.csv. Its sub-folder `mappings`, if there, replaces the
    project's mappings file by file. Raises AgreementError when files are missing.
    """
    if agreement.resolve() == (project / OWN_AGREEMENT).resolve():
        return SeedPaths(OWN_AGREEMENT, OWN_MAPPINGS)
    if not agreement.is_dir():
        raise AgreementError(f"AGREEMENT: there is no folder {agreement}.")

    agreement_names, mapping_names = declared_seeds(project)
    found = _csv_files(agreement)
    missing = sorted(agreement_names - set(found))
    if missing:
        listed = "\n".join(f"  {name}.csv" for name in missing)
        raise AgreementError(
            f"AGREEMENT: {agreement} lacks {len(missing)} of the agreement's files:\n{listed}\n"
            f"Copy those you do not need from {OWN_AGREEMENT}: a file may hold its header alone."
        )

    notes = []
    for name in sorted(set(found) - agreement_names):
        remedy = (
            "mappings belong in the sub-folder mappings"
            if name in mapping_names
            else "no file of the agreement has this name"
        )
        notes.append(f"AGREEMENT: {found[name]} was not read: {remedy}.")

    agreement_copy = work / "agreement"
    _empty(agreement_copy)
    for name in sorted(agreement_names):
        shutil.copyfile(found[name], agreement_copy / f"{name}.csv")

    mappings = OWN_MAPPINGS
    if (agreement / "mappings").is_dir():
        own = _csv_files(project / OWN_MAPPINGS)
        theirs = _csv_files(agreement / "mappings")
        for name in sorted(set(theirs) - mapping_names):
            notes.append(f"AGREEMENT: {theirs[name]} was not read: no mapping has this name.")
            del theirs[name]
        mappings_copy = work / "mappings"
        _empty(mappings_copy)
        for name, path in (own | theirs).items():
            shutil.copyfile(path, mappings_copy / f"{name}.csv")
        mappings = mappings_copy.relative_to(project)

    return SeedPaths(agreement_copy.relative_to(project), mappings, notes)
