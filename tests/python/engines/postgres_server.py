"""A PostgreSQL server of a test's own: made in a temporary folder, reached by a socket there."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OLDEST = 15
# The server refuses to run as root; Debian's package brings this account.
ACCOUNT = "postgres"


class NoServer(Exception):
    """No server can be had here; the message says why."""


def _programs() -> Path:
    """The folder of initdb and pg_ctl of the newest version installed."""
    folders = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    folders = [path for path in folders if int(path.parent.name) >= OLDEST]
    if folders:
        return max(folders, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise NoServer(f"no PostgreSQL {OLDEST} or newer is installed (Debian: postgresql-15)")


@contextmanager
def postgres_server() -> Iterator[dict[str, str]]:
    """Start a server with an empty database `handoff`; yield the settings that name it."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="handoff-postgres-"))
    as_account: dict[str, Any] = {}
    try:
        if os.geteuid() == 0:
            try:
                account = pwd.getpwnam(ACCOUNT)
            except KeyError:
                raise NoServer(f"there is no account {ACCOUNT}, and root may not run it") from None
            os.chown(folder, account.pw_uid, account.pw_gid)
            as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

        def run(program: str, *words: str) -> None:
            with (folder.parent / f"{folder.name}.log").open("a") as log:
                subprocess.run(
                    [str(programs / program), *words],
                    cwd=folder,
                    stdout=log,
                    stderr=log,
                    check=True,
                    **as_account,
                )

        data = str(folder / "data")
        run(
            *("initdb", "--pgdata", data, "--username", "handoff", "--auth", "trust"),
            *("--encoding", "UTF8", "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--no-sync"),
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run("pg_ctl", "--pgdata", data, "--wait", "--options", options, "start")
        try:
            run("createdb", "--host", str(folder), "--username", "handoff", "handoff")
            yield {
                "HANDOFF_POSTGRES_HOST": str(folder),
                "HANDOFF_POSTGRES_USER": "handoff",
                "HANDOFF_POSTGRES_DATABASE": "handoff",
            }
        finally:
            run("pg_ctl", "--pgdata", data, "--wait", "--mode", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)
