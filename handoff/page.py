"""The page to look at: one HTML file of a published build that opens from disk, without a network.

    python -m handoff.page --publish <folder>      writes <folder>/current/report.html anew

Its figures come from the published marts alone, by the queries in report/queries; only the
build's own facts (its id, versions, tests) from the build.json beside them. Each section needs
some queries: where a mart of one is not published, the section is left out and named.

Text from exports is text on the page: the template escapes it, data cannot end its element, and
a policy in the page lets nothing but the two scripts run that are written here, by their hash,
and nothing be asked of any network.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from handoff import PROJECT, publish

REPORT = PROJECT / "report"
PAGE = "report.html"
# What each section needs. The first group's data go into the page for its script to add up by
# period, source and segment; the second's are written out by the template.
COUNTED = {
    "funnel": ("entries", "reached", "events"),
    "sources": ("sources", "reasons", "verdicts"),
    "speed": ("sla", "bands", "effect"),
    "velocity": ("velocity",),
    "parity": ("parity",),
    "attribution": ("attribution",),
}
WRITTEN = {
    "speed": ("commitments",),
    "attribution": ("marketing_share",),
    "calls": ("calls", "call_counts", "kept_out"),
    "agreement": ("versions", "laws"),
    "build": ("build_facts",),
}

# What stands where there is no value.
NONE = "\N{EN DASH}"

Rows = list[dict[str, Any]]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def connect(build: Path) -> duckdb.DuckDBPyConnection:
    """The published marts, with the months of their reports as `reporting_month(moment)`."""
    connection = duckdb.connect(str(build / publish.DATABASE), read_only=True)
    connection.execute(f"set schema = {_literal(publish.SCHEMA)}")
    try:
        [(zone,)] = connection.execute("select reporting_time_zone from build_facts").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException, ValueError):
        zone = "UTC"
    connection.execute(
        "create temp macro reporting_month(moment) as cast(date_trunc('month', "
        f"timezone({_literal(zone)}, timezone('UTC', moment))) as date)"
    )
    return connection


def query(connection: duckdb.DuckDBPyConnection, name: str) -> Rows:
    """The rows of report/queries/<name>.sql."""
    connection.execute((REPORT / "queries" / f"{name}.sql").read_text(encoding="utf-8"))
    columns = [column[0] for column in connection.description]
    return [dict(zip(columns, row, strict=True)) for row in connection.fetchall()]


def read(build: Path) -> tuple[dict[str, Rows], dict[str, str]]:
    """The rows of every query whose marts are published; and per section left out, why."""
    found: dict[str, Rows] = {}
    left_out: dict[str, str] = {}
    with connect(build) as connection:
        for section in dict.fromkeys([*COUNTED, *WRITTEN]):
            names = (*COUNTED.get(section, ()), *WRITTEN.get(section, ()))
            try:
                found |= {name: query(connection, name) for name in names}
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                left_out[section] = str(error).splitlines()[0]
    return found, left_out


def _plain(value: Any) -> Any:
    """A value as the page's script takes it; the days in its data are first days of months."""
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return float(value) if isinstance(value, Decimal) else value


def packed(rows: Rows) -> dict[str, Any]:
    """Rows by column for the page's script; of a column of words each word stands once."""
    columns: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        values = [_plain(row[name]) for row in rows]
        if any(isinstance(value, str) for value in values):
            words = {word: code for code, word in enumerate(dict.fromkeys(values))}
            columns[name] = {"words": list(words), "codes": [words[value] for value in values]}
        else:
            columns[name] = values
    return {"rows": len(rows), "columns": columns}


def number(value: Any, digits: int = 0) -> str:
    return NONE if value is None else f"{Decimal(value):,.{digits}f}"


def moment(value: datetime | date | None) -> str:
    if value is None:
        return NONE
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else f"{value:%Y-%m-%d}"


def duration(minutes: Any) -> str:
    """Minutes as people say them: 40 min, 7 h, 3 d."""
    if minutes is None:
        return NONE
    length = float(minutes)
    if length < 90:
        told = f"{length:.0f} min"
    elif length < 48 * 60:
        told = f"{length / 60:.0f} h"
    else:
        told = f"{length / 1440:.0f} d"
    return told


def rate(part: Any, whole: Any) -> str:
    return f"{100 * Decimal(part) / Decimal(whole):.1f} %" if whole else NONE


def words(value: str | None) -> str:
    """An agreed word as it is read: `paid_search` is "paid search"."""
    return NONE if value is None else value.replace("_", " ")


def _script(text: str) -> tuple[Markup, str]:
    """A script as it may stand in a page, and its source expression in the page's policy."""
    text = text.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"


def render(build: Path) -> str:
    """The page of a published build (the folder of its database and build.json)."""
    found, left_out = read(build)
    told = json.loads((build / "build.json").read_text(encoding="utf-8"))
    environment = Environment(
        loader=FileSystemLoader(REPORT),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    environment.filters |= {
        "number": number,
        "moment": moment,
        "duration": duration,
        "rate": rate,
        "words": words,
    }
    vega, vega_source = _script(
        gzip.decompress((REPORT / "vega.js.gz").read_bytes()).decode("utf-8")
    )
    script, script_source = _script((REPORT / "page.js").read_text(encoding="utf-8"))
    [facts] = found.get("build_facts") or [{}]
    return environment.get_template("page.html").render(
        **found,
        facts=facts,
        told=told,
        left_out=left_out,
        data={
            "tables": {
                name: packed(found[name])
                for section, names in COUNTED.items()
                if section not in left_out
                for name in names
            },
            "currency": facts.get("reporting_currency", ""),
        },
        style=Markup((REPORT / "page.css").read_text(encoding="utf-8")),
        vega=vega,
        third_party=Markup((REPORT / "THIRD_PARTY.txt").read_text(encoding="utf-8")),
        script=script,
        script_sources=f"{vega_source} {script_source}",
    )


def write(build: Path) -> Path:
    """Write the page into the folder of a published build, in one step."""
    page = build / PAGE
    passing = page.with_name(f".{PAGE}.tmp")
    passing.write_text(render(build), encoding="utf-8")
    passing.replace(page)
    return page


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.page", description="Write the page of a published build anew."
    )
    parser.add_argument("--publish", type=Path, default=PROJECT / "published", metavar="FOLDER")
    folder = parser.parse_args(arguments).publish.expanduser()
    build = publish.current(folder)
    if build is None:
        print(f"Nothing is published in {folder} yet: run make build first.", file=sys.stderr)
        return 1
    write(build)
    print(f"The page: {folder / 'current' / PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
