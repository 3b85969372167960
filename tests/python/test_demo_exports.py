"""Guards the demo's Salesforce and Marketo exports: their shapes, their traps, and that they
hold the evidence that the answer key says they hold. Nothing is built here."""

import csv
import gzip
import json
import re
import tracemalloc
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from handoff.demo import answer_key, catalogue, company, crm_and_map, marketo, salesforce
from handoff.demo.records import salesforce_id

# Small ones of other seeds besides the committed one.
COMPANIES = {"committed": (company.DEFAULT_LEADS, company.DEFAULT_SEED), "other": (700, 7)}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    rows = []
    for path in sorted(folder.glob(f"{name}.csv")) or sorted(folder.glob(f"{name}_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


class Company:
    """The written files, the first usable row of each id, and what the writer says of them."""

    def __init__(self, folder: Path, leads: int, seed: int) -> None:
        self.folder, self.leads, self.seed = folder, leads, seed
        self.manifests = crm_and_map.write(folder, leads, seed)
        self.raw = {
            (system, name): rows_of(folder / system, name)
            for system, module in (
                ("salesforce", salesforce), ("marketo", marketo), ("answer_key", answer_key),
            )
            for name in module.COLUMNS
        }  # fmt: skip
        self.crm = {name: usable(self, name) for name in salesforce.COLUMNS}
        self.log = [
            row
            for row in {r["marketoGUID"]: r for r in self.raw["marketo", "activities"]}.values()
            if row["marketoGUID"] != "null" and moment(row["activityDate"])
        ]
        leads_by_id = {}
        for row in sorted(self.raw["marketo", "leads"], key=lambda row: row["updatedAt"]):
            if row["id"] != "null" and moment(row["createdAt"]):
                leads_by_id[row["id"]] = {k: "" if v == "null" else v for k, v in row.items()}
        self.leads_by_id = leads_by_id

    def key(self, name: str) -> list[dict[str, str]]:
        return self.raw["answer_key", name]


def usable(company: Company, name: str) -> list[dict[str, str]]:
    found = {}
    for row in company.raw["salesforce", name]:
        if row["Id"] and moment(row.get("CreatedDate", "2025-01-01T00:00:00Z")):
            kept = found.get(row["Id"])
            if kept is None or kept.get("SystemModstamp", "") < row.get("SystemModstamp", ""):
                found[row["Id"]] = row
    return list(found.values())


def moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


@pytest.fixture(scope="module", params=COMPANIES)
def demo(request, tmp_path_factory) -> Company:
    return Company(tmp_path_factory.mktemp(request.param), *COMPANIES[request.param])


# -- who is who ---------------------------------------------------------------------------------


def short(record_id: str) -> str:
    return record_id[:15]


def components(demo: Company) -> dict[str, str]:
    """Each record's component, by the evidence in the files alone."""
    parents: dict[str, str] = {}

    def find(node: str) -> str:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = node = parents[parents[node]]
        return node

    def join(one: str, other: str) -> None:
        parents[find(one)] = find(other)

    def join_address(record: str, email: str) -> None:
        local_part = email.strip().lower().split("@")[0]
        if local_part and local_part not in catalogue.SHARED_MAILBOXES:
            join(record, f"email:{email.strip().lower()}")

    for name, kind in (("Lead", "lead"), ("Contact", "contact")):
        for row in demo.crm[name]:
            record = f"salesforce:{kind}:{short(row['Id'])}"
            find(record)
            join_address(record, row["Email"])
            if row["MasterRecordId"]:
                join(record, f"salesforce:{kind}:{short(row['MasterRecordId'])}")
            if row.get("ConvertedContactId"):
                join(record, f"salesforce:contact:{short(row['ConvertedContactId'])}")
    for row in demo.leads_by_id.values():
        record = f"marketo:lead:{row['id']}"
        find(record)
        join_address(record, row["email"])
        for kind, column in (("lead", "sfdcLeadId"), ("contact", "sfdcContactId")):
            if row[column]:
                join(record, f"salesforce:{kind}:{short(row[column])}")
    for row in demo.log:
        find(f"marketo:lead:{row['leadId']}")
        if row["activityTypeId"] == str(marketo.MERGE):
            for loser in json.loads(row["attributes"])["Merge IDs"]:
                join(f"marketo:lead:{loser}", f"marketo:lead:{row['leadId']}")
    return {node: find(node) for node in parents if not node.startswith("email:")}


def test_the_exports_hold_the_evidence_that_the_key_says(demo):
    found = components(demo)
    records = demo.key("records")
    person_of = {row["record_key"]: row["person_id"] for row in records}
    assert len(person_of) == len(records)
    assert set(found) == set(person_of), "records of the key are those of the files"
    strangers = {row["record_key"] for row in records if row["is_joinable"] == "false"}
    people_by_component, components_by_person = defaultdict(set), defaultdict(set)
    for record, component in found.items():
        people_by_component[component].add(person_of[record])
        if record not in strangers:
            components_by_person[person_of[record]].add(component)
    assert {c: p for c, p in people_by_component.items() if len(p) > 1} == {}
    assert {p: c for p, c in components_by_person.items() if len(c) > 1} == {}
    assert len(components_by_person) == demo.leads
    # And what the key says cannot be joined is indeed alone.
    for record in strangers:
        others = {r for r, c in found.items() if c == found[record]}
        assert others <= strangers, record


def test_the_causes_are_named(demo):
    causes = Counter(row["cause"] for row in demo.key("records") if row["is_joinable"] == "false")
    assert set(causes) <= {
        "other_address", "no_address", "shared_mailbox", "misspelt_address",
        "deleted_in_marketo",
    }  # fmt: skip
    assert 0 < sum(causes.values()) < 0.03 * len(demo.key("records"))


def test_every_deal_is_tied_as_the_key_says(demo):
    person_of = {row["record_key"]: row["person_id"] for row in demo.key("records")}
    ties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in demo.crm["Lead"]:
        if row["ConvertedOpportunityId"]:
            person = person_of[f"salesforce:lead:{short(row['Id'])}"]
            ties[short(row["ConvertedOpportunityId"])].append(
                (row["ConvertedDate"] + row["CreatedDate"], person)
            )
    roles = {
        short(row["OpportunityId"]): person_of[f"salesforce:contact:{short(row['ContactId'])}"]
        for row in demo.crm["OpportunityContactRole"]
    }
    deals = {short(row["Id"]) for row in demo.crm["Opportunity"]}
    key = {row["opportunity_key"].split(":")[-1]: row for row in demo.key("opportunities")}
    assert set(key) == deals
    for deal, row in key.items():
        brought = min(ties[deal])[1] if ties[deal] else roles.get(deal, "")
        assert brought == (row["person_id"] if row["is_joinable"] == "true" else ""), deal
    assert {row["cause"] for row in key.values()} == {"", "no_contact", "no_person"}


# -- when what happened -------------------------------------------------------------------------


def told_statuses(demo: Company) -> dict[tuple[str, str, str], datetime]:
    """(person, stage, to the second) of every status that the histories tell."""
    person_of = {row["record_key"]: row["person_id"] for row in demo.key("records")}
    mains = {row["record_key"] for row in demo.key("records") if row["role"] == "main"}
    told = set()
    first_old: dict[str, tuple[datetime, str]] = {}
    for name, kind, field in (
        ("LeadHistory", "lead", "Status"), ("ContactHistory", "contact", "Contact_Status__c"),
    ):  # fmt: skip
        for row in demo.crm[name]:
            record = f"salesforce:{kind}:{short(row[kind.capitalize() + 'Id'])}"
            if row["Field"] == field and record in mains:
                at = moment(row["CreatedDate"])
                told.add((person_of[record], answer_key.STAGES[row["NewValue"]], at))
                first_old[record] = min(
                    first_old.get(record, (at, row["OldValue"])), (at, row["OldValue"])
                )
    for row in demo.crm["Lead"]:
        record = f"salesforce:lead:{short(row['Id'])}"
        if record in mains:
            old = first_old.get(record, (None, row["Status"]))[1]
            told.add((person_of[record], answer_key.STAGES[old], moment(row["CreatedDate"])))
    for row in demo.log:
        record = f"marketo:lead:{row['leadId']}"
        is_status = row["primaryAttributeValue"] == "Lead Status"
        if row["activityTypeId"] == str(marketo.CHANGE_VALUE) and is_status:
            stage = answer_key.STAGES[json.loads(row["attributes"])["New Value"]]
            told.add((person_of[record], stage, moment(row["activityDate"])))
    return told


def test_every_status_that_the_key_calls_told_is_told(demo):
    told = told_statuses(demo)
    stages = set(answer_key.STAGES.values())
    counts = Counter()
    for row in demo.key("moments"):
        if row["moment"] in stages:
            place = (row["person_id"], row["moment"], datetime.fromisoformat(row["happened_at"]))
            is_told = row["is_told"] == "true" and row["precision"] == "second"
            assert (place in told) == is_told, row
            counts[row["cause"], row["precision"]] += 1
    assert counts["history_cut_off", "second"] > 0 and counts["", "day"] > 0


def test_a_status_without_history_has_the_day_of_its_conversion(demo):
    person_of = {row["record_key"]: row["person_id"] for row in demo.key("records")}
    days = {
        (person_of[f"salesforce:lead:{short(row['Id'])}"], row["ConvertedDate"], row["Status"])
        for row in demo.crm["Lead"]
        if row["ConvertedDate"]
    }
    stamped = [row for row in demo.key("moments") if row["precision"] == "day"]
    assert stamped
    for row in stamped:
        assert (row["person_id"], row["happened_at"][:10], "Sales Qualified") in days


def test_the_acts_of_the_truth_are_in_the_exports(demo):
    person_of = {row["record_key"]: row["person_id"] for row in demo.key("records")}
    logged = Counter(
        (person_of[f"marketo:lead:{row['leadId']}"], moment(row["activityDate"]))
        for row in demo.log
    )
    worked = Counter()
    for row in demo.crm["Task"] + demo.crm["Event"]:
        kind = "contact" if row["WhoId"].startswith("003") else "lead"
        at = row.get("CompletedDateTime") or row.get("StartDateTime")
        at = moment(at or row["ActivityDate"] or row["CreatedDate"])
        worked[person_of[f"salesforce:{kind}:{short(row['WhoId'])}"], at] += 1
    for index in range(1, demo.leads + 1, 3):
        person = company.simulate(demo.seed, index)
        for activity in person.activities:
            at = activity.occurred_at
            place = (answer_key.person_id(index), at)
            if activity.type in salesforce.CRM_ACTIVITIES:
                day = (place[0], at.replace(hour=0, minute=0, second=0))
                assert worked[place] or (activity.type == "Meeting Held" and worked[day]), place
            elif at.year >= 2025:
                assert logged[place], place


# -- the shapes ---------------------------------------------------------------------------------


def test_salesforce_comes_in_the_shape_of_its_api(demo):
    for name in salesforce.COLUMNS:
        lines = (demo.folder / "salesforce" / f"{name}.csv").read_text("utf-8").splitlines()
        assert all(line.startswith('"') and line.endswith('"') for line in lines), name
        assert lines[0].split(",")[0] == '"Id"'
    for row in demo.crm["Lead"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", row["CreatedDate"])
        assert row["ConvertedDate"] == "" or re.fullmatch(r"\d{4}-\d\d-\d\d", row["ConvertedDate"])
        assert row["IsConverted"] in ("true", "false")


def test_ids_of_18_characters_carry_the_right_checksum(demo):
    # A real one, published with the connector's own test data.
    assert check("7011G000000QXWv") == "QAO"
    for name, rows in demo.crm.items():
        for row in rows:
            for column, value in row.items():
                if column == "Id" or (column.endswith("Id") and value):
                    assert len(value) == 18 and check(value[:15]) == value[15:], (name, column)


def check(short_id: str) -> str:
    """The last three characters, as Salesforce describes them."""
    alphabet, found = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", ""
    for chunk in (short_id[:5], short_id[5:10], short_id[10:]):
        bits = "".join("1" if letter.isupper() else "0" for letter in reversed(chunk))
        found += alphabet[int(bits, 2)]
    return found


def test_ids_are_unique_and_point_at_rows_that_exist(demo):
    ids = {name: {row["Id"] for row in rows} for name, rows in demo.crm.items()}
    everything = [row["Id"] for rows in demo.crm.values() for row in rows]
    assert len(everything) == len(set(everything))
    queue = salesforce.user_id(catalogue.INBOUND_QUEUE.user_id)
    for name, rows in demo.crm.items():
        for row in rows:
            for column, targets in (
                ("LeadId", ("Lead",)), ("ContactId", ("Contact",)), ("WhoId", ("Lead", "Contact")),
                ("ConvertedContactId", ("Contact",)), ("AccountId", ("Account",)),
                ("ConvertedAccountId", ("Account",)), ("OpportunityId", ("Opportunity",)),
                ("ConvertedOpportunityId", ("Opportunity",)), ("CampaignId", ("Campaign",)),
                ("ParentId", ("Campaign",)), ("Lead_Campaign__c", ("Campaign",)),
                ("OwnerId", ("User",)), ("CreatedById", ("User",)),
                ("MasterRecordId", ("Lead", "Contact")),
            ):  # fmt: skip
                value = row.get(column)
                if value and value != queue:
                    assert any(value in ids[target] for target in targets), (name, column, value)
    programs = {row["id"] for row in demo.raw["marketo", "programs"]}
    smart_campaigns = {row["id"] for row in demo.raw["marketo", "smart_campaigns"]}
    for row in demo.log:
        assert row["campaignId"] in smart_campaigns | {"null"}
        if row["activityTypeId"] == str(marketo.CHANGE_STATUS):
            assert row["primaryAttributeValueId"] in programs
    assert salesforce_id("00G", 6) == queue


def test_marketo_comes_in_the_shape_of_its_extracts(demo):
    for row in demo.log:
        assert isinstance(json.loads(row["attributes"]), dict)
        assert row["activityDate"].endswith("Z")
    kinds = {int(row["activityTypeId"]) for row in demo.log}
    assert kinds >= {1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 19, 21, 22, 23, 24, 27, 32, 34, 46, 101,
                     104, 100021}  # fmt: skip
    quarters = [path.stem for path in sorted((demo.folder / "marketo").glob("activities_*.csv"))]
    for path in (demo.folder / "marketo").glob("activities_*.csv"):
        year, quarter = int(path.stem[-6:-2]), int(path.stem[-1])
        with path.open(encoding="utf-8", newline="") as file:
            months = {row["activityDate"][:7] for row in csv.DictReader(file)}
        expected = {f"{year}-{month:02d}" for month in range(3 * quarter - 2, 3 * quarter + 1)}
        assert {month for month in months if re.fullmatch(r"\d{4}-\d\d", month)} <= expected
    assert len(quarters) >= 6


def test_spend_is_the_same_in_both_encodings(demo):
    booked = Counter()
    for row in demo.crm["Campaign"]:
        if row["ActualCost"]:
            booked[row["StartDate"][:7], row["CurrencyIsoCode"], row["Lead_Source__c"]] += round(
                float(row["ActualCost"]) * 100
            )
    paid = Counter()
    for spend in catalogue.spend():
        paid[f"{spend.spent_on:%Y-%m}", spend.currency, spend.source] += spend.cents
    assert booked == paid


# -- the traps ----------------------------------------------------------------------------------


def traps(demo: Company) -> Counter:
    """How often each trap occurs, told from the files alone."""
    count: Counter = Counter()
    crm = demo.crm
    histories = defaultdict(list)
    for row in crm["LeadHistory"]:
        histories[row["LeadId"]].append(row)
    deals = {row["Id"]: row for row in crm["Opportunity"]}
    conversions = Counter(row["ConvertedOpportunityId"] for row in crm["Lead"])
    for row in crm["Lead"]:
        statuses = [r for r in histories[row["Id"]] if r["Field"] == "Status"]
        born = min(statuses, key=lambda r: r["CreatedDate"])["OldValue"] if statuses else None
        count["born in a stage"] += (born or row["Status"]) not in ("New", "In Nurture") and not (
            row["IsConverted"] == "true" and not statuses
        )
        told = {r["NewValue"] for r in statuses}
        is_converted = row["IsConverted"] == "true"
        count["converted without history"] += is_converted and row["Status"] not in told
        count["history cut off"] += row["CreatedDate"] < "2024-12-30" and born not in (None, "New")
        count["converted, status says otherwise"] += (
            is_converted and row["Status"] != "Sales Qualified"
        )
        count["qualified, not converted"] += not is_converted and row["Status"] in (
            "Sales Qualified",
            "Customer",
        )
        count["merged lead"] += bool(row["MasterRecordId"]) and row["IsDeleted"] == "true"
        count["deleted lead"] += not row["MasterRecordId"] and row["IsDeleted"] == "true"
        deal = deals.get(row["ConvertedOpportunityId"])
        count["deal before its lead"] += bool(deal) and deal["CreatedDate"] < row["CreatedDate"]
        count["owned by a queue"] += row["OwnerId"].startswith("00G")
        count["nothing picked"] += row["Industry"] in ("Select", "[[Unknown]]", "--None--")
        count["epoch stamp"] += row["MQL_Date__c"].isdigit()
        count["stamp without zone"] += " " in row["MQL_Date__c"]
    count["several leads, one deal"] = sum(n > 1 for deal, n in conversions.items() if deal)
    count["merged contact"] = sum(bool(row["MasterRecordId"]) for row in crm["Contact"])
    owners = Counter(
        (row["LeadId"], row["CreatedDate"]) for row in crm["LeadHistory"] if row["Field"] == "Owner"
    )
    count["two rows, one change of owner"] = sum(n == 2 for n in owners.values())
    for row in crm["Task"]:
        count["task moved to the contact"] += row["WhoId"].startswith("003")
        count["automated e-mail as a task"] += row["Subject"].startswith("[Marketo]")
        count["task without a type"] += row["Type"] == row["TaskSubtype"] == ""
        count["task with a subtype alone"] += row["Type"] == "" != row["TaskSubtype"]
        count["task still to be done"] += row["IsClosed"] == "false"
        count["deleted task"] += row["IsDeleted"] == "true"
    count["day-long meeting"] = sum(row["IsAllDayEvent"] == "true" for row in crm["Event"])
    stages = Counter()
    for row in crm["OpportunityHistory"]:
        stages[row["OpportunityId"], row["StageName"]] += 1
    count["stage told twice"] = sum(n > 1 for n in stages.values())
    with_history = {row["OpportunityId"] for row in crm["OpportunityHistory"]}
    count["field history alone"] = sum(
        row["Field"] == "StageName" and row["OpportunityId"] not in with_history
        for row in crm["OpportunityFieldHistory"]
    )
    exported = set(demo.leads_by_id)
    losers = set()
    winners = set()
    for row in demo.log:
        said = json.loads(row["attributes"])
        kind = int(row["activityTypeId"])
        if kind == marketo.MERGE:
            losers |= {str(loser) for loser in said["Merge IDs"]}
            winners.add(row["leadId"])
            count["several losers at once"] += len(said["Merge IDs"]) > 1
        count["log outlives the lead"] += row["leadId"] not in exported
        count["deleted in Marketo"] += kind == marketo.DELETE and row["leadId"] not in exported
        count["change of score"] += kind == marketo.CHANGE_SCORE
        count["opened by a machine"] += said.get("Is Bot Activity") is True
    count["merge of a merge"] = len(losers & winners)
    records = {row["Id"]: row for row in crm["Lead"]}
    for row in demo.leads_by_id.values():
        lead = records.get(row["sfdcLeadId"])
        count["other address, joined by sync"] += (
            bool(lead) and lead["Email"].lower() != row["email"].lower()
        )
        count["never synced"] += not (row["sfdcLeadId"] or row["sfdcContactId"])
        count["Marketo's Select"] += row["country"] == "Select"
    systems = defaultdict(set)
    for row in demo.key("records"):
        if row["role"] == "main":
            systems[row["person_id"]].add(row["record_key"].split(":")[0])
    count["in Marketo alone"] = sum(found == {"marketo"} for found in systems.values())
    count["in Salesforce alone"] = sum(found == {"salesforce"} for found in systems.values())
    kinds = defaultdict(Counter)
    for row in demo.key("records"):
        system, kind, _ = row["record_key"].split(":")
        kinds[row["person_id"]][system, kind] += 1
    count["lead, contact and loser of two merges"] = sum(
        found["marketo", "lead"] >= 3 and found["salesforce", "contact"] >= 1
        for found in kinds.values()
    )
    return count


def test_every_trap_occurs_and_stays_rare(demo):
    found = traps(demo)
    if demo.leads < 1000:
        return
    common = {
        "converted, status says otherwise": 120, "qualified, not converted": 120,
        "task moved to the contact": 1500, "automated e-mail as a task": 900,
        "task with a subtype alone": 400, "two rows, one change of owner": 900,
        "log outlives the lead": 900, "change of score": 600, "stage told twice": 250,
        "never synced": 350, "in Marketo alone": 250, "in Salesforce alone": 200,
        "other address, joined by sync": 120, "opened by a machine": 120, "born in a stage": 150,
    }  # fmt: skip
    assert {trap: n for trap, n in found.items() if not 1 <= n <= common.get(trap, 90)} == {}


# -- the faults ---------------------------------------------------------------------------------


def test_the_planted_faults_are_all_there_are(demo):
    for system, id_column, created, changed in (
        ("salesforce", "Id", "CreatedDate", "SystemModstamp"),
        ("marketo", "id", "createdAt", "updatedAt"),
    ):
        found: Counter = Counter()
        for (where, name), rows in demo.raw.items():
            if where != system:
                continue
            key, at, said = id_column, created, "created_at"
            if name == "activities":
                key, at, said = "marketoGUID", "activityDate", "activity_date"
            needed = key
            if name.endswith("History") and name != "OpportunityHistory":
                # A row without an id of its own still tells; one without its record does not.
                needed, said = (
                    name.removesuffix("FieldHistory").removesuffix("History"),
                    "changed_at",
                )
                needed += "Id"
            versions = defaultdict(list)
            for row in rows:
                if row[needed] in ("", "null"):
                    found[name, "missing_key"] += 1
                elif at in row and row[at] in ("", "null"):
                    found[name, f"missing_{said}"] += 1
                elif at in row and moment(row[at]) is None:
                    found[name, f"unreadable_{said}"] += 1
                else:
                    versions[row[key]].append(row.get(changed, ""))
            for changes in versions.values():
                n_newest = changes.count(max(changes))
                found[name, "superseded"] += len(changes) - n_newest
                found[name, "duplicate_key"] += n_newest - 1
        assert +found == demo.manifests[system].planted


def test_the_manifest_counts_what_was_written(demo):
    for (folder, name), rows in demo.raw.items():
        assert demo.manifests[folder].rows[name] == len(rows), name


def test_nobody_has_a_name_or_a_real_address(demo):
    for name in ("Lead", "Contact"):
        for row in demo.crm[name]:
            assert row["FirstName"] in ("Person", "")
            assert row["Email"] == "" or row["Email"].lower().endswith(".example")
    for row in demo.leads_by_id.values():
        assert row["email"] == "" or row["email"].lower().endswith(".example")


def test_nothing_happens_after_the_last_day(demo):
    newest = max(
        moment(row[column])
        for rows in demo.crm.values()
        for row in rows
        for column in ("CreatedDate", "LastModifiedDate", "SystemModstamp", "CompletedDateTime")
        if row.get(column)
    )
    assert datetime(2026, 6, 29) < newest < datetime(2026, 7, 1)
    assert max(moment(row["activityDate"]) for row in demo.log) < datetime(2026, 7, 1)


# -- volume -------------------------------------------------------------------------------------


def test_the_first_people_are_the_same_however_many_follow(tmp_path):
    crm_and_map.write(tmp_path / "fewer", leads=103, seed=5)
    crm_and_map.write(tmp_path / "more", leads=160, seed=5)
    for path in sorted((tmp_path / "fewer").rglob("*.csv")):
        longer = tmp_path / "more" / path.relative_to(tmp_path / "fewer")
        assert longer.read_bytes().startswith(path.read_bytes()), path.name


def test_zipped_exports_hold_the_same_rows_in_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        crm_and_map.write(tmp_path / name, leads=20, seed=5, compressed=True)
    crm_and_map.write(tmp_path / "plain", leads=20, seed=5)
    for path in (tmp_path / "one").rglob("*.csv.gz"):
        name = path.relative_to(tmp_path / "one")
        assert path.read_bytes() == (tmp_path / "two" / name).read_bytes()
        plain = tmp_path / "plain" / name.with_suffix("")
        assert gzip.decompress(path.read_bytes()) == plain.read_bytes()


def test_more_people_need_no_more_memory(tmp_path):
    peaks = []
    for leads in (100, 800):
        tracemalloc.start()
        crm_and_map.write(tmp_path / str(leads), leads=leads, seed=5, activities_per_lead=20)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
    acts = rows_of(tmp_path / "800" / "marketo", "activities")
    assert len(acts) > 20 * 700
