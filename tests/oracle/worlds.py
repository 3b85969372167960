"""Small made-up companies in which what is rare happens all the time.

hypothesis draws the plans of worlds: how many persons, activities, deals and merges, at which
steps of time, and a seed for what each of them looks like. Each world lives by an agreement
of its own. One build holds many of both: an agreement of four versions fills one year, the
agreements of 17 years stand behind each other as one, and each world's ids begin with the
world's (`w12p3`). Moments come from a short list per world, the steps of which are
half-lives, cool-downs, reversal limits, days and single seconds; so ties and exact limits are
common.
"""

import csv
import pickle
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

DAY = 86400
ZONES = ("Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata")
# The year after them belongs to the kept cases (cases/agreement).
YEARS = range(2007, 2024)
BUYER = (
    "Page View", "Pricing Page View", "Content Download", "Email Click", "Demo Request",
    "Contact Sales Form", "Unsubscribed",
)  # fmt: skip
SELLER = ("Sales Call Attempted", "Sales Email Sent", "Automated Email Sent")
AGREED = {
    "Page View": "page_view", "Pricing Page View": "pricing_page_view",
    "Content Download": "content_download", "Email Click": "email_click",
    "Demo Request": "demo_request", "Contact Sales Form": "contact_sales",
    "Unsubscribed": "unsubscribe",
}  # fmt: skip
# Further rows of map_activity_types: of one type by asset, equally long, dated, without a row
# for the other assets.
MEANINGS_BY_ASSET = (
    ("Demo Request", "%", "page_view", ""),
    ("Demo Request", "%GUIDE%", "demo_request", ""),
    ("Demo Request", "/pricin_", "demo_request", "2015-06-01 00:00:00"),
    ("Contact Sales Form", "/pri%", "contact_sales", ""),
    ("Contact Sales Form", "%cing", "page_view", ""),
    ("Email Click", "white_paper%", "page_view", ""),
    ("Unheard Of", "%guide%", "contact_sales", ""),
)
STATUSES = (
    "New", "Working", "Marketing Qualified", "With Sales", "Accepted by Sales",
    "Sales Qualified", "Rejected by Sales", "Recycled to Marketing", "In Nurture",
    "Customer", "Former Customer", "Not In Any Mapping",
)  # fmt: skip
STATUS_WEIGHTS = (2, 2, 3, 2, 1, 2, 3, 2, 3, 1, 1, 1)
RAW_REASONS = (
    "Too small",
    "Not ready yet",
    "No interest",
    "Works for a competitor",
    "",
    "Bad luck",
)
REASONS = ("too_small", "not_ready", "no_interest", "competitor")
FIELDS = {
    "title": ("", "CEO", "Manager", "Student", " ceo "),
    "country": ("", "DE", "FR", "de"),
    "employees": ("", "5", "50", "500"),
    "industry": ("", "Software", "Retail"),
    "company": ("", "Some GmbH"),
}
HISTORIES = ("title", "country", "employees")
SOURCES = ("", "", "Webinar", "Paid Search", "Referral")
COLUMNS = {
    "accounts": "account_id website created_at is_deleted",
    "persons": (
        "person_id email title company country industry employees source account_id owner_id"
        " status status_reason created_at updated_at mql_at converted_at converted_opportunity_id"
    ),
    "attribute_changes": "person_id field old_value new_value changed_at",
    "status_changes": "person_id status changed_at changed_by reason",
    "activities": (
        "activity_id person_id email activity_type occurred_at recorded_at asset campaign_id"
        " source direction is_two_way is_automated actor_id"
    ),
    "opportunities": (
        "opportunity_id type account_id person_id amount currency stage created_at created_by"
        " owner_id closed_at updated_at is_deleted"
    ),
    "person_merges": "person_id merged_into merged_at",
    "campaigns": "campaign_id name source",
    "campaign_members": "campaign_id person_id has_responded responded_at",
    "users": "user_id name team",
}
# Those of every world.
SHARED = {
    "campaigns": [
        {"campaign_id": "K1", "name": "Spring fair", "source": "Trade Show"},
        {"campaign_id": "K2", "name": "Autumn"},
    ],
    "users": [
        {"user_id": f"U{number}", "name": f"user {number}", "team": team}
        for number, team in enumerate(
            ("Sales", "SDR", "Queue", "Marketing", "System", "Sales", "Finance"), start=1
        )
    ],
}
# Of all teams, of a team that no mapping knows, and one whom no export holds.
USERS = ("U1", "U2", "U3", "U4", "U5", "U6", "U7", "U9")
DECIDERS = ("U1", "U1", "U2", "U2", "U4", "U5", "U6", "U7", "U9", "")
SALES_ACTS = (
    "Sales Call Attempted", "Sales Call Attempted", "Sales Call Connected", "Meeting Held",
    "Sales Email Sent", "Automated Email Sent", "Email Reply",
)  # fmt: skip
# Field of the history, by criterion.
CRITERIA = {
    "need": "need_seen", "current_solution": "in_use", "decision_maker": "boss_known",
    "ready_to_move": "when", "budget": "money",
}  # fmt: skip
OPENINGS = (
    [("09:00", "17:30")],
    [("08:00", "12:00"), ("13:00", "17:00")],
    [("00:00", "24:00")],
    [("00:00", "06:00"), ("22:00", "24:00")],
)
LIMITS = (5, 30, 60, 240, 510, 1440, 2880, 10080)
LAWS = (
    "sales_decides", "conversation_before_sales_qualified", "qualifier_does_not_forecast",
    "rejection_has_reason", "contact_attempts_made", "returned_is_not_mql",
    "mql_keeps_definition", "mql_is_handed_on", "recycled_is_nurtured",
)  # fmt: skip
AMOUNTS = (
    "100.00", "2500.55", "33.33", "0.01", "0", "-0.05", "-120.01", "-99.99", "1234567.89",
    "99999999999.99",
)  # fmt: skip
# Of a currency whose rate changes amid quarters, and with the calendars.
FOREIGN = "AUD"
Tables = dict[str, list[dict[str, object]]]


