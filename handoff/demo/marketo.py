"""Writes the demo company as Marketo's bulk extracts, a file of the log for each quarter.

REST names as headers, `null` for what is missing, and whatever belongs to one type of activity
alone in a JSON cell. What real ones of these exports are known for is here too:

- Leads that were merged (several at once, and winners that lose later) or deleted are gone
  from the leads; the log of the quarters before still names them.
- Salesforce's changes come minutes later, if at all: what lasted shorter is never seen.
- Scores change by rows of their own; new leads, syncs and conversions stand among the acts.

Unusable rows are planted beside the true ones as in `generic`.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from handoff.demo import catalogue, clock
from handoff.demo.files import Tables
from handoff.demo.records import (
    ARCHIVE_SINCE,
    CRM_ACTIVITIES,
    Record,
    Records,
    account_id,
    value_at,
)
from handoff.demo.truth import Activity, Person

COLUMNS = {
    "leads": (
        "id", "email", "firstName", "lastName", "title", "company", "website", "country",
        "industry", "numberOfEmployees", "leadSource", "leadStatus", "leadScore", "mqlDate",
        "sfdcType", "sfdcLeadId", "sfdcContactId", "sfdcAccountId", "acquisitionProgramId",
        "unsubscribed", "createdAt", "updatedAt",
    ),
    "activities": (
        "marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId",
        "primaryAttributeValueId", "primaryAttributeValue", "attributes",
    ),
    "programs": (
        "id", "name", "type", "channel", "leadSource", "status", "startDate", "endDate",
        "createdAt", "updatedAt", "workspace",
    ),
    "smart_campaigns": (
        "id", "name", "type", "programId", "active", "createdAt", "updatedAt", "workspaceName",
    ),
}  # fmt: skip

# (object, reason of the quarantine): (every how many persons, beginning with which).
FAULTS = {
    ("leads", "duplicate_key"): (450, 91),
    ("leads", "missing_key"): (500, 222),
    ("leads", "superseded"): (300, 44),
    ("leads", "missing_created_at"): (700, 311),
    ("leads", "unreadable_created_at"): (400, 137),
    ("activities", "duplicate_key"): (250, 77),
    ("activities", "missing_key"): (650, 12),
    ("activities", "missing_activity_date"): (900, 610),
    ("activities", "unreadable_activity_date"): (500, 410),
}

VISIT, FORM, CLICK_LINK, SEND, DELIVERED, BOUNCED = 1, 2, 3, 6, 7, 8
UNSUBSCRIBE, OPEN, CLICK, NEW_LEAD, CHANGE_VALUE, SYNC = 9, 10, 11, 12, 13, 19
CONVERT, CHANGE_SCORE, CHANGE_OWNER, ADD_TO_LIST, BOUNCED_SOFT = 21, 22, 23, 24, 27
MERGE, ADD_TO_OPPORTUNITY, DELETE, INTERESTING_MOMENT = 32, 34, 37, 46
CHANGE_REVENUE_STAGE, CHANGE_STATUS, CONTENT_PORTAL = 101, 104, 100021

# What Marketo forgets after 90 days; the archive begins with the first agreement.
_FORGOTTEN = {VISIT, CLICK_LINK, SEND, DELIVERED, CHANGE_VALUE, CHANGE_SCORE, SYNC, ADD_TO_LIST}
_FIELDS = {"title": "Job Title", "country": "Country", "employees": "Num Employees"}
_CAMPAIGN_NUMBERS = {c.campaign_id: n for n, c in enumerate(catalogue.CAMPAIGNS, 1)}
_CAMPAIGNS = {campaign.campaign_id: campaign for campaign in catalogue.CAMPAIGNS}
_PAGES = {page: number for number, page in enumerate((*catalogue.PAGES, "/pricing"), 101)}
_FORMS = ("Demo Request", "Contact Sales", *(f"Download: {name}" for name in catalogue.CONTENT))
_FORM_IDS = {form: number for number, form in enumerate(_FORMS, 1001)}
_NAMES = {user.user_id: user.name for user in catalogue.USERS}


def program_id(name: str) -> int | None:
    return 1000 + _CAMPAIGN_NUMBERS[name] if name else None


def _smart_campaign_id(name: str) -> int | None:
    return 5000 + _CAMPAIGN_NUMBERS[name] if name else None


def _at(at: datetime | None) -> str | None:
    return at and f"{at.isoformat()}Z"


def tables(out: Path, *, compressed: bool = False) -> Tables:
    return Tables(
        out / "marketo",
        COLUMNS,
        null="null",
        compressed=compressed,
        parted=frozenset({"activities"}),
    )


def _part(at: datetime) -> str:
    return f"activities_{at.year}Q{(at.month + 2) // 3}"


class Writer:
    def __init__(self, files: Tables, seed: int) -> None:
        self.files, self.seed = files, seed
        self.rng = Random()
        self.log: list[tuple] = []

    def furniture(self) -> None:
        """What does not depend on the people."""
        created = _at(clock.START - timedelta(days=60))
        for campaign in catalogue.CAMPAIGNS:
            name, is_event = campaign.name, campaign.type in ("Webinar", "Trade Show")
            self.files.row("programs", (
                program_id(campaign.campaign_id), name, "Event" if is_event else "Default",
                campaign.type, campaign.source, "on", campaign.started_on, campaign.ended_on,
                created, created, "Default",
            ))  # fmt: skip
            self.files.row("smart_campaigns", (
                _smart_campaign_id(campaign.campaign_id), f"{name}: responses", "trigger",
                program_id(campaign.campaign_id), "true", created, created, "Default",
            ))  # fmt: skip

    def person(self, records: Records) -> None:
        """All rows of a person: the records, then their log in the order of time."""
        self.rng = Random(f"{self.seed}:marketo:{records.person.index}")
        self.log = []
        if records.marketo is not None:
            self._main(records)
        for record in records.others:
            if record.system == "marketo":
                self._other(records, record)
        self._merges(records)
        self._write_log(records.person.index)
        self._strays(records.person)

    # -- the log --------------------------------------------------------------------------

    def _log(
        self,
        record: Record,
        at: datetime,
        kind: int,
        value_id: int | str | None = None,
        value: str | None = None,
        campaign_id: int | None = None,
        **attributes,
    ) -> None:
        if at <= clock.END and not (at < ARCHIVE_SINCE and kind in _FORGOTTEN):
            self.log.append((at, kind, record, campaign_id, value_id, value, attributes))

    def _write_log(self, index: int) -> None:
        self.log.sort(key=lambda entry: entry[0])
        cells, at = None, clock.END
        for number, entry in enumerate(self.log):
            at, kind, record, campaign_id, value_id, value, attributes = entry
            cells = (
                index * 10_000 + number, record.archived_as(at), _at(at), kind, campaign_id,
                value_id, value,
                json.dumps(
                    {name.replace("_", " "): said for name, said in attributes.items()},
                    separators=(",", ":"),
                ),
            )  # fmt: skip
            self.files.row("activities", cells, _part(at))
        if cells is not None and _is_due("activities", "duplicate_key", index):
            self.files.plant("activities", "duplicate_key", cells, _part(at))

    # -- records --------------------------------------------------------------------------

    def _main(self, records: Records) -> None:
        person, record, lead = records.person, records.marketo, records.lead
        is_synced = record.crm_lead is not None or record.crm_contact is not None
        # What it knows first-hand: all there was before Salesforce knew the person.
        known_until = lead.created_at if lead is not None else clock.END
        if record.created_at < known_until or lead is None:
            source_type = "Web page visit"
        else:
            source_type = "Salesforce sync"
        self._log(record, record.created_at, NEW_LEAD, Source_Type=source_type)
        if person.source == "List Provider ABC":
            self._log(record, record.created_at, ADD_TO_LIST, 77, "Bought list")
        if lead is not None and is_synced and record.created_at < lead.created_at:
            self._log(record, lead.created_at, SYNC)
        status, last_at = self._statuses(records, known_until, is_synced)
        for change in person.attribute_changes:
            at = change.changed_at
            if at > known_until:
                at += timedelta(seconds=self.rng.randrange(60, 600))
            if change.attribute not in _FIELDS or (at > known_until and not is_synced):
                continue
            if record.created_at < at <= clock.END:
                self._change(record, at, _FIELDS[change.attribute], change.old_value,
                             change.new_value)  # fmt: skip
                last_at = max(last_at, at)
        self._acts(records)
        if is_synced:
            self._sales_entries(records)
        now = clock.END if is_synced or lead is None else known_until
        if record.gone_at is None:
            self._row(records, record, now, status, last_at)
        elif record.is_deleted:
            name = f"{person.first_name} {person.last_name}"
            self._log(record, record.gone_at, DELETE, record.record_id, name)

    def _change(self, record: Record, at: datetime, name: str, old: str, new: str) -> None:
        self._log(record, at, CHANGE_VALUE, None, name, Old_Value=old or None,
                  New_Value=new or None, Reason="Salesforce sync")  # fmt: skip

    def _statuses(
        self, records: Records, known_until: datetime, is_synced: bool
    ) -> tuple[str, datetime]:
        """Logs the statuses that Marketo saw. Returns the last one, and its moment."""
        rng, record = self.rng, records.marketo
        changes = records.person.status_changes
        born = [change for change in changes if change.changed_at <= record.created_at]
        status, last_at = born[-1].status, record.created_at
        for place, change in enumerate(changes[len(born) :], len(born)):
            at = change.changed_at
            if at > known_until:
                if not is_synced:
                    break
                at += timedelta(seconds=rng.randrange(60, 600))
                is_last = place == len(changes) - 1
                if (not is_last and changes[place + 1].changed_at <= at) or at > clock.END:
                    continue
                is_returned = change.status in ("Rejected by Sales", "Recycled to Marketing")
                if is_last and is_returned and rng.random() < 0.03:
                    break  # the sync failed, and nobody noticed
            self._change(record, at, "Lead Status", status, change.status)
            status, last_at = change.status, at
        return status, last_at

    def _row(
        self, records: Records, record: Record, now: datetime, status: str, last_at: datetime
    ) -> None:
        person, index, rng = records.person, records.person.index, self.rng
        lead, contact = record.crm_lead, record.crm_contact
        has_stamp = person.mql_at is not None and person.mql_at <= now
        left = any(activity.type == "Unsubscribed" for activity in person.activities)
        row = {
            "id": record.record_id,
            "email": record.email or None,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "title": value_at(person, "title", now) or None,
            "company": person.company or None,
            "website": person.website or None,
            "country": value_at(person, "country", now) or rng.choice((None, None, "Select")),
            "industry": person.industry or rng.choice((None, "Select", "[[Unknown]]")),
            "numberOfEmployees": value_at(person, "employees", now) or None,
            "leadSource": record.source or None,
            "leadStatus": status,
            "leadScore": person.score if has_stamp else None,
            # A field of the company's own, filled without a zone.
            "mqlDate": person.mql_at if has_stamp else None,
            "sfdcType": "Contact" if contact else "Lead" if lead else None,
            "sfdcLeadId": lead and lead.record_id,
            "sfdcContactId": contact and contact.record_id,
            "sfdcAccountId": contact and account_id(person.account.account_id),
            "acquisitionProgramId": program_id(record.campaign_id),
            "unsubscribed": "true" if left else "false",
            "createdAt": _at(record.created_at),
            "updatedAt": _at(last_at),
        }
        if _is_due("leads", "superseded", index):
            older = row | {
                "leadStatus": "New", "leadScore": None, "mqlDate": None,
                "updatedAt": _at(last_at - timedelta(days=1)),
            }  # fmt: skip
            self.files.plant("leads", "superseded", older.values())
        self.files.row("leads", row.values())
        if _is_due("leads", "duplicate_key", index):
            self.files.plant("leads", "duplicate_key", row.values())

    def _other(self, records: Records, record: Record) -> None:
        """A second entry of the same human; its acts are logged with all the others."""
        person, lead = records.person, record.crm_lead
        source_type = "Web form fillout" if record.role == "twin" else "List import"
        self._log(record, record.created_at, NEW_LEAD, Source_Type=source_type)
        if record.is_exported:
            at = _at(record.created_at)
            self.files.row("leads", (
                record.record_id, record.email or None, person.first_name, record.last_name,
                None, person.company or None, None, person.country or None, None, None,
                record.source or None, "New", None, None, "Lead" if lead else None,
                lead and lead.record_id, None, None, program_id(record.campaign_id), "false",
                at, at,
            ))  # fmt: skip

    def _merges(self, records: Records) -> None:
        merges: dict[tuple, list[Record]] = {}
        for loser in records.others:
            if loser.system == "marketo" and loser.merged_into is not None:
                key = (loser.gone_at, loser.merged_into.record_id)
                merges.setdefault(key, []).append(loser)
        is_in_sales = any(
            record.system == "salesforce" and record.merged_into is not None
            for record in records.others
        )
        name = f"{records.person.first_name} {records.person.last_name}"
        for (at, winner_id), losers in merges.items():
            self._log(
                losers[0].merged_into, at, MERGE, winner_id, name,
                Merge_IDs=[int(loser.record_id) for loser in losers], Merge_Source="leaddb",
                Merged_in_Sales=is_in_sales, Master_Updated=True,
            )  # fmt: skip

    # -- acts -----------------------------------------------------------------------------

    def _acts(self, records: Records) -> None:
        person = records.person
        for activity in person.activities:
            if activity.type not in CRM_ACTIVITIES:
                is_twins = activity.known_by == "twin" and records.twin is not None
                self._act(records.twin if is_twins else records.marketo, activity)
        if any(change.reason == "Wrong contact data" for change in person.status_changes):
            sent = [a for a in person.activities if a.type == "Automated Email Sent"]
            for activity, kind in zip(sent, (BOUNCED_SOFT, BOUNCED), strict=False):
                at = activity.occurred_at + timedelta(seconds=self.rng.randrange(1, 30))
                self._log(records.marketo, at, kind, _mail_id(activity.asset), activity.asset,
                          Details="550 5.1.1 unknown")  # fmt: skip

    def _act(self, record: Record, activity: Activity) -> None:
        rng, at, kind, asset = self.rng, activity.occurred_at, activity.type, activity.asset
        # The smart campaign that a visit or form set off tells the program it came through.
        campaign = _smart_campaign_id(activity.campaign_id)
        if kind in ("Page View", "Pricing Page View"):
            is_link = kind == "Page View" and rng.random() < 0.04
            self._log(record, at, CLICK_LINK if is_link else VISIT, _PAGES[asset], asset,
                      campaign, Query_Parameters="")  # fmt: skip
        elif kind == "Content Download" and rng.random() < 0.12:
            # Read on a partner's portal, which reports it as an activity of its own making.
            self._log(record, at, CONTENT_PORTAL, 1, asset, campaign, Portal="Guides")
        elif kind in ("Content Download", "Demo Request", "Contact Sales Form"):
            form = f"Download: {asset}" if kind == "Content Download" else kind
            form = "Contact Sales" if kind == "Contact Sales Form" else form
            self._log(record, at, FORM, _FORM_IDS[form], form, campaign, Webpage_ID=7)
            if kind == "Demo Request":
                self._log(record, at, INTERESTING_MOMENT, None, "Web", Description=form)
        elif kind.startswith("Webinar"):
            program = _CAMPAIGNS[activity.campaign_id]
            status = kind.split()[1]
            self._log(
                record, at, CHANGE_STATUS, program_id(program.campaign_id), program.name,
                Old_Status="Registered" if status == "Attended" else "Invited",
                New_Status=status, Success=status == "Attended",
            )  # fmt: skip
        elif kind == "Automated Email Sent":
            self._log(record, at, SEND, _mail_id(asset), asset)
            if rng.random() < 0.02:
                # A filter of the recipient's opens whatever comes in.
                self._log(record, at, OPEN, _mail_id(asset), asset, Is_Bot_Activity=True)
            if record.record_id.endswith("50"):
                self._log(record, at, DELIVERED, _mail_id(asset), asset)
        else:
            types = {"Email Open": OPEN, "Email Click": CLICK, "Unsubscribed": UNSUBSCRIBE}
            details = {"Link": "/product"} if kind == "Email Click" else {}
            self._log(record, at, types[kind], _mail_id(asset), asset, **details)

    def _sales_entries(self, records: Records) -> None:
        """What the connector writes into the log beside the changes of fields."""
        person, record, lead = records.person, records.marketo, records.lead
        stamped = [c for c in person.status_changes if c.status == "Marketing Qualified"]
        for place, change in enumerate(reversed(stamped)):
            acts = [
                activity.occurred_at
                for activity in person.activities
                if activity.occurred_at <= change.changed_at
                and activity.type not in CRM_ACTIVITIES
                and activity.known_by != "twin"
            ]
            if acts:
                score = max(person.score - 4 * place, 1)
                gain = min(score, 10)
                self._log(record, acts[-1], CHANGE_SCORE, None, "Lead Score",
                          Change_Value=f"+{gain}", Old_Value=score - gain, New_Value=score,
                          Reason="Acts of the day")  # fmt: skip
            if person.index % 5 == 0:
                self._log(record, change.changed_at, CHANGE_REVENUE_STAGE, 3, "MQL",
                          Old_Stage="Known", New_Stage="MQL", Model="Funnel")  # fmt: skip
        for change in person.attribute_changes:
            if change.attribute == "owner_id" and person.index % 6 == 0:
                at = change.changed_at
                self._log(record, at, CHANGE_OWNER, None, _NAMES[change.new_value],
                          Old_Owner=_NAMES.get(change.old_value),
                          New_Owner=_NAMES[change.new_value])  # fmt: skip
        if lead.converted_at is not None:
            self._log(record, lead.converted_at, CONVERT, None, None, Assignee="Sales")
        if records.contact is not None:
            for deal in person.deals:
                if deal.has_contact:
                    at = deal.created_at
                    self._log(record, at, ADD_TO_OPPORTUNITY, None, deal.name)

    # -- the faults -----------------------------------------------------------------------

    def _strays(self, person: Person) -> None:
        index, created = person.index, _at(person.created_at)
        lead = dict.fromkeys(COLUMNS["leads"]) | {
            "email": f"stray{index:04d}@company{index:03d}.example", "firstName": "Person",
            "lastName": f"stray {index}", "leadStatus": "New", "leadSource": "Trade Show",
        }  # fmt: skip
        act = dict.fromkeys(COLUMNS["activities"]) | {
            "leadId": 1_000_000 + index * 10, "activityTypeId": VISIT,
            "primaryAttributeValueId": 101, "primaryAttributeValue": "/", "attributes": "[]",
        }  # fmt: skip
        for table, reason, base, values in (
            ("leads", "missing_key", lead, {"createdAt": created}),
            ("leads", "missing_created_at", lead, {"id": 1_000_009 + index * 10}),
            ("leads", "unreadable_created_at", lead,
             {"id": 1_000_008 + index * 10, "createdAt": "31.02.2025"}),
            ("activities", "missing_key", act, {"activityDate": created}),
            ("activities", "missing_activity_date", act,
             {"marketoGUID": index * 10_000 + 9_999}),
            ("activities", "unreadable_activity_date", act,
             {"marketoGUID": index * 10_000 + 9_998, "activityDate": "last Tuesday"}),
        ):  # fmt: skip
            if _is_due(table, reason, index):
                part = _part(person.created_at) if table == "activities" else None
                self.files.plant(table, reason, (base | values).values(), part)


def _mail_id(asset: str) -> int:
    """newsletter-2025-03: one e-mail a month."""
    year, month = asset.split("-")[1:]
    return 3000 + 12 * (int(year) - 2024) + int(month)


def _is_due(table: str, reason: str, index: int) -> bool:
    every, first = FAULTS[table, reason]
    return index % every == first
