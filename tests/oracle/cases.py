"""The kept cases: small companies by hand, and random worlds that once differed.

A case is a folder of `cases/` with the CSV exports that it needs and a README.md that says what
is hard about it. Its ids begin with the folder's number, so that all stand in one build. They
live by `cases/agreement`, the year after those of the random worlds; a case that brings an
`agreement/` of its own, or a line `as_of: …` in its README.md, is built alone.
"""

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.oracle import oracle, worlds
from tests.oracle.worlds import Tables

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    folder: Path
    rows: Tables
    as_of: int | None

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def agreed(self) -> Tables:
        own = self.folder / "agreement"
        return agreement(own if own.is_dir() else FOLDER / "agreement")

    @property
    def is_alone(self) -> bool:
        return self.as_of is not None or (self.folder / "agreement").is_dir()


def table(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(folder: Path) -> Case:
    note = (folder / "README.md").read_text(encoding="utf-8")
    clock = re.search(r"^as_of: (.+)$", note, re.MULTILINE)
    return Case(
        folder,
        {path.stem: table(path) for path in sorted(folder.glob("*.csv"))},
        oracle.seconds(clock[1]) if clock else None,
    )


def every() -> list[Case]:
    found = [path.parent for path in FOLDER.glob("*/README.md")]
    return [read(folder) for folder in sorted(found)]


def name_of(lead: str) -> str:
    """The world or case that a lead or deal belongs to: `w12` of `generic:person:w12p3`."""
    return re.sub(r"^.*:|p\d+$|d(\d+|c)$", "", lead)


def agreement(folder: Path = FOLDER / "agreement") -> Tables:
    """The seeds of an agreement, part by part; parts without a file have no rows."""
    return {
        path.stem.removeprefix("agreement_"): table(path)
        for path in sorted(folder.glob("agreement_*.csv"))
    }


def keep(folder: Path, rows: Tables, agreed: list[Tables], as_of: int | None, note: str) -> Path:
    """A new case: a world's exports, the agreement, its clock and what each side said."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "agreement").mkdir(parents=True)
    for part in sorted({part for each in agreed for part in each}):
        found = [row for each in agreed for row in each.get(part, [])]
        columns = list(dict.fromkeys(column for row in found for column in row))
        worlds.write_rows(folder / "agreement" / f"agreement_{part}.csv", columns, found)
    for part, columns in worlds.COLUMNS.items():
        if rows.get(part):
            used = [c for c in columns.split() if any(row.get(c) for row in rows[part])]
            kept = [{column: row.get(column, "") for column in used} for row in rows[part]]
            worlds.write_rows(folder / f"{part}.csv", used, kept)
    clock = f"as_of: {worlds.text(as_of)}\n\n" if as_of is not None else ""
    (folder / "README.md").write_text(f"# {folder.name}\n\n{clock}{note}\n", encoding="utf-8")
    return folder
