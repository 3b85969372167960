"""The agreement's guards, seen to fail: each fault is planted into the demo agreement, in a
transaction that is rolled back, and must be named by its test. And what a signature covers.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from project import ROOT, run_dbt

from handoff.dbt_run import read_nodes
from handoff.sign import HASHES

AS_OF = "2026-06-30 12:00:00"
UNSIGNED = {
    ("agreement_versions", "effective_to"),
    *(
        ("agreement_versions", f"{team}_{column}")
        for team in ("marketing", "sales")
        for column in ("signed_by", "signed_on", "rows_hash")
    ),
}


class Agreement:
    """The seeds in a database, and the SQL of the models and tests over them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tests: dict[str, str]):
        self.connection = connection
        self.tests = tests

    def messages(self, test: str) -> list[str]:
        cursor = self.connection.execute(self.tests[test])
        columns = [column[0] for column in cursor.description]
        return [row[columns.index("message")] for row in cursor.fetchall()]

    def hashes(self) -> dict[str, str]:
        return dict(self.connection.execute(f"from intermediate.{HASHES}").fetchall())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agreement]:
    folder = tmp_path_factory.mktemp("agreement")
    database, target = folder / "handoff.duckdb", folder / "target"
    for arguments in (
        ["seed"],
        [
            *("compile", "--indirect-selection", "cautious", "--select", "resource_type:seed"),
            *(HASHES, "int_build_clock", "dim_agreement_versions"),
            # It reads the project, not a seed, and so has no parents to select it by.
            "agreement_signature_covers_every_column",
            # Nor are these of a seed: they read the report of breaches.
            *("law_sales_decides", "laws_worth_a_look"),
        ],
    ):
        done = run_dbt(
            arguments, exports=ROOT / "exports/demo", database=database, target_path=target
        )
        assert done.returncode == 0, done.stdout
    nodes = {node.name: node for node in read_nodes(target)}
    with duckdb.connect(str(database)) as connection:
        connection.execute("set timezone = 'UTC'")
        for schema in ("intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table intermediate.int_build_clock as "
            f"select timestamp '{AS_OF}' as as_of, timestamp '{AS_OF}' as as_of_cap"
        )
        for schema, model in (("intermediate", HASHES), ("marts", "dim_agreement_versions")):
            connection.execute(f"create view {schema}.{model} as {nodes[model].compiled_code}")
        yield Agreement(
            connection,
            {n.name: n.compiled_code for n in nodes.values() if n.kind == "test"},
        )


@pytest.fixture
def agreement(loaded: Agreement) -> Iterator[Agreement]:
    """The demo agreement, to be altered: afterwards it is as before."""
    loaded.connection.execute("begin")
    yield loaded
    loaded.connection.execute("rollback")


def test_the_demo_agreement_passes_every_guard(agreement: Agreement) -> None:
    guards = [name for name in agreement.tests if name.startswith(("agreement_", "mapping_"))]
    assert len(guards) == len(
        [*ROOT.glob("tests/singular/agreement_*.sql"), *ROOT.glob("tests/singular/mapping_*.sql")]
    )
    assert {name: agreement.messages(name) for name in guards} == {name: [] for name in guards}


def update(seed: str, change: str, where: str) -> str:
    return f"update agreement.{seed} set {change} where {where}"


RULE = "version_id = 'v3' and rule_id = 'fit_employees_core'"
ENGAGEMENT = "version_id = 'v3' and rule_id = 'eng_content'"
SCORING = "agreement_scoring_rules"

