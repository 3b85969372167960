"""Make a world in which models and oracle differ as small as it gets.

Each round builds many lesser copies of the world side by side, each lacking some rows or
cells, and goes on with the smallest that still differs: a build per round, not per try.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from tests.oracle.worlds import Tables

ROUNDS = 8
# What is tried in one round at most; more would make rounds slower than they save.
TRIES = 500
# A row (table and number), or one of its cells.
Part = tuple[str, int] | tuple[str, int, str]


def renamed(rows: Tables, old: str, new: str) -> Tables:
    """The world under another name: all its ids and addresses begin with it."""
    pattern = re.compile(rf"(?<![A-Za-z0-9]){old}(?![0-9])", re.IGNORECASE)

    def name(found: re.Match[str]) -> str:
        return new.upper() if found[0].isupper() else new

    return {
        table: [
            {k: pattern.sub(name, v) if isinstance(v, str) else v for k, v in row.items()}
            for row in found
        ]
        for table, found in rows.items()
    }


def size(rows: Tables) -> int:
    """Rows first, then the cells that say something."""
    found = [row for table in rows.values() for row in table]
    return sum(1000 + sum(bool(value) for value in row.values()) for row in found)


def lacking(rows: Tables, parts: Iterable[Part]) -> Tables:
    gone = set(parts)
    return {
        name: [
            {key: "" if (name, index, key) in gone else value for key, value in row.items()}
            for index, row in enumerate(table)
            if (name, index) not in gone
        ]
        for name, table in rows.items()
    }


def lesser(rows: Tables) -> Iterator[list[Part]]:
    """What to leave out: all but a piece, a piece, halving it down to single rows; cells."""
    places: list[Part] = [(name, n) for name, table in rows.items() for n in range(len(table))]
    length = len(places) // 2
    while length:
        for start in range(0, len(places), length):
            yield places[:start] + places[start + length :]
            yield places[start : start + length]
        length //= 2
    for name, index in places:
        for key, value in rows[name][index].items():
            # Rows without a key or a moment would only be put aside.
            if value and not key.endswith(("_id", "created_at", "changed_at", "occurred_at")):
                yield [(name, index, key)]


def shrunk(name: str, rows: Tables, differing: Callable[[dict[str, Tables]], set[str]]) -> Tables:
    """The smallest world found that still differs; `differing` builds worlds by their names
    and says which of them do."""
    for number in range(1, ROUNDS + 1):
        tried = dict(zip((f"w{number}{n:03}" for n in range(TRIES)), lesser(rows), strict=False))
        still = differing({key: renamed(lacking(rows, gone), name, key)
                           for key, gone in tried.items()})  # fmt: skip
        if not still:
            break
        best = min(still, key=lambda key: (size(lacking(rows, tried[key])), key))
        # What can go alone can often go together: all of it, else the half of it.
        each = [tried[key] for key in sorted(still) if len(tried[key]) == 1]
        together = {
            f"w{number}9{n}{len(each)}": [part for gone in each[start:end] for part in gone]
            for n, (start, end) in enumerate(
                [(0, len(each)), (0, len(each) // 2), (len(each) // 2, len(each))]
            )
        }
        both = differing({key: renamed(lacking(rows, gone), name, key)
                          for key, gone in together.items()})  # fmt: skip
        tried |= together
        best = min({best, *both}, key=lambda key: (size(lacking(rows, tried[key])), key))
        rows = lacking(rows, tried[best])
    return rows
