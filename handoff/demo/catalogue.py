"""The demo company's fixed furniture: staff, sources, campaigns, spend, words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from handoff.demo import clock

OWN_DOMAIN = "handoff-demo.example"


@dataclass(frozen=True, slots=True)
class User:
    user_id: str
    name: str
    team: str
    is_active: bool = True
    # Sellers: median business minutes to a first attempt, how often a lead is left lying,
    # and how many attempts they are ready to make.
    first_attempt_minutes: int = 0
    neglect: float = 0.0
    patience: int = 0
    left_at: datetime | None = None

    @property
    def email(self) -> str:
        return self.name.lower().replace(" ", ".") + "@" + OWN_DOMAIN


HEAD_OF_MARKETING = User("U01", "Head of Marketing", "Marketing")
MARKETING_OPERATIONS = User("U02", "Marketing Operations", "Marketing")
CAMPAIGN_MANAGER = User("U03", "Campaign Manager", "Marketing")
CRM_SYNC = User("U04", "CRM Sync", "System")
MARKETING_AUTOMATION = User("U05", "Marketing Automation", "System")
INBOUND_QUEUE = User("U06", "Inbound Queue", "Queue")
HEAD_OF_SALES = User("U07", "Head of Sales", "Sales")
SDRS = (
    User("U11", "SDR 1", "SDR", True, 9, 0.0, 7),
    User("U12", "SDR 2", "SDR", True, 35, 0.02, 6),
    User("U13", "SDR 3", "SDR", True, 140, 0.05, 5),
    User("U14", "SDR 4", "SDR", False, 700, 0.12, 3, datetime(2026, 2, 1)),
)
SALES_REPS = (
    User("U21", "Sales Rep 1", "Sales", True, 20, 0.0, 7),
    User("U22", "Sales Rep 2", "Sales", True, 60, 0.02, 6),
    User("U23", "Sales Rep 3", "Sales", True, 110, 0.03, 6),
    User("U24", "Sales Rep 4", "Sales", True, 260, 0.05, 5),
    User("U25", "Sales Rep 5", "Sales", True, 480, 0.08, 4),
    User("U26", "Sales Rep 6", "Sales", False, 900, 0.15, 3, datetime(2025, 10, 1)),
)
USERS = (
    HEAD_OF_MARKETING,
    MARKETING_OPERATIONS,
    CAMPAIGN_MANAGER,
    CRM_SYNC,
    MARKETING_AUTOMATION,
    INBOUND_QUEUE,
    HEAD_OF_SALES,
    *SDRS,
    *SALES_REPS,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where people come from, and how good they are."""

    name: str
    weight: float
    senior: float  # share with a decision maker's title
    hot: float  # share that asks for sales
    warm: float  # share that engages in bursts
    cool: float  # share that looks in now and then; the rest does nothing
    bad_data: float  # share whose data turn out to be wrong
    quality: float  # factor on sales' verdict and on winning


SOURCES = (
    Source("Organic Search", 0.19, 0.55, 0.09, 0.18, 0.42, 0.02, 1.05),
    Source("Paid Search", 0.17, 0.48, 0.08, 0.15, 0.42, 0.05, 0.80),
    Source("Webinar", 0.12, 0.60, 0.04, 0.24, 0.40, 0.03, 0.95),
    Source("Trade Show", 0.10, 0.62, 0.03, 0.10, 0.40, 0.06, 0.90),
    Source("Referral", 0.05, 0.75, 0.26, 0.18, 0.24, 0.01, 1.25),
    Source("List Provider ABC", 0.13, 0.80, 0.01, 0.31, 0.30, 0.78, 0.55),
    Source("Content Syndication", 0.09, 0.50, 0.01, 0.16, 0.45, 0.16, 0.60),
    Source("Partner", 0.05, 0.70, 0.12, 0.18, 0.30, 0.02, 1.20),
    Source("Outbound", 0.07, 0.85, 0.02, 0.09, 0.34, 0.10, 0.75),
    Source("", 0.03, 0.45, 0.07, 0.16, 0.35, 0.08, 0.80),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    campaign_id: str
    name: str
    type: str
    source: str
    started_on: date
    ended_on: date | None


def _quarters() -> list[tuple[str, date, date]]:
    starts = [date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10)][:7]
    return [
        (f"{start.year}-Q{(start.month + 2) // 3}", start, end - timedelta(days=1))
        for start, end in pairwise(starts)
    ]