FAULTS = [
    # test, what is done to the agreement, what the message must say
    (
        "agreement_rows_belong_to_a_version",
        update("agreement_must_haves", "version_id = 'v9'", "version_id = 'v3'"),
        "agreement_must_haves.csv, version_id v9: agreement_versions.csv has no such version",
    ),
    (
        "agreement_words_are_known",
        update(SCORING, "cap_period = 'daily'", ENGAGEMENT),
        'cap_period "daily" is not known; write one of: day, week, month, cycle, or leave',
    ),
    (
        "agreement_words_are_known",
        update("agreement_rejection_reasons", "decision = null", "reason = 'not_ready'"),
        'reason not_ready: decision "(blank)" is not known; write one of: rejected, recycled',
    ),
    (
        "agreement_words_are_known",
        update("agreement_system_precedence", "system = 'genric'", "version_id = 'v1'"),
        'system "genric" is not known',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "attribute = 'headcount'", RULE),
        'rule_id fit_employees_core: attribute "headcount" is not known',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "operator = 'within'", RULE),
        'operator "within" is not known',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "value = null", RULE),
        "operator between needs a value",
    ),
    (
        "agreement_conditions_are_readable",
        update("agreement_must_haves", "value = 'yes'", "operator = 'present'"),
        'operator present takes no value, but "yes" stands there',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "value = '50-1000'", RULE),
        'value "50-1000" is no range; write low..high',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "value = '1000..50'", RULE),
        'range "1000..50" is empty',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "operator = 'at_least', value = 'many'", RULE),
        'operator at_least needs a plain number such as 50, but the value is "many"',
    ),
    (
        "agreement_conditions_are_readable",
        update(SCORING, "attribute = 'title'", RULE),
        "operator between compares numbers, but attribute title is text",
    ),
    (
        "agreement_conditions_are_readable",
        update("agreement_lists", "list = 'competitors'", "list = 'competitor_domains'"),
        'list "competitor_domains" has no row in agreement_lists.csv for this version',
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "half_life_days = 30", RULE),
        "a fit rule has attribute, operator, value and points alone",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "attribute = 'title'", ENGAGEMENT),
        "an engagement rule has no attribute, operator or value",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "activity = null", ENGAGEMENT),
        "an engagement rule needs an activity",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "points = null", ENGAGEMENT),
        "points are missing or 0",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "points = 1500", ENGAGEMENT),
        "points lie outside -1000 to 1000",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "half_life_days = 0", ENGAGEMENT),
        "half_life_days must be above 0",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "cap_count = 0", ENGAGEMENT),
        "cap_count must be at least 1",
    ),
    (
        "agreement_scoring_rules_are_whole",
        update(SCORING, "cap_period = null", ENGAGEMENT),
        "a cap has both cap_count and cap_period",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_versions", "threshold_score = null", "version_id = 'v2'"),
        "agreement_versions.csv, version_id v2: threshold_score is blank",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_rejection_reasons", "cool_down_days = null", "reason = 'no_interest'"),
        "reason no_interest: cool_down_days must be 0 or more; blank only if never_again is true",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_sla_targets", "minimum_score = null", "segment = 'hot'"),
        "minimum_score says from which score on a lead is hot",
    ),
    (
        "agreement_values_are_sensible",
        update(
            "agreement_sla_targets",
            "minimum_score = 90",
            "segment = 'hot' and measure = 'decision' and version_id = 'v2'",
        ),
        "agreement_sla_targets.csv, version_id v2: segment hot has several scores",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_business_hours", "opens_at = '9:00'", "iso_weekday = 1"),
        "opens_at 9:00, closes_at 17:30: opens_at must be a local time HH:MM",
    ),
    (
        "agreement_values_are_sensible",
        "insert into agreement.agreement_business_hours "
        "select * replace ('17:00' as opens_at, '19:00' as closes_at) "
        "from agreement.agreement_business_hours where iso_weekday = 2 and team = 'sdr'",
        "team sdr, iso_weekday 2, opens_at 09:00: overlaps the opening at 17:00",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_business_hours", "time_zone = 'Europe/Paris'", "iso_weekday = 1"),
        "the team has several time zones",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_objections", "baseline_quarter = '2025Q1'", "objection = 'timing'"),
        "baseline_quarter must be YYYY-Qn",
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_commitments", "target = 60", "measure = 'acceptance_rate'"),
        "an acceptance rate is a share from 0 to 1",
    ),
    (
        "agreement_versions_are_whole",
        "delete from agreement.agreement_must_haves where version_id = 'v2'",
        "agreement_must_haves.csv, version_id v2: a row is missing: basis rules needs",
    ),
    (
        "agreement_versions_are_whole",
        update("agreement_versions", "basis = 'stamped'", "version_id = 'v2'")
        + "; delete from agreement.agreement_stamps",
        "agreement_stamps.csv, version_id v2: a row is missing: basis stamped needs",
    ),
    (
        "agreement_versions_are_whole",
        "delete from agreement.agreement_laws where law = 'sales_decides' and version_id = 'v1'",
        "agreement_laws.csv, version_id v1: a row is missing: law sales_decides needs",
    ),
    (
        "agreement_versions_are_whole",
        update("agreement_grade_cells", "fit_grade = 'F'", "version_id = 'v1'"),
        "agreement_grades.csv has no such grade of dimension fit",
    ),
    (
        "agreement_versions_are_whole",
        "delete from agreement.agreement_business_hours where version_id = 'v3'",
        "agreement_business_hours.csv, version_id v3: agreement_sla_targets.csv counts business",
    ),
    (
        "agreement_words_are_known",
        update("agreement_laws", "severity = 'fatal'", "law = 'sales_decides'"),
        'law sales_decides: severity "fatal" is not known; write one of: error, warn, or leave it',
    ),
    (
        "agreement_values_are_sensible",
        update("agreement_laws", "grace_days = -1", "law = 'returned_is_not_mql'"),
        "law returned_is_not_mql: grace_days must be 0 or more",
    ),
    (
        "agreement_stamps_are_known",
        update("agreement_stamps", "stamp = 'MQL'", "kind = 'status'"),
        'kind status: stamp "MQL" is not known',
    ),
    (
        "agreement_activities_are_mapped",
        update(SCORING, "activity = 'call_connected'", ENGAGEMENT),
        'rule_id eng_content: activity "call_connected" is no activity of a buyer',
    ),
    (
        "agreement_activities_are_mapped",
        update("agreement_hand_raises", "activity = 'chat'", "rule_id = 'raise_demo'"),
        'activity "chat" is no activity of a buyer in map_activity_types.csv',
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_to = '2025-08-01'", "version_id = 'v1'"),
        "versions v1 and v2 overlap from 2025-07-01 00:00:00 to 2025-08-01 00:00:00",
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_to = null", "version_id = 'v1'"),
        "versions v1 and v2 overlap from 2025-07-01 00:00:00 to an open end",
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_to = '2025-06-01'", "version_id = 'v1'"),
        "no version holds from 2025-06-01 00:00:00, the end of v1, to 2025-07-01 00:00:00",
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_to = '2026-12-31'", "version_id = 'v3'"),
        "version_id v3: the last version ends 2026-12-31 00:00:00 and none follows",
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_to = '2024-01-01'", "version_id = 'v1'"),
        "not after it takes effect 2025-01-01 00:00:00",
    ),
    (
        "agreement_versions_neither_gap_nor_overlap",
        update("agreement_versions", "effective_from = null", "version_id = 'v1'"),
        "version_id v1: effective_from is blank",
    ),
    (
        "agreement_is_signed",
        update("agreement_versions", "sales_signed_by = null", "version_id = 'v3'"),
        "agreement version v3 is not signed by sales: name or day of the signature is missing",
    ),
    (
        "agreement_is_signed",
        update("agreement_lists", "value = 'other.example'", "value = 'rivalsoft.example'"),
        'make sign VERSION=v1 TEAM=marketing NAME="..."',
    ),
    (
        "agreement_is_signed_before_it_takes_effect",
        update("agreement_versions", "sales_signed_on = '2026-01-02'", "version_id = 'v3'"),
        "agreement version v3 took effect 2026-01-01 00:00:00 UTC, but was signed later",
    ),
    (
        "agreement_is_reviewed",
        update("agreement_versions", "review_by = '2026-06-29'", "version_id = 'v3'"),
        "agreement version v3 was to be reviewed by 2026-06-29",
    ),
    (
        "mapping_words_are_known",
        update("map_statuses", "stage = 'accepted'", "raw_status = 'Accepted by Sales'"),
        'raw_status Accepted by Sales: stage "accepted" is not known',
    ),
    (
        "mapping_words_are_known",
        update("map_sources", "system = 'genric'", "raw_source = 'Webinar'"),
        'system "genric" is not known',
    ),
    (
        "mapping_words_are_known",
        update("map_activity_types", "is_two_way = null", "raw_type = 'Meeting Held'"),
        "raw_type Meeting Held, asset_pattern (blank): is_two_way is blank",
    ),
    (
        "mapping_words_are_known",
        update("map_activity_types", r"asset_pattern = '%\_a%'", "raw_type = 'Page View'"),
        "raw_type Page View, asset_pattern %\\_a%: a backslash is not read alike",
    ),
    (
        "mapping_words_are_known",
        update("map_email_domains", "domain = '@gmail.com'", "domain = 'gmail.com'"),
        "domain @gmail.com: write the domain alone",
    ),
    (
        "mapping_words_are_known",
        update("map_shared_mailboxes", "local_part = 'Info'", "local_part = 'info'"),
        "local_part Info: write what stands before the @ alone, in lower case",
    ),
    (
        "identity_rules_are_known",
        update("map_identity_rules", "rule = 'many_records'", "rule = 'too_many_records'"),
        "map_identity_rules.csv, rule many_records: this rule is not known; write one of: plus_",
    ),
    (
        "identity_rules_are_known",
        update("map_identity_rules", "is_on = null", "rule = 'plus_tags_are_ignored'"),
        "rule plus_tags_are_ignored: is_on is blank",
    ),
    (
        "identity_rules_are_known",
        update("map_identity_rules", "threshold = null", "rule = 'too_many_records'"),
        "rule too_many_records: threshold must be a whole number, 0 or more",
    ),
    (
        "mapping_reasons_are_agreed",
        update("map_reasons", "reason = 'small'", "raw_reason = 'Too small'"),
        'raw_reason Too small: reason "small" is not in agreement_rejection_reasons.csv',
    ),
    (
        "mapping_reasons_are_agreed",
        update("agreement_objections", "objection = 'price'", "objection = 'budget'"),
        'objection "budget" is not in agreement_objections.csv for version v2',
    ),
    (
        "mapping_validity_does_not_overlap",
        "insert into agreement.map_statuses "
        "select * replace ('  NEW ' as raw_status, 'working' as stage) "
        "from agreement.map_statuses where raw_status = 'New'",
        "maps the same value (case and outer blanks do not count) at the same time",
    ),
    (
        "mapping_validity_does_not_overlap",
        "insert into agreement.map_sources "
        "select * replace (timestamp '2025-05-01' as valid_from) "
        "from agreement.map_sources where raw_source = 'Webinar'",
        'raw_source Webinar: another row, "Webinar" valid from 2025-05-01 00:00:00',
    ),
    (
        "mapping_validity_does_not_overlap",
        "insert into agreement.map_activity_types "
        "select map_activity_types.* replace (pattern as asset_pattern) "
        "from agreement.map_activity_types "
        "cross join (values ('/pricing%'), ('/Pricing% ')) as patterns (pattern) "
        "where raw_type = 'Page View'",
        'raw_type Page View, asset_pattern /Pricing% : another row, "Page View" valid from',
    ),
    (
        "mapping_validity_does_not_overlap",
        update(
            "map_sources",
            "valid_from = '2025-05-01', valid_to = '2025-05-01'",
            "source = 'webinar'",
        ),
        "not after it starts 2025-05-01 00:00:00",
    ),
    (
        "mapping_exchange_rates_are_usable",
        update("map_exchange_rates", "rate_to_reporting = 0", "currency = 'USD'"),
        "rate_to_reporting must be above 0",
    ),
    (
        "mapping_exchange_rates_are_usable",
        update("map_exchange_rates", "currency = 'Usd'", "currency = 'USD'"),
        "write the currency in capitals",
    ),
    (
        "mapping_exchange_rates_are_usable",
        update("map_exchange_rates", "rate_to_reporting = 1.1", "currency = 'EUR'"),
        "is the reporting currency (vars.reporting_currency): its rate must be 1",
    ),
    (
        "mapping_exchange_rates_are_usable",
        "delete from agreement.map_exchange_rates where currency = 'EUR'",
        "the reporting currency EUR has no row",
    ),
]


