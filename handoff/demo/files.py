"""Writes rows into files, counting them: one open file per object, nothing kept in memory."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO


@dataclass(slots=True)
class Manifest:
    """What was written: rows by object, planted faults by object and reason."""

    rows: Counter[str] = field(default_factory=Counter)
    planted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def describe(self) -> Iterable[str]:
        """The manifest in lines for people."""
        for name, n_rows in self.rows.items():
            faults = ", ".join(
                f"{n} {reason}" for (where, reason), n in self.planted.items() if where == name
            )
            yield f"{name:<24}{n_rows:>11,} rows" + (f", among them {faults}" if faults else "")


class Tables:
    """The files `<folder>/<object>.csv`, open for as long as the `with` lasts.

    columns: the header of each object
    null: what stands for a missing value
    quoting: as in the module csv
    compressed: write .csv.gz, with the same bytes each time
    parted: objects that come in several files; each row says which
    """

    def __init__(
        self,
        folder: Path,
        columns: Mapping[str, tuple[str, ...]],
        *,
        null: str = "",
        quoting: int = csv.QUOTE_MINIMAL,
        compressed: bool = False,
        parted: frozenset[str] = frozenset(),
    ) -> None:
        self.folder, self.columns = folder, columns
        self.null, self.quoting, self.compressed = null, quoting, compressed
        self.parted = parted
        self.manifest = Manifest()
        self._files = ExitStack()
        self._writers: dict[str, object] = {}

    def __enter__(self) -> "Tables":
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in self.columns:
            if name not in self.parted:
                self._writer(name, name)
        return self

    def __exit__(self, *error) -> None:
        self._files.close()

    def _open(self, name: str) -> TextIO:
        path = self.folder / f"{name}.csv"
        if not self.compressed:
            return self._files.enter_context(path.open("w", encoding="utf-8", newline=""))
        raw = self._files.enter_context(path.with_name(f"{name}.csv.gz").open("wb"))
        zipped = gzip.GzipFile(filename="", mode="wb", compresslevel=5, fileobj=raw, mtime=0)
        self._files.enter_context(zipped)
        return self._files.enter_context(io.TextIOWrapper(zipped, encoding="utf-8", newline=""))

    def _writer(self, part: str, name: str):
        if part not in self._writers:
            writer = csv.writer(self._open(part), lineterminator="\n", quoting=self.quoting)
            writer.writerow(self.columns[name])
            self._writers[part] = writer
        return self._writers[part]

    def row(self, name: str, values: Iterable, part: str | None = None) -> None:
        null = self.null
        self._writer(part or name, name).writerow(
            [null if value is None else value for value in values]
        )
        self.manifest.rows[name] += 1

    def plant(self, name: str, reason: str, values: Iterable, part: str | None = None) -> None:
        self.row(name, values, part)
        self.manifest.planted[name, reason] += 1
