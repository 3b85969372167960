"""The page of a build, in a browser: its figures are the marts', its text is only text, it asks
nothing of a network, and a keyboard, a screen reader, a phone and a printer can do with it."""

import gzip
import itertools
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from builds import PROJECT, build, once

from handoff import page, publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium to open the page with")

STAGES = {
    "lead": "Leads",
    "mql": "MQL",
    "handed_on": "Handed on",
    "sales_accepted": "Accepted (SAL)",
    "sales_qualified": "Qualified (SQL)",
    "opportunity": "Opportunity",
    "won": "Won",
}
MOMENTS = {
    "mql": "mql_at",
    "handed_on": "handed_on_at",
    "sales_accepted": "sales_accepted_at",
    "sales_qualified": "sales_qualified_at",
    "opportunity": "opportunity_at",
    "won": "won_at",
}
CATEGORIES = [
    *("bad_data", "no_fit", "no_interest", "not_ready", "no_contact", "competitor", "duplicate"),
    "without_reason",
]


@pytest.fixture(scope="module")
def published() -> Path:
    """The published demo."""

    def make(folder: Path) -> None:
        done = build(folder)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("published_demo", make) / "current"


@pytest.fixture(scope="module")
def marts(published) -> Iterator[Callable[..., list[tuple]]]:
    with duckdb.connect(str(published / publish.DATABASE), read_only=True) as connection:
        connection.execute("set schema = 'marts'")
        yield lambda query, *values: connection.execute(query, list(values)).fetchall()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look(browser) -> Iterator[Callable]:
    """Opens a page from disk; at the end nothing may have been asked of a network, and nothing
    may have gone wrong in it."""
    contexts, asked, wrong = [], [], []

    def look(file: Path, **settings):
        contexts.append(browser.new_context(**settings))
        tab = contexts[-1].new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on(
            "console",
            lambda message: message.type in ("error", "warning") and wrong.append(message.text),
        )
        tab.goto(file.resolve().as_uri())
        return tab

    yield look
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert asked and all(url.split("#")[0].endswith("/report.html") for url in asked)
    assert wrong == []


@pytest.fixture
def tab(look, published):
    return look(published / page.PAGE)


def rows(tab, table: str, body: str = "tbody") -> list[list[str]]:
    """The visible text of a table's rows; beneath a cell's first line is what explains it."""
    return tab.evaluate(
        """([table, body]) => [...document.querySelectorAll(`#${table} ${body} tr`)]
            .filter((row) => !row.hidden)
            .map((row) => [...row.cells].map((cell) => {
                const copy = cell.cloneNode(true);
                copy.querySelectorAll("small").forEach((small) => small.remove());
                return copy.textContent.trim();
            }))""",
        [table, body],
    )


def choose(tab, **filters: str) -> None:
    for name, value in filters.items():
        tab.select_option(f"#{name}", value)


def shown(n: int) -> str:
    return f"{n:,}"


def close(told: str, part: int, whole: int) -> bool:
    """Whether a rate is that of its two counts, to the tenth of a percent that is shown."""
    if not whole:
        return told == page.NONE
    return abs(float(told.removesuffix(" %")) - float(100 * part / whole)) <= 0.0501


def words(value: str) -> str:
    return value.replace("_", " ")


# --- the file ---------------------------------------------------------------------------------


def test_a_build_publishes_the_page_as_one_small_file(published):
    assert (published / page.PAGE).stat().st_size < 2_000_000


def test_the_page_is_made_of_the_published_files_alone(published, tmp_path):
    for name in (publish.DATABASE, "build.json"):
        shutil.copy(published / name, tmp_path / name)
    page.write(tmp_path)
    assert (tmp_path / page.PAGE).read_text() == (published / page.PAGE).read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "build.json",
        publish.DATABASE,
        page.PAGE,
    ]


def test_make_report_writes_the_page_anew(published, tmp_path, capsys):
    folder = tmp_path / "published"
    (folder / "builds" / "one").mkdir(parents=True)
    for name in (publish.DATABASE, "build.json"):
        shutil.copy(published / name, folder / "builds" / "one" / name)
    assert page.main(["--publish", str(folder)]) == 1
    assert "run make build first" in capsys.readouterr().err
    (folder / "current").symlink_to("builds/one")
    assert page.main(["--publish", str(folder)]) == 0
    assert (folder / "current" / page.PAGE).exists()


def test_the_bundle_is_that_of_the_pinned_package():
    sys.path.insert(0, str(page.REPORT))
    try:
        import bundle_vega
    finally:
        sys.path.remove(str(page.REPORT))
    assert gzip.decompress(bundle_vega.BUNDLE.read_bytes()).decode() == bundle_vega.bundle()


def test_the_page_carries_the_licences_of_the_libraries_in_it(tab):
    notices = (page.REPORT / "THIRD_PARTY.txt").read_text(encoding="utf-8")
    assert notices in tab.content()