@pytest.mark.parametrize(("test", "fault", "message"), FAULTS)
def test_a_fault_is_named(agreement: Agreement, test: str, fault: str, message: str) -> None:
    agreement.connection.execute(fault)
    told = agreement.messages(test)
    assert any(message in text for text in told), told


ALLOWED = [
    # test, what is done to the agreement, why nothing is wrong with it
    (
        "agreement_versions_are_whole",
        "delete from agreement.agreement_laws where law = 'mql_is_handed_on'",
        "no version need agree to it",
    ),
    (
        "agreement_words_are_known",
        update("agreement_laws", "severity = null, grace_days = null", "version_id = 'v1'"),
        "blank = error, and no grace",
    ),
    (
        "agreement_is_signed",
        update(
            "agreement_versions",
            "effective_from = '2026-07-01', sales_signed_by = null",
            "version_id = 'v3'",
        ),
        "a version still to come is a draft",
    ),
    (
        "agreement_is_signed",
        update("agreement_versions", "sales_signed_by = null", "version_id = 'v3'")
        + "; update agreement.agreement_laws set tolerated_breaches = 1"
        + "; ".join(
            [
                "",
                *(
                    f"update agreement.agreement_versions set {team}_rows_hash = rows_hash "
                    f"from intermediate.{HASHES} as hashes "
                    "where hashes.version_id = agreement_versions.version_id"
                    for team in ("marketing", "sales")
                ),
            ]
        ),
        "one breach is tolerated",
    ),
    (
        "agreement_is_signed_before_it_takes_effect",
        update("agreement_versions", "sales_signed_on = '2026-01-01'", "version_id = 'v3'"),
        "the day itself is in time",
    ),
    (
        "agreement_is_reviewed",
        update("agreement_versions", "review_by = '2026-06-30'", "version_id = 'v3'"),
        "the day itself is in time",
    ),
    (
        "mapping_validity_does_not_overlap",
        update("map_sources", "valid_to = '2025-05-01'", "raw_source = 'Webinar'")
        + "; insert into agreement.map_sources "
        "select * replace (timestamp '2025-05-01' as valid_from, null as valid_to) "
        "from agreement.map_sources where raw_source = 'Webinar'",
        "one row ends where the other starts",
    ),
    (
        "mapping_reasons_are_agreed",
        update(
            "map_reasons",
            "reason = 'long_gone', valid_to = '2025-01-01'",
            "raw_reason = 'Too small'",
        ),
        "the row ended before the first version",
    ),
]


