"""Which records the demo company's systems keep of each person, and what joins them.

`kept(seed, person)` decides it once for all writers: a person may be a Marketo lead, a
Salesforce lead, the contact that it was converted into, and several records that were merged
into those. It depends on the seed and the person alone; only `convert_colleague` ties two
people of one company together.

`Record.cause` says why nothing in the exports joins a record to its person: a reader of the
exports cannot know better, and the answer key says so.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from handoff.demo import catalogue, clock
from handoff.demo.truth import SALES_ACTIVITIES, Deal, Person, StatusChange

# Field history older than 18 months is gone when the export is made.
CRM_HISTORY_SINCE = datetime(2024, 12, 30)
# Marketo forgets visits and changes after 90 days: the company keeps the extracts of each
# quarter, since the first agreement.
ARCHIVE_SINCE = datetime(2025, 1, 1)

# Kept by the CRM; everything else that people do is known to Marketo.
CRM_ACTIVITIES = SALES_ACTIVITIES | {"Email Reply"}
_COLD_STATUSES = ("New", "In Nurture")
_IMPORTED_SOURCES = ("Trade Show", "Outbound", "Partner", "List Provider ABC")

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_id(prefix: str, number: int) -> str:
    """An id of 18 characters: the last three tell the case of the first fifteen."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    short = f"{prefix}5g0{digits:0>9}"
    check = ""
    for start in (0, 5, 10):
        chunk = short[start : start + 5]
        check += _CHECK[sum(1 << place for place, letter in enumerate(chunk) if letter.isupper())]
    return short + check


def account_id(account: str) -> str:
    """The Salesforce id of an account of the truth (C0001, C-NAME)."""
    if account.startswith("C-"):
        names = sorted(domain.split(".")[0].upper() for domain in catalogue.COMPETITOR_DOMAINS)
        return salesforce_id("001", names.index(account[2:]) + 1)
    return salesforce_id("001", 100 + int(account[1:]))


def deal_id(index: int, deal: Deal) -> str:
    return salesforce_id("006", index * 20 + deal.number)


@dataclass(slots=True, eq=False)
class Record:
    system: str
    type: str  # lead | contact
    record_id: str
    email: str
    created_at: datetime
    source: str
    campaign_id: str
    last_name: str
    role: str = "main"  # main | twin | duplicate
    merged_into: "Record | None" = None
    gone_at: datetime | None = None  # merged or deleted
    is_deleted: bool = False
    # Marketo: the CRM records that it is in sync with, and since when.
    crm_lead: "Record | None" = None
    crm_contact: "Record | None" = None
    # Salesforce leads.
    converted_at: datetime | None = None
    contact: "Record | None" = None
    opportunity_id: str = ""
    cause: str = ""  # why nothing joins it; empty = the exports hold the evidence

    @property
    def key(self) -> str:
        # The last three of 18 characters are a checksum.
        record_id = self.record_id[:15] if self.system == "salesforce" else self.record_id
        return f"{self.system}:{self.type}:{record_id}"

    @property
    def is_exported(self) -> bool:
        """Marketo drops what is merged or deleted; Salesforce keeps it, flagged."""
        return self.system == "salesforce" or self.gone_at is None

    def archived_as(self, at: datetime) -> str:
        """The Marketo id that the extract of that quarter shows for an act of that moment."""
        ends, record = _quarter_end(at), self
        while record.merged_into is not None and record.gone_at < ends:
            record = record.merged_into
        return record.record_id