LAST = 1748736000  # 2025-06-01
PLANNED = "2099-01-01"


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def turns(year: int) -> list[str]:
    """Seconds around which calendars differ, in the order of the year: the clocks change in
    Europe and America, leap days, months, ISO weeks and the year turn in the zones used."""

    def sunday(month: int, number: int) -> datetime:
        days = [datetime(year, month, 1) + timedelta(day) for day in range(31)]
        return [day for day in days if day.weekday() == 6 and day.month == month][number]

    found = [
        datetime(year, 3, 1) - timedelta(days=1),  # The 29th of February in a leap year.
        datetime(year, 3, 1),
        sunday(3, 1) + timedelta(hours=7),
        sunday(3, -1) - timedelta(hours=1),
        sunday(3, -1) + timedelta(hours=1),
        datetime(year, 5, 31, 22),
        datetime(year, 6, 1),
        datetime(year, 7, 31, 18, 30),
        datetime(year, 8, 13, 11, 22, 33),
        sunday(10, -1) - timedelta(hours=2),
        sunday(10, -1) + timedelta(hours=1),
        sunday(11, 0) + timedelta(hours=6),
        datetime(year, 12, 28, 23),
        datetime(year, 12, 31, 23),
        datetime(year + 1, 1, 1),
    ]
    return [f"{turn:%Y-%m-%d %H:%M:%S}" for turn in found]


# --- plans, drawn by hypothesis ----------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What makes a world: numbers of steps, and a seed for each thing in it."""

    agreement: int
    anchor: int
    offset: int
    steps: list[int]
    clock: int
    world: int
    persons: list[int]
    activities: list[int]
    deals: list[int]
    merges: list[int]


SEEDS = st.integers(0, 2**32 - 1)
PLANS = st.builds(
    Plan,
    agreement=st.integers(0, 2**16),
    anchor=st.integers(0, 2**16),
    offset=st.integers(0, 7),
    steps=st.lists(st.integers(0, 2**16), min_size=3, max_size=10),
    clock=st.integers(0, 2**16),
    world=SEEDS,
    persons=st.lists(SEEDS, min_size=1, max_size=4),
    activities=st.lists(SEEDS, min_size=4, max_size=20),
    deals=st.lists(SEEDS, max_size=3),
    merges=st.lists(SEEDS, max_size=2),
)


def plans(first_seed: int, wanted: int) -> dict[str, Plan]:
    """As many plans by the names of their worlds, the same ones for the same seed.

    They are drawn in a process of its own: hypothesis also tries the numbers that it finds in
    the modules loaded, and those differ with what was tested before.
    """
    drawing = (
        "import pickle, sys; from tests.oracle.worlds import draw;"
        " sys.stdout.buffer.write(pickle.dumps(draw(int(sys.argv[1]), int(sys.argv[2]))))"
    )
    command = [sys.executable, "-c", drawing, str(first_seed), str(wanted)]
    project = Path(__file__).parents[2]
    return pickle.loads(
        subprocess.run(command, cwd=project, check=True, stdout=subprocess.PIPE).stdout
    )