@pytest.mark.parametrize(("test", "change", "why"), ALLOWED)
def test_what_is_no_fault_is_let_through(
    agreement: Agreement, test: str, change: str, why: str
) -> None:
    agreement.connection.execute(change)
    assert agreement.messages(test) == [], why


# --- the laws ---------------------------------------------------------------------------------


def breach(law: str, severity: str, number: int) -> str:
    return (
        f"('{law}', 'h{number}', 'v1', 'u1', 'Campaign Manager', 'marketing', "
        f"timestamp '2025-03-0{number} 12:00:00', 'why {number}', '{severity}', 2)"
    )


@pytest.mark.parametrize(
    ("test", "law", "severity", "n_breaches", "n_rows"),
    [
        ("law_sales_decides", "sales_decides", "error", 2, 0),
        ("law_sales_decides", "sales_decides", "error", 3, 3),
        ("law_sales_decides", "rejection_has_reason", "error", 3, 0),
        ("law_sales_decides", "sales_decides", "warn", 3, 0),
        ("laws_worth_a_look", "sales_decides", "warn", 2, 0),
        ("laws_worth_a_look", "sales_decides", "warn", 3, 3),
        ("laws_worth_a_look", "sales_decides", "error", 3, 0),
    ],
)
def test_a_law_is_told_past_its_ceiling_by_the_test_of_its_severity(
    agreement: Agreement, test: str, law: str, severity: str, n_breaches: int, n_rows: int
) -> None:
    """Guards ceiling and severity, which the agreement alone sets: at the ceiling nobody is
    told, past it every offender is, by the one test of that law and severity."""
    rows = ", ".join(breach(law, severity, number) for number in range(1, n_breaches + 1))
    agreement.connection.execute(
        f"""
        create table marts.rpt_law_breaches as from (values {rows}) as breaches (
            law, offender, version_id, user_key, user_name, team, breached_at, evidence,
            severity, n_tolerated
        )
        """
    )
    told = agreement.messages(test)
    assert len(told) == n_rows
    if told:
        assert told[0] == (
            "Law sales_decides, version v1: breached 3 times, 2 tolerated; for example h1 "
            "(Campaign Manager, 2025-03-01 12:00:00): why 1"
        )


