"""Writes the demo company as the generic exports, with the faults that real exports have.

Two kinds of fault:

- Untidy but readable: zones, fractions of a second, dates without a time, other letter
  case, histories that lack their beginning. They change how a moment is written, never
  what happened. Fractions stay below half a second, so cutting and rounding agree.
- Unusable rows, planted beside the true ones at fixed places (`FAULTS`). Leaving them out
  gives back the whole truth; `write` returns how many there are, by object and reason.
"""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from handoff.demo import catalogue, clock, company
from handoff.demo.files import Manifest, Tables
from handoff.demo.truth import Activity, Deal, Person, Visitor

COLUMNS = {
    "persons": (
        "person_id", "email", "first_name", "last_name", "title", "company", "website",
        "country", "industry", "employees", "source", "campaign_id", "account_id", "owner_id",
        "status", "status_reason", "created_at", "updated_at", "is_deleted", "mql_at", "score",
        "converted_at", "converted_opportunity_id",
    ),
    "attribute_changes": (
        "person_id", "field", "old_value", "new_value", "changed_at", "changed_by",
    ),
    "status_changes": ("person_id", "status", "changed_at", "changed_by", "reason"),
    "activities": (
        "activity_id", "person_id", "email", "activity_type", "occurred_at", "recorded_at",
        "asset", "campaign_id", "source", "direction", "is_two_way", "is_automated",
        "actor_id",
    ),
    "opportunities": (
        "opportunity_id", "name", "type", "account_id", "person_id", "amount", "currency",
        "stage", "created_at", "created_by", "owner_id", "closed_at", "source", "campaign_id",
        "updated_at", "is_deleted",
    ),
    "campaigns": ("campaign_id", "name", "type", "source", "started_on", "ended_on"),
    "spend": ("spend_id", "spent_on", "amount", "currency", "source", "campaign_id"),
    "users": ("user_id", "name", "email", "team", "is_active"),
}  # fmt: skip

# (object, reason of the quarantine): (every how many persons, beginning with which).
# `spend` does not grow with the leads: one row each.
FAULTS = {
    ("persons", "duplicate_key"): (450, 91),
    ("persons", "missing_created_at"): (700, 311),
    ("persons", "missing_key"): (500, 222),
    ("persons", "superseded"): (300, 44),
    ("persons", "unreadable_created_at"): (400, 137),
    ("attribute_changes", "duplicate_key"): (400, 58),
    ("attribute_changes", "unreadable_changed_at"): (600, 260),
    ("status_changes", "duplicate_key"): (350, 18),
    ("status_changes", "missing_key"): (800, 501),
    ("status_changes", "unreadable_changed_at"): (750, 333),
    ("activities", "duplicate_key"): (250, 77),
    ("activities", "missing_key"): (650, 12),
    ("activities", "missing_occurred_at"): (900, 610),
    ("activities", "unreadable_occurred_at"): (500, 410),
    ("opportunities", "duplicate_key"): (450, 150),
    ("opportunities", "missing_created_at"): (750, 225),
    ("opportunities", "missing_key"): (500, 125),
    ("opportunities", "superseded"): (300, 75),
}


def write(
    out: Path,
    leads: int = company.DEFAULT_LEADS,
    seed: int = company.DEFAULT_SEED,
    *,
    is_tidy: bool = False,
    activities_per_lead: int = 0,
    compressed: bool = False,
) -> Manifest:
    """Writes `<out>/generic/<object>.csv`, person by person.

    is_tidy: without any fault, for comparing with what truly happened
    activities_per_lead: at least so many, for measuring with volume
    """
    with Tables(out / "generic", COLUMNS, compressed=compressed) as files:
        export = _Export(files, is_tidy)
        export.furniture()
        for index in range(1, leads + 1):
            person = company.simulate(seed, index)
            if activities_per_lead:
                company.fill_up(seed, person, activities_per_lead)
            export.person(
                person,
                company.visitor(seed, index),
                company.deal_without_lead(seed, index),
                Random(f"{seed}:generic:{index}"),
            )
    return files.manifest


def _is_due(place: tuple[str, str], index: int) -> bool:
    every, first = FAULTS[place]
    return index % every == first


def _plain(at: datetime) -> str:
    return at.isoformat(" ")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


