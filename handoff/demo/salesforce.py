"""Writes the demo company as exports of Salesforce's API (Data Loader, "Export All").

Every field quoted, ids of 18 characters, moments as 2025-03-01T10:00:00.000Z, deleted and
merged rows among the others. What real ones of these exports are known for is here too:

- Field history of 18 months; nothing for the status that a lead is born or converted with.
- ConvertedDate is a date; a conversion moves the activities to the contact, whose own status
  field goes on; two history rows for one change of owner.
- Merged and deleted leads and contacts; several leads converted into one deal; deals older
  than their lead; leads converted while their status says otherwise.
- Queues that own leads, automated e-mail logged as tasks, tasks without a type or for a day
  to come, picklists never touched (`Select`), stamps written by an integration as epoch.

Unusable rows are planted beside the true ones as in `generic`.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from handoff.demo import catalogue, clock
from handoff.demo.files import Tables
from handoff.demo.records import (
    CRM_ACTIVITIES,
    CRM_HISTORY_SINCE,
    Record,
    Records,
    account_id,
    deal_id,
    salesforce_id,
    value_at,
)
from handoff.demo.truth import Account, Activity, Deal, Person, StatusChange

_RECORD = ("CreatedById", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_HISTORY = ("CreatedById", "CreatedDate", "Field", "DataType", "OldValue", "NewValue")
COLUMNS = {
    "Lead": (
        "Id", "IsDeleted", "MasterRecordId", "LastName", "FirstName", "Title", "Company",
        "Country", "Email", "Website", "LeadSource", "Status", "Industry", "NumberOfEmployees",
        "OwnerId", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId",
        "ConvertedOpportunityId", *_RECORD, "Rejection_Reason__c", "MQL_Date__c",
        "mkto71_Lead_Score__c", "Lead_Campaign__c",
    ),
    "LeadHistory": ("Id", "IsDeleted", "LeadId", *_HISTORY),
    "Contact": (
        "Id", "IsDeleted", "MasterRecordId", "AccountId", "LastName", "FirstName", "Title",
        "MailingCountry", "Email", "LeadSource", "OwnerId", *_RECORD, "Contact_Status__c",
        "Rejection_Reason__c", "MQL_Date__c", "mkto71_Lead_Score__c",
    ),
    "ContactHistory": ("Id", "IsDeleted", "ContactId", *_HISTORY),
    "Account": (
        "Id", "IsDeleted", "MasterRecordId", "Name", "Type", "BillingCountry", "Website",
        "Industry", "NumberOfEmployees", "OwnerId", *_RECORD,
    ),
    "Opportunity": (
        "Id", "IsDeleted", "AccountId", "ContactId", "Name", "StageName", "Amount",
        "CurrencyIsoCode", "CloseDate", "Type", "LeadSource", "CampaignId", "IsClosed", "IsWon",
        "ForecastCategory", "OwnerId", *_RECORD,
    ),
    "OpportunityHistory": (
        "Id", "IsDeleted", "OpportunityId", "StageName", "Amount", "CurrencyIsoCode",
        "CloseDate", "ForecastCategory", "CreatedById", "CreatedDate",
    ),
    "OpportunityFieldHistory": ("Id", "IsDeleted", "OpportunityId", *_HISTORY),
    "OpportunityContactRole": (
        "Id", "IsDeleted", "OpportunityId", "ContactId", "Role", "IsPrimary", *_RECORD,
    ),
    "Task": (
        "Id", "IsDeleted", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "IsClosed",
        "OwnerId", "Type", "TaskSubtype", "CallType", "CallDisposition", "CompletedDateTime",
        "CreatedById", "CreatedDate", "SystemModstamp",
    ),
    "Event": (
        "Id", "IsDeleted", "WhoId", "WhatId", "Subject", "IsAllDayEvent", "ActivityDate",
        "ActivityDateTime", "StartDateTime", "DurationInMinutes", "OwnerId", "Type",
        "EventSubtype", "CreatedById", "CreatedDate", "SystemModstamp",
    ),
    "Campaign": (
        "Id", "IsDeleted", "ParentId", "Name", "Type", "Status", "IsActive", "StartDate",
        "EndDate", "ActualCost", "CurrencyIsoCode", "OwnerId", *_RECORD, "Lead_Source__c",
    ),
    "CampaignMember": (
        "Id", "IsDeleted", "CampaignId", "LeadId", "ContactId", "Status", "HasResponded",
        "FirstRespondedDate", *_RECORD,
    ),
    "CampaignMemberStatus": (
        "Id", "IsDeleted", "CampaignId", "Label", "SortOrder", "IsDefault", "HasResponded",
        *_RECORD,
    ),
    "User": (
        "Id", "Username", "Name", "Email", "IsActive", "UserRoleId", "ProfileId", "Department",
        "UserType", *_RECORD,
    ),
    "UserRole": ("Id", "Name", "DeveloperName", "ParentRoleId"),
    "Profile": ("Id", "Name", "UserType"),
}  # fmt: skip

# (object, reason of the quarantine): (every how many persons, beginning with which).
FAULTS = {
    ("Lead", "duplicate_key"): (450, 90),
    ("Lead", "missing_key"): (500, 220),
    ("Lead", "superseded"): (300, 45),
    ("Lead", "missing_created_at"): (700, 310),
    ("Lead", "unreadable_created_at"): (400, 135),
    ("LeadHistory", "duplicate_key"): (200, 18),
    ("LeadHistory", "missing_key"): (800, 500),
    ("LeadHistory", "unreadable_changed_at"): (750, 335),
    ("Contact", "superseded"): (100, 19),
    ("Task", "duplicate_key"): (150, 75),
    ("Task", "missing_key"): (650, 10),
    ("Task", "unreadable_created_at"): (500, 410),
    ("Opportunity", "duplicate_key"): (225, 150),
    ("Opportunity", "missing_key"): (500, 125),
    ("Opportunity", "superseded"): (300, 75),
}

_ROLES = {
    "Marketing": "Marketing", "SDR": "Sales Development", "Sales": "Account Executive",
}  # fmt: skip
_PROFILES = ("Standard User", "Integration")
_FORECAST = {"Discovery": "Pipeline", "Proposal": "BestCase", "Negotiation": "Forecast"}
_DATA_TYPES = {"MQL_Date__c": "DateTime", "NumberOfEmployees": "Double"}
_MEMBER_STATUSES = {
    "Webinar": (("Invited", False), ("Registered", False), ("Attended", True)),
    "List": (("Loaded", False), ("Responded", True)),
    "Outbound": (("Sent", False), ("Responded", True)),
}  # fmt: skip
_RESPONDED = (("Sent", False), ("Responded", True))
_INTEGRATION = catalogue.CRM_SYNC.user_id


def user_id(user: str) -> str:
    number = int(user[1:])
    is_queue = user == catalogue.INBOUND_QUEUE.user_id
    return salesforce_id("00G" if is_queue else "005", number)


def campaign_id(name: str) -> str | None:
    """The id of a campaign of the catalogue."""
    return salesforce_id("701", _CAMPAIGN_NUMBERS[name]) if name else None


_CAMPAIGN_NUMBERS = {c.campaign_id: n for n, c in enumerate(catalogue.CAMPAIGNS, 1)}
_CAMPAIGNS = {campaign.campaign_id: campaign for campaign in catalogue.CAMPAIGNS}
_NAMES = {user.user_id: user.name for user in catalogue.USERS}


def _at(at: datetime | None) -> str | None:
    return at and f"{at.isoformat()}.000Z"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _money(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


def tables(out: Path, *, compressed: bool = False) -> Tables:
    return Tables(out / "salesforce", COLUMNS, quoting=csv.QUOTE_ALL, compressed=compressed)


class Writer:
    def __init__(self, files: Tables, seed: int) -> None:
        self.files, self.seed = files, seed
        self.rng = Random()
        self._index = self._number = 0  # of the person at hand, and of what belongs to them
        self._repeated: set[str] = set()
        self._block, self._accounts = -1, set()

    def _id(self, prefix: str) -> str:
        self._number += 1
        return salesforce_id(prefix, self._number)

    # -- what does not depend on the people -----------------------------------------------

    def furniture(self) -> None:
        row, since = self.files.row, clock.START - timedelta(days=400)
        stamps = (user_id(_INTEGRATION), _at(since), _at(since), _at(since))
        for number, role in enumerate(_ROLES.values(), 1):
            name = role.replace(" ", "_")
            row("UserRole", (salesforce_id("00E", number), role, name, None))
        for number, profile in enumerate(_PROFILES, 1):
            row("Profile", (salesforce_id("00e", number), profile, "Standard"))
        roles = list(_ROLES)
        for user in catalogue.USERS:
            if user is catalogue.INBOUND_QUEUE:
                continue  # a queue is no user: leads merely name it as their owner
            is_human = user.team in _ROLES
            role = salesforce_id("00E", roles.index(user.team) + 1) if is_human else None
            row("User", (
                user_id(user.user_id), f"{user.email}.crm", user.name, user.email,
                _flag(user.is_active), role, salesforce_id("00e", 1 if is_human else 2),
                None, "Standard", *stamps,
            ))  # fmt: skip
        self._campaigns(stamps)
        for number, domain in enumerate(sorted(catalogue.COMPETITOR_DOMAINS), 1):
            name = domain.split(".")[0].capitalize()
            self._account(
                Account(f"C-{name.upper()}", name, domain, "DE", "Software", 180, True), number
            )

    def _campaigns(self, stamps: tuple) -> None:
        row, owner = self.files.row, user_id(catalogue.CAMPAIGN_MANAGER.user_id)
        for campaign in catalogue.CAMPAIGNS:
            row("Campaign", (
                campaign_id(campaign.campaign_id), "false", None, campaign.name, campaign.type,
                "In Progress", "true", campaign.started_on, campaign.ended_on, None, "EUR",
                owner, *stamps, campaign.source,
            ))  # fmt: skip
            labels = _MEMBER_STATUSES.get(campaign.type, _RESPONDED)
            for place, (label, has_responded) in enumerate(labels, 1):
                number = _CAMPAIGN_NUMBERS[campaign.campaign_id] * 10 + place
                row("CampaignMemberStatus", (
                    salesforce_id("01Y", number), "false", campaign_id(campaign.campaign_id),
                    label, place, _flag(place == 1), _flag(has_responded), *stamps,
                ))  # fmt: skip
        # Costs are booked by month, each on a campaign of its own below the one that ran.
        costs: dict[tuple, list] = {}
        for spend in catalogue.spend():
            key = (spend.campaign_id, spend.spent_on.replace(day=1), spend.currency, spend.source)
            costs.setdefault(key, []).append(spend)
        for number, ((parent, month, currency, source), booked) in enumerate(costs.items(), 1):
            name = _CAMPAIGNS[parent].name if parent else source
            at = _at(datetime(month.year, month.month, 1))
            row("Campaign", (
                salesforce_id("701", 1000 + number), "false", campaign_id(parent),
                f"{name}, costs of {month:%Y-%m}", _CAMPAIGNS[parent].type if parent else None,
                "Completed", "false", max(spend.spent_on for spend in booked), None,
                _money(sum(spend.cents for spend in booked)), currency, owner,
                stamps[0], at, at, at, source,
            ))  # fmt: skip

    def _account(self, account: Account, number: int) -> None:
        rng = Random(f"{self.seed}:salesforce account:{number}")
        at = _at(clock.START - timedelta(seconds=rng.randrange(86400, 86400 * 300)))
        owner = rng.choice(catalogue.SALES_REPS[:5]).user_id
        self.files.row("Account", (
            account_id(account.account_id), "false", None, account.name, "Prospect",
            account.country, f"https://www.{account.domain}/", account.industry,
            account.employees, user_id(owner), user_id(_INTEGRATION), at, at, at,
        ))  # fmt: skip

    # -- one person -----------------------------------------------------------------------

    def person(self, records: Records, deal: Deal | None, buyer: Account | None) -> None:
        """All rows of a person, and of a deal that came about beside everybody."""
        person, index = records.person, records.person.index
        self.rng = Random(f"{self.seed}:salesforce:{index}")
        self._index, self._number = index, index * 10_000
        self._repeated.clear()
        if person.has_account or person.deals or records.contact is not None:
            self._employer(person)
        if records.lead is not None:
            self._lead(records)
            self._histories(records)
            self._activities(records)
            self._members(records)
        for record in records.others:
            if record.system == "salesforce":
                self._other(records, record)
        for own in person.deals:
            self._deal(own, index, records)
        if deal is not None:
            self._account(buyer, 10_000_000 + index)
            self._deal(deal, index, None)
        self._strays(person)

    def _employer(self, person: Person) -> None:
        """The account's row, once: people of one block of five may share it."""
        account, block = person.account, (person.index - 1) // 5
        if block != self._block:
            self._block, self._accounts = block, set()
        if not account.is_competitor and account.account_id not in self._accounts:
            self._accounts.add(account.account_id)
            self._account(account, int(account.account_id[1:]))

    def _picked(self, value: str) -> str:
        """A picklist's value, or what stands there when nobody picked one."""
        return value or self.rng.choice(("", "", "Select", "[[Unknown]]", "--None--"))

    def _stamp(self, at: datetime | None) -> str | None:
        """The integration that stamps MQLs has been rewritten twice."""
        draw = self.rng.random()
        if at is None or draw < 0.9:
            return _at(at)
        if draw < 0.95:
            return str(int((at - datetime(1970, 1, 1)).total_seconds()) * 1000)
        return at.isoformat(" ")

    def _lead(self, records: Records) -> None:
        person, lead, index = records.person, records.lead, records.person.index
        contact = lead.contact
        until = lead.converted_at or clock.END
        born, on_lead, _ = records.statuses()
        now = on_lead[-1] if on_lead else born
        moments = [lead.created_at, lead.converted_at, lead.gone_at]
        moments += [change.changed_at for change in on_lead]
        moments += [
            change.changed_at
            for change in person.attribute_changes
            if lead.created_at < change.changed_at <= until
        ]
        changed_at = max(at for at in moments if at is not None)
        employees = value_at(person, "employees", until)
        row = {
            "Id": lead.record_id,
            "IsDeleted": _flag(lead.is_deleted),
            "MasterRecordId": None,
            "LastName": person.last_name,
            "FirstName": person.first_name,
            "Title": value_at(person, "title", until),
            "Company": person.company,
            "Country": self._picked(value_at(person, "country", until)),
            "Email": lead.email,
            "Website": person.website,
            "LeadSource": self._picked(lead.source),
            "Status": now.status,
            "Industry": self._picked(person.industry),
            "NumberOfEmployees": employees,
            "OwnerId": user_id(value_at(person, "owner_id", until) or _INTEGRATION),
            "IsConverted": _flag(lead.converted_at is not None),
            "ConvertedDate": lead.converted_at and lead.converted_at.date(),
            "ConvertedAccountId": contact and account_id(person.account.account_id),
            "ConvertedContactId": contact and contact.record_id,
            "ConvertedOpportunityId": lead.opportunity_id,
            "CreatedById": user_id(_INTEGRATION),
            "CreatedDate": _at(lead.created_at),
            "LastModifiedDate": _at(changed_at),
            "SystemModstamp": _at(changed_at),
            "Rejection_Reason__c": now.reason,
            "MQL_Date__c": self._stamp(_stamped_by(person, until)),
            "mkto71_Lead_Score__c": person.score,
            "Lead_Campaign__c": campaign_id(lead.campaign_id),
        }
        if _is_due("Lead", "superseded", index):
            before = _at(changed_at - timedelta(days=1))
            older = row | {
                "Status": "New", "IsConverted": "false", "ConvertedDate": None,
                "ConvertedAccountId": None, "ConvertedContactId": None,
                "ConvertedOpportunityId": None, "LastModifiedDate": before,
                "SystemModstamp": before, "Rejection_Reason__c": None, "MQL_Date__c": None,
            }  # fmt: skip
            self.files.plant("Lead", "superseded", older.values())
        self.files.row("Lead", row.values())
        if _is_due("Lead", "duplicate_key", index):
            self.files.plant("Lead", "duplicate_key", row.values())
        if records.contact is not None:
            self._contact(records)

    def _contact(self, records: Records) -> None:
        person, contact = records.person, records.contact
        is_converted = records.lead.converted_at is not None
        own = records.statuses()[2] if is_converted else []
        moments = [contact.created_at, *(change.changed_at for change in own)]
        moments += [
            change.changed_at
            for change in person.attribute_changes
            if change.changed_at > contact.created_at
        ]
        changed_at = max(moments)
        row = {
            "Id": contact.record_id,
            "IsDeleted": _flag(contact.is_deleted),
            "MasterRecordId": None,
            "AccountId": account_id(person.account.account_id),
            "LastName": person.last_name,
            "FirstName": person.first_name,
            "Title": person.title,
            "MailingCountry": person.country,
            "Email": contact.email,
            "LeadSource": self._picked(contact.source),
            "OwnerId": user_id(person.owner_id or _INTEGRATION),
            "CreatedById": user_id(_INTEGRATION),
            "CreatedDate": _at(contact.created_at),
            "LastModifiedDate": _at(changed_at),
            "SystemModstamp": _at(changed_at),
            "Contact_Status__c": own[-1].status if own else None,
            "Rejection_Reason__c": own[-1].reason if own else None,
            "MQL_Date__c": self._stamp(person.mql_at),
            "mkto71_Lead_Score__c": person.score,
        }
        if _is_due("Contact", "superseded", person.index):
            before = _at(changed_at - timedelta(days=1))
            older = row | {"LastModifiedDate": before, "SystemModstamp": before, "Title": None}
            self.files.plant("Contact", "superseded", older.values())
        self.files.row("Contact", row.values())

    def _other(self, records: Records, record: Record) -> None:
        """A record on which nothing was ever told."""
        person, winner = records.person, record.merged_into
        moments = [record.created_at, record.gone_at, record.converted_at]
        changed_at = _at(max(at for at in moments if at is not None))
        stamps = (user_id(_INTEGRATION), _at(record.created_at), changed_at, changed_at)
        master = winner and winner.record_id
        if record.type == "contact":
            self.files.row("Contact", (
                record.record_id, _flag(record.is_deleted), master,
                account_id(person.account.account_id), record.last_name, person.first_name,
                None, None, record.email, record.source, user_id(_INTEGRATION), *stamps,
                None, None, None, None,
            ))  # fmt: skip
            return
        contact = record.contact
        # A forgotten duplicate converted with its deal gets the status of a converted lead.
        is_qualified = record.opportunity_id and any(
            change.status == "Sales Qualified"
            for change in [records.statuses()[0], *records.statuses()[1]]
        )
        self.files.row("Lead", (
            record.record_id, _flag(record.is_deleted), master, record.last_name,
            person.first_name, None, person.company, None, record.email, None, record.source,
            "Sales Qualified" if is_qualified else "New", None, None, user_id(_INTEGRATION),
            _flag(contact is not None), record.converted_at and record.converted_at.date(),
            contact and account_id(person.account.account_id), contact and contact.record_id,
            record.opportunity_id, *stamps, None, None, None, campaign_id(record.campaign_id),
        ))  # fmt: skip

    # -- histories ------------------------------------------------------------------------

    def _change(
        self, table: str, record: Record, name: str, old, new, at: datetime, by: str
    ) -> None:
        if at < CRM_HISTORY_SINCE:
            return
        values = [(old, new, _DATA_TYPES.get(name, "Text"))]
        if name == "Owner":
            # One change of owner, two rows: by name and by id.
            values = [
                (_NAMES.get(old), _NAMES.get(new), "Text"),
                (old and user_id(old), new and user_id(new), "EntityId"),
            ]
        for before, after, data_type in values:
            row = (
                self._id("017"), "false", record.record_id, user_id(by), _at(at), name,
                data_type, before, after,
            )  # fmt: skip
            self.files.row(table, row)
        if table == "LeadHistory":
            self._repeat(table, row)

    def _histories(self, records: Records) -> None:
        person, lead, contact = records.person, records.lead, records.contact
        born, on_lead, on_contact = records.statuses()
        if records.is_stamped:
            on_lead = on_lead[:-1]
        self._statuses("LeadHistory", "Status", lead, born.status, on_lead, born.reason)
        if on_contact:
            self._statuses("ContactHistory", "Contact_Status__c", contact, None, on_contact, "")
        if lead.converted_at is not None and self.rng.random() < 0.5:
            # Converting leaves a mark in the history, with its time; not through every door.
            self._change(
                "LeadHistory", lead, "leadConverted", None, None, lead.converted_at, _INTEGRATION
            )
        for loser in records.others:
            if loser.merged_into is lead:
                self._change(
                    "LeadHistory", lead, "leadMerged", None, None, loser.gone_at,
                    catalogue.MARKETING_OPERATIONS.user_id,
                )  # fmt: skip
        for change in person.attribute_changes:
            at = change.changed_at
            is_on_contact = lead.converted_at is not None and at > lead.converted_at
            names = _CONTACT_FIELDS if is_on_contact else _LEAD_FIELDS
            if at <= lead.created_at or change.attribute not in names:
                continue
            old, new = change.old_value, change.new_value
            if change.attribute == "mql_at":
                old, new = (_at(datetime.fromisoformat(value)) for value in (old, new))
            elif change.attribute == "owner_id":
                old = old or _INTEGRATION
            self._change(
                "ContactHistory" if is_on_contact else "LeadHistory",
                contact if is_on_contact else lead,
                names[change.attribute], old, new, at, change.changed_by,
            )  # fmt: skip

    def _statuses(
        self,
        table: str,
        name: str,
        record: Record,
        status: str | None,
        changes: list[StatusChange],
        reason: str,
    ) -> None:
        for change in changes:
            at, by = change.changed_at, change.changed_by
            self._change(table, record, name, status, change.status, at, by)
            if change.reason != reason:
                # The reason is often typed in a moment after the status.
                late = self.rng.randrange(2, 45) if self.rng.random() < 0.15 else 0
                at = min(at + timedelta(seconds=late if change.reason else 0), clock.END)
                self._change(table, record, "Rejection_Reason__c", reason, change.reason, at, by)
            status, reason = change.status, change.reason

    # -- activities -----------------------------------------------------------------------

    def _activities(self, records: Records) -> None:
        person, lead, rng = records.person, records.lead, self.rng
        seller = person.owner_id or _INTEGRATION
        first = None
        for activity in person.activities:
            at = activity.occurred_at
            if activity.type in CRM_ACTIVITIES:
                seller = activity.actor_id or seller
                self._logged(self._who(records, at), activity, seller)
                first = first or activity
            elif (
                activity.type == "Automated Email Sent"
                and at > lead.created_at
                and rng.random() < 0.22
            ):
                # The connector logs some of marketing's mailings as tasks.
                self._task(
                    self._who(records, at), f"[Marketo] {activity.asset}", "Email", "Email",
                    catalogue.MARKETING_AUTOMATION.user_id, at, at + timedelta(seconds=90),
                )  # fmt: skip
        if first is None or lead.is_deleted:
            return
        at, draw = first.occurred_at, rng.random()
        who = self._who(records, at)
        if draw < 0.06:
            day = at.date() + timedelta(days=rng.randint(5, 90))
            self._row("Task", {
                "WhoId": who, "Subject": "Call again", "ActivityDate": day,
                "Status": "Not Started", "IsClosed": "false", "OwnerId": user_id(seller),
                "Type": "Call", "TaskSubtype": "Task", "CreatedById": user_id(seller),
                "CreatedDate": _at(at), "SystemModstamp": _at(at),
            })  # fmt: skip
        elif draw < 0.1:
            # A note to oneself: nobody said what kind of task it is.
            self._task(who, "Correct the address", "", "", seller, at, at)
        elif draw < 0.13 and first.type.startswith("Sales Call"):
            # Logged twice, and one of them deleted.
            self._task(who, "Call", "Call", "Call", seller, at, at, is_deleted="true",
                       CallType="Outbound", CallDisposition="No Answer")  # fmt: skip

    def _who(self, records: Records, at: datetime) -> str:
        """A conversion moves what was logged on the lead to the contact."""
        lead, contact = records.lead, records.contact
        if contact is not None and (lead.converted_at is not None or at >= contact.created_at):
            return contact.record_id
        return lead.record_id

    def _logged(self, who: str, activity: Activity, by: str) -> None:
        rng, at = self.rng, activity.occurred_at
        recorded_at = activity.recorded_at or at
        kind = activity.type
        if kind == "Meeting Held":
            is_all_day = rng.random() < 0.04
            self._row("Event", {
                "WhoId": who, "Subject": "Planning with Person", "ActivityDate": at.date(),
                "IsAllDayEvent": _flag(is_all_day),
                "ActivityDateTime": None if is_all_day else _at(at),
                "StartDateTime": None if is_all_day else _at(at),
                "DurationInMinutes": 1440 if is_all_day else 45, "OwnerId": user_id(by),
                "Type": "Meeting", "EventSubtype": "Event", "CreatedById": user_id(by),
                "CreatedDate": _at(recorded_at), "SystemModstamp": _at(recorded_at),
            })  # fmt: skip
            return
        is_call = kind.startswith("Sales Call")
        subtype = "Call" if is_call else "Email"
        subject, details = subtype, {}
        if is_call:
            is_connected = kind == "Sales Call Connected"
            details = {
                "CallType": "Outbound",
                "CallDisposition": "Connected" if is_connected
                else rng.choice(("No Answer", "No Answer", "Left Voicemail", "Busy")),
            }  # fmt: skip
        elif kind == "Email Reply":
            subject = "[Reply] Re: planning without spreadsheets"
            if activity.is_automated:
                subject = "[Reply] [Automatic] Out of office"
        elif activity.is_automated:
            subject = "[Outreach] [Email] [Out] Planning without spreadsheets"
        # The dialler and the mail client fill the subtype alone.
        type_ = "" if rng.random() < 0.15 else subtype
        self._task(who, subject, type_, subtype, by, at, recorded_at, **details)

    def _task(
        self,
        who: str,
        subject: str,
        type_: str,
        subtype: str,
        by: str,
        at: datetime,
        recorded_at: datetime,
        is_deleted: str = "false",
        **details,
    ) -> None:
        # Tasks closed as they are made have no moment of completion.
        is_quick = at == recorded_at and self.rng.random() < 0.05
        recorded_at = min(recorded_at, clock.END)
        self._row("Task", {
            "IsDeleted": is_deleted, "WhoId": who, "Subject": subject,
            "ActivityDate": None if is_quick else at.date(), "Status": "Completed",
            "IsClosed": "true", "OwnerId": user_id(by), "Type": type_, "TaskSubtype": subtype,
            "CompletedDateTime": None if is_quick else _at(at), "CreatedById": user_id(by),
            "CreatedDate": _at(recorded_at), "SystemModstamp": _at(recorded_at),
        } | details)  # fmt: skip

    def _row(self, table: str, values: dict) -> None:
        prefix = "00T" if table == "Task" else "00U"
        row = {"Id": self._id(prefix), "IsDeleted": "false"} | values
        cells = [row.get(column) for column in COLUMNS[table]]
        self.files.row(table, cells)
        if table == "Task":
            self._repeat(table, cells)

    def _repeat(self, table: str, row: Iterable) -> None:
        """Plants a row a second time, once a person."""
        if _is_due(table, "duplicate_key", self._index) and table not in self._repeated:
            self._repeated.add(table)
            self.files.plant(table, "duplicate_key", row)

    # -- campaigns ------------------------------------------------------------------------

    def _members(self, records: Records) -> None:
        person, lead = records.person, records.lead
        contact = lead.contact
        members: dict[str, tuple[str, datetime]] = {}
        if person.campaign_id:
            labels = _MEMBER_STATUSES.get(_CAMPAIGNS[person.campaign_id].type, _RESPONDED)
            is_asked = labels[-1][0] == "Attended"
            label = labels[-2 if is_asked else 0 if labels is not _RESPONDED else -1][0]
            members[person.campaign_id] = (label, lead.created_at)
        for activity in person.activities:
            if activity.type.startswith("Webinar") and activity.campaign_id:
                label = activity.type.split()[1]
                at = max(lead.created_at, activity.occurred_at)
                first_at = members.get(activity.campaign_id, (label, at))[1]
                members[activity.campaign_id] = (label, first_at)
        for name, (label, at) in members.items():
            has_responded = dict(_MEMBER_STATUSES.get(_CAMPAIGNS[name].type, _RESPONDED))[label]
            self.files.row("CampaignMember", (
                self._id("00v"), "false", campaign_id(name), lead.record_id,
                contact and contact.record_id, label, _flag(has_responded),
                at.date() if has_responded else None, user_id(_INTEGRATION), _at(at), _at(at),
                _at(at),
            ))  # fmt: skip

    # -- deals ----------------------------------------------------------------------------

    def _deal(self, deal: Deal, index: int, records: Records | None) -> None:
        """A deal's row, history and contacts; without records it is nobody's."""
        rng, files = self.rng, self.files
        opportunity, at = deal_id(index, deal), deal.created_at
        stages = deal.stages
        last_at = stages[-1][1]
        is_closed = deal.closed_at is not None
        contact = records.contact if records is not None else None
        is_named = contact is not None and deal.has_contact
        close_date = (deal.closed_at or clock.END + timedelta(days=rng.randint(5, 80))).date()
        by = user_id(deal.created_by)

        def forecast(stage: str) -> str:
            return _FORECAST.get(stage, "Closed" if stage == "Closed Won" else "Omitted")

        row = {
            "Id": opportunity,
            "IsDeleted": "false",
            "AccountId": account_id(deal.account_id),
            "ContactId": contact.record_id if is_named and rng.random() < 0.7 else None,
            "Name": deal.name,
            "StageName": deal.stage,
            "Amount": _money(deal.cents),
            "CurrencyIsoCode": deal.currency,
            "CloseDate": close_date,
            "Type": deal.type,
            "LeadSource": self._picked(deal.source),
            "CampaignId": campaign_id(deal.campaign_id),
            "IsClosed": _flag(is_closed),
            "IsWon": _flag(deal.stage == "Closed Won"),
            "ForecastCategory": forecast(deal.stage),
            "OwnerId": user_id(deal.owner_id),
            "CreatedById": by,
            "CreatedDate": _at(at),
            "LastModifiedDate": _at(last_at),
            "SystemModstamp": _at(last_at),
        }
        if records is None and _is_due("Opportunity", "superseded", index):
            older = row | {
                "StageName": "Discovery", "IsClosed": "false", "IsWon": "false",
                "LastModifiedDate": _at(at), "SystemModstamp": _at(at),
            }  # fmt: skip
            files.plant("Opportunity", "superseded", older.values())
        files.row("Opportunity", row.values())
        if records is None and _is_due("Opportunity", "duplicate_key", index):
            files.plant("Opportunity", "duplicate_key", row.values())
        self._stages(deal, opportunity, close_date, forecast)
        if is_named:
            files.row("OpportunityContactRole", (
                self._id("00K"), "false", opportunity, contact.record_id,
                rng.choice(("Decision Maker", "Economic Buyer", "Evaluator")), "true", by,
                _at(at), _at(at), _at(at),
            ))  # fmt: skip

    def _stages(self, deal: Deal, opportunity: str, close_date: date, forecast) -> None:
        rng, files = self.rng, self.files
        owner, before, old = user_id(deal.owner_id), user_id(deal.created_by), None
        # Deals brought over from an older system have the history of fields alone.
        is_moved = rng.random() < 0.08
        for stage, at in deal.stages:
            if is_moved and old is not None:
                files.row("OpportunityFieldHistory", (
                    self._id("017"), "false", opportunity, owner, _at(at), "StageName",
                    "Picklist", old, stage,
                ))  # fmt: skip
            old = stage
            if is_moved:
                continue
            amount = None if stage == "Discovery" and rng.random() < 0.5 else _money(deal.cents)
            snapshot = (stage, amount, deal.currency, close_date, forecast(stage), before)
            files.row("OpportunityHistory", (
                self._id("008"), "false", opportunity, *snapshot, _at(at),
            ))  # fmt: skip
            before = owner
            if amount is None and deal.cents is not None:
                # A figure is put on it: the stage is told again.
                later = min(at + timedelta(hours=rng.randint(1, 3)), clock.END)
                files.row("OpportunityHistory", (
                    self._id("008"), "false", opportunity, stage, _money(deal.cents),
                    *snapshot[2:5], owner, _at(later),
                ))  # fmt: skip
                files.row("OpportunityFieldHistory", (
                    self._id("017"), "false", opportunity, owner, _at(later), "Amount",
                    "Currency", None, _money(deal.cents),
                ))  # fmt: skip

    # -- the faults -----------------------------------------------------------------------

    def _strays(self, person: Person) -> None:
        index, created = person.index, _at(person.created_at)
        lead = dict.fromkeys(COLUMNS["Lead"]) | {
            "LastName": f"stray {index}", "Status": "New", "IsDeleted": "false",
            "Email": f"stray{index:04d}@company{index:03d}.example",
        }  # fmt: skip
        history = dict.fromkeys(COLUMNS["LeadHistory"]) | {
            "LeadId": salesforce_id("00Q", index * 10), "CreatedById": user_id("U11"),
            "Field": "Status", "NewValue": "Working", "IsDeleted": "false",
        }  # fmt: skip
        task = dict.fromkeys(COLUMNS["Task"]) | {
            "WhoId": salesforce_id("00Q", index * 10), "Subject": "Call", "Type": "Call",
            "Status": "Completed", "IsClosed": "true", "IsDeleted": "false",
        }  # fmt: skip
        deal = dict.fromkeys(COLUMNS["Opportunity"]) | {
            "Name": "Without a trace", "StageName": "Discovery", "Type": "New Business",
            "IsDeleted": "false", "CreatedDate": created,
        }  # fmt: skip
        for table, reason, base, values in (
            ("Lead", "missing_key", lead, {"CreatedDate": created}),
            ("Lead", "missing_created_at", lead, {"Id": salesforce_id("00Q", index * 10 + 9)}),
            ("Lead", "unreadable_created_at", lead,
             {"Id": salesforce_id("00Q", index * 10 + 8), "CreatedDate": "31.02.2025"}),
            (
                "LeadHistory",
                "missing_key",
                history,
                {"Id": self._id("017"), "LeadId": None, "CreatedDate": created},
            ),
            ("LeadHistory", "unreadable_changed_at", history,
             {"Id": self._id("017"), "CreatedDate": "2025-13-45T10:00:00.000Z"}),
            ("Task", "missing_key", task, {"CreatedDate": created}),
            ("Task", "unreadable_created_at", task,
             {"Id": self._id("00T"), "CreatedDate": "last Tuesday"}),
            ("Opportunity", "missing_key", deal, {}),
        ):  # fmt: skip
            if _is_due(table, reason, index):
                self.files.plant(table, reason, (base | values).values())


_LEAD_FIELDS = {
    "title": "Title", "country": "Country", "employees": "NumberOfEmployees",
    "owner_id": "Owner", "mql_at": "MQL_Date__c",
}  # fmt: skip
# Size is a matter of the account from there on.
_CONTACT_FIELDS = {
    "title": "Title", "country": "MailingCountry", "owner_id": "Owner", "mql_at": "MQL_Date__c",
}  # fmt: skip


def _is_due(table: str, reason: str, index: int) -> bool:
    every, first = FAULTS[table, reason]
    return index % every == first


def _stamped_by(person: Person, until: datetime) -> datetime | None:
    """The MQL stamp as it stood then."""
    stamp = value_at(person, "mql_at", until)
    if isinstance(stamp, str):
        stamp = datetime.fromisoformat(stamp)
    return stamp if stamp is not None and stamp <= until else None