def draw(first_seed: int, wanted: int) -> dict[str, Plan]:
    """The plans, drawn in this process."""

    def drawn(number: int) -> list[Plan]:
        found: list[Plan] = []

        @seed(number)
        @settings(
            max_examples=wanted,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(PLANS)
        def collect(plan: Plan) -> None:
            found.append(plan)

        collect()
        return found

    found: list[Plan] = []
    while len(found) < wanted:
        found += drawn(first_seed * 1000 + len(found))
    return {f"w{number}": plan for number, plan in enumerate(found[:wanted])}


# --- the agreements ------------------------------------------------------------------------


class Agreement:
    """The random versions of one year; the limits that they set are what its worlds aim at."""

    def __init__(self, rng: random.Random, number: int, year: int, is_last: bool):
        self.rng, self.number, self.year = rng, number, year
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.turns = turns(year)
        self.openings: list[tuple[str, str]] = []
        self.limits: list[int] = []
        inside = sorted(rng.sample(self.turns[:-2], 3))
        self.starts = [f"{year}-02-01 00:00:00", *inside]
        after = "" if is_last else f"{year + 1}-02-01 00:00:00"
        self.steps = {0, 1, 60, 3600, DAY // 2, DAY - 1, DAY, DAY + 1, 7 * DAY}
        # Every agreement has every way to qualify; two of its four versions count a score.
        ways = [("rules", "score"), ("rules", "score"), ("rules", "matrix"), ("stamped", "score")]
        rng.shuffle(ways)
        for index, (start, end) in enumerate(zip(self.starts, [*inside, after], strict=True)):
            self._version(f"a{number}v{index + 1}", start, end, *ways[index])
        # What concerns sales is drawn apart: it leaves the draws of all else as they are.
        self.rng = random.Random(f"sales {number} {year} {inside}")
        for version in list(self.rows["versions"]):
            self._sales(version)
        rng = random.Random(f"money {number} {year} {inside}")
        for version in self.rows["versions"]:
            version["attribution_lookback_days"] = rng.choice((1, 7, 30, 90))
            version["attribution_half_life_days"] = rng.choice((1, 7, 30))

    @property
    def clock(self) -> int:
        """A moment for replays: one of its versions has just begun."""
        return _epoch(self.starts[2])

    def _add(self, part: str, version: str, **row: object) -> None:
        self.rows[part].append({"version_id": version, **row})

    def _days(self, *choices: int) -> int:
        days = self.rng.choice(choices)
        self.steps |= {days * DAY - 1, days * DAY, days * DAY + 1}
        return days

    def _condition(self) -> dict[str, str]:
        """A condition on a field, of any operator."""
        choices = (
            ("title", "equals", "ceo"), ("title", "matches", "(^|[^a-z])(ceo|manager)([^a-z]|$)"),
            ("title", "contains", "man"), ("title", "present", ""), ("country", "missing", ""),
            ("title", "not_equals", "Student"), ("country", "in", "DE|NL"),
            ("country", "not_in", "FR|NL"), ("country", "in_list", "served"),
            ("country", "not_in_list", "served"), ("employees", "between", "50..500"),
            ("employees", "at_least", "50"), ("employees", "at_most", "50"),
            ("employees", "equals", "50"), ("industry", "in", "Software|Finance"),
            ("industry", "present", ""), ("industry", "missing", ""),
            ("company", "present", ""), ("email", "present", ""),
            ("email_domain", "equals", "one.example"), ("source", "equals", "webinar"),
            ("channel", "in", "events|paid"), ("source", "present", ""),
        )  # fmt: skip
        return dict(zip(("attribute", "operator", "value"), self.rng.choice(choices), strict=True))

    def _version(self, version: str, start: str, end: str, basis: str, how: str) -> None:
        rng = self.rng
        self._add(
            "versions", version, effective_from=start, effective_to=end,
            basis=basis, qualification=how,
            threshold_score=rng.choice((5, 10, 10, 15, 20)),
            minimum_fit=rng.choice(("", "", 0, 5, 10)),
            resets_score_each_cycle=rng.choice(("true", "false")),
            time_zone=rng.choice(ZONES), customer_scope=rng.choice(("lead", "account", "account")),
            reversal_days=self._days(0, 1, 3, 7), minimum_contact_attempts=2,
            attribution_lookback_days=90, attribution_half_life_days=30,
        )  # fmt: skip
        for number in range(rng.randint(1, 4)):
            self._add(
                "scoring_rules", version, rule_id=f"fit_{number}", kind="fit",
                points=rng.choice((-5, 5, 5, 10, 10, 20)), **self._condition(),
            )  # fmt: skip
        earning = [AGREED[activity] for activity in BUYER[: rng.randint(4, 7)]]
        # A seller's act earns nothing, whatever the agreement says.
        for number, activity in enumerate([*earning, "sales_email"]):
            has_cap = rng.random() < 0.6
            half_life = rng.choice(("", 1, 7, 14, 30, 2.5))
            if half_life:
                self.steps.add(int(float(half_life) * DAY))
            self._add(
                "scoring_rules", version, rule_id=f"eng_{number}", kind="engagement",
                activity=activity,
                asset_pattern=rng.choice(("", "", "", "%guide%", "white_paper%")),
                campaign_pattern=rng.choice(("", "", "", "spring%")),
                points=rng.choice((-10, 2.5, 5, 5, 10, 10, 20, 20)), half_life_days=half_life,
                cap_count=rng.choice((1, 1, 2)) if has_cap else "",
                cap_period=rng.choice(("day", "week", "month", "cycle")) if has_cap else "",
            )  # fmt: skip
        for number in range(rng.choice((0, 0, 0, 1, 1, 2))):
            self._add("must_haves", version, rule_id=f"must_{number}", **self._condition())
        for number in range(rng.choice((0, 1))):
            self._add(
                "disqualifiers", version, rule_id=f"dq_{number}", label="out",
                **rng.choice(
                    (
                        {"attribute": "title", "operator": "contains", "value": "student"},
                        {"attribute": "country", "operator": "equals", "value": "fr"},
                        {"attribute": "employees", "operator": "at_most", "value": "5"},
                        {"attribute": "title", "operator": "missing", "value": ""},
                    )
                ),
            )  # fmt: skip
        for activity in ("demo_request", "contact_sales")[: rng.choice((0, 1, 2))]:
            self._add(
                "hand_raises", version, rule_id=f"raise_{activity}", activity=activity,
                asset_pattern=rng.choice(("", "", "%guide%")),
            )  # fmt: skip
        for dimension, grades in (("fit", "AB"), ("engagement", "12")):
            for grade, minimum in zip(grades, (10, rng.choice((-100, 0, 5))), strict=True):
                self._add(
                    "grades", version, dimension=dimension, grade=grade, minimum_points=minimum
                )
        for cell in rng.sample(("A1", "A2", "B1", "B2"), rng.choice((1, 2, 3))):
            self._add("grade_cells", version, fit_grade=cell[0], engagement_grade=cell[1])
        stamps = (("field", "mql_at"), ("status", "mql"), ("status", "sales_accepted"))
        for kind, stamp in rng.sample(stamps, rng.choice((1, 2))):
            self._add("stamps", version, kind=kind, stamp=stamp)
        for reason in REASONS:
            never = reason == "competitor"
            self._add(
                "rejection_reasons", version, reason=reason, category="no_fit",
                decision="recycled" if reason == "not_ready" else "rejected",
                cool_down_days="" if never else self._days(0, 1, 7, 30, 90),
                never_again=str(never).lower(), needs_contact_attempts="false",
            )  # fmt: skip
        for attribute in rng.sample(("title", "industry", "company"), rng.choice((0, 0, 1, 2))):
            self._add("sales_fields", version, attribute=attribute)
        for value in rng.sample(("DE", "FR", "NL", "AT"), 2):
            self._add("lists", version, list="served", value=value)
        self._add("deciding_teams", version, team="sales")
        self._add("system_precedence", version, system="generic", precedence=1)

    def _sales(self, row: dict[str, object]) -> None:
        """What sales promised: hours, targets, criteria and laws."""
        rng, version = self.rng, str(row["version_id"])
        if rng.random() < 0.5:
            self._add("deciding_teams", version, team="sdr")
        self._add(
            "rejection_reasons", version, reason="unable_to_contact", category="no_contact",
            decision="rejected", cool_down_days=rng.choice((0, 7)), never_again="false",
            needs_contact_attempts="true",
        )  # fmt: skip
        for team in rng.choice((["sales"], ["sales", "sdr"], ["sales", "sdr"], ["sdr", "queue"])):
            zone, days = rng.choice(ZONES), rng.choice((range(1, 6), range(1, 8), range(2, 7)))
            openings = rng.choice(OPENINGS)
            self.openings += [(zone, opens) for opens, _ in openings]
            for day in days:
                for opens, closes in openings:
                    self._add(
                        "business_hours", version, team=team, time_zone=zone, iso_weekday=day,
                        opens_at=opens, closes_at=closes,
                    )  # fmt: skip
            holidays = {turn[:10] for turn in rng.sample(self.turns, 5)}
            holidays |= {f"{self.year}-08-{rng.randint(10, 16)}", f"{self.year}-06-01"}
            for day in sorted(holidays):
                self._add("holidays", version, team=team, holiday_date=day)
        hot = float(str(row["threshold_score"])) + rng.choice((0, 0, 5, 10))
        for segment in ("hand_raise", "hot", "standard"):
            for measure in ("hand_on", "first_attempt", "decision"):
                if rng.random() < 0.15:
                    continue
                limit = rng.choice(LIMITS)
                self.limits.append(limit)
                is_business = measure != "hand_on" and rng.random() < 0.7
                self._add(
                    "sla_targets", version, segment=segment, measure=measure,
                    clock="business" if is_business else "calendar", limit_minutes=limit,
                    minimum_score=hot if segment == "hot" else "",
                )  # fmt: skip
        for criterion, attribute in CRITERIA.items():
            if rng.random() < 0.8:
                self._add(
                    "sql_criteria", version, criterion=criterion, is_required="true",
                    attribute=rng.choice((attribute, attribute, attribute, "")),
                )  # fmt: skip
        for law in LAWS:
            if rng.random() < 0.8:
                self._add(
                    "laws", version, law=law, tolerated_breaches=1000000, severity="warn",
                    grace_days=rng.choice(("", 0, 1, 7)),
                )  # fmt: skip


def agreements(chance: int, years: range, is_last: bool = True) -> list[Agreement]:
    """One a year, neither gap nor overlap; the last without an end, unless others follow."""
    rng = random.Random(chance)
    return [
        Agreement(rng, number, year, is_last and year == years[-1])
        for number, year in enumerate(years)
    ]


def write_agreement(folder: Path, found: list[Tables], headers_from: Path) -> None:
    """Every seed of the agreement, those that the funnel does not ask without rows."""
    folder.mkdir(parents=True)
    for path in headers_from.glob("agreement_*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        part = path.stem.removeprefix("agreement_")
        write_rows(
            folder / path.name, columns, [row for each in found for row in each.get(part, [])]
        )


# --- the worlds ----------------------------------------------------------------------------


class World:
    """A few persons who share addresses, accounts and moments.

    With a `clock` the world is moved so that one of its moments is the clock's.
    """

    def __init__(self, name: str, plan: Plan, agreement: Agreement, clock: int | None = None):
        self.name, self.agreement = name, agreement
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        anchors = (*agreement.turns, *agreement.starts, *agreement.starts)
        anchor = _epoch(anchors[plan.anchor % len(anchors)])
        offsets = (-30 * DAY, -7 * DAY, -DAY, -3600, -1, 0, 1, 3600)
        self.moments = [anchor + offsets[plan.offset]]
        choices = sorted(agreement.steps)
        for step in plan.steps:
            self.moments.append(min(self.moments[-1] + choices[step % len(choices)], LAST))
        self.moments.append(anchor)
        if clock is not None:
            # An early one but the first: something lies before it, and more after it.
            early = self.moments[1 : 1 + len(self.moments) // 2]
            shift = clock - early[plan.clock % len(early)]
            self.moments = [moment + shift for moment in self.moments]
        self.accounts = ("", "", f"{name}a1", f"{name}a2")
        self.addresses = (
            "", f"{name}@one.example", f"{name}@One.Example ",
            f"{name}b@{name}.example", f"info@{name}.example",
            f"{name}-no-address",
        )  # fmt: skip
        self.rng = random.Random(plan.world)
        for account in self.accounts[2:]:
            self._account(account)
        self.habits = self.rng.sample(BUYER, 2)
        has_colleague = self.rng.random() < 0.5
        self.gone: tuple[str, ...] = ()
        self.people = [f"{name}p{index}" for index in range(len(plan.persons))]
        for index, self.rng in enumerate(map(random.Random, plan.persons)):
            self._person(self.people[index])
        for index, self.rng in enumerate(map(random.Random, plan.merges)):
            self._merge(index)
        for index, self.rng in enumerate(map(random.Random, plan.activities)):
            self._activity(f"{name}x{index}")
        for index, self.rng in enumerate(map(random.Random, plan.deals)):
            self._deal(f"{name}d{index}")
        if has_colleague:
            self._colleagues_deal(f"{name}dc")
        # Drawn apart, as in the agreement.
        self.rng = random.Random(f"sales {plan.world}")
        self._sales()
        self.rng = random.Random(f"money {plan.world}")
        self._money()

    def _moment(self, day_share: float = 0.0, fraction_share: float = 0.0) -> str:
        written = text(self.rng.choice(self.moments))
        if self.rng.random() < day_share:
            return written[:10]
        return written + ".250" if self.rng.random() < fraction_share else written

    def _merge(self, index: int) -> None:
        """Of two records, or of one that is no longer exported."""
        rng = self.rng
        gone = f"{self.name}g{index}"
        loser, winner = rng.choice((*self.people, gone)), rng.choice((*self.people, gone))
        if loser == winner or any(r["person_id"] == loser for r in self.rows["person_merges"]):
            return
        self.rows["person_merges"].append(
            {
                "person_id": loser,
                "merged_into": winner,
                "merged_at": rng.choice(("", self._moment(), self._moment())),
            }
        )
        self.gone = (*self.gone, gone)

    def _account(self, account: str) -> None:
        rng = self.rng
        if rng.random() < 0.2:
            return
        site = f"{self.name}.example"
        self.rows["accounts"].append(
            {
                "account_id": account,
                "website": rng.choice((site, site, f"https://www.{site.upper()}/en", "one.test")),
                "created_at": rng.choice(("", self._moment())),
                "is_deleted": rng.choice(("",) * 5 + ("true",)),
            }
        )

    def _person(self, person: str) -> None:
        rng = self.rng
        row: dict[str, object] = {
            "person_id": person,
            "email": rng.choice(self.addresses[:4] * 3 + self.addresses[3:]),
            "source": rng.choice(SOURCES),
            "account_id": rng.choice(self.accounts),
            "created_at": self._moment(0.05),
            "updated_at": self._moment() if rng.random() < 0.7 else "",
            "mql_at": self._moment(0.2) if rng.random() < 0.25 else "",
        }
        row |= {name: rng.choice(values) for name, values in FIELDS.items()}
        for name in HISTORIES:
            if rng.random() < 0.25:
                times = sorted({self._moment() for _ in range(rng.choice((1, 1, 2)))})
                values = [rng.choice(FIELDS[name]) for _ in times] + [row[name]]
                for at, old, new in zip(times, values, values[1:], strict=False):
                    self._change(person, name, old, new, at)
        if row["mql_at"] and rng.random() < 0.3:
            self._change(person, "mql_at", self._moment(0.2), row["mql_at"], self._moment())
        if rng.random() < 0.2:
            self._change(person, "owner_id", "U1", "U2", self._moment())
        changes = sorted({self._moment(0.08, 0.05) for _ in range(rng.choice((0, 0, 1, 3, 6)))})
        written = set()
        for at in changes:
            status = rng.choices(STATUSES, STATUS_WEIGHTS)[0]
            reason = rng.choice(RAW_REASONS) if status[:2] == "Re" else ""
            # A day and its midnight are one moment: staging sets the repeat of a key aside,
            # whichever it is, and what is set aside is no matter of the oracle's.
            key = status, at if len(at) > 10 else f"{at} 00:00:00"
            if key not in written:
                written.add(key)
                self.rows["status_changes"].append(
                    {"person_id": person, "status": status, "changed_at": at, "reason": reason}
                )
        if changes or rng.random() < 0.5:
            row["status"] = rng.choices(STATUSES, STATUS_WEIGHTS)[0]
            row["status_reason"] = rng.choice(RAW_REASONS)
        self.rows["persons"].append(row)
        if row["updated_at"] and rng.random() < 0.1:
            # An older version of the record: superseded, wherever it stands in the file.
            older = row | {"updated_at": "", "email": "info@two.example", "mql_at": ""}
            self.rows["persons"].insert(rng.choice((-1, len(self.rows["persons"]))), older)

    def _change(self, person: str, name: str, old: object, new: object, at: str) -> None:
        self.rows["attribute_changes"].append(
            {"person_id": person, "field": name, "old_value": old, "new_value": new,
             "changed_at": at}
        )  # fmt: skip

    def _activity(self, name: str) -> None:
        rng = self.rng
        is_by_address = rng.random() < 0.15
        row = {
            "activity_id": name,
            "person_id": rng.choice(
                ("", "", "nobody") if is_by_address else (*self.people * 3, *self.gone)
            ),
            "email": rng.choice(self.addresses) if is_by_address else "",
            "activity_type": rng.choice((*self.habits * 10, *BUYER, *SELLER, "Unheard Of")),
            "occurred_at": self._moment(0.03, 0.05),
            "asset": rng.choice(("", "Buying Guide 2025", "white-paper-1", "/pricing")),
            "campaign_id": rng.choice(("", "", "K1", "K2", "K9")),
            "source": rng.choice((*SOURCES, "Nobody Mapped This")),
            "direction": rng.choice(("",) * 8 + ("inbound", "outbound")),
            "is_automated": rng.choice(("",) * 8 + ("true", "false")),
        }
        if rng.random() < 0.25:
            # Handed in by hand, in time or late; in a few systems even before it happened.
            row["recorded_at"] = self._moment(0, 0.05)
        if rng.random() < 0.03:
            # Planned: known before it happens, so it does not move the build's clock.
            row |= {"recorded_at": row["occurred_at"], "occurred_at": PLANNED + " 10:00:00"}
        self.rows["activities"].append(row)

    def _deal(self, name: str) -> None:
        rng = self.rng
        times = sorted(rng.choice(self.moments) for _ in range(2))
        created, closed = (
            text(at)[: 10 if rng.random() < share else 19]
            for at, share in zip(times, (0.05, 0.3), strict=True)
        )
        stage = rng.choice(("Discovery", "Closed Won", "Closed Lost", "Closed Lost", "Closed Lost"))
        self.rows["opportunities"].append(
            {
                "opportunity_id": name,
                "type": rng.choice(("New Business", "New Business", "", "Expansion")),
                "account_id": rng.choice(self.accounts),
                "person_id": rng.choice((*self.people, *self.people, "")),
                "stage": stage,
                "created_at": created,
                "closed_at": PLANNED if stage == "Discovery" or rng.random() < 0.05 else closed,
                "updated_at": closed,
                "is_deleted": rng.choice(("",) * 9 + ("true",)),
            }
        )
        if rng.random() < 0.3:
            row = rng.choice(self.rows["persons"])
            row |= {
                "converted_opportunity_id": name,
                "converted_at": rng.choice(("", self._moment())),
            }

    def _colleagues_deal(self, name: str) -> None:
        """Won with somebody who is nobody's record: the account alone says so."""
        at = min(self.rng.choice(self.moments), self.rng.choice(self.moments))
        self.rows["opportunities"].append(
            {
                "opportunity_id": name,
                "account_id": self.rng.choice(self.accounts[2:]),
                "stage": "Closed Won",
                "created_at": text(at),
                "closed_at": text(at),
                "updated_at": text(at),
            }
        )

    def _sales_moment(self, day_share: float = 0.0) -> str:
        """Near a moment of the world: at it, a limit later, or at an opening and a limit."""
        rng, agreement = self.rng, self.agreement
        at, way = rng.choice(self.moments), rng.random()
        if way > 0.65:
            zone, opens = rng.choice(agreement.openings)
            local = datetime.fromtimestamp(at, ZoneInfo(zone)) + timedelta(rng.choice((0, 1, 1, 3)))
            hour, minute = map(int, opens.split(":"))
            at = int(local.replace(hour=hour, minute=minute, second=0).timestamp())
        if way > 0.35:
            at += 60 * rng.choice((0, *agreement.limits)) + rng.choice((-1, 0, 0, 0, 1))
        written = text(min(at, LAST))
        return written[:10] if rng.random() < day_share else written

    def _aimed(self, measure: str) -> str:
        """A limit of the measure after something that may be a hand-on, by the hours too."""
        rng, agreement = self.rng, self.agreement
        at = _epoch(rng.choice([*map(text, self.moments), *self.passed_on]))
        version = next(
            (v for v in reversed(agreement.rows["versions"]) if _epoch(v["effective_from"]) <= at),
            agreement.rows["versions"][0],
        )["version_id"]
        limits = [
            row
            for row in agreement.rows["sla_targets"]
            if row["version_id"] == version and row["measure"] == measure
        ]
        target = rng.choice(limits or agreement.rows["sla_targets"])
        hours = [r for r in agreement.rows["business_hours"] if r["version_id"] == version]
        if target["clock"] == "business":
            opening = rng.choice(hours)
            local = datetime.fromtimestamp(at, ZoneInfo(opening["time_zone"]))
            minute = f"{local:%H:%M}"
            if not opening["opens_at"] <= minute < opening["closes_at"]:
                # The next opening: today's or tomorrow's.
                local += timedelta(minute >= opening["closes_at"])
                hour, minutes = map(int, opening["opens_at"].split(":"))
                at = int(local.replace(hour=hour, minute=minutes, second=0).timestamp())
        at += 60 * int(target["limit_minutes"]) + rng.choice((-1, 0, 0, 0, 1))
        return text(min(at, LAST))

    def _verdict(self) -> None:
        """Of sales, at a limit for it."""
        rng = self.rng
        row = {
            "person_id": rng.choice(self.people),
            "status": rng.choice(("Sales Qualified", "Rejected by Sales", "Recycled to Marketing")),
            "changed_at": self._aimed("decision"),
        }
        known = {(r["person_id"], r["status"]) for r in self.rows["status_changes"]}
        if (row["person_id"], row["status"]) not in known:
            reason = "" if row["status"] == "Sales Qualified" else rng.choice(RAW_REASONS)
            self.rows["status_changes"].append(row | {"reason": reason})

    def _sales(self) -> None:
        """Owners, what sellers did, who said what, and what they wrote down."""
        rng = self.rng
        self.passed_on: list[str] = []
        for person in self.people:
            self._owners(person)
        for index in range(rng.choice((0, 2, 4, 6))):
            self._sales_act(f"{self.name}s{index}")
        if rng.random() < 0.4:
            self._verdict()
        for row in self.rows["activities"]:
            if row["activity_type"] in SELLER and rng.random() < 0.7:
                row["actor_id"] = rng.choice(USERS)
        for row in self.rows["status_changes"]:
            row["changed_by"] = rng.choice(DECIDERS)
            if row["reason"] == "No interest" and rng.random() < 0.5:
                row["reason"] = "Cannot reach"
        for row in self.rows["opportunities"]:
            row |= {
                "created_by": rng.choice(DECIDERS),
                "owner_id": rng.choice(DECIDERS),
                "amount": rng.choice(("", "100.00", "2500.55", "33.33")),
                "currency": rng.choice(("", "EUR", "EUR")),
            }

    def _owners(self, person: str) -> None:
        """Owned by one user all the time, or by several in turn."""
        rng, field = self.rng, "owner_id"
        known = {
            row["changed_at"]
            for row in self.rows["attribute_changes"]
            if row["person_id"] == person and row["field"] == field
        }
        owner = rng.choice((*USERS, "", ""))
        times = {self._sales_moment() for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))}
        for at in sorted(times - known):
            after = rng.choice((*USERS, "U1", "U2", ""))
            self.passed_on.append(at)
            self._change(person, field, owner, after, at)
            owner = after
        for row in self.rows["persons"]:
            if row["person_id"] == person:
                row["owner_id"] = owner
        for field in CRITERIA.values():
            if rng.random() < 0.4:
                times = {self._sales_moment() for _ in range(rng.choice((1, 1, 2)))}
                for at in sorted(times):
                    answers = [rng.choice(("", "Yes", "no", "TRUE", "Perhaps")) for _ in "on"]
                    self._change(person, field, *answers, at)

    def _sales_act(self, name: str) -> None:
        rng = self.rng
        way = rng.random()
        at = self._aimed("first_attempt") if way < 0.4 else self._sales_moment(0.06)
        if way > 0.8 and self.passed_on:
            # Where response bands end.
            at = text(
                _epoch(rng.choice(self.passed_on))
                + 60 * rng.choice((5, 30, 60))
                + rng.choice((0, 1))
            )
        self.rows["activities"].append(
            {
                "activity_id": name,
                "person_id": rng.choice(self.people),
                "activity_type": rng.choice(SALES_ACTS),
                "occurred_at": at,
                "recorded_at": rng.choice(("", "", "", self._sales_moment())),
                "is_two_way": rng.choice(("",) * 6 + ("true", "false")),
                "is_automated": rng.choice(("",) * 8 + ("true", "false")),
                "actor_id": rng.choice((*USERS, "U1", "U1", "U2", "U2", "U6", "")),
            }
        )

    def _money(self) -> None:
        """Amounts in two currencies, refunds, several people of a deal, answers to campaigns."""
        rng = self.rng
        for row in self.rows["opportunities"]:
            if rng.random() < 0.7:
                row |= {"amount": rng.choice(AMOUNTS), "currency": rng.choice((FOREIGN, "EUR", ""))}
            for person in self.rows["persons"] if rng.random() < 0.35 else []:
                if not person.get("converted_opportunity_id") and rng.random() < 0.7:
                    person |= {
                        "converted_opportunity_id": row["opportunity_id"],
                        "converted_at": rng.choice(("", self._moment())),
                    }
        for person, campaign in product((*self.people, *self.gone), ("K1", "K2", "K9")):
            if rng.random() < 0.25:
                self.rows["campaign_members"].append(
                    {
                        "person_id": person,
                        "campaign_id": campaign,
                        "has_responded": rng.choice(("", "true", "true", "false")),
                        "responded_at": rng.choice(("", *3 * (self._moment(),))),
                    }
                )


def is_cut(rows: Tables, clock: int) -> bool:
    """Whether a world has gone on after the clock, and had begun before."""
    created = [str(row["created_at"]) for row in rows["persons"]]
    done = [str(row["occurred_at"]) for row in rows["activities"]]
    done += [str(row["changed_at"]) for row in rows["status_changes"]]
    at = text(clock)
    return min(created) <= at < max(moment for moment in done if moment < PLANNED)


def write(
    folder: Path,
    agreed: list[Tables],
    worlds: list[Tables],
    headers_from: Path,
    mappings_from: Path,
) -> None:
    """`folder`/agreement, /mappings and /exports/generic."""
    write_agreement(folder / "agreement", agreed, headers_from)
    _write_mappings(folder / "mappings", mappings_from)
    write_exports(folder / "exports" / "generic", worlds)


def write_exports(folder: Path, worlds: list[Tables]) -> None:
    folder.mkdir(parents=True)
    for name, columns in COLUMNS.items():
        found = [row for rows in worlds for row in rows.get(name, [])]
        write_rows(folder / f"{name}.csv", columns.split(), found or SHARED.get(name, []))


def _write_mappings(folder: Path, mappings_from: Path) -> None:
    """Those of `mappings_from`, besides some activities by their asset and a currency."""
    shutil.copytree(mappings_from, folder)
    path = folder / "map_activity_types.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    for raw, pattern, activity, start in MEANINGS_BY_ASSET:
        found.append(
            found[0]
            | {"raw_type": raw, "asset_pattern": pattern, "activity": activity}
            | {"valid_from": start}
        )
    write_rows(path, list(found[0]), found)
    path = folder / "map_exchange_rates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    days = {turn[:10] for year in YEARS for turn in turns(year)}
    days |= {f"{year}-{month:02}-15" for year in YEARS for month in (2, 5, 8, 11)}
    for number, day in enumerate(["1990-01-01", *sorted(days)]):
        rate = f"0.{500000 + 7919 * number % 400000}"
        found.append({"currency": FOREIGN, "valid_from": day, "rate_to_reporting": rate})
    write_rows(path, list(found[0]), found)


def write_rows(path: Path, columns: list[str], found: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