def _quarter_end(at: datetime) -> datetime:
    month = 3 * ((at.month + 2) // 3) + 1
    return datetime(at.year + 1, 1, 1) if month > 12 else datetime(at.year, month, 1)


@dataclass(slots=True)
class Records:
    """A person's records; the main ones are those on which their story is told."""

    person: Person
    marketo: Record | None = None
    lead: Record | None = None
    contact: Record | None = None
    twin: Record | None = None  # the Marketo lead on which a second entry's acts are kept
    others: list[Record] = field(default_factory=list)
    is_stamped: bool = False  # the status at conversion was set by it: no history row

    def __iter__(self):
        mains = (self.marketo, self.lead, self.contact)
        return iter([record for record in mains if record is not None] + self.others)

    def statuses(self) -> tuple[StatusChange, list[StatusChange], list[StatusChange]]:
        """The status that the CRM lead was born with, those it got, those its contact got."""
        changes = self.person.status_changes
        born = [change for change in changes if change.changed_at <= self.lead.created_at]
        later = changes[len(born) :]
        converted_at = self.lead.converted_at or clock.END
        on_lead = [change for change in later if change.changed_at <= converted_at]
        return born[-1], on_lead, later[len(on_lead) :]


def value_at(person: Person, attribute: str, at: datetime):
    """What the field said at a moment."""
    for change in person.attribute_changes:
        if change.attribute == attribute and at < change.changed_at:
            return change.old_value
    return getattr(person, attribute)


def _is_personal(email: str) -> bool:
    """Whether an address tells one person."""
    return bool(email) and email.split("@")[0].lower() not in catalogue.SHARED_MAILBOXES


class _Layout:
    def __init__(self, seed: int, person: Person) -> None:
        self.rng = Random(f"{seed}:records:{person.index}")
        self.person = person
        self.records = Records(person)
        self.n_marketo = self.n_leads = self.n_contacts = 0
        self.marketing_acts = [
            activity
            for activity in person.activities
            if activity.type not in CRM_ACTIVITIES and activity.known_by != "twin"
        ]
        moments = [a.occurred_at for a in person.activities if a.type in CRM_ACTIVITIES]
        moments += [deal.created_at for deal in person.deals]
        moments += [
            change.changed_at
            for change in person.status_changes
            if change.status not in (*_COLD_STATUSES, "Marketing Qualified")
        ]
        # What sales did, and since when they must have had a record to do it on.
        self.worked_at = sorted(moments)
        moments += [
            change.changed_at
            for change in person.attribute_changes
            if change.attribute == "owner_id"
            and change.new_value != catalogue.MARKETING_OPERATIONS.user_id
        ]
        self.sales_at = min(moments, default=None)

    # -- records --------------------------------------------------------------------------

    def _record(self, system: str, kind: str, at: datetime, **details) -> Record:
        person = self.person
        if system == "marketo":
            number, self.n_marketo = self.n_marketo, self.n_marketo + 1
            record_id = str(1_000_000 + person.index * 10 + number)
        elif kind == "lead":
            number, self.n_leads = self.n_leads, self.n_leads + 1
            record_id = salesforce_id("00Q", person.index * 10 + number)
        else:
            number, self.n_contacts = self.n_contacts, self.n_contacts + 1
            record_id = salesforce_id("003", person.index * 10 + number)
        details = {
            "email": person.email, "source": person.source, "campaign_id": person.campaign_id,
            "last_name": person.last_name,
        } | details  # fmt: skip
        return Record(system, kind, record_id, created_at=at, **details)

    def _duplicate(self, system: str, kind: str, at: datetime, **details) -> Record:
        record = self._record(system, kind, at, **({"role": "duplicate"} | details))
        if self.rng.random() < 0.15:
            # Misread from a card.
            record.last_name = f"{self.person.last_name}?"
        self.records.others.append(record)
        return record

    def _merge(self, loser: Record, winner: Record, at: datetime) -> None:
        loser.merged_into, loser.gone_at = winner, at
        loser.is_deleted = loser.system == "salesforce"

    def _later(self, at: datetime, days: int) -> datetime:
        """A working moment within so many days, if there is one before the export."""
        return clock.next_open(at + timedelta(seconds=self.rng.randrange(3600, 86400 * days)))

    # -- the layout -----------------------------------------------------------------------

    def kept(self) -> Records:
        rng, person, records = self.rng, self.person, self.records
        has_marketing = bool(self.marketing_acts) or person.twin is not None
        is_in_marketo = has_marketing or rng.random() < (0.55 if person.email else 0.2)
        is_in_crm = self.sales_at is not None or not is_in_marketo or rng.random() >= 0.12
        marketo_at = crm_at = person.created_at
        if is_in_marketo and is_in_crm:
            marketo_at, crm_at = self._first_seen()
        if is_in_marketo:
            records.marketo = self._record("marketo", "lead", marketo_at)
        if is_in_crm:
            records.lead = self._record("salesforce", "lead", crm_at)
            self._convert()
        if is_in_marketo and is_in_crm:
            self._synchronise()
        if person.twin is not None:
            self._enter_twin()
        elif not person.is_deleted:
            self._duplicates()
        if person.is_deleted:
            self._delete()
        return records

    def _first_seen(self) -> tuple[datetime, datetime]:
        """When Marketo and Salesforce got to know somebody whom both know."""
        rng, person = self.rng, self.person
        at, statuses, draw = person.created_at, person.status_changes, rng.random()
        first_act = min((a.occurred_at for a in self.marketing_acts), default=clock.END)
        if person.source in _IMPORTED_SOURCES and draw < 0.7:
            # A list loaded into Salesforce, which tells Marketo minutes later.
            lag = at + timedelta(seconds=rng.randrange(60, 900))
            return max(at, min(lag, first_act, clock.END)), at
        deal = next((deal for deal in person.deals if deal.is_conversion), None)
        if deal is not None and self.worked_at[0] == deal.created_at:
            # Sales begin with the deal, and write down whom it is about a day later.
            crm_at = self._later(deal.created_at, 2)
            is_next = len(self.worked_at) == 1 or crm_at < self.worked_at[1]
            if is_next and crm_at < clock.END - timedelta(hours=1):
                return at, crm_at
        if (
            len(statuses) > 1
            and statuses[1].status in ("Marketing Qualified", "Working")
            and draw < 0.25
            and (self.sales_at is None or self.sales_at >= statuses[1].changed_at)
        ):
            # Marketo hands over only whom sales should see: born with that status.
            return at, statuses[1].changed_at
        crm_at = at + timedelta(seconds=rng.randrange(30, 900))
        if self.sales_at is not None:
            crm_at = min(crm_at, self.sales_at - timedelta(seconds=30))
        return at, max(at, min(crm_at, clock.END))

    def _convert(self) -> None:
        rng, person, records = self.rng, self.person, self.records
        lead = records.lead
        deal = next((deal for deal in person.deals if deal.is_conversion), None)
        if deal is not None:
            at = deal.created_at
            if lead.created_at >= at:
                at = lead.created_at + timedelta(seconds=120)
            records.contact = self._record("salesforce", "contact", at)
            lead.converted_at, lead.contact = at, records.contact
            lead.opportunity_id = deal_id(person.index, deal)
            _, on_lead, _ = records.statuses()
            if len(on_lead) > 1 and on_lead[-1].status == "Sales Qualified":
                is_same_day = on_lead[-1].changed_at.date() == at.date()
                was_before = on_lead[-2].changed_at.date() < at.date()
                records.is_stamped = is_same_day and was_before and rng.random() < 0.35
            return
        deal = next((deal for deal in person.deals if deal.has_contact), None)
        if deal is None:
            return
        # The deal was entered by hand: its contact by converting the lead without a deal,
        # or beside the lead, which nobody converted.
        at = max(deal.created_at, lead.created_at)
        records.contact = self._record("salesforce", "contact", at)
        if not _is_personal(person.email) or rng.random() < 0.5:
            lead.converted_at, lead.contact = at, records.contact

    def _synchronise(self) -> None:
        rng, person, records = self.rng, self.person, self.records
        marketo, draw = records.marketo, rng.random()
        is_personal = _is_personal(person.email)
        if draw < 0.03 and is_personal:
            return  # the connector lost the pair: the address alone joins them
        marketo.crm_lead = records.lead
        if records.lead.contact is not None:
            marketo.crm_contact = records.lead.contact
            if rng.random() < 0.5:
                marketo.crm_lead = None  # since the conversion it knows the contact alone
        if draw < 0.07 and is_personal and records.contact is None:
            # The form was filled in with another address of the same person.
            local_part, domain = person.email.split("@")
            marketo.email = f"{local_part.replace('person', 'p.')}@{domain}"

    def _enter_twin(self) -> None:
        """The second entry's acts are Marketo's; what became of the entry differs."""
        rng, records, twin = self.rng, self.records, self.person.twin
        details = {
            "email": twin.email, "source": twin.source, "campaign_id": twin.campaign_id,
            "role": "twin",
        }  # fmt: skip
        record = self._duplicate("marketo", "lead", twin.created_at, **details)
        records.twin = record
        draw = rng.random()
        merged_at = self._later(twin.created_at, 150)
        is_personal = _is_personal(twin.email)
        if merged_at > clock.END or (draw < 0.3 and is_personal):
            record.cause = "" if is_personal else "shared_mailbox"
            return
        if draw < 0.5 or records.lead is None or not is_personal:
            self._merge(record, records.marketo, merged_at)
            return
        crm_at = min(twin.created_at + timedelta(seconds=rng.randrange(30, 900)), clock.END)
        in_crm = self._duplicate("salesforce", "lead", crm_at, **details)
        if draw < 0.7:
            record.crm_lead = in_crm
        elif records.lead.created_at < merged_at and records.lead.converted_at is None:
            # Merged in sales: both systems say so.
            self._merge(in_crm, records.lead, merged_at)
            self._merge(record, records.marketo, merged_at + timedelta(seconds=240))

    def _duplicates(self) -> None:
        """Entries that nobody acted on: lists loaded twice, cards scanned again."""
        rng, person, records = self.rng, self.person, self.records
        lead, draw = records.lead, rng.random()
        at = self._later(person.created_at, 200)
        merged_at = self._later(at, 60)
        if merged_at > clock.END - timedelta(hours=1):
            return
        if lead is not None and lead.opportunity_id and rng.random() < 0.12:
            self._convert_twice()
        if draw < 0.012 and records.marketo is not None:
            # Two at once, in one row of the log.
            for number in range(2):
                created_at = at + timedelta(seconds=number)
                loser = self._duplicate("marketo", "lead", created_at, email=self._other(number))
                self._merge(loser, records.marketo, merged_at)
        elif draw < 0.024 and records.marketo is not None:
            # A merge of a merge: the first winner loses the second time.
            first = self._duplicate("marketo", "lead", at, email=self._other(0))
            second = self._duplicate("marketo", "lead", at + timedelta(seconds=5), email="")
            self._merge(first, second, merged_at)
            again = self._later(merged_at, 40)
            if again <= clock.END:
                self._merge(second, records.marketo, again)
            elif _is_personal(person.email):
                second.email = person.email.upper()
            else:
                first.cause = second.cause = "no_address"
        elif draw < 0.038 and lead is not None and lead.created_at < merged_at:
            # Found as a duplicate in the CRM; the merge is all that joins them.
            loser = self._duplicate("salesforce", "lead", at, email=self._other(2))
            if lead.converted_at is not None and lead.converted_at <= merged_at:
                loser.contact = records.contact
                loser.converted_at = merged_at
            else:
                self._merge(loser, lead, merged_at)
        elif draw < 0.046 and records.contact is not None:
            created_at = self._later(records.contact.created_at, 20)
            contact_merged_at = self._later(created_at, 20)
            if contact_merged_at <= clock.END:
                loser = self._duplicate("salesforce", "contact", created_at, email="")
                self._merge(loser, records.contact, contact_merged_at)
        elif draw < 0.062:
            self._lose_sight(at, draw)

    def _other(self, number: int) -> str:
        """An address that tells nothing of the person's other ones."""
        if number == 2 and self.rng.random() < 0.4:
            return ""
        return f"p{self.person.index:04d}.{number}@{catalogue.FREE_MAIL_DOMAINS[0]}"

    def _convert_twice(self) -> None:
        """A forgotten duplicate, converted days later into the same contact and deal."""
        rng, lead = self.rng, self.records.lead
        at = lead.converted_at - timedelta(seconds=rng.randrange(3600, 86400 * 20))
        converted_at = clock.next_open(lead.converted_at + timedelta(days=rng.randint(1, 3)))
        if at <= self.person.created_at or converted_at > clock.END:
            return
        loser = self._duplicate("salesforce", "lead", at, email=self._other(2))
        loser.converted_at, loser.contact = converted_at, lead.contact
        loser.opportunity_id = lead.opportunity_id

    def _lose_sight(self, at: datetime, draw: float) -> None:
        """Entered again in a way that nothing joins."""
        domain = self.person.account.domain
        if draw < 0.051:
            self._duplicate("marketo", "lead", at, email=self._other(3), cause="other_address")
        elif draw < 0.055:
            self._duplicate("salesforce", "lead", at, email="", cause="no_address")
        elif draw < 0.058:
            email = f"office@{domain}"
            self._duplicate("marketo", "lead", at, email=email, cause="shared_mailbox")
        else:
            email = f"person{self.person.index:04d}@{domain.replace('company', 'compnay')}"
            self._duplicate("salesforce", "lead", at, email=email, cause="misspelt_address")

    def _delete(self) -> None:
        """Deleted everywhere: Salesforce flags the row, Marketo keeps the log alone."""
        records = self.records
        moments = [activity.occurred_at for activity in self.person.activities]
        last = max([self.person.created_at, *moments])
        gone_at = self._later(last, 60)
        for record in records:
            # What is deleted after the export is still there in it.
            if gone_at <= clock.END:
                record.gone_at, record.is_deleted = gone_at, True
        if records.marketo is not None and records.lead is not None and gone_at <= clock.END:
            records.marketo.cause = "deleted_in_marketo"


def kept(seed: int, person: Person) -> Records:
    """All records of a person."""
    return _Layout(seed, person).kept()


def convert_colleague(seed: int, first: Records, colleague: Records) -> None:
    """Converts a colleague's lead into the same deal, days after the one that brought it."""
    rng = Random(f"{seed}:colleague:{colleague.person.index}")
    lead, person = colleague.lead, colleague.person
    if (
        first.person.account != person.account
        or first.lead is None
        or not first.lead.opportunity_id
        or lead is None
        or person.deals
        or person.handoffs
        or person.is_deleted
        or colleague.twin is not None
        or lead.converted_at is not None
        or any(record.merged_into is lead for record in colleague.others)
        or rng.random() > 0.5
    ):
        return
    at = clock.next_open(first.lead.converted_at + timedelta(days=rng.randint(1, 6)))
    if at > clock.END or lead.created_at >= at:
        return
    number = sum(record.type == "contact" for record in colleague)
    colleague.contact = Record(
        "salesforce", "contact", salesforce_id("003", person.index * 10 + 9 - number),
        person.email, at, person.source, person.campaign_id, last_name=person.last_name,
    )  # fmt: skip
    lead.converted_at, lead.contact = at, colleague.contact
    lead.opportunity_id = first.lead.opportunity_id
    if colleague.marketo is not None and colleague.marketo.crm_lead is lead:
        colleague.marketo.crm_contact = colleague.contact
