"""Which MQLs another agreement would have made of the same exports, beside the published ones.

    make what-if AGREEMENT=<folder> [EXPORTS=<folder>] [PUBLISH=<folder>]

The MQLs of the trial are built into a work database of their own, at the clock of the published
build; nothing is published, and the agreement's folder is only read. A trial need not be signed,
but it must be readable: the checks of its shape run, those of signatures do not. MQLs are compared
trip by trip, and a table by source says how many are in both, in one alone, and how many of those
sales made SQLs.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

import duckdb

from handoff import agreement, build, dbt_run, messages, publish, summary
from handoff.locks import Busy, exclusive

PROJECT = build.PROJECT
# Whether a trial is signed or due for review is not asked.
CHECKS = (
    "agreement_activities_are_mapped",
    "agreement_conditions_are_readable",
    "agreement_rows_belong_to_a_version",
    "agreement_scoring_rules_are_whole",
    "agreement_stamps_are_known",
    "agreement_values_are_sensible",
    "agreement_versions_are_whole",
    "agreement_versions_neither_gap_nor_overlap",
    "agreement_words_are_known",
)
MARTS = ("resource_type:seed", "+fct_mqls", "+fct_sql_acceptances")
HEADINGS = ["source", "published", "trial", "both", "gone", "SQL of gone", "new", "SQL of new"]

# Trips are bounded by what happened, and so nearly the same under every agreement: an MQL of
# either side lies in one trip of the trial.
COMPARED = """
with both_sides as (
    select 'published' as side, mqls.*, handoffs.sales_qualified_at is not null as is_qualified
    from published.marts.fct_mqls as mqls
    inner join published.marts.fct_sql_acceptances as handoffs using (handoff_id)
    union all by name
    select 'trial' as side, mqls.*, handoffs.sales_qualified_at is not null as is_qualified
    from trial.marts.fct_mqls as mqls
    inner join trial.marts.fct_sql_acceptances as handoffs using (handoff_id)
),
placed as (
    select both_sides.*, cycles.cycle_index
    from both_sides
    inner join trial.intermediate.int_lead_cycles as cycles
        on
            both_sides.lead_id = cycles.lead_id
            and both_sides.mql_at > cycles.holds_after
            and both_sides.mql_at <= cycles.holds_until
),
trips as (
    select
        lead_id,
        cycle_index,
        -- The source under which it is published, else that of the trial.
        coalesce(
            max(source) filter (side = 'published'), max(source) filter (side = 'trial')
        ) as source,
        bool_or(side = 'published') as is_published,
        bool_or(side = 'trial') as is_trial,
        bool_or(is_qualified) as is_qualified
    from placed
    group by lead_id, cycle_index
)
select
    source,
    count(*) filter (is_published),
    count(*) filter (is_trial),
    count(*) filter (is_published and is_trial),
    count(*) filter (is_published and not is_trial),
    count(*) filter (is_published and not is_trial and is_qualified),
    count(*) filter (is_trial and not is_published),
    count(*) filter (is_trial and not is_published and is_qualified)
from trips
group by source
order by 2 desc, 3 desc, 1
"""


class WhatIfError(Exception):
    """The trial cannot be made; the message says why and what to do."""


def _published(settings: build.Settings) -> tuple[Path, str]:
    """The published database and the clock of its build."""
    found = publish.current(settings.publish)
    if not found:
        raise WhatIfError(
            f"Nothing is published in {settings.publish} to compare with: run make build first."
        )
    database = found / publish.DATABASE
    with duckdb.connect(str(database), read_only=True) as connection:
        [(as_of,)] = connection.execute("select as_of from marts.build_facts").fetchall()
    return database, f"{as_of:%Y-%m-%d %H:%M:%S}"


def build_trial(settings: build.Settings, as_of: str, keep: int) -> None:
    """Build the trial's MQLs and hand-offs into `settings.database`. Raises WhatIfError."""
    seeds = agreement.prepare(settings.project, settings.agreement, settings.work)
    settings.database.unlink(missing_ok=True)
    words = ["build", "--select", *MARTS, *CHECKS, "--indirect-selection", "empty"]
    words += ["--exclude-resource-type", "unit_test", "--vars", f"{{as_of: '{as_of}'}}"]
    words += dbt_run.without(settings.absent_systems)
    run = dbt_run.DbtRun(
        dbt_run.command(settings.target, *words),
        settings.project,
        build.environment(settings, seeds),
        settings.target,
        settings.work / "dbt.log",
        (keep,),
    )
    try:
        outcome = run.finish()
    finally:
        run.kill()
    for note in seeds.notes:
        print(f"  {note}")
    if not outcome.success:
        faults = messages.failures(outcome, lambda text: messages.query(settings.database, text))
        raise WhatIfError("\n".join(["The trial could not be built:", *faults]))


def compare(published: Path, trial: Path) -> list[tuple]:
    """By source, the counts of HEADINGS; a total last. Both databases are only read."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as published (read_only)")
        connection.execute(f"attach '{trial}' as trial (read_only)")
        rows = connection.execute(COMPARED).fetchall()
    totals = [sum(row[column] for row in rows) for column in range(1, len(HEADINGS))]
    return [*rows, ("all", *totals)]


def _run(settings: build.Settings) -> None:
    database, as_of = _published(settings)
    with ExitStack() as held:
        keep = held.enter_context(exclusive(settings.work))
        build_trial(settings, as_of, keep)
        rows = compare(database, settings.database)
    print(f"What if {build.typed(settings.agreement)} held, as of {as_of} UTC (nothing published;")
    print("signatures are not asked of a trial). MQLs by source:\n")
    told = [[row[0], *(f"{count:,}" for count in row[1:])] for row in rows]
    print("\n".join(f"  {line}" for line in summary.aligned(HEADINGS, told)))
    print(
        "\n  gone: published, not in the trial; new: in the trial alone. SQL of: how many of these"
        "\n  trips sales qualified, whatever marketing called them."
    )
    print(f"  The trial's marts, for a closer look: {build.typed(settings.database)}")


def main(arguments: list[str] | None = None, project: Path = PROJECT) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.what_if", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--agreement", required=True, help="folder with the agreement to try")
    parser.add_argument("--exports", help="folder of the exports (exports/demo)")
    parser.add_argument("--publish", help="folder with the published build to compare with")
    parser.add_argument("--work", default=str(project / "work" / "what_if"), help="work folder")
    given = parser.parse_args(arguments)
    words = [word for name, value in vars(given).items() if value for word in (f"--{name}", value)]
    settings = build.parse(words, project)
    settings.work.mkdir(parents=True, exist_ok=True)
    try:
        if not settings.exports.is_dir():
            raise WhatIfError(f"EXPORTS: there is no folder {settings.exports}.")
        _run(settings)
    except Busy as error:
        print(error, file=sys.stderr)
        return build.BUSY
    except (WhatIfError, agreement.AgreementError) as error:
        print(error, file=sys.stderr)
        return build.FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
