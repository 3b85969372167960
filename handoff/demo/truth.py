"""What there is to know about the demo company: people, acts, decisions, deals.

All moments are UTC without zone, to the second. The words are those of the company's own
systems; nothing here knows how a system exports them.
"""

from dataclasses import dataclass, field
from datetime import datetime

SALES_ACTIVITIES = frozenset(
    {"Sales Call Attempted", "Sales Call Connected", "Meeting Held", "Sales Email Sent"}
)


@dataclass(frozen=True, slots=True)
class Account:
    account_id: str
    name: str
    domain: str
    country: str
    industry: str
    employees: int
    is_competitor: bool = False


@dataclass(frozen=True, slots=True)
class AttributeChange:
    attribute: str
    old_value: str
    new_value: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    status: str
    changed_at: datetime
    changed_by: str
    reason: str = ""


@dataclass(slots=True)
class Activity:
    number: int  # unique within the person
    type: str
    occurred_at: datetime
    recorded_at: datetime | None = None
    asset: str = ""
    campaign_id: str = ""
    source: str = ""
    actor_id: str = ""
    # Said only where it differs from what the type usually means.
    is_automated: bool = False
    known_by: str = "record"  # record | twin (the second record) | email


@dataclass(slots=True)
class Deal:
    number: int  # unique within the person
    name: str
    type: str
    account_id: str
    cents: int | None  # None: nobody has put a figure on it yet
    currency: str
    created_at: datetime
    created_by: str
    owner_id: str
    source: str
    campaign_id: str
    stages: list[tuple[str, datetime]]
    closed_at: datetime | None = None
    has_contact: bool = True  # False: nobody said which person it is about
    is_conversion: bool = False  # the person's record was converted into it

    @property
    def stage(self) -> str:
        return self.stages[-1][0]


@dataclass(slots=True)
class Handoff:
    """One passage to sales, as it was, for comparing with what is reconstructed."""

    origin: str  # mql | direct
    mql_at: datetime | None = None
    is_hand_raise: bool = False
    handed_on_at: datetime | None = None
    first_attempt_at: datetime | None = None
    conversation_at: datetime | None = None
    decision: str = "pending"
    reason: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    deals: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Twin:
    """The same human entered once more, with the e-mail in another case."""

    email: str
    created_at: datetime
    source: str
    campaign_id: str


@dataclass(slots=True)
class Person:
    index: int
    account: Account
    has_account: bool  # the record is linked to its account
    email: str
    first_name: str
    last_name: str
    title: str
    company: str
    country: str
    industry: str
    employees: int | None
    source: str
    campaign_id: str
    created_at: datetime
    website: str = ""
    owner_id: str = ""
    is_deleted: bool = False
    mql_at: datetime | None = None
    score: int | None = None
    twin: Twin | None = None
    attribute_changes: list[AttributeChange] = field(default_factory=list)
    status_changes: list[StatusChange] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody known by an e-mail address alone, in no system a person."""

    email: str
    activities: list[Activity]