def test_no_section_is_left_out_and_the_page_asks_nothing_of_a_network(tab):
    tab.locator("#cohort-chart svg").wait_for()
    assert tab.locator("#left-out").count() == 0
    listed = tab.locator("nav a").evaluate_all("links => links.map(a => a.hash.slice(1))")
    assert listed == tab.locator("main section").evaluate_all("all => all.map(s => s.id)")
    assert set(listed) == set(page.COUNTED | page.WRITTEN)


# --- figures ----------------------------------------------------------------------------------


def test_the_funnel_is_that_of_the_cohorts_and_of_the_periods(tab, marts):
    for follow in ("mql", "lead"):
        tab.check(f"input[name=follow][value={follow}]")
        expected = marts(
            """
            select reached_stage, cast(sum(n_reached) as bigint), cast(sum(n_entered) as bigint)
            from rpt_funnel_by_cohort
            where entry_stage = ?
            group by reached_stage, stage_number
            order by stage_number
            """,
            follow,
        )
        found = rows(tab, "funnel-table")
        assert [(row[0], row[2]) for row in found] == [
            (STAGES[stage], shown(n)) for stage, n, _ in expected
        ]
        assert all(
            close(row[-1], n, n_entered)
            for row, (_, n, n_entered) in zip(found, expected, strict=True)
        )
        if follow == "mql":
            assert all(
                close(row[3], n, n_before)
                for row, ((_, n_before, _), (_, n, _)) in zip(
                    found[1:], itertools.pairwise(expected), strict=True
                )
            )
    tab.check("input[name=follow][value=events]")
    happened = {
        stage: (n, n_direct)
        for stage, n, n_direct in marts(
            "select stage, cast(sum(n_events) as bigint), cast(sum(n_direct) as bigint) "
            "from rpt_funnel_by_period group by stage"
        )
    }
    assert [(row[0], row[2], row[3]) for row in rows(tab, "funnel-table")] == [
        (STAGES[stage], *map(shown, happened[stage])) for stage in STAGES
    ]


def test_every_month_of_the_funnel_is_that_of_the_marts(tab, marts):
    tab.locator("#funnel details").first.evaluate("details => details.open = true")
    for follow, query in {
        "mql": "select strftime(entry_month, '%b %Y'), reached_stage, n_reached "
        "from rpt_funnel_by_cohort where entry_stage = 'mql'",
        "lead": "select strftime(entry_month, '%b %Y'), reached_stage, n_reached "
        "from rpt_funnel_by_cohort where entry_stage = 'lead'",
        "events": "select strftime(period_month, '%b %Y'), stage, n_events "
        "from rpt_funnel_by_period",
    }.items():
        tab.check(f"input[name=follow][value={follow}]")
        stages = [stage for stage in STAGES if follow != "mql" or stage != "lead"]
        found = {
            (row[0].replace("Sept", "Sep"), stage): int(cell.replace(",", ""))
            for row in rows(tab, "months-table")
            for stage, cell in zip(stages, row[1:], strict=True)
        }
        # The mart knows more events than the page shows.
        expected = {(month, stage): n for month, stage, n in marts(query) if stage in STAGES}
        assert {key: n for key, n in found.items() if n} == {
            key: n for key, n in expected.items() if n
        }


@pytest.mark.parametrize("days", [30, 60, 90, 180])
@pytest.mark.parametrize(
    ("follow", "stage"),
    [("mql", "sales_qualified"), ("lead", "won"), ("lead", "handed_on")],
)
def test_cohorts_are_those_of_the_mart_and_the_young_are_dashed(tab, marts, days, follow, stage):
    tab.select_option("#cohort-follow", follow)
    tab.select_option("#cohort-stage", stage)
    tab.select_option("#cohort-days", str(days))
    tab.locator("#cohort-chart svg").wait_for()
    expected = marts(
        f"""
        select
            n_entered,
            n_observed_{days}_days,
            case
                when n_observed_{days}_days < n_entered then n_reached
                else n_reached_within_{days}_days
            end,
            n_observed_{days}_days < n_entered
        from rpt_funnel_by_cohort
        where entry_stage = ? and reached_stage = ?
        order by entry_month
        """,
        follow,
        stage,
    )
    found = rows(tab, "cohort-table")
    assert [(row[1], row[2], row[3], row[5]) for row in found] == [
        (shown(entered), shown(observed), shown(n), "young: so far" if young else "")
        for entered, observed, n, young in expected
    ]
    assert all(
        close(row[4], n, entered) for row, (entered, _, n, _) in zip(found, expected, strict=True)
    )
    # Every cohort is a point: filled when it had its time, hollow while it is young.
    n_young = sum(young for *_, young in expected)
    assert n_young
    tab.wait_for_function(
        """([nYoung, n]) => {
            const points = [...document.querySelectorAll("#cohort-chart .mark-symbol path")];
            const young = points.filter((point) => point.getAttribute("fill") === "var(--card)");
            return points.length === n && young.length === nYoung;
        }""",
        arg=[n_young, len(expected)],
    )
    dashes = tab.locator("#cohort-chart .mark-line path").evaluate_all(
        "lines => lines.map(line => line.getAttribute('stroke-dasharray'))"
    )
    assert "4,5" in dashes


