"""Signs a version of the agreement for one of the two teams.

    python -m handoff.sign --version v3 --team marketing --name "Head of Marketing"

The signature (name, day, hash of the version's rows) goes into agreement_versions.csv; nothing
else in that file or folder changes. The hash comes from the project's own model, so that it is
the one which the build compares; an agreement that fails its guards is not signed.
Exit codes: 0 signed, 1 refused.
"""

import argparse
import csv
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb

from handoff import PROJECT, agreement
from handoff.dbt_run import DbtOutcome, DbtRun, Node, command

TEAMS = ("marketing", "sales")
VERSIONS = "agreement_versions.csv"
HASHES = "int_agreement_hashes"
REFUSED = 1


class SignError(Exception):
    """The version cannot be signed; the message says why and what to do."""


# --- agreement_versions.csv, changed in nothing but the signature -----------------------------


def _pieces(text: str, separator: str) -> list[str]:
    """The text cut at separators that stand outside quotes."""
    pieces, start, quoted = [], 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            pieces.append(text[start:position])
            start = position + 1
    return [*pieces, text[start:]]


def _cell(raw: str) -> str:
    """What a raw CSV field says."""
    return next(csv.reader([raw]), [""])[0] if raw else ""


def _quoted(value: str, always: bool) -> str:
    if always or any(character in value for character in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


class VersionsFile:
    """agreement_versions.csv as raw lines and fields: what is not signed stays byte for byte."""

    def __init__(self, path: Path):
        self.path = path
        try:
            # utf-8 keeps a byte-order mark as a character, and so writes it back.
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise SignError(f"{path} does not exist; AGREEMENT must name its folder.") from None
        except UnicodeDecodeError:
            raise SignError(f"{path} is not UTF-8; save it as CSV UTF-8.") from None
        self._lines = _pieces(text, "\n")
        header = self._fields(0)
        self._columns = [_cell(raw.lstrip("\ufeff")).strip().lower() for raw in header]
        self._rows: dict[str, int] = {}
        for number, line in enumerate(self._lines):
            if number == 0 or not line.strip():
                continue
            fields = self._fields(number)
            if len(fields) != len(header):
                raise SignError(
                    f"{path}, row {number + 1}: {len(fields)} cells, but the header has "
                    f"{len(header)}; correct the row."
                )
            self._rows[_cell(fields[self._position("version_id")])] = number

    @property
    def versions(self) -> list[str]:
        return list(self._rows)

    def _fields(self, number: int) -> list[str]:
        return _pieces(self._lines[number].removesuffix("\r"), ",")

    def _position(self, column: str) -> int:
        if column not in self._columns:
            raise SignError(f"{self.path} has no column {column}; add it to the header.")
        return self._columns.index(column)

    def value(self, version: str, column: str) -> str:
        return _cell(self._fields(self._rows[version])[self._position(column)])

    def set(self, version: str, values: dict[str, str]) -> None:
        number = self._rows[version]
        fields = self._fields(number)
        all_quoted = fields[self._position("version_id")].startswith('"')
        for column, value in values.items():
            fields[self._position(column)] = _quoted(value, all_quoted)
        ending = "\r" if self._lines[number].endswith("\r") else ""
        self._lines[number] = ",".join(fields) + ending

    def write(self) -> None:
        """Replace the file in one step: an interruption leaves it as it was or signed."""
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{VERSIONS}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write("\n".join(self._lines).encode("utf-8"))
            shutil.copymode(self.path, temporary)
            temporary.replace(self.path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


# --- the hash, computed and guarded by the project --------------------------------------------


def _dbt(words: list[str], work: Path, seeds: agreement.SeedPaths) -> DbtOutcome:
    target = work / "target"
    target.mkdir(parents=True, exist_ok=True)
    outcome = DbtRun(
        command(target, *words),
        PROJECT,
        {
            "HANDOFF_AGREEMENT": str(seeds.agreement),
            "HANDOFF_MAPPINGS": str(seeds.mappings),
            "HANDOFF_DATABASE": str(work / "handoff.duckdb"),
            "HANDOFF_TARGET": "duckdb",
        },
        target,
        work / "dbt.log",
    ).finish()
    if not outcome.success:
        faults = [node.message for node in outcome.having("error", "runtime error")]
        raise SignError("\n".join(faults or [outcome.error or f"dbt failed; see {work}/dbt.log"]))
    return outcome


def _complaints(connection: duckdb.DuckDBPyConnection, guard: Node) -> list[str]:
    cursor = connection.execute(guard.compiled_code)
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    if "message" in columns:
        return [row[columns.index("message")] for row in rows]
    # A key test: it returns the offending keys.
    return [
        f"{guard.name}: blank or not unique: "
        + ", ".join(f"{column} {value}" for column, value in zip(columns, row, strict=True))
        for row in rows
    ]


def rows_hashes(folder: Path, work: Path) -> dict[str, str]:
    """The hash of each version's rows in an agreement folder.

    Seeds are loaded and the model and the guards compiled, but nothing is built: signing needs
    no exports. Raises SignError if the agreement cannot be read or fails a guard.
    """
    (work / "handoff.duckdb").unlink(missing_ok=True)
    seeds = agreement.prepare(PROJECT, folder, work)
    _dbt(["seed"], work, seeds)
    # Cautious: only tests that look at nothing but these.
    compiled = _dbt(
        [
            *("compile", "--select", "resource_type:seed", HASHES),
            *("--indirect-selection", "cautious"),
        ],
        work,
        seeds,
    )
    model = next(node for node in compiled.nodes if node.name == HASHES)
    guards = [
        node
        for node in compiled.nodes
        # The model is not built here: its own tests have nothing to look at.
        if node.kind == "test" and HASHES not in node.compiled_code
    ]
    with duckdb.connect(str(work / "handoff.duckdb"), read_only=True) as connection:
        complaints = [text for guard in guards for text in _complaints(connection, guard)]
        if complaints:
            raise SignError(
                f"The agreement has {len(complaints)} fault(s); correct them, then sign.\n"
                + "\n".join(f"  - {text}" for text in complaints)
            )
        return dict(connection.execute(model.compiled_code).fetchall())


def _typed(path: Path) -> str:
    """A path as the user would type it: relative where it lies below the current folder."""
    absolute = path.resolve()
    return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path)


def sign(version: str, team: str, name: str, on: date, folder: Path) -> list[str]:
    """Sign `version` for `team`; returns what was done, line by line, for people."""
    if team not in TEAMS:
        raise SignError(f"TEAM is {team or 'missing'}; it must be one of: {', '.join(TEAMS)}.")
    if not name.strip():
        raise SignError('NAME is missing; write who signs, such as NAME="Head of Marketing".')
    path = folder / VERSIONS
    known = VersionsFile(path).versions
    if version not in known:
        raise SignError(
            f"VERSION is {version or 'missing'}; {path} has the versions: {', '.join(known)}."
        )
    current = rows_hashes(folder, PROJECT / "work" / "agreement-sign")[version]

    # Read again: the file may have been edited while the hash was computed.
    versions = VersionsFile(path)
    versions.set(
        version,
        {
            f"{team}_signed_by": name.strip(),
            f"{team}_signed_on": on.isoformat(),
            f"{team}_rows_hash": current,
        },
    )
    versions.write()

    told = [
        f"Signed agreement version {version} for {team}: {name.strip()}, {on.isoformat()}.",
        f"  Hash of its rows: {current}",
        f"  Written to {_typed(path)}",
    ]
    effective_from = versions.value(version, "effective_from")
    if effective_from[:10] < on.isoformat():
        told.append(f"  Note: the version took effect {effective_from} UTC, before this signature.")
    other = next(each for each in TEAMS if each != team)
    if versions.value(version, f"{other}_rows_hash") != current:
        own = folder.resolve() == (PROJECT / agreement.OWN_AGREEMENT).resolve()
        told.append(
            f'  Still open: make sign VERSION={version} TEAM={other} NAME="..."'
            + ("" if own else f' AGREEMENT="{_typed(folder)}"')
            + f" ({other} has not signed these rows)"
        )
    return told


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m handoff.sign", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--version", required=True, help="version to sign, such as v3")
    parser.add_argument("--team", required=True, help="team that signs: marketing or sales")
    parser.add_argument("--name", required=True, help="who signs: a name or a role")
    parser.add_argument("--date", help="day of the signature, YYYY-MM-DD (default: today)")
    parser.add_argument(
        "--agreement",
        type=Path,
        default=PROJECT / agreement.OWN_AGREEMENT,
        help="folder of the agreement's CSVs (default: the project's)",
    )
    arguments = parser.parse_args(argv)
    try:
        try:
            on = (
                datetime.strptime(arguments.date, "%Y-%m-%d").date()
                if arguments.date
                else date.today()
            )
        except ValueError:
            raise SignError(f"DATE is {arguments.date}; write it as YYYY-MM-DD.") from None
        told = sign(arguments.version, arguments.team, arguments.name, on, arguments.agreement)
    except (SignError, agreement.AgreementError) as error:
        print(f"Not signed. {error}", file=sys.stderr)
        return REFUSED
    print("\n".join(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