class _Export:
    def __init__(self, files: Tables, is_tidy: bool) -> None:
        self.files, self.is_tidy = files, is_tidy
        self.rng = Random()

    def _row(self, name: str, *values) -> None:
        self.files.row(name, values)

    def _plant(self, name: str, reason: str, *values) -> None:
        if not self.is_tidy:
            self.files.plant(name, reason, values)

    def _moment(self, at: datetime | None, *, day_only: float = 0.0) -> str:
        """A moment as one of the several tools that fed the export would write it."""
        if at is None:
            return ""
        if self.is_tidy:
            return _plain(at)
        draw = self.rng.random()
        if draw < day_only:
            return at.date().isoformat()
        draw = self.rng.random()
        if draw < 0.94:
            return _plain(at)
        if draw < 0.96:
            return at.isoformat() + "Z"
        if draw < 0.98:
            hours = clock.berlin_offset(at) // timedelta(hours=1)
            return f"{clock.to_berlin(at).isoformat()}+{hours:02d}:00"
        return f"{_plain(at)}.{self.rng.randrange(1, 500):03d}"

    def _word(self, word: str) -> str:
        """A word of the system's vocabulary; now and then typed by hand."""
        draw = self.rng.random()
        if self.is_tidy:
            return word
        if draw < 0.002:
            return word.upper()
        return word + " " if draw < 0.004 and word else word

    def furniture(self) -> None:
        """What does not depend on the people."""
        for user in catalogue.USERS:
            self._row(
                "users", user.user_id, user.name, user.email, user.team, _flag(user.is_active)
            )
        for campaign in catalogue.CAMPAIGNS:
            self._row(
                "campaigns", campaign.campaign_id, campaign.name, campaign.type,
                campaign.source, campaign.started_on, campaign.ended_on,
            )  # fmt: skip
        rows = [
            (s.spend_id, s.spent_on, _money(s.cents), s.currency, s.source, s.campaign_id)
            for s in catalogue.spend()
        ]
        for row in rows:
            self._row("spend", *row)
        self._plant("spend", "duplicate_key", *rows[3])
        self._plant("spend", "missing_amount", "I9001", rows[9][1], "", "EUR", "Paid Search", "")
        self._plant(
            "spend", "unreadable_spent_on", "I9002", "end of March", "300.00", "EUR", "Webinar", ""
        )

    def person(
        self, person: Person, visitor: Visitor | None, deal: Deal | None, rng: Random
    ) -> None:
        self.rng = rng
        self._record(person)
        self._attribute_changes(person)
        self._status_changes(person)
        self._activities(person, visitor)
        self._opportunities(person, deal)

    # -- persons --------------------------------------------------------------------------

    def _record(self, person: Person) -> None:
        index, statuses = person.index, person.status_changes
        person_id = _person_id(index)
        moments = [change.changed_at for change in statuses + person.attribute_changes]
        updated_at = max(moments, default=person.created_at)
        conversion = next((deal for deal in person.deals if deal.is_conversion), None)
        # An overwritten stamp is told by its history: the last one is written as it stands there.
        is_restamped = any(c.attribute == "mql_at" for c in person.attribute_changes)
        day_only = 0.3 if person.source == "Trade Show" else 0.0
        row = {
            "person_id": person_id,
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "title": person.title,
            "company": person.company,
            "website": person.website,
            "country": person.country,
            "industry": person.industry,
            "employees": person.employees,
            "source": self._word(person.source),
            "campaign_id": person.campaign_id,
            "account_id": person.account.account_id if person.has_account or person.deals else "",
            "owner_id": person.owner_id,
            "status": statuses[-1].status,
            "status_reason": statuses[-1].reason,
            "created_at": self._moment(person.created_at, day_only=day_only),
            "updated_at": self._moment(updated_at),
            "is_deleted": _flag(person.is_deleted),
            "mql_at": _plain(person.mql_at)
            if person.mql_at and is_restamped
            else self._moment(person.mql_at, day_only=0.04),
            "score": person.score,
            "converted_at": self._moment(conversion.created_at) if conversion else "",
            "converted_opportunity_id": _deal_id(index, conversion) if conversion else "",
        }
        if _is_due(("persons", "superseded"), index):
            older = row | {
                "status": "New",
                "status_reason": "",
                "updated_at": _plain(updated_at - timedelta(days=1)),
                "mql_at": "",
                "score": "",
                "converted_at": "",
                "converted_opportunity_id": "",
            }
            self._plant("persons", "superseded", *older.values())
        self._row("persons", *row.values())
        if _is_due(("persons", "duplicate_key"), index):
            self._plant("persons", "duplicate_key", *row.values())

        stray = dict.fromkeys(COLUMNS["persons"], "") | {
            "email": f"stray{index:04d}@company{index:03d}.example",
            "first_name": "Person",
            "last_name": f"stray {index}",
            "status": "New",
            "source": "Trade Show",
            "is_deleted": "false",
        }
        created = _plain(person.created_at)
        for reason, values in (
            ("missing_key", {"created_at": created}),
            ("missing_created_at", {"person_id": f"X{index}"}),
            ("unreadable_created_at", {"person_id": f"Y{index}", "created_at": "31.02.2025"}),
        ):
            if _is_due(("persons", reason), index):
                self._plant("persons", reason, *(stray | values).values())

        if person.twin is not None:
            twin = row | {
                "person_id": _twin_id(index),
                "email": person.twin.email,
                "title": "",
                "website": "",
                "employees": "",
                "source": person.twin.source,
                "campaign_id": person.twin.campaign_id,
                "account_id": "",
                "owner_id": "",
                "status": "New",
                "status_reason": "",
                "created_at": self._moment(person.twin.created_at),
                "updated_at": self._moment(person.twin.created_at),
                "is_deleted": "false",
                "mql_at": "",
                "score": "",
                "converted_at": "",
                "converted_opportunity_id": "",
            }
            self._row("persons", *twin.values())

    # -- histories ------------------------------------------------------------------------

    def _attribute_changes(self, person: Person) -> None:
        index, row = person.index, None
        for change in person.attribute_changes:
            row = (
                _person_id(index), change.attribute, change.old_value, change.new_value,
                self._moment(change.changed_at), change.changed_by,
            )  # fmt: skip
            self._row("attribute_changes", *row)
        if row and _is_due(("attribute_changes", "duplicate_key"), index):
            self._plant("attribute_changes", "duplicate_key", *row)
        if _is_due(("attribute_changes", "unreadable_changed_at"), index):
            self._plant(
                "attribute_changes", "unreadable_changed_at",
                _person_id(index), "title", "", "Buyer", "yesterday", "U04",
            )  # fmt: skip

    def _status_changes(self, person: Person) -> None:
        index, row = person.index, None
        changes = person.status_changes
        if self.is_tidy:
            pass  # the history is whole
        elif len(changes) == 1 and index % 9 == 0:
            # Nothing was ever changed on the record, and its birth was not logged.
            changes = []
        elif len(changes) > 2 and index % 23 == 0:
            # The log was switched on late: the beginning is lost.
            changes = changes[1:]
        for change in changes:
            row = (
                _person_id(index), self._word(change.status),
                self._moment(change.changed_at, day_only=0.003), change.changed_by,
                change.reason,
            )  # fmt: skip
            self._row("status_changes", *row)
        if person.twin is not None:
            at = self._moment(person.twin.created_at)
            self._row("status_changes", _twin_id(index), "New", at, "U04", "")
        if row and _is_due(("status_changes", "duplicate_key"), index):
            self._plant("status_changes", "duplicate_key", *row)
        at = _plain(person.created_at)
        if _is_due(("status_changes", "missing_key"), index):
            self._plant("status_changes", "missing_key", "", "Working", at, "U11", "")
        if _is_due(("status_changes", "unreadable_changed_at"), index):
            self._plant(
                "status_changes", "unreadable_changed_at",
                _person_id(index), "Working", "2025-13-45 10:00:00", "U11", "",
            )  # fmt: skip

    # -- activities -----------------------------------------------------------------------

    def _activities(self, person: Person, visitor: Visitor | None) -> None:
        index = person.index
        first = None
        for activity in person.activities:
            row = self._activity(person, activity)
            first = first or row
            self._row("activities", *row)
        if first and _is_due(("activities", "duplicate_key"), index):
            self._plant("activities", "duplicate_key", *first)
        for reason, key, at in (
            ("missing_key", "", _plain(person.created_at)),
            ("missing_occurred_at", f"Z{index}", ""),
            ("unreadable_occurred_at", f"Z{index}", "last Tuesday"),
        ):
            if _is_due(("activities", reason), index):
                self._plant(
                    "activities", reason, key, _person_id(index), "", "Page View", at, "", "/",
                    *[""] * 6,
                )  # fmt: skip
        if visitor is not None:
            for activity in visitor.activities:
                self._row(
                    "activities", f"V{index:04d}-{activity.number + 1:02d}", "", visitor.email,
                    activity.type, self._moment(activity.occurred_at), "", activity.asset,
                    *[""] * 6,
                )  # fmt: skip

    def _activity(self, person: Person, activity: Activity) -> tuple:
        rng = self.rng
        person_id, email = _person_id(person.index), ""
        if activity.known_by == "email":
            person_id = ""
            email = person.email.upper() if rng.random() < 0.2 else person.email
        elif activity.known_by == "twin":
            person_id = _twin_id(person.index)
        elif rng.random() < 0.04:
            email = person.email
        direction = is_two_way = is_automated = ""
        if activity.is_automated:
            is_automated = "true"
            is_two_way = "false" if activity.type == "Email Reply" else ""
        elif rng.random() < 0.02:
            is_automated = _flag(activity.type == "Automated Email Sent")
            direction = "outbound" if activity.actor_id else "inbound"
        # Meetings are often logged for the day.
        day_only = 0.05 if activity.type == "Meeting Held" else 0.0
        return (
            f"A{person.index:04d}-{activity.number:02d}", person_id, email,
            self._word(activity.type), self._moment(activity.occurred_at, day_only=day_only),
            self._moment(activity.recorded_at), activity.asset, activity.campaign_id,
            activity.source, direction, is_two_way, is_automated, activity.actor_id,
        )  # fmt: skip

    # -- opportunities --------------------------------------------------------------------

    def _opportunities(self, person: Person, deal_without_lead: Deal | None) -> None:
        index = person.index
        for deal in person.deals:
            # A conversion names the deal on the person's record; the deal names the person
            # only where somebody entered its contact.
            has_contact = deal.has_contact and not (deal.is_conversion and index % 3 == 0)
            self._row(
                "opportunities",
                *self._opportunity(
                    _deal_id(index, deal), deal, _person_id(index) if has_contact else ""
                ).values(),
            )
        if deal_without_lead is not None:
            row = self._opportunity(f"W{index:04d}", deal_without_lead, "")
            if index % 300 == 225 and not self.is_tidy:
                # From a list made by hand: when it was won, not when it began.
                row["created_at"] = ""
            if _is_due(("opportunities", "superseded"), index):
                created_at = deal_without_lead.created_at
                older = row | {
                    "stage": "Discovery",
                    "closed_at": "",
                    "updated_at": _plain(created_at),
                }
                self._plant("opportunities", "superseded", *older.values())
            self._row("opportunities", *row.values())
            if _is_due(("opportunities", "duplicate_key"), index):
                self._plant("opportunities", "duplicate_key", *row.values())
        stray = dict.fromkeys(COLUMNS["opportunities"], "") | {
            "name": "Without a trace",
            "type": "New Business",
            "amount": "1000.00",
            "currency": "EUR",
            "stage": "Discovery",
            "is_deleted": "false",
        }
        if _is_due(("opportunities", "missing_key"), index):
            values = stray | {"created_at": _plain(person.created_at)}
            self._plant("opportunities", "missing_key", *values.values())
        if _is_due(("opportunities", "missing_created_at"), index):
            values = stray | {"opportunity_id": f"Z{index}"}
            self._plant("opportunities", "missing_created_at", *values.values())
        if index % 700 == 430:
            at = _plain(person.created_at)
            test_deal = stray | {
                "opportunity_id": f"T{index}", "name": "Test, please ignore",
                "stage": "Closed Won", "created_at": at, "closed_at": at, "updated_at": at,
                "is_deleted": "true",
            }  # fmt: skip
            self._row("opportunities", *test_deal.values())

    def _opportunity(self, opportunity_id: str, deal: Deal, person_id: str) -> dict:
        return {
            "opportunity_id": opportunity_id,
            "name": deal.name,
            "type": deal.type,
            "account_id": deal.account_id,
            "person_id": person_id,
            "amount": "" if deal.cents is None else _money(deal.cents),
            "currency": deal.currency,
            "stage": self._word(deal.stage),
            "created_at": self._moment(deal.created_at, day_only=0.02),
            "created_by": deal.created_by,
            "owner_id": deal.owner_id,
            "closed_at": self._moment(deal.closed_at, day_only=0.15),
            "source": deal.source,
            "campaign_id": deal.campaign_id,
            "updated_at": self._moment(deal.stages[-1][1]),
            "is_deleted": "false",
        }


def _person_id(index: int) -> str:
    return f"P{index:04d}"


def _twin_id(index: int) -> str:
    return f"P{index:04d}-2"


def _deal_id(index: int, deal: Deal) -> str:
    return f"D{index:04d}-{deal.number}"