SOURCE_QUERY = """
    select
        source,
        sum(n_leads), sum(n_mqls), sum(n_sales_accepted), sum(n_sales_qualified), sum(n_won),
        sum(n_rejected) + sum(n_recycled), sum(cost), sum(won_amount),
        {categories}
    from rpt_source_quality
    where source_basis = ? and cohort_month between ? and ?
    group by source
"""


@pytest.mark.parametrize("basis", ["mql_creating", "first_touch"])
@pytest.mark.parametrize("period", [("2024-07", "2026-06"), ("2025-03", "2025-08")])
def test_sources_are_those_of_the_mart(tab, marts, basis, period):
    choose(tab, to=period[1])
    choose(tab, **{"from": period[0]})
    tab.check(f"input[name=basis][value={basis}]")
    query = SOURCE_QUERY.format(categories=", ".join(f"sum(n_{name})" for name in CATEGORIES))
    expected = {
        words(source): figures
        for source, *figures in marts(query, basis, *(f"{month}-01" for month in period))
    }
    found = {row[0]: row for row in rows(tab, "sources-table")}
    reasons = dict(
        tab.locator("#sources-table tbody tr").evaluate_all(
            """rows => rows.map((row) =>
                [row.cells[0].firstChild.textContent, row.querySelector(".reasons").textContent])"""
        )
    )
    assert found.keys() == expected.keys() and len(found) > 5
    for source, figures in expected.items():
        leads, mqls, accepted, qualified, won, returned, cost, amount, *categories = figures
        row = found[source]
        assert row[2:6] == [shown(int(n)) for n in (leads, mqls, accepted, qualified)]
        assert close(row[6], qualified, mqls)
        assert row[7:9] == [shown(int(won)), shown(int(returned))]
        assert close(row[9], returned, mqls)
        assert abs(int(row[10].replace(",", "")) - cost) <= 0.5
        assert abs(int(row[12].replace(",", "")) - amount) <= 0.5
        if qualified:
            assert abs(int(row[11].replace(",", "")) - cost / qualified) <= 0.5
        if cost:
            assert (
                abs(float(row[13].removesuffix(" \N{MULTIPLICATION SIGN}")) - float(amount / cost))
                <= 0.0501
            )
        named = dict(re.findall(r"([a-z ]+) (\d+)", reasons[source]))
        by_category = {words(name): int(n) for name, n in zip(CATEGORIES, categories, strict=True)}
        assert {name.strip(): int(n) for name, n in named.items()}.items() <= by_category.items()
        assert (
            sorted(map(int, named.values()), reverse=True)
            == sorted(filter(None, by_category.values()), reverse=True)[:3]
        )


def test_the_bought_list_shows_up_with_its_verdict_and_reason(tab):
    cell = tab.locator("#sources-table tbody tr", has_text="list provider abc").locator("td").first
    assert cell.locator(".mark").inner_text() == "stop buying"
    assert "bad data 18 of 26" in cell.inner_text()


def test_verdicts_are_those_of_the_newest_version_with_enough_decisions(tab, marts):
    judged: dict[str, dict[str, list]] = {}
    for source, version, category, n, n_decisions, verdict in marts(
        """
        select verdicts.source, version_id, category, n_rejections, n_decisions, verdict
        from rpt_source_verdicts as verdicts
        left join dim_agreement_versions as versions using (version_id)
        order by versions.effective_from desc nulls last
        """
    ):
        judged.setdefault(source, {}).setdefault(version, []).append(
            (verdict, category, n, n_decisions)
        )
    cells = dict(
        tab.locator("#sources-table tbody tr").evaluate_all(
            """rows => rows.map((row) => [row.cells[0].firstChild.textContent,
                row.cells[1].innerText.replace(row.querySelector(".reasons").innerText, "")])"""
        )
    )
    for source, versions in judged.items():
        decided = [
            (version, found)
            for version, found in versions.items()
            if any(verdict != "too_few_decisions" for verdict, *_ in found)
        ]
        told = cells[words(source)]
        if not decided:
            assert told.strip() == "too few decisions"
            continue
        version, found = decided[0]
        verdicts = {verdict for verdict, *_ in found} - {"too_few_decisions"}
        worst = next(v for v in ("stop_buying", "review", "none") if v in verdicts)
        assert told.startswith("no objection" if worst == "none" else words(worst))
        assert version in told


def filtered(marts, period: tuple[str, str], source: str, segment: str, moment: str) -> list[dict]:
    """The hand-offs of MQLs that the filters let through, as the test finds them."""
    names = [name for (name,) in marts("select column_name from (describe fct_sql_acceptances)")]
    found = [
        dict(zip(names, row, strict=True))
        for row in marts("select * from fct_sql_acceptances where origin = 'mql'")
    ]
    return [
        row
        for row in found
        if period[0] <= f"{row[moment]:%Y-%m}" <= period[1]
        and source in ("", row["source"])
        and segment in ("", row["segment"])
    ]


