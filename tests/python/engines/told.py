"""What the tests of the engines say at their end: what was compared, and what each build took."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

comparisons: list[str] = []
seconds: dict[str, list[float]] = defaultdict(list)


@contextmanager
def timed(engine: str) -> Iterator[None]:
    """Count the time of a build as its engine's."""
    before = time.monotonic()
    try:
        yield
    finally:
        seconds[engine].append(time.monotonic() - before)


def all_of_it() -> dict[str, Any]:
    """What this process has to tell, in plain types: another prints it."""
    return {"comparisons": comparisons, "seconds": dict(seconds)}


def add(told: dict[str, Any]) -> None:
    """Take over what another process had to tell."""
    comparisons.extend(told["comparisons"])
    for engine, each in told["seconds"].items():
        seconds[engine].extend(each)


def lines() -> list[str]:
    """Times are told, never judged: they depend on what else the machine does."""
    told = list(comparisons)
    for engine, each in seconds.items():
        listed = " + ".join(f"{one:.0f}" for one in each)
        told.append(f"{engine}: {sum(each):.0f} s of building ({listed})")
    return told
