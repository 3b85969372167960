"""One build at a time in a folder: an advisory lock that says who holds it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

LOCK_NAME = ".build.lock"


class Busy(Exception):
    """Another build holds the lock; the message names it."""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _holder(text: str) -> str:
    """Who wrote the lock file, in words for the person who has to wait."""
    try:
        holder = json.loads(text)
        pid, started = int(holder["pid"]), holder["started"]
    except (ValueError, KeyError, TypeError):
        # The holder has taken the lock and not yet written its name.
        return "Another build has just started"
    if _is_alive(pid):
        return f"Another build (process {pid}, started {started})"
    return f"A build that was killed (process {pid}, started {started}) left a step that still"


@contextmanager
def exclusive(folder: Path) -> Iterator[int]:
    """Hold `folder` for this build and yield the lock's file descriptor.

    The lock belongs to the open file, not to the process: a child that inherits the descriptor
    keeps the folder locked for as long as it may still write there, even if this process is
    killed. The file itself stays: removing it would let two builds hold two files of one name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = path.read_text(encoding="utf-8")
            raise Busy(
                f"{_holder(text)} is working in {folder}. "
                "Wait until it ends, then build again; nothing was changed."
            ) from None
        started = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "started": started}).encode(), 0)
        try:
            yield descriptor
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)