@pytest.mark.parametrize(
    ("period", "source", "segment"),
    [
        (("2024-07", "2026-06"), "", ""),
        (("2025-03", "2026-02"), "", ""),
        (("2024-07", "2026-06"), "webinar", ""),
        (("2024-07", "2026-06"), "", "hand_raise"),
        (("2025-02", "2025-11"), "paid_search", "standard"),
        (("2024-07", "2024-08"), "", "hot"),
    ],
)
def test_filters_act_on_every_figure(tab, marts, period, source, segment):
    choose(tab, to=period[1], source=source, segment=segment)
    choose(tab, **{"from": period[0]})
    mqls = filtered(marts, period, source, segment, "mql_at")

    reached = {
        stage: sum(row[moment] is not None for row in mqls) for stage, moment in MOMENTS.items()
    }
    assert [(row[0], row[2]) for row in rows(tab, "funnel-table")] == [
        (STAGES[stage], shown(n)) for stage, n in reached.items()
    ]
    tiles = dict(
        zip(
            tab.locator("#headlines dt").all_inner_texts(),
            tab.locator("#headlines dd").evaluate_all("all => all.map(d => d.firstChild.data)"),
            strict=True,
        )
    )
    leads = marts(
        "select count(*) from dim_leads where strftime(created_at, '%Y-%m') between ? and ? "
        "and ? in ('', source)",
        *period,
        source,
    )
    amount = sum(row["won_amount"] or 0 for row in mqls)
    assert tiles["Leads"] == shown(leads[0][0])
    assert tiles["MQLs"] == shown(len(mqls))
    assert tiles["Accepted by sales"] == shown(reached["sales_accepted"])
    assert tiles["Qualified by sales"] == shown(reached["sales_qualified"])
    assert tiles["Won"] == shown(reached["won"])
    assert abs(int(tiles["Won EUR"].replace(",", "")) - amount) <= 0.5

    for row, clock in zip(
        rows(tab, "sla-table"), ("hand_on", "first_attempt", "decision"), strict=True
    ):
        verdicts = [mql[f"sla_{clock}"] for mql in mqls]
        met, missed = verdicts.count("met"), verdicts.count("missed")
        rest = verdicts.count("not_judged") + verdicts.count("not_yet_observable")
        assert row[2:6] == [shown(n) for n in (met, missed, verdicts.count("open"), rest)]
        assert close(row[6], met, met + missed)

    bands: dict[str, int] = {}
    for mql in mqls:
        if mql["response_band"]:
            bands[mql["response_band"]] = bands.get(mql["response_band"], 0) + 1
    found = [row for row in rows(tab, "bands-table") if len(row) > 1]
    assert sorted(row[2] for row in found) == sorted(map(shown, bands.values()))
    assert all(close(row[3], int(row[2]), sum(bands.values())) for row in found)

    given: dict[str, int] = {}
    for mql in filtered(marts, period, source, segment, "handoff_at"):
        if mql["decision"] in ("rejected", "recycled"):
            reason = words(mql["rejection_reason"] or "no_agreed_reason")
            given[reason] = given.get(reason, 0) + 1
    found = [row for row in rows(tab, "reasons-table") if len(row) > 1]
    assert {row[0]: row[3] for row in found} == {name: shown(n) for name, n in given.items()}

    calls = marts(
        """
        select count(*)
        from rpt_call_list as calls
        left join fct_sql_acceptances as handoffs using (handoff_id)
        where call_rank is not null and ? in ('', calls.source)
            and ? in ('', coalesce(handoffs.segment, ''))
        """,
        source,
        segment,
    )[0][0]
    assert f"of {calls} shown" in tab.inner_text("#calls-told")
    told = tab.inner_text("#told")
    assert f"{len(mqls)} MQLs" in told
    assert (words(source) if source else "all sources") in told

    tab.click("button[type=reset]")
    assert tab.inner_text("#told").endswith("Jul 2024 to Jun 2026, all sources, all segments.")
    assert len([row for row in rows(tab, "sources-table") if len(row) > 1]) > 5


@pytest.mark.parametrize("segment", ["", "standard", "hand_raise"])
@pytest.mark.parametrize(
    ("measure", "column", "share"),
    [
        ("qualified", "n_sales_qualified", "sales_qualified_share"),
        ("conversations", "n_conversations", "conversation_share"),
    ],
)
def test_the_effect_of_speed_is_that_of_the_mart(tab, marts, segment, measure, column, share):
    choose(tab, segment=segment)
    tab.select_option("#effect-measure", measure)
    versions = [version for (version,) in marts("select distinct version_id from rpt_speed_effect")]
    assert tab.input_value("#effect-version") == "v3"
    for version in versions:
        tab.select_option("#effect-version", version)
        expected = marts(
            f"""
            select n_handoffs, {column}, {share}_low, {share}_high
            from rpt_speed_effect
            where version_id = ? and segment = ?
                and response_band not in ('before_hand_on', 'decided_first', 'unknown')
            """,
            version,
            segment or "all",
        )
        found = [row for row in rows(tab, "effect-table") if len(row) > 1]
        assert sorted((row[1], row[2]) for row in found) == sorted(
            (shown(n), shown(part)) for n, part, *_ in expected
        )
        assert all(close(row[3], int(row[2]), int(row[1])) for row in found)
        intervals = {
            tuple(round(float(end.removesuffix(" %"))) for end in row[4].split(" to "))
            for row in found
        }
        assert all(
            any(abs(low - 100 * one) < 1 and abs(high - 100 * other) < 1 for low, high in intervals)
            for *_, one, other in expected
        )


