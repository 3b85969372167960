"""Guards the demo as a user builds it: rich enough to show everything, the same every time."""

import json
from datetime import timedelta

import pytest
from builds import PROJECT, build, published


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    hashes = []
    for _ in range(2):
        done = build(folder)
        assert done.returncode == 0, done.stdout + done.stderr
        facts = json.loads((folder / "current" / "build.json").read_text())
        hashes.append({name: mart["hash"] for name, mart in facts["marts"].items()})
    with published(folder) as marts:
        yield marts, hashes


def values(marts, expression, mart):
    found = marts.execute(f"select distinct {expression} from {mart}").fetchall()
    return {value for (value,) in found}


def test_the_same_exports_give_the_same_marts(demo):
    _, (first, second) = demo
    assert set(first) == {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    assert first == second


@pytest.mark.parametrize(
    ("expression", "mart", "expected"),
    [
        ("path", "fct_mqls", {"score", "hand_raise"}),
        ("version_id", "fct_mqls", {"v1", "v2", "v3"}),
        ("origin", "fct_sql_acceptances", {"mql", "direct"}),
        (
            "decision",
            "fct_sql_acceptances",
            {"sales_qualified", "rejected", "recycled", "pending"},
        ),
        ("outcome", "fct_sql_acceptances", {"won", "lost", "open", "returned", "none"}),
        ("n_reversals > 0", "fct_sql_acceptances", {True, False}),
        ("law_sales_decides", "fct_sql_acceptances", {"kept", "breached", "not_judged"}),
        (
            "law_conversation_before_sales_qualified",
            "fct_sql_acceptances",
            {"kept", "breached", "not_judged"},
        ),
        ("law_rejection_has_reason", "fct_sql_acceptances", {"kept", "breached", "not_judged"}),
        (
            "law",
            "rpt_law_breaches",
            {
                "sales_decides",
                "conversation_before_sales_qualified",
                "qualifier_does_not_forecast",
                "rejection_has_reason",
                "contact_attempts_made",
                "returned_is_not_mql",
                "mql_is_handed_on",
                "recycled_is_nurtured",
            },
        ),
        ("severity", "rpt_law_breaches", {"error", "warn"}),
        ("section", "rpt_call_list", {"open", "to_answer", "kept_out"}),
        ("returned_as", "rpt_nurture", {"rejected", "recycled", "lost"}),
        ("is_nurtured", "rpt_nurture", {True, False}),
        ("is_past_ceiling", "rpt_law_compliance where severity = 'error'", {False}),
        (
            "reached_stage",
            "rpt_funnel_by_cohort where n_reached > 0",
            {
                "lead",
                "mql",
                "handed_on",
                "sales_accepted",
                "sales_qualified",
                "opportunity",
                "won",
            },
        ),
        (
            "unnest(string_split(joined_by, ', '))",
            "dim_leads",
            {"conversion", "email", "merge", "none", "sync"},
        ),
        ("systems", "dim_leads", {"marketo", "marketo, salesforce", "salesforce"}),
        ("system", "quarantined_rows", {"marketo", "salesforce"}),
        ("suspicion", "rpt_suspicious_leads", {"conflicting_names"}),
    ],
)
def test_the_demo_shows_every_case(demo, expression, mart, expected):
    marts, _ = demo
    assert values(marts, expression, mart) == expected


def test_every_agreed_reason_occurs(demo):
    marts, _ = demo
    assert values(marts, "rejection_reason", "rpt_source_rejections") == {
        "bad_data",
        "outside_market",
        "too_small",
        "no_interest",
        "not_ready",
        "no_budget",
        "unable_to_contact",
        "competitor",
        "duplicate",
        "no_agreed_reason",
    }


def test_the_bad_list_is_one_row(demo):
    marts, _ = demo
    found = marts.execute(
        """
        select version_id, category, rejected_share
        from rpt_source_verdicts
        where source = 'list_provider_abc' and verdict = 'stop_buying'
        """
    ).fetchall()
    assert {category for _, category, _ in found} == {"bad_data"}
    assert len({version for version, _, _ in found}) == len(found) >= 1
    assert all(share > 0.5 for _, _, share in found)
    assert values(marts, "source", "rpt_source_verdicts where verdict = 'stop_buying'") == {
        "list_provider_abc"
    }
    assert values(marts, "source", "rpt_source_rejections where verdict = 'stop_buying'") == {
        "list_provider_abc"
    }


def test_no_word_is_left_unmapped(demo):
    marts, _ = demo
    assert marts.execute("select * from rpt_unmapped_values").fetchall() == []


def asked(marts, lead_id, moment):
    """Fit, score and points by rule that the published macro tells."""
    rows = marts.execute(
        "select kind, rule_version_id, rule_id, points from marts.lead_score_at($1, $2)",
        [lead_id, moment],
    ).fetchall()
    points = {(version, rule): given for _, version, rule, given in rows}
    fit = sum(given for kind, _, _, given in rows if kind == "fit")
    return fit, sum(points.values()), points


def test_any_score_can_be_asked_for_rule_by_rule(demo):
    """At the moment of an MQL the macro tells its score and reasons, at others what the score
    was after that event, at the build's clock the current one."""
    marts, _ = demo
    mqls = marts.execute(
        "select mql_id, lead_id, mql_at, fit, score from fct_mqls order by md5(mql_id) limit 60"
    ).fetchall()
    for mql_id, lead_id, moment, fit, score in mqls:
        reasons = marts.execute(
            "select rule_version_id, rule_id, points from fct_mql_score_reasons where mql_id = $1",
            [mql_id],
        ).fetchall()
        told = {(version, rule): points for version, rule, points in reasons}
        assert asked(marts, lead_id, moment) == (fit, score, told), mql_id
    days = marts.execute(
        "select lead_id, scored_at, fit, score from fct_lead_scores"
        " order by md5(lead_id || scored_at) limit 120"
    ).fetchall()
    for lead_id, moment, fit, score in days:
        assert asked(marts, lead_id, moment)[:2] == (fit, score), (lead_id, moment)
    before = marts.execute("select min(effective_from) from dim_agreement_versions").fetchone()[0]
    assert asked(marts, mqls[0][1], before - timedelta(seconds=1)) == (0, 0, {})