def _campaigns() -> tuple[Campaign, ...]:
    campaigns = [
        Campaign("K-SEO", "Always-on search content", "Content", "Organic Search",
                 date(2025, 1, 1), None),
        Campaign("K-BRAND", "Brand keywords", "Paid Search", "Paid Search",
                 date(2025, 1, 1), None),
        Campaign("K-REF", "Customers recommend customers", "Referral", "Referral",
                 date(2025, 1, 1), date(2026, 12, 31)),
        Campaign("K-PART", "Partner portal", "Partner", "Partner", date(2025, 2, 1), None),
    ]  # fmt: skip
    for name, start, end in _quarters():
        tag = name.replace("-", "")
        campaigns += [
            Campaign(f"K-PS-{tag}", f"Non-brand keywords {name}", "Paid Search",
                     "Paid Search", start, end),
            Campaign(f"K-WEB-{tag}", f"Practice webinar {name}", "Webinar", "Webinar",
                     start, end),
            Campaign(f"K-WEP-{tag}", f"Product webinar {name}", "Webinar", "Webinar",
                     start, end),
            Campaign(f"K-OUT-{tag}", f"Target accounts {name}", "Outbound", "Outbound",
                     start, end),
        ]  # fmt: skip
    for half, start, end in (
        ("2025H1", date(2025, 1, 1), date(2025, 6, 30)),
        ("2025H2", date(2025, 7, 1), date(2025, 12, 31)),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30)),
    ):
        campaigns += [
            Campaign(f"K-LIST-{half}", f"List Provider ABC, {half}", "List",
                     "List Provider ABC", start, end),
            Campaign(f"K-CS-{half}", f"Syndicated guides {half}", "Content",
                     "Content Syndication", start, end),
        ]  # fmt: skip
    campaigns += [
        Campaign("K-TS-2025A", "Logistics fair 2025", "Trade Show", "Trade Show",
                 date(2025, 3, 18), date(2025, 3, 20)),
        Campaign("K-TS-2025B", "Manufacturing fair 2025", "Trade Show", "Trade Show",
                 date(2025, 9, 23), date(2025, 9, 25)),
        Campaign("K-TS-2026A", "Logistics fair 2026", "Trade Show", "Trade Show",
                 date(2026, 3, 17), date(2026, 3, 19)),
        # Planned: no cost and no lead yet.
        Campaign("K-TS-2026B", "Manufacturing fair 2026", "Trade Show", "Trade Show",
                 date(2026, 9, 22), date(2026, 9, 24)),
    ]  # fmt: skip
    return tuple(campaigns)


CAMPAIGNS = _campaigns()


def campaigns_running(source: str, day: date) -> list[Campaign]:
    return [
        campaign
        for campaign in CAMPAIGNS
        if campaign.source == source
        and campaign.started_on <= day
        and (campaign.ended_on is None or day <= campaign.ended_on)
    ]


@dataclass(frozen=True, slots=True)
class Spend:
    spend_id: str
    spent_on: date
    cents: int
    currency: str
    source: str
    campaign_id: str