def test_promises_are_those_of_the_mart(tab, marts):
    expected = marts(
        """
        select measure, period_start_date, n_met, n_missed, commitment_verdict
        from rpt_sla_compliance
        where kind = 'commitment'
        """
    )
    found = {(row[0], row[1].split()[-1]): row[2:] for row in rows(tab, "commitments-table")}
    names = {
        "mqls": "MQLs handed on",
        "acceptance_rate": "Accepted, of those decided",
        "hand_on_minutes": "Half of the MQLs handed on in time",
    }
    for measure, name in names.items():
        latest = sorted((day for kind, day, *_ in expected if kind == measure), reverse=True)[:6]
        assert [day for told, day in found if told == name] == [f"{day}" for day in latest]
    for measure, day, n_met, n_missed, verdict in expected:
        told = found.get((names[measure], f"{day}"))
        if told and measure == "mqls":
            assert told[1:] == [shown(n_met), verdict]
        elif told:
            assert close(told[1], n_met, n_met + n_missed) and told[2] == verdict


@pytest.mark.parametrize(
    ("source", "segment", "dimension", "slice_"),
    [
        ("", "", "all", "all"),
        ("webinar", "", "source", "webinar"),
        ("", "hand_raise", "segment", "hand_raise"),
        ("webinar", "hand_raise", "all", "all"),
    ],
)
def test_days_between_stages_are_those_of_the_mart(tab, marts, source, segment, dimension, slice_):
    choose(tab, source=source, segment=segment)
    expected = marts(
        """
        select median_days, p75_days, p90_days, n_observed, n_censored, n_stopped
        from rpt_stage_velocity
        where dimension = ? and (dimension_value = ? or dimension = 'all')
        order by transition_number
        """,
        dimension,
        slice_,
    )
    found = rows(tab, "velocity-table")
    assert len(found) == len(expected) > 5
    for row, (*days, observed, censored, stopped) in zip(found, expected, strict=True):
        assert row[6:] == [shown(n) for n in (observed, censored, stopped)]
        for told, exact in zip(row[3:6], days, strict=True):
            assert told == page.NONE if exact is None else abs(float(told) - float(exact)) <= 0.0501
    told = tab.inner_text("#velocity-note")
    assert ("choose one of the two" in told) == bool(source and segment)


@pytest.mark.parametrize("source", ["", "list_provider_abc", "webinar"])
def test_mqls_for_one_sql_are_those_of_the_mart(tab, marts, source):
    choose(tab, source=source)
    expected = marts(
        """
        select
            strftime(quarter_start_date, '%Y') || ' Q' || quarter(quarter_start_date),
            cast(sum(n_mqls) as bigint), cast(sum(n_sales_qualified) as bigint),
            cast(sum(n_refused) as bigint), cast(sum(n_pending) as bigint),
            cast(sum(n_never_decided) as bigint)
        from rpt_mql_sql_parity
        where ? in ('', source)
        group by quarter_start_date
        order by quarter_start_date
        """,
        source,
    )
    found = rows(tab, "parity-table")
    assert [(row[0], row[1], row[2], *row[4:]) for row in found] == [
        (quarter, *map(shown, counts)) for quarter, *counts in expected
    ]
    for row, (_, n_mqls, n_qualified, *_) in zip(found, expected, strict=True):
        if n_qualified:
            assert abs(float(row[3]) - n_mqls / n_qualified) <= 0.00501
        else:
            assert row[3] == page.NONE
    tab.wait_for_function(
        "(n) => document.querySelectorAll('#parity-chart .mark-symbol path').length === n",
        arg=sum(n_qualified > 0 for _, _, n_qualified, *_ in expected),
    )


MODELS = [
    *("first_touch", "last_touch", "mql_creating", "linear", "u_shaped", "w_shaped", "time_decay"),
]


