"""Writes the truth beside the Salesforce and Marketo exports, for measuring what is read out
of them: who is who, which deal is whose, and when what happened.

It is no export: landing takes the folders of systems alone. Where the exports hold no
evidence, the row says so with its cause, and nobody can be expected to find it.
"""

from datetime import datetime
from pathlib import Path

from handoff.demo.files import Tables
from handoff.demo.records import (
    ARCHIVE_SINCE,
    CRM_HISTORY_SINCE,
    Records,
    deal_id,
)
from handoff.demo.truth import Deal, Person, StatusChange

COLUMNS = {
    "people": ("person_id", "created_at", "n_records", "is_deleted", "is_exported", "cause"),
    "records": (
        "record_key", "person_id", "role", "is_exported", "is_joinable", "cause",
    ),
    "opportunities": ("opportunity_key", "person_id", "is_joinable", "cause"),
    "moments": (
        "person_id", "moment", "happened_at", "precision", "reason", "opportunity_key",
        "is_told", "cause",
    ),
}  # fmt: skip

STAGES = {
    "New": "new", "In Nurture": "nurture", "Marketing Qualified": "mql",
    "With Sales": "handed_on", "Working": "working", "Accepted by Sales": "sales_accepted",
    "Sales Qualified": "sales_qualified", "Rejected by Sales": "rejected",
    "Recycled to Marketing": "recycled", "Customer": "customer", "Former Customer": "churned",
}  # fmt: skip


def person_id(index: int) -> str:
    return f"H{index:05d}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def tables(out: Path, *, compressed: bool = False) -> Tables:
    return Tables(out / "answer_key", COLUMNS, compressed=compressed)


class Writer:
    def __init__(self, files: Tables) -> None:
        self.files = files

    def person(self, records: Records, deal_without_lead: Deal | None) -> None:
        person, index = records.person, records.person.index
        kept = list(records)
        exported = [record for record in kept if record.is_exported]
        self.files.row("people", (
            person_id(index), person.created_at, len(exported), _flag(person.is_deleted),
            _flag(bool(exported)), "" if exported else "deleted_in_marketo",
        ))  # fmt: skip
        for record in kept:
            self.files.row("records", (
                record.key, person_id(index), record.role, _flag(record.is_exported),
                _flag(not record.cause), record.cause,
            ))  # fmt: skip
        # Of a lead deleted in Marketo the log alone is left.
        lead = records.lead
        is_lost = records.marketo is not None and records.marketo.is_deleted
        is_told = not is_lost or (lead is not None and lead.created_at == person.created_at)
        cause = "" if is_told else "deleted_in_marketo"
        self._moment(person, "created", person.created_at, cause=cause)
        for change in person.status_changes[1:]:
            self._status(records, change)
        for deal in person.deals:
            self._deal(records, deal)
        if deal_without_lead is not None:
            key = _opportunity_key(index, deal_without_lead)
            self.files.row("opportunities", (key, None, _flag(False), "no_person"))

    def _moment(
        self,
        person: Person,
        moment: str,
        at: datetime,
        precision: str = "second",
        reason: str = "",
        opportunity_key: str = "",
        cause: str = "",
    ) -> None:
        self.files.row("moments", (
            person_id(person.index), moment, at, precision, reason, opportunity_key,
            _flag(not cause), cause,
        ))  # fmt: skip

    def _status(self, records: Records, change: StatusChange) -> None:
        cause, precision = "", "second"
        at, lead = change.changed_at, records.lead
        if records.marketo is not None and records.marketo.is_deleted and lead is None:
            cause = "deleted_in_marketo"
        elif lead is None or at < lead.created_at:
            # Marketo's own history.
            if at < ARCHIVE_SINCE:
                cause = "history_cut_off"
        elif at > lead.created_at and at < CRM_HISTORY_SINCE:
            cause = "history_cut_off"
        elif records.is_stamped and change is records.statuses()[1][-1]:
            precision = "day"
        self._moment(
            records.person, STAGES[change.status], at, precision, change.reason, cause=cause
        )

    def _deal(self, records: Records, deal: Deal) -> None:
        person = records.person
        key = _opportunity_key(person.index, deal)
        is_known = deal.is_conversion or (deal.has_contact and records.contact is not None)
        cause = "" if is_known else "no_contact"
        self.files.row("opportunities", (key, person_id(person.index), _flag(is_known), cause))
        self._moment(person, "opportunity", deal.created_at, opportunity_key=key, cause=cause)
        if deal.closed_at is not None:
            moment = "won" if deal.stage == "Closed Won" else "lost"
            self._moment(person, moment, deal.closed_at, opportunity_key=key, cause=cause)


def _opportunity_key(index: int, deal: Deal) -> str:
    return f"salesforce:opportunity:{deal_id(index, deal)[:15]}"
