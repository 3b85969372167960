"""Guards the demo company and its generic exports: the same bytes everywhere, and rich enough
to show every rule. Its Salesforce and Marketo exports: test_demo_exports.py."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from handoff.demo import catalogue, clock, company, generic

PROJECT = Path(__file__).resolve().parents[2]

VOCABULARY = {
    ("status_changes", "status"): {
        "New", "Working", "Marketing Qualified", "With Sales", "Accepted by Sales",
        "Sales Qualified", "Rejected by Sales", "Recycled to Marketing", "In Nurture",
        "Customer", "Former Customer",
    },
    ("status_changes", "reason"): {
        "", "Wrong contact data", "Not our market", "Too small", "No interest",
        "Not ready yet", "No budget this year", "Cannot reach", "Works for a competitor",
        "Duplicate of another lead",
    },
    ("persons", "source"): {
        "", "Organic Search", "Paid Search", "Webinar", "Trade Show", "Referral",
        "List Provider ABC", "Content Syndication", "Partner", "Outbound",
    },
    ("activities", "activity_type"): {
        "Page View", "Pricing Page View", "Content Download", "Webinar Registered",
        "Webinar Attended", "Email Open", "Email Click", "Unsubscribed", "Demo Request",
        "Contact Sales Form", "Email Reply", "Sales Call Attempted", "Sales Call Connected",
        "Meeting Held", "Sales Email Sent", "Automated Email Sent",
    },
    ("opportunities", "stage"): {
        "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost",
    },
    ("opportunities", "type"): {"New Business", "Expansion", "Renewal"},
    ("opportunities", "currency"): {"EUR", "USD"},
    ("spend", "currency"): {"EUR", "USD"},
    ("users", "team"): {"Sales", "SDR", "Marketing", "System", "Queue"},
}  # fmt: skip

HEADERS = {
    "persons": "person_id email first_name last_name title company website country industry "
    "employees source campaign_id account_id owner_id status status_reason created_at "
    "updated_at is_deleted mql_at score converted_at converted_opportunity_id",
    "attribute_changes": "person_id field old_value new_value changed_at changed_by",
    "status_changes": "person_id status changed_at changed_by reason",
    "activities": "activity_id person_id email activity_type occurred_at recorded_at asset "
    "campaign_id source direction is_two_way is_automated actor_id",
    "opportunities": "opportunity_id name type account_id person_id amount currency stage "
    "created_at created_by owner_id closed_at source campaign_id updated_at is_deleted",
    "campaigns": "campaign_id name type source started_on ended_on",
    "spend": "spend_id spent_on amount currency source campaign_id",
    "users": "user_id name email team is_active",
}

KEYS = {
    "persons": ("person_id",),
    "attribute_changes": ("person_id", "field", "changed_at"),
    "status_changes": ("person_id", "changed_at", "status"),
    "activities": ("activity_id",),
    "opportunities": ("opportunity_id",),
    "campaigns": ("campaign_id",),
    "spend": ("spend_id",),
    "users": ("user_id",),
}
# The moment or amount without which a row is of no use.
NEEDED = {
    "persons": ("created_at",),
    "attribute_changes": ("changed_at",),
    "status_changes": ("changed_at",),
    "activities": ("occurred_at",),
    "opportunities": (),
    "campaigns": (),
    "spend": ("spent_on", "amount"),
    "users": (),
}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def exports(generic_demo: Path) -> dict[str, list[dict[str, str]]]:
    return {name: read(generic_demo / "generic", name) for name in KEYS}


@pytest.fixture(scope="module")
def people() -> list[company.Person]:
    return [
        company.simulate(company.DEFAULT_SEED, index)
        for index in range(1, company.DEFAULT_LEADS + 1)
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def moment(text: str) -> datetime | None:
    """The moment in UTC; None where the text is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.utcoffset() is not None:
        at = (at - at.utcoffset()).replace(tzinfo=None)
    return at


# -- the same bytes ---------------------------------------------------------------------------


def test_the_same_bytes_are_written_everywhere(tmp_path, generic_demo):
    # Another hash seed, zone and locale: nothing of the machine may show in the bytes.
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "handoff.demo", "--systems", "generic,salesforce,marketo"),
            *("--out", str(tmp_path)),
        ],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "generic") == contents(generic_demo / "generic")
    # What is committed is what the command writes.
    committed = PROJECT / "exports" / "demo"
    assert {path.name for path in committed.iterdir()} == {"salesforce", "marketo", "answer_key"}
    for folder in committed.iterdir():
        assert contents(tmp_path / folder.name) == contents(folder)