@pytest.mark.parametrize("period", [("2024-07", "2026-06"), ("2025-06", "2026-02")])
def test_attribution_is_that_of_the_mart_and_adds_up_to_the_deals(tab, marts, period):
    choose(tab, to=period[1])
    choose(tab, **{"from": period[0]})
    tab.select_option("#model", "u_shaped")
    days = [f"{month}-01" for month in period]
    expected: dict[tuple[str, str], tuple] = {
        (words(source), model): figures
        for source, model, *figures in marts(
            """
            select source, attribution_model, sum(won_amount), sum(won_credit), sum(open_amount)
            from rpt_attribution
            where is_new_business and closing_month between ? and ?
            group by all
            """,
            *days,
        )
    }
    found = rows(tab, "attribution-table")
    assert {row[0] for row in found} == {source for source, _ in expected}
    for row in found:
        for model, cell in zip(MODELS, row[1:8], strict=True):
            amount = expected.get((row[0], model), (0,))[0]
            assert abs(int(cell.replace(",", "")) - amount) <= 0.5
        _, credit, open_amount = expected.get((row[0], "u_shaped"), (0, 0, 0))
        assert abs(float(row[8]) - float(credit)) <= 0.00501
        assert abs(int(row[9].replace(",", "")) - open_amount) <= 0.5
    # Whatever the model, the money is that of the deals won in the period.
    [(won,)] = marts(
        """
        select sum(amount)
        from fct_opportunities
        where is_new_business and stage = 'won'
            and date_trunc('month', closed_date) between cast(? as date) and cast(? as date)
        """,
        *days,
    )
    [foot] = rows(tab, "attribution-table", "tfoot")
    assert all(abs(int(cell.replace(",", "")) - won) <= 0.5 for cell in foot[1:8])
    tab.wait_for_function(
        """(n) => [...document.querySelectorAll("#attribution-chart .mark-symbol path")]
            .filter((dot) => dot.getAttribute("fill") === "var(--accent)").length === n""",
        arg=len(found),
    )


def test_marketings_share_is_that_of_the_mart(tab, marts):
    expected = marts(
        """
        select
            fiscal_quarter, won_amount, mql_won_amount, direct_won_amount, unlinked_won_amount,
            other_type_won_amount, influenced_won_amount
        from rpt_marketing_share
        order by fiscal_quarter_start_date desc
        """
    )
    found = rows(tab, "share-table")
    assert [row[0] for row in found] == [quarter for quarter, *_ in expected]
    for row, (_, won, *amounts) in zip(found, expected, strict=True):
        told = [int(cell.replace(",", "")) for cell in (row[1], row[2], *row[4:])]
        assert all(abs(n - exact) <= 0.5 for n, exact in zip(told, (won, *amounts), strict=True))
        assert close(row[3], amounts[0], won)


def test_a_period_never_ends_before_it_begins(tab):
    choose(tab, to="2025-02")
    choose(tab, **{"from": "2025-09"})
    assert tab.input_value("#to") == "2025-09"
    choose(tab, to="2025-04")
    assert tab.input_value("#from") == "2025-04"


def test_the_call_list_is_that_of_the_mart(tab, marts):
    expected = marts(
        """
        select call_rank, calls.current_score, owner_name, first_name, last_name
        from rpt_call_list as calls inner join dim_leads using (lead_id)
        where call_rank is not null
        order by call_rank
        """
    )
    assert len(rows(tab, "calls-table")) == 15
    tab.click("[data-more=calls-table]")
    found = rows(tab, "calls-table")
    assert [(row[0], row[1], row[2], row[4]) for row in found] == [
        (
            str(rank),
            f"{first} {last}",
            owner or page.NONE,
            page.NONE if score is None else f"{score:,.1f}",
        )
        for rank, score, owner, first, last in expected
    ]
    counts = dict(marts("select section, count(*) from rpt_call_list group by section"))
    [(overdue,)] = marts(
        "select count(*) from rpt_call_list where section = 'open' and minutes_left < 0"
    )
    told = tab.inner_text("#calls")
    assert f"{overdue} of them past an agreed time" in told
    assert sum(row[6] == "overdue" for row in found) == overdue > 0
    assert f"{counts['open']} hand-offs are open" in told
    assert f"{counts['to_answer']} more asked for sales" in told
    assert f"{counts['kept_out']} are kept out" in told


def test_definitions_laws_and_the_build_are_those_of_the_marts(tab, marts, published):
    versions = marts(
        "select version_id, threshold_score, is_in_force, marketing_signed_by, sales_signed_by "
        "from dim_agreement_versions where is_signed order by effective_from desc"
    )
    found = tab.locator("#versions-table tbody tr").all_inner_texts()
    assert len(found) == len(versions)
    for text, (version, threshold, is_in_force, marketing, sales) in zip(
        found, versions, strict=True
    ):
        assert text.startswith(version) and f"{threshold:.0f}" in text
        assert text.count("signed") == 2 and marketing in text and sales in text
        assert ("in force" in text) == is_in_force

    laws = marts(
        "select description, n_kept, n_breached, n_tolerated, n_not_judged "
        "from rpt_law_compliance inner join dim_agreement_versions using (version_id) "
        "where is_in_force"
    )
    assert {tuple(row[:5]) for row in rows(tab, "laws-table")} == {
        (description, *(page.NONE if n is None else shown(n) for n in counts))
        for description, *counts in laws
    }

    told = json.loads((published / "build.json").read_text())
    text = tab.inner_text("#build-facts")
    assert told["id"] in text
    assert f"{told['tests']['passed']} passed" in text
    assert told["build_facts"]["as_of"].replace("T", " ")[:16] in text
    assert all(version in text for version in told["versions"].values())


# --- use --------------------------------------------------------------------------------------