# --- what a signature covers ------------------------------------------------------------------


def test_an_edit_of_any_column_changes_the_hash_of_its_version_alone(agreement: Agreement) -> None:
    """Also a guard against a column that the hash forgets."""
    connection = agreement.connection
    before = agreement.hashes()
    columns = connection.execute(
        """
        select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'agreement' and table_name like 'agreement\\_%' escape '\\'
        """
    ).fetchall()
    assert len({table for table, _, _ in columns}) == len(
        list((ROOT / "seeds" / "agreement").glob("*.csv"))
    )
    edits = {
        "VARCHAR": "coalesce({0}, '') || 'x'",
        "BOOLEAN": "not coalesce({0}, false)",
        "DATE": "coalesce({0}, date '2025-01-01') + 1",
        "TIMESTAMP": "coalesce({0}, timestamp '2025-01-01') + interval 1 second",
    }
    for table, column, data_type in columns:
        if column == "version_id":
            continue
        edit = edits.get(data_type, "coalesce({0}, 0) + 1").format(column)
        row = f"agreement.{table} where version_id = 'v2'"
        original = connection.execute(f"select rowid, {column} from {row} limit 1").fetchone()
        name = f"{table}.{column}"
        connection.execute(
            f"update agreement.{table} set {column} = {edit} where rowid = {original[0]}"
        )
        after = agreement.hashes()
        connection.execute(
            f"update agreement.{table} set {column} = ? where rowid = {original[0]}", [original[1]]
        )
        assert (after["v2"] == before["v2"]) == ((table, column) in UNSIGNED), name
        assert (after["v1"], after["v3"]) == (before["v1"], before["v3"]), name
    assert agreement.hashes() == before


