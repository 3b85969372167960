"""The marts gate: is the built database fit to be published?

It reads the database alone, read-only, and knows the marts by their names and by the
project's column conventions (`n_*`, `*_share`, `*_rate`), so that a new mart is checked
from its first build. What ties marts together is written out by name.
"""

from datetime import timedelta
from pathlib import Path

import duckdb

from quality import thresholds
from quality.checks import Asset, Limit
from quality.declaration import Key, read_mart_keys
from quality.raw_gate import share

MARTS = "marts"
RECONCILIATION = ("intermediate", "int_landing_reconciliation")
# Rows of the reasons here are set aside, but they are not broken.
HARMLESS_REASON = "superseded"

Tables = dict[str, dict[str, str]]


def quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def mart(name: str) -> str:
    return f"{MARTS}.{quoted_name(name)}"


def read_tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Every mart with its columns and their types."""
    tables: Tables = {}
    for table, column, data_type in connection.execute(
        """
        select table_name, column_name, data_type
        from information_schema.columns
        where table_catalog = current_database() and table_schema = ?
        order by table_name, ordinal_position
        """,
        [MARTS],
    ).fetchall():
        tables.setdefault(table, {})[column] = data_type
    return tables


def has(tables: Tables, name: str, *columns: str) -> bool:
    return name in tables and all(column in tables[name] for column in columns)


def first(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple:
    return connection.execute(statement).fetchall()[0]


def profile_mart(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], key: Key | None
) -> Asset:
    """Rows, key, zoned timestamps, counts and shares of one mart."""
    asset = Asset(f"marts-{name}")
    counts = [column for column in columns if column.startswith("n_")]
    shares = [column for column in columns if column.endswith(("_share", "_rate"))]
    selected = ["count(*)"]
    selected += [f"count(*) filter (where {quoted_name(column)} < 0)" for column in counts]
    selected += [
        f"count(*) filter (where {quoted_name(column)} not between 0 and 1)" for column in shares
    ]
    if key:
        blank = " or ".join(
            f"{quoted_name(column)} is null" for column in key.columns if column not in key.nullable
        )
        names = ", ".join(quoted_name(column) for column in key.columns)
        selected += [
            f"count(*) filter (where {blank or 'false'})",
            f"count(distinct row({names}))",
        ]
    values = iter(first(connection, f"select {', '.join(selected)} from {mart(name)}"))
    n_rows = next(values)

    if name in thresholds.REQUIRED_MARTS:
        asset.at_least("rows", n_rows, 1, "The mart holds rows", f"marts.{name}: holds no rows")
    elif name not in thresholds.MARTS_THAT_MAY_BE_EMPTY:
        asset.limits.append(
            Limit(
                "rows",
                n_rows,
                "The mart holds rows",
                f"marts.{name}: holds no rows",
                "warning",
                minimum=1,
            )
        )
    zoned = [column for column, data_type in columns.items() if "TIME ZONE" in data_type]
    asset.at_most(
        "zoned timestamp columns",
        len(zoned),
        0,
        "No column is a timestamp with time zone",
        f"marts.{name}: timestamps with time zone in {', '.join(zoned)}. Cast them to "
        "timestamp (UTC): older clients cannot read them",
    )
    for column in counts:
        n_wrong = next(values)
        asset.at_most(
            f"{column} below 0",
            n_wrong,
            0,
            f"{column} is never negative",
            f"marts.{name}: {column} is negative in {n_wrong} rows",
        )
    for column in shares:
        n_wrong = next(values)
        asset.at_most(
            f"{column} outside 0 to 1",
            n_wrong,
            0,
            f"{column} lies between 0 and 1",
            f"marts.{name}: {column} lies outside 0 to 1 in {n_wrong} rows",
        )
    if key:
        n_blank, n_distinct = next(values), next(values)
        label = " + ".join(key.columns)
        asset.at_most(
            "rows without key",
            n_blank,
            0,
            f"Every row has its key ({label})",
            f"marts.{name}: key {label} is null in {n_blank} rows",
        )
        asset.at_most(
            "rows that repeat a key",
            n_rows - n_distinct,
            0,
            f"No two rows share a key ({label})",
            f"marts.{name}: {n_rows - n_distinct} rows repeat the key {label}",
        )
    return asset


def profile_presence(tables: Tables) -> Asset:
    asset = Asset("marts-all")
    expected = sorted({*thresholds.REQUIRED_MARTS, *thresholds.MARTS_THAT_MAY_BE_EMPTY})
    missing = [name for name in expected if name not in tables]
    asset.at_most(
        "missing marts",
        len(missing),
        0,
        f"The database holds {', '.join(expected)}",
        f"marts: {', '.join(missing)} missing in the built database",
    )
    return asset


def profile_funnel(connection: duckdb.DuckDBPyConnection, tables: Tables) -> Asset:
    """What ties the marts of the funnel together."""
    asset = Asset("marts-coherence")
    if has(tables, "rpt_funnel_by_cohort", "n_reached", "n_entered"):
        (n_wrong,) = first(
            connection,
            f"select count(*) from {mart('rpt_funnel_by_cohort')} where n_reached > n_entered",
        )
        asset.at_most(
            "cohort rows above their entry",
            n_wrong,
            0,
            "No stage of a cohort is reached by more than entered the cohort",
            f"marts.rpt_funnel_by_cohort: n_reached exceeds n_entered in {n_wrong} rows",
        )
    if has(tables, "fct_mqls", "lead_id") and has(tables, "dim_leads", "lead_id"):
        n_orphans, example = first(
            connection,
            f"""
            select count(distinct lead_id), min(cast(lead_id as varchar))
            from {mart("fct_mqls")} as fct_mqls
            where not exists (
                select 1 from {mart("dim_leads")} as dim_leads
                where dim_leads.lead_id = fct_mqls.lead_id
            )
            """,
        )
        asset.at_most(
            "MQLs without a lead",
            n_orphans,
            0,
            "Every lead of fct_mqls is in dim_leads",
            f"marts.fct_mqls: {n_orphans} leads are missing in marts.dim_leads, "
            f"for example {example!r}",
        )
    if "fct_mqls" in tables and has(tables, "rpt_funnel_by_period", "stage", "n_events"):
        n_reported, n_mqls = first(
            connection,
            f"""
            select
                (
                    select coalesce(sum(n_events), 0) from {mart("rpt_funnel_by_period")}
                    where stage = 'mql'
                ),
                (select count(*) from {mart("fct_mqls")})
            """,
        )
        asset.at_most(
            "MQLs that the report by period misses or adds",
            abs(n_reported - n_mqls),
            0,
            "rpt_funnel_by_period counts exactly the rows of fct_mqls",
            f"marts.rpt_funnel_by_period: {n_reported} MQLs, but marts.fct_mqls holds {n_mqls}",
        )
    return asset


def profile_freshness(connection: duckdb.DuckDBPyConnection, tables: Tables) -> Asset:
    """How old is the newest fact on the day that the build looks from?"""
    asset = Asset("marts-freshness")
    moments = [
        f"select max({quoted_name(column)}) as moment from {mart(name)}"
        for name, columns in tables.items()
        if name.startswith("fct_")
        for column, data_type in columns.items()
        if column.endswith("_at") and data_type == "TIMESTAMP"
    ]
    if not moments or not has(tables, "build_facts", "as_of"):
        return asset
    as_of, newest = first(
        connection,
        f"""
        select
            (select max(cast(as_of as timestamp)) from {mart("build_facts")}),
            (
                select max(moment) from ({" union all ".join(moments)})
                where moment <= (select max(cast(as_of as timestamp)) from {mart("build_facts")})
            )
        """,
    )
    if as_of is None or newest is None:
        return asset
    limit = thresholds.MAXIMUM_DAYS_WITHOUT_FACTS
    days = (as_of - newest) / timedelta(days=1)
    asset.limits.append(
        Limit(
            "days between the newest fact and as-of",
            days,
            f"The newest fact is at most {limit} days older than the build's as-of",
            f"marts: the newest fact is of {newest:%Y-%m-%d}, {days:.0f} days before the "
            f"build's as-of ({as_of:%Y-%m-%d}). Make sure that every export is current",
            "warning",
            maximum=limit,
        )
    )
    return asset


def reasons_of(counted: dict[str, int] | None) -> str:
    """The reasons of quarantined rows as a message ends: where nothing is published, the
    mart itself is not at hand."""
    broken = {r: n for r, n in (counted or {}).items() if r != HARMLESS_REASON}
    if not broken:
        return ""
    return " (" + ", ".join(f"{reason}: {n_rows}" for reason, n_rows in broken.items()) + ")"


def profile_reconciliation(
    connection: duckdb.DuckDBPyConnection,
    tables: Tables,
    counted: dict[tuple[str, str], int | None],
) -> Asset:
    """Rows counted in the files against rows staged, quarantined and kept."""
    asset = Asset("marts-reconciliation")
    (n_tables,) = first(
        connection,
        f"""
        select count(*) from information_schema.tables
        where table_schema = '{RECONCILIATION[0]}' and table_name = '{RECONCILIATION[1]}'
        """,
    )
    name = ".".join(RECONCILIATION)
    asset.at_least(
        "reconciliation table",
        n_tables,
        1,
        f"{name} is built",
        f"{name}: missing in the built database, so nothing shows that no row was lost",
    )
    if not n_tables:
        return asset
    staged = {
        (system, export_object): facts
        for system, export_object, *facts in connection.execute(
            f"select system, object, n_staged, n_quarantined, n_kept from {name}"
        ).fetchall()
    }
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    if has(tables, "quarantined_rows", "system", "object", "reason"):
        for system, export_object, reason, n_rows in connection.execute(
            f"""
            select system, object, reason, count(*) as n_rows from {mart("quarantined_rows")}
            group by system, object, reason
            order by n_rows desc, reason
            """
        ).fetchall():
            reasons.setdefault((system, export_object), {})[reason] = n_rows
    for key in sorted({*staged, *counted}):
        label = ".".join(key)
        n_counted = counted.get(key)
        n_staged, n_quarantined, n_kept = staged.get(key, (0, 0, 0))
        # Without a count (a file the raw gate could not read) it has failed already.
        if n_counted is not None or key not in counted:
            asset.at_most(
                f"{label} rows lost or added",
                abs(n_staged - (n_counted or 0)),
                0,
                f"As many rows of {label} are staged as its files hold",
                f"{label}: {n_counted or 0} rows in the files, but {n_staged} staged. "
                "Compare the object's pattern and files with what landing read",
            )
        asset.at_most(
            f"{label} rows neither kept nor quarantined",
            abs(n_staged - n_quarantined - n_kept),
            0,
            f"Every staged row of {label} is kept or quarantined",
            f"{label}: {n_staged} rows staged, but {n_quarantined} quarantined and {n_kept} kept",
        )
        n_broken = n_quarantined - reasons.get(key, {}).get(HARMLESS_REASON, 0)
        asset.at_most(
            f"{label} quarantined share",
            share(n_broken, n_staged),
            thresholds.MAXIMUM_QUARANTINED_SHARE,
            f"At most {thresholds.MAXIMUM_QUARANTINED_SHARE:.0%} of the rows of {label} are "
            "quarantined (without superseded versions)",
            f"{label}: {n_broken} of {n_staged} rows are quarantined; their reasons are in "
            f"marts.quarantined_rows{reasons_of(reasons.get(key))}",
        )
    return asset


def profile_marts(
    project: Path, database: Path, counted: dict[tuple[str, str], int | None]
) -> list[Asset]:
    """The assets of the marts gate. The database is closed again before any verdict."""
    keys = read_mart_keys(project)
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = read_tables(connection)
        return [
            profile_reconciliation(connection, tables, counted),
            profile_presence(tables),
            profile_funnel(connection, tables),
            profile_freshness(connection, tables),
            *(
                profile_mart(connection, name, columns, keys.get(name))
                for name, columns in tables.items()
            ),
        ]