def figures(tab, table: str, column: int) -> list[float]:
    return [float(row[column].replace(",", "").removesuffix(" %")) for row in rows(tab, table)]


def test_a_table_is_sorted_by_its_headings_with_the_keyboard_too(tab):
    heading = tab.locator("#sources-table thead th", has_text="SQL").first
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert figures(tab, "sources-table", 5) == sorted(figures(tab, "sources-table", 5))[::-1]
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert figures(tab, "sources-table", 5) == sorted(figures(tab, "sources-table", 5))
    assert tab.locator("#sources-table th[aria-sort]").count() == 1
    assert tab.inner_text("#told") == "Sorted by sql, ascending."
    # Another choice of figures keeps the order.
    tab.check("input[name=basis][value=first_touch]")
    assert figures(tab, "sources-table", 5) == sorted(figures(tab, "sources-table", 5))
    assert rows(tab, "sources-table", "tfoot")[0][0] == "all"

    tab.click("[data-more=calls-table]")
    tab.locator("#calls-table thead button", has_text="Score").click()
    assert figures(tab, "calls-table", 4) == sorted(figures(tab, "calls-table", 4))[::-1]


def test_everything_is_reached_with_the_tab_key_and_seen_there(tab):
    tab.locator("#cohort-chart svg").wait_for()
    expected = tab.evaluate(
        """() => [...document.querySelectorAll("a, select, button, summary, input, .scroll")]
            .filter((e) => e.checkVisibility() && !(e.type === "radio" && !e.checked)).length"""
    )
    reached = []
    for _ in range(expected):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate(
                """() => {
                    const e = document.activeElement, style = getComputedStyle(e);
                    e.dataset.reached = "yes";
                    return [e.tagName, style.outlineStyle !== "none"];
                }"""
            )
        )
    assert reached[0][0] == "A"
    assert all(visible for _, visible in reached)
    assert tab.locator("[data-reached]").count() == expected
    tab.keyboard.press("Home")
    tab.locator(".skip").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_a_screen_reader_finds_its_way(tab):
    tab.locator("#cohort-chart svg").wait_for()
    assert tab.locator("html").get_attribute("lang") == "en"
    for landmark in ("header", "nav[aria-label]", "main", "footer", "form[aria-label]"):
        assert tab.locator(landmark).count() == 1, landmark
    assert tab.locator("h1").count() == 1
    levels = tab.locator("h1, h2, h3").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert tab.locator("#told[role=status][aria-live=polite]").count() == 1
    unnamed = tab.evaluate(
        """() => [
            ...[...document.querySelectorAll("section")].filter((e) =>
                !document.getElementById(e.getAttribute("aria-labelledby"))?.textContent),
            ...[...document.querySelectorAll("table")].filter((e) =>
                !e.caption?.textContent || e.querySelector("thead th:not([scope=col])")
                || e.querySelector("tbody th:not([scope=row])")),
            ...[...document.querySelectorAll("[role=img]")].filter((e) =>
                !document.getElementById(e.getAttribute("aria-labelledby"))?.textContent
                || !e.closest("figure").nextElementSibling.querySelector("table tbody td")),
            ...[...document.querySelectorAll("select, input")].filter((e) => !e.labels.length),
            ...[...document.querySelectorAll(".scroll")].filter((e) => !e.ariaLabel),
        ].map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_it_without_scrolling_sideways(look, published, width):
    tab = look(published / page.PAGE, viewport={"width": width, "height": 800})
    tab.locator("#cohort-chart svg").wait_for()
    tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate("document.querySelector('#cohort-chart svg').clientWidth") <= width


def test_in_print_the_choice_is_told_and_what_one_clicks_is_gone(tab):
    tab.emulate_media(media="print", color_scheme="dark")
    assert not tab.locator("#filters").is_visible() and not tab.locator("nav").is_visible()
    assert tab.locator("#told").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    # An upright A4 page within its margins: no column may be cut off.
    tab.set_viewport_size({"width": 718, "height": 1000})
    assert tab.evaluate("document.documentElement.scrollWidth") == 718


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_from_what_is_behind_it_in_every_scheme():
    style = (page.REPORT / "page.css").read_text()
    schemes = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)
    ]
    assert len(schemes) == 3
    for scheme in schemes:
        pairs = [
            *itertools.product(("ink", "soft", "accent"), ("paper", "card", "wash")),
            *(
                (mark, behind)
                for mark in ("good", "bad", "warn")
                for behind in ("card", f"{mark}-wash")
            ),
        ]
        low = {
            pair: round(contrast(*(scheme[name] for name in pair)), 2)
            for pair in pairs
            if contrast(*(scheme[name] for name in pair)) < 4.5
        }
        assert low == {}
        # Bars are no text: three to one is what they need.
        assert contrast(scheme["accent"], scheme["card"]) > 3
        assert contrast(scheme["second"], scheme["card"]) > 3


# --- what the exports may bring -----------------------------------------------------------------

HOSTILE = [
    '<img src=x onerror="window.harmed = 1">',
    "</script><script>window.harmed = 1</script>",
    "<!--<script>",
    "{{ 7 * 7 }} & 'quoted' \"twice\" \u2028 end",
]


@pytest.fixture
def copied(published, tmp_path) -> Callable[..., Path]:
    """A copy of the published build after some statements, and its page."""

    def copied(*statements: str | tuple[str, list]) -> Path:
        for name in (publish.DATABASE, "build.json"):
            shutil.copy(published / name, tmp_path / name)
        with duckdb.connect(str(tmp_path / publish.DATABASE)) as connection:
            connection.execute("set schema = 'marts'")
            for statement in statements:
                text, values = (statement, []) if isinstance(statement, str) else statement
                connection.execute(text, values)
        return page.write(tmp_path)

    return copied


def test_text_from_exports_is_only_text(copied, look):
    image, script, comment, signs = HOSTILE
    everywhere = [
        (f"update {mart} set source = ? where source = ?", [text, source])
        for mart in (
            *("dim_leads", "fct_sql_acceptances", "rpt_source_quality", "rpt_source_verdicts"),
            *("rpt_call_list", "rpt_attribution"),
        )
        for source, text in zip(
            ("webinar", "paid_search", "organic_search", "referral"), HOSTILE, strict=True
        )
    ]
    file = copied(
        *everywhere,
        ("update dim_leads set company = ?, first_name = ?", [script, image]),
        ("update rpt_call_list set owner_name = ?, reason_1 = ?", [image, script]),
        ("update fct_sql_acceptances set rejection_reason = ?", [script]),
        ("update dim_agreement_versions set summary = ?, sales_signed_by = ?", [script, image]),
        ("update rpt_law_compliance set description = ?", [signs]),
        ("update build_facts set reporting_currency = ?", [comment]),
    )
    tab = look(file)
    tab.locator("#cohort-chart svg").wait_for()
    for source in HOSTILE:
        tab.select_option("#source", source)
        assert words(source).strip() in tab.inner_text("#told").replace("\n", "\u2028")
        assert [row[0] for row in rows(tab, "sources-table")] == [words(source).strip()]
    tab.click("button[type=reset]")
    assert image in tab.inner_text("#calls-table")
    assert script in tab.inner_text("#versions-table")
    assert words(script) in tab.inner_text("#reasons-table")
    assert tab.locator("img").count() == 0
    assert tab.locator("script").count() == 3
    assert tab.evaluate("window.harmed") is None
    # Even a script that got into the page would not run, and nothing may be sent anywhere.
    policy = tab.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/=]{44}' 'sha256-[\w+/=]{44}'", rules["script-src"])


@pytest.mark.parametrize(
    ("dropped", "left_out"),
    [
        (["rpt_call_list"], {"calls"}),
        (["rpt_source_verdicts"], {"sources"}),
        (["fct_sql_acceptances"], {"funnel", "sources", "speed", "calls"}),
        (
            ["dim_agreement_versions", "dim_leads"],
            {"funnel", "calls", "agreement", "sources", "speed"},
        ),
        (["rpt_speed_effect"], {"speed"}),
        (["rpt_stage_velocity"], {"velocity"}),
        (["rpt_mql_sql_parity"], {"parity"}),
        (["rpt_marketing_share"], {"attribution"}),
    ],
)
def test_a_section_without_its_marts_is_left_out_with_a_word(copied, look, dropped, left_out):
    tab = look(copied(*(f"drop table {mart}" for mart in dropped)))
    sections = set(tab.locator("main section").evaluate_all("all => all.map(s => s.id)"))
    assert sections == set(page.COUNTED | page.WRITTEN) - left_out
    assert tab.locator("#left-out li").count() == len(left_out)
    assert dropped[0] in tab.inner_text("#left-out")


def test_a_build_without_marts_or_rows_has_a_page_too(copied, look, published, tmp_path):
    with duckdb.connect(str(published / publish.DATABASE), read_only=True) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        ]
    empty = look(copied(*(f"delete from {name}" for name in tables if name != "build_facts")))
    assert "Nothing in this choice." in empty.inner_text("#sources-table")
    assert "No cohort" in empty.inner_text("#cohort-caption")
    bare = look(copied(*(f"drop table {name}" for name in tables)))
    assert bare.locator("main section").count() == 0


def test_the_page_reads_marts_alone_those_that_its_exposure_names():
    known = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    read = set()
    for file in sorted((page.REPORT / "queries").glob("*.sql")):
        text = re.sub(r"--.*", "", file.read_text())
        named = set(re.findall(r"(?:\bfrom|\bjoin)\s+([a-z_]+)", text))
        local = set(re.findall(r"(\w+) as \(", text))
        assert named - local <= known, f"{file.name}: {named - local - known}"
        read |= named - local
    exposures = yaml.safe_load((PROJECT / "models" / "marts" / "exposures.yml").read_text())
    [names] = [e["depends_on"] for e in exposures["exposures"] if e["name"] == "report_page"]
    assert {re.fullmatch(r"ref\('(\w+)'\)", name)[1] for name in names} == read