def test_a_row_more_or_less_changes_the_hash(agreement: Agreement) -> None:
    before = agreement.hashes()
    agreement.connection.execute(
        "delete from agreement.agreement_holidays where version_id = 'v2' and name = 'Good Friday'"
    )
    fewer = agreement.hashes()
    agreement.connection.execute(
        "insert into agreement.agreement_holidays values ('v2', 'sdr', '2025-12-24', 'Early end')"
    )
    assert len({before["v2"], fewer["v2"], agreement.hashes()["v2"]}) == 3


def test_the_order_of_rows_does_not_matter(agreement: Agreement) -> None:
    before = agreement.hashes()
    for table, order in (("agreement_scoring_rules", "rule_id"), ("agreement_lists", "value")):
        agreement.connection.execute(
            f"create temp table turned as from agreement.{table} order by {order} desc; "
            f"delete from agreement.{table}; "
            f"insert into agreement.{table} from turned order by {order} desc; "
            "drop table turned"
        )
    assert agreement.hashes() == before


def test_text_cannot_move_from_one_column_to_the_next_unnoticed(agreement: Agreement) -> None:
    hashes = []
    for fit_grade, engagement_grade in (("A", "B"), ("A;fit_grade=1:", "B"), ("AB", "")):
        agreement.connection.execute(
            "update agreement.agreement_grade_cells set fit_grade = ?, engagement_grade = ? "
            "where version_id = 'v1'",
            [fit_grade, engagement_grade],
        )
        hashes.append(agreement.hashes()["v1"])
    assert len(set(hashes)) == 3