def spend() -> list[Spend]:
    """What marketing paid: by month, source and campaign."""
    rows: list[Spend] = []

    def paid(on: date, euros: int, source: str, campaign_id: str, currency: str = "EUR") -> None:
        rows.append(Spend(f"I{len(rows) + 1:04d}", on, euros * 100, currency, source, campaign_id))

    months = [date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)][:18]
    for number, month in enumerate(months):
        half = f"{month.year}H{1 if month.month <= 6 else 2}"
        quarter = f"{month.year}Q{(month.month + 2) // 3}"
        day = month.replace(day=28)
        paid(month.replace(day=5), 1500, "Organic Search", "K-SEO")
        paid(day, 900 + 20 * number, "Paid Search", "K-BRAND")
        paid(day, 4200 + 90 * number, "Paid Search", f"K-PS-{quarter}")
        # Two invoices of one amount: two costs, not a repeat.
        paid(month.replace(day=12), 750, "Webinar", f"K-WEB-{quarter}")
        paid(month.replace(day=12), 750, "Webinar", f"K-WEB-{quarter}")
        paid(month.replace(day=2), 2600, "List Provider ABC", f"K-LIST-{half}")
        # The publisher invoices in dollars.
        paid(month.replace(day=15), 2100, "Content Syndication", f"K-CS-{half}", "USD")
        paid(month.replace(day=20), 400, "Partner", "K-PART" if number else "")
        if month.month % 3 == 0:
            paid(day, 1200, "Outbound", f"K-OUT-{quarter}")
    for campaign_id, on in (
        ("K-TS-2025A", date(2025, 3, 24)),
        ("K-TS-2025B", date(2025, 9, 29)),
        ("K-TS-2026A", date(2026, 3, 23)),
    ):
        paid(on, 18500, "Trade Show", campaign_id)
        paid(on + timedelta(days=14), 3200, "Trade Show", campaign_id)
    return rows


# Created leads by month of the year: quiet in August and December.
SEASON = (0.95, 1.05, 1.2, 1.05, 1.0, 0.95, 0.75, 0.6, 1.15, 1.25, 1.15, 0.6)


def _creation_days() -> tuple[list[date], list[float]]:
    days, cumulated, total = [], [], 0.0
    day = clock.START.date()
    while day < clock.END.date():
        weight = SEASON[day.month - 1] * (1.0 if day.isoweekday() <= 5 else 0.22)
        # The company grows.
        total += weight * (1 + 0.0008 * len(days))
        days.append(day)
        cumulated.append(total)
        day += timedelta(days=1)
    return days, cumulated


CREATION_DAYS, CREATION_WEIGHTS = _creation_days()

SENIOR_TITLES = (
    "Head of Operations", "Head of Logistics", "VP Supply Chain", "VP Engineering",
    "Director IT", "Director of Procurement", "CFO", "CTO", "COO", "Managing Director",
    "Chief Information Officer",
)  # fmt: skip
LEADING_TITLES = (
    "Operations Manager", "Logistics Manager", "IT Manager", "Team Leader Planning",
    "Project Coordinator", "Consultant",
)  # fmt: skip
JUNIOR_TITLES = (
    "Operations Analyst", "IT Administrator", "Buyer", "Student", "Marketing Assistant",
    "Einkäufer", "Software Developer", "Intern",
)  # fmt: skip
TARGET_INDUSTRIES = ("Software", "Manufacturing", "Logistics", "Finance")
OTHER_INDUSTRIES = ("Education", "Healthcare", "Retail", "Public Sector")
TARGET_COUNTRIES = ("DE", "DE", "DE", "AT", "CH", "NL", "FR", "GB", "US")
OTHER_COUNTRIES = ("PL", "ES", "IT", "IN", "BR")
COMPANY_FORMS = {
    "DE": "GmbH", "AT": "GmbH", "CH": "AG", "NL": "B.V.", "FR": "SAS", "GB": "Ltd",
    "US": ", Inc.", "PL": "sp. z o.o.", "ES": "S.L.", "IT": "S.p.A.",
    "IN": "Pvt Ltd", "BR": "Ltda",
}  # fmt: skip
COMPETITOR_DOMAINS = ("rivalsoft.example", "contendo.example", "newcomer.example")
FREE_MAIL_DOMAINS = ("freemail.example", "webmail.example")
DISPOSABLE_DOMAIN = "throwaway.example"
SHARED_MAILBOXES = ("info", "sales", "office")

PAGES = ("/", "/product", "/product/planning", "/customers", "/integrations", "/blog/lead-times")
CONTENT = ("guide-planning.pdf", "whitepaper-inventory.pdf", "checklist-rollout.pdf")
WEBINARS = ("webinar-planning-in-practice", "webinar-inventory-live")