def test_the_committed_exports_are_small():
    files = [path for path in (PROJECT / "exports" / "demo").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 6_000_000
    assert max(path.stat().st_size for path in files) <= 3_000_000


def test_the_first_people_are_the_same_however_many_follow(tmp_path):
    generic.write(tmp_path / "fewer", leads=200, seed=5)
    generic.write(tmp_path / "more", leads=300, seed=5)
    fewer, more = (contents(tmp_path / name / "generic") for name in ("fewer", "more"))
    for name, content in fewer.items():
        assert more[name].startswith(content), name
    assert len(more["persons.csv"]) > len(fewer["persons.csv"])


def test_another_seed_is_another_company(tmp_path, generic_demo):
    def people(folder: Path) -> list[tuple[str, str]]:
        return [(row["title"], row["country"]) for row in read(folder, "persons")[:20]]

    generic.write(tmp_path, leads=20, seed=1)
    assert people(tmp_path / "generic") != people(generic_demo / "generic")


def test_every_column_of_the_templates_is_written(generic_demo):
    folder = generic_demo / "generic"
    assert {path.stem for path in folder.iterdir()} == set(HEADERS)
    for name, header in HEADERS.items():
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            assert file.readline().strip() == header.replace(" ", ","), name


@pytest.mark.parametrize("leads", ["0", "-3", "many"])
def test_a_senseless_number_of_leads_is_refused(leads, tmp_path, capsys):
    from handoff.demo.__main__ import main

    with pytest.raises(SystemExit):
        main(["--leads", leads, "--out", str(tmp_path)])
    assert "--leads" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    from handoff.demo.__main__ import main

    in_the_way = tmp_path / "exports"
    in_the_way.write_text("a file")
    assert main(["--leads", "1", "--out", str(in_the_way)]) == 1
    assert f"Cannot write the exports to {in_the_way}" in capsys.readouterr().err


# -- rich enough ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "column"), VOCABULARY)
def test_every_word_occurs_and_no_other(name, column, exports):
    def tidy(word: str) -> str:
        return word.strip().lower()

    found = {tidy(row[column]) for row in exports[name]}
    # The rows without a use have no vocabulary to speak of.
    assert found - {""} == {tidy(word) for word in VOCABULARY[name, column]} - {""}
    assert ("" in found) or ("" not in VOCABULARY[name, column])


def test_every_decision_occurs_both_with_and_without_marketing(people):
    decisions = Counter(
        (handoff.origin, handoff.decision) for person in people for handoff in person.handoffs
    )
    assert set(decisions) == {
        ("mql", "sales_qualified"), ("mql", "rejected"), ("mql", "recycled"), ("mql", "pending"),
        ("direct", "sales_qualified"), ("direct", "rejected"), ("direct", "recycled"),
    }  # fmt: skip
    n_mqls = sum(n for (origin, _), n in decisions.items() if origin == "mql")
    assert 400 <= n_mqls <= 600
    assert 150 <= decisions["mql", "sales_qualified"] <= 250


def test_some_who_were_recycled_return_months_later_and_win(people):
    returned = [
        second
        for person in people
        for first, second in pairwise(person.handoffs)
        if first.decision == "recycled"
        and second.mql_at is not None
        and second.mql_at - first.decided_at > timedelta(days=40)
        and any(person.deals[number - 1].stage == "Closed Won" for number in second.deals)
    ]
    assert len(returned) >= 3


def test_the_rare_cases_occur_and_stay_rare(people):
    teams = {user.user_id: user.team for user in catalogue.USERS}
    count = Counter()
    for person in people:
        count["entered twice"] += person.twin is not None
        count["by a rival"] += person.account.is_competitor
        count["without e-mail"] += not person.email
        count["shared mailbox"] += person.email.split("@")[0] in catalogue.SHARED_MAILBOXES
        count["free mail"] += person.email.endswith(catalogue.FREE_MAIL_DOMAINS)
        count["deleted"] += person.is_deleted
        count["acts on the second record"] += any(
            activity.known_by == "twin" for activity in person.activities
        )
        count["out of office"] += any(
            a.is_automated and a.type == "Email Reply" for a in person.activities
        )
        statuses = [change.status for change in person.status_changes]
        count["reversed"] += ("Rejected by Sales", "Sales Qualified") in pairwise(statuses)
        for change in person.status_changes:
            if change.status in ("Rejected by Sales", "Recycled to Marketing"):
                count["no reason"] += change.reason == ""
        for handoff in person.handoffs:
            old = handoff.mql_at is not None and handoff.mql_at < datetime(2026, 5, 15)
            count["overdue"] += handoff.decision == "pending" and old
            count["pending"] += handoff.decision == "pending" and not old
            if handoff.decision == "sales_qualified":
                count["no conversation"] += handoff.conversation_at is None
                count["marketing decides"] += teams[handoff.decided_by] == "Marketing"
            for number in handoff.deals:
                deal = person.deals[number - 1]
                count["no contact"] += not deal.has_contact
                count["qualifier forecasts"] += teams[deal.created_by] == "SDR"
    assert {case: n for case, n in count.items() if not 1 <= n <= 60} == {}


def test_some_acts_are_known_by_the_address_alone(exports):
    known = [row for row in exports["activities"] if row["email"] and not row["person_id"]]
    addresses = {row["email"].lower() for row in exports["persons"]}
    shared = {row["email"] for row in known if row["email"].startswith("info@")}
    assert 200 <= len(known) <= 500
    assert any(row["email"].lower() in addresses for row in known)
    assert any(row["email"].lower() not in addresses for row in known)
    assert shared


def test_the_bought_list_is_mostly_bad_data(people):
    decided, bad = Counter(), Counter()
    for person in people:
        for handoff in person.handoffs:
            if handoff.decision != "pending":
                decided[person.source] += 1
                bad[person.source] += handoff.reason == "Wrong contact data"
    shares = {source: bad[source] / n for source, n in decided.items()}
    assert 0.65 <= shares.pop("List Provider ABC") <= 0.85
    assert max(shares.values()) < 0.35


def test_sales_works_in_business_hours_alone(people):
    by_hand = {"Sales Call Attempted", "Sales Email Sent"}
    attempts = [
        activity.occurred_at
        for person in people
        for activity in person.activities
        if activity.type in by_hand
    ]
    assert len(attempts) > 500
    for at in attempts:
        assert clock.next_open(at) == at


def test_business_hours_follow_summer_time():
    friday_evening_in_winter = datetime(2026, 3, 27, 18, 0)
    assert clock.next_open(friday_evening_in_winter) == datetime(2026, 3, 30, 7, 0)
    assert clock.next_open(datetime(2026, 1, 12, 7, 59, 59)) == datetime(2026, 1, 12, 8, 0)
    # 17:00 in Berlin and an hour of work: half of it the next morning.
    assert clock.after_business_seconds(datetime(2026, 1, 12, 16), 3600) == datetime(
        2026, 1, 13, 8, 30
    )


# -- the faults -------------------------------------------------------------------------------


def unusable(name: str, rows: list[dict[str, str]]) -> Counter:
    """Counts the faults from the file alone, knowing nothing of how they were planted."""
    found: Counter = Counter()
    versions = defaultdict(list)
    for row in rows:
        if not row[KEYS[name][0]]:
            found[name, "missing_key"] += 1
            continue
        for column in NEEDED[name]:
            readable = moment(row[column]) if column != "amount" else row[column]
            if not row[column] or not readable:
                found[name, f"{'unreadable' if row[column] else 'missing'}_{column}"] += 1
                break
        else:
            if name == "opportunities" and not (row["created_at"] or row["closed_at"]):
                found[name, "missing_created_at"] += 1
                continue
            versions[tuple(row[column] for column in KEYS[name])].append(row)
    for rows_of_key in versions.values():
        updates = [row.get("updated_at", "") for row in rows_of_key]
        n_newest = updates.count(max(updates, key=lambda text: moment(text) or clock.START))
        found[name, "superseded"] += len(rows_of_key) - n_newest
        found[name, "duplicate_key"] += n_newest - 1
    return +found


def test_the_planted_faults_are_all_there_are(tmp_path, exports):
    manifest = generic.write(tmp_path)
    assert {place for place in manifest.planted if place[0] != "spend"} == set(generic.FAULTS)
    found = Counter()
    for name, rows in exports.items():
        found += unusable(name, rows)
    assert found == manifest.planted
    assert manifest.rows == {name: len(rows) for name, rows in exports.items()}


def test_moments_come_in_every_form(exports):
    texts = [row["occurred_at"] for row in exports["activities"]]
    forms = {
        "plain": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
        "utc": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        "winter": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00",
        "summer": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00",
        "fraction": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.[0-4]\d\d",
        "day": r"\d{4}-\d\d-\d\d",
    }
    for form, pattern in forms.items():
        assert any(re.fullmatch(pattern, text) for text in texts), form


def test_tidy_exports_have_no_faults(tmp_path, exports):
    manifest = generic.write(tmp_path, is_tidy=True)
    assert manifest.planted == {}
    for name, rows in exports.items():
        tidy = read(tmp_path / "generic", name)
        assert unusable(name, tidy) == {}
        if name in ("activities", "opportunities", "campaigns", "users"):
            assert len(tidy) == len(rows) - sum(unusable(name, rows).values())
        for row in tidy:
            moments = (row[column] for column in row if column.endswith("_at") and row[column])
            assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", at) for at in moments)


def test_leaving_the_faults_out_gives_back_what_happened(people, exports):
    occurred = {
        row["activity_id"]: moment(row["occurred_at"])
        for row in exports["activities"]
        if row["occurred_at"]
    }
    for person in people:
        for activity in person.activities:
            written = occurred[f"A{person.index:04d}-{activity.number:02d}"]
            if written.time() == datetime.min.time():  # known to the day
                assert written.date() == activity.occurred_at.date()
            else:
                assert written.replace(microsecond=0) == activity.occurred_at


def test_attribute_changes_end_in_the_current_value(exports):
    current = {row["person_id"]: row for row in exports["persons"] if row["status"] != "New"}
    last = {}
    for row in exports["attribute_changes"]:
        place = (row["person_id"], row["field"])
        if moment(row["changed_at"]) and row["person_id"] in current:
            if place in last and row != last[place]:
                assert row["old_value"] == last[place]["new_value"]
            last[place] = row
    assert {field for _, field in last} == {"title", "country", "employees", "owner_id", "mql_at"}
    for (person_id, field), row in last.items():
        assert current[person_id][field] == row["new_value"], (person_id, field)


def test_nothing_happens_after_the_last_day(exports):
    dated = [
        ("persons", "updated_at"), ("status_changes", "changed_at"),
        ("attribute_changes", "changed_at"), ("activities", "occurred_at"),
        ("activities", "recorded_at"), ("opportunities", "closed_at"),
    ]  # fmt: skip
    newest = max(
        at for name, column in dated for row in exports[name] if (at := moment(row[column]))
    )
    assert datetime(2026, 6, 29) < newest < datetime(2026, 7, 1)


def test_ids_point_at_rows_that_exist(exports):
    ids = {name: {row[KEYS[name][0]] for row in rows} for name, rows in exports.items()}
    for name, column, target in (
        ("activities", "person_id", "persons"),
        ("status_changes", "person_id", "persons"),
        ("attribute_changes", "person_id", "persons"),
        ("opportunities", "person_id", "persons"),
        ("persons", "converted_opportunity_id", "opportunities"),
        ("persons", "campaign_id", "campaigns"),
        ("activities", "campaign_id", "campaigns"),
        ("spend", "campaign_id", "campaigns"),
        ("persons", "owner_id", "users"),
        ("activities", "actor_id", "users"),
        ("opportunities", "created_by", "users"),
        ("status_changes", "changed_by", "users"),
    ):
        assert {row[column] for row in exports[name]} - {""} <= ids[target], (name, column)


def test_a_month_may_hold_two_invoices_of_one_amount(exports):
    alike = Counter(
        (row["spent_on"], row["amount"], row["campaign_id"])
        for row in {row["spend_id"]: row for row in exports["spend"]}.values()
    )
    assert max(alike.values()) == 2


def test_nobody_has_a_name_or_a_real_address(exports):
    for row in exports["persons"]:
        assert row["first_name"] in ("Person", "")
        assert row["email"] == "" or row["email"].lower().endswith(".example")
    for row in exports["users"]:
        assert row["email"].endswith(".example")