# --- dim_agreement_versions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "in_force"),
    [
        ("2024-12-31 23:59:59", []),
        ("2025-01-01 00:00:00", ["v1"]),
        ("2025-12-31 23:59:59", ["v2"]),
        ("2026-01-01 00:00:00", ["v3"]),
        ("2030-01-01 00:00:00", ["v3"]),
    ],
)
def test_a_version_holds_from_its_first_moment_until_the_next_ones(
    agreement: Agreement, as_of: str, in_force: list[str]
) -> None:
    agreement.connection.execute("update intermediate.int_build_clock set as_of = ?", [as_of])
    found = agreement.connection.execute(
        "select version_id from marts.dim_agreement_versions where is_in_force"
    ).fetchall()
    assert [version for (version,) in found] == in_force


def test_the_counts_are_those_of_the_seeds(agreement: Agreement) -> None:
    agreement.connection.execute(
        "delete from agreement.agreement_disqualifiers where version_id = 'v1'"
    )
    counted = agreement.connection.execute(
        "select version_id, n_scoring_rules, n_must_haves, n_disqualifiers "
        "from marts.dim_agreement_versions order by version_id"
    ).fetchall()
    assert counted == [("v1", 19, 3, 0), ("v2", 19, 3, 4), ("v3", 19, 4, 4)]


def test_rows_for_different_patterns_of_an_asset_do_not_overlap(agreement: Agreement) -> None:
    """Guards mappings by asset: the row for any asset and those for some stand side by side."""
    agreement.connection.execute(
        "insert into agreement.map_activity_types "
        "select map_activity_types.* replace (pattern as asset_pattern) "
        "from agreement.map_activity_types "
        "cross join (values ('/pricing%'), ('/pricing/plans%')) as patterns (pattern) "
        "where raw_type = 'Page View'"
    )
    assert agreement.messages("mapping_validity_does_not_overlap") == []


def test_a_mapping_of_activities_from_before_the_patterns_is_still_read(tmp_path: Path) -> None:
    """Guards mappings that users wrote before the column asset_pattern was there, and that a
    database built with such a file takes one that has it, and the other way round."""
    mappings = ROOT / "work" / f"mappings_{os.getpid()}"
    shutil.copytree(ROOT / "seeds/mappings", mappings)
    file = mappings / "map_activity_types.csv"
    rows = [line.split(",") for line in file.read_text().splitlines()]
    where = rows[0].index("asset_pattern")
    before = [row[:where] + row[where + 1 :] for row in rows]
    try:
        for step in (before, rows, before):
            file.write_text("\n".join(",".join(row) for row in step))
            done = run_dbt(
                ["seed", "--select", "map_activity_types"],
                exports=ROOT / "exports/demo",
                database=tmp_path / "handoff.duckdb",
                target_path=tmp_path / "target",
                environment={"HANDOFF_MAPPINGS": str(mappings.relative_to(ROOT))},
            )
            assert done.returncode == 0, done.stdout
            with duckdb.connect(str(tmp_path / "handoff.duckdb")) as connection:
                found = connection.execute(
                    "select system, raw_type, asset_pattern, activity "
                    "from agreement.map_activity_types"
                ).fetchall()
            columns = [rows[0].index(name) for name in ("system", "raw_type", "activity")]
            expected = sorted(tuple(row[column] for column in columns) for row in rows[1:])
            assert sorted(row[:2] + row[3:] for row in found) == expected
    finally:
        shutil.rmtree(mappings)
