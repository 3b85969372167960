"""Guards the figures that anyone can count in the Olist lists, through the published marts."""

import importlib.util
import os
from pathlib import Path

import pytest
from builds import PROJECT, build, published

OLIST = Path(os.environ.get("HANDOFF_REAL_DATA", PROJECT.parent / "shared" / "real")) / "olist"

pytestmark = pytest.mark.skipif(
    not OLIST.is_dir(), reason=f"the Olist data is not at {OLIST} (set HANDOFF_REAL_DATA)"
)

# Counted from the two lists, without this project.
BY_ORIGIN = {
    "organic_search": (2296, 271),
    "paid_search": (1586, 195),
    "social": (1350, 75),
    "unknown": (1099, 179),
    "direct_traffic": (499, 56),
    "email": (493, 15),
    "referral": (284, 24),
    "other": (150, 4),
    "display": (118, 6),
    "other_publicities": (65, 3),
    "not_given": (60, 14),
}
BY_COHORT = {
    "2017-06": (4, 0),
    "2017-07": (239, 2),
    "2017-08": (386, 9),
    "2017-09": (312, 7),
    "2017-10": (416, 14),
    "2017-11": (445, 18),
    "2017-12": (200, 11),
    "2018-01": (1141, 152),
    "2018-02": (1028, 149),
    "2018-03": (1174, 167),
    "2018-04": (1352, 183),
    "2018-05": (1303, 130),
}
WON_WITHIN_90_DAYS = {
    "2018-01": 11.31,
    "2018-02": 12.45,
    "2018-03": 12.01,
    "2018-04": 12.65,
    "2018-05": 8.37,
}


def olist_inputs(folder: Path) -> tuple[Path, Path]:
    """The Olist lists as exports, written into `folder`, and the agreement they stand under."""
    spec = importlib.util.spec_from_file_location(
        "write_exports", PROJECT / "tests" / "olist" / "write_exports.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write_exports(OLIST, folder / "exports")
    return folder / "exports", PROJECT / "tests" / "olist" / "agreement"


@pytest.fixture(scope="module")
def marts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("olist")
    done = build(folder / "published", *olist_inputs(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    with published(folder / "published") as connection:
        yield connection


def rows(marts, query):
    return marts.execute(query).fetchall()


def test_every_mql_is_stamped_and_every_win_is_tied_to_one(marts):
    assert rows(marts, "select basis, path, count(*) from fct_mqls group by all") == [
        ("stamped", "stamped", 8000)
    ]
    [(n_won, n_tied, share)] = rows(
        marts,
        """
        select
            count(*) filter (is_won),
            count(*) filter (is_won and mql_id is not null),
            round(100.0 * count(*) filter (is_won) / count(*), 3)
        from fct_sql_acceptances
        """,
    )
    assert (n_won, n_tied, share) == (842, 842, 10.525)


def test_mqls_and_wins_by_origin(marts):
    found = rows(
        marts,
        """
        select source, sum(n_mqls), sum(n_won)
        from rpt_source_quality
        where source_basis = 'mql_creating'
        group by source
        """,
    )
    assert {source: (n_mqls, n_won) for source, n_mqls, n_won in found} == BY_ORIGIN


def test_mqls_and_wins_by_cohort(marts):
    found = rows(
        marts,
        """
        select strftime(entry_month, '%Y-%m'), n_entered, n_reached
        from rpt_funnel_by_cohort
        where entry_stage = 'mql' and reached_stage = 'won'
        """,
    )
    assert {month: counts for month, *counts in found} == {
        month: list(counts) for month, counts in BY_COHORT.items()
    }


def test_wins_within_90_days(marts):
    found = rows(
        marts,
        """
        select
            strftime(entry_month, '%Y-%m'),
            round(100.0 * n_reached_within_90_days / n_observed_90_days, 2)
        from rpt_funnel_by_cohort
        where entry_stage = 'mql' and reached_stage = 'won' and entry_month >= '2018-01-01'
        """,
    )
    assert dict(found) == WON_WITHIN_90_DAYS


def test_half_of_the_wins_took_up_to_14_days(marts):
    [(days,)] = rows(
        marts,
        """
        select median(floor(epoch(won_at - mql_at) / 86400))
        from fct_sql_acceptances
        where is_won
        """,
    )
    assert days == 14


def test_the_win_before_its_first_contact_is_kept_and_flagged(marts):
    assert rows(
        marts,
        """
        select strftime(won_at, '%Y-%m-%d'), strftime(mql_at, '%Y-%m-%d'), mql_precision
        from fct_sql_acceptances
        where is_out_of_order
        """,
    ) == [("2018-03-06", "2018-03-08", "day")]


def test_the_law_on_conversations_is_not_judged(marts):
    assert rows(
        marts,
        """
        select law_conversation_before_sales_qualified, count(*)
        from fct_sql_acceptances
        group by all
        """,
    ) == [("not_judged", 8000)]


def test_what_the_deal_implies_is_flagged_and_nothing_is_lost(marts):
    assert rows(
        marts,
        """
        select count(*), count(*) filter (is_sales_accepted_implied)
        from fct_sql_acceptances
        where sales_qualified_at is not null and is_sales_qualified_implied
        """,
    ) == [(842, 842)]
    assert rows(marts, "select n_rows_landed, n_rows_quarantined from build_facts") == [
        (8000 + 842 + 41, 0)
    ]
