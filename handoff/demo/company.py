"""What truly happened at the demo company, person by person.

`simulate(seed, index)` lives one person's life: who they are, what they did, what sales
decided, which deals came of it. A person depends on the seed and the own number alone, so
the first people are the same however many follow. All moments are UTC, to the second, and
nothing happens after `clock.END`: what was still to come is simply not known yet.

How the systems recorded it, with all their faults, is the writers' business.
"""

from bisect import bisect
from datetime import datetime, timedelta
from random import Random

from handoff.demo import catalogue, clock
from handoff.demo.catalogue import User
from handoff.demo.truth import (
    SALES_ACTIVITIES,
    Account,
    Activity,
    AttributeChange,
    Deal,
    Handoff,
    Person,
    StatusChange,
    Twin,
    Visitor,
)

# The committed sample of exports/demo.
DEFAULT_LEADS = 1500
DEFAULT_SEED = 20260101


def account(seed: int, number: int) -> Account:
    """The company that person `number` brought in."""
    rng = Random(f"{seed}:account:{number}")
    if rng.random() < 0.014:
        domain = rng.choice(catalogue.COMPETITOR_DOMAINS)
        name = domain.split(".")[0].capitalize()
        return Account(f"C-{name.upper()}", name, domain, "DE", "Software", 180, True)
    is_target = rng.random() < 0.68
    if is_target:
        country = rng.choice(catalogue.TARGET_COUNTRIES)
        industry = rng.choice(catalogue.TARGET_INDUSTRIES)
        employees = min(2000, max(50, int(rng.lognormvariate(5.5, 0.9))))
    else:
        is_far = rng.random() < 0.3
        country = rng.choice(catalogue.OTHER_COUNTRIES if is_far else catalogue.TARGET_COUNTRIES)
        industry = rng.choice(catalogue.OTHER_INDUSTRIES + catalogue.TARGET_INDUSTRIES[:2])
        employees = rng.choice((3, 8, 14, 25, 38, 45, 120, 900, 2600, 6500, 18000))
    name = f"Company {number:03d} {catalogue.COMPANY_FORMS[country]}".replace(" ,", ",")
    return Account(
        f"C{number:04d}", name, f"company{number:03d}.example", country, industry, employees
    )


def simulate(seed: int, index: int) -> Person:
    """The whole life of person `index` (1, 2, …)."""
    return _Life(seed, index).lived()


def fill_up(seed: int, person: Person, n_activities: int) -> None:
    """Adds page views until the person has so many activities: for measuring with volume."""
    rng = Random(f"{seed}:volume:{person.index}")
    first = max(person.created_at, clock.START)
    seconds = int((clock.END - first).total_seconds())
    for _ in range(n_activities - len(person.activities)):
        at = first + timedelta(seconds=rng.randrange(seconds + 1))
        asset = rng.choice(catalogue.PAGES)
        person.activities.append(Activity(len(person.activities) + 1, "Page View", at, asset=asset))
    person.activities.sort(key=lambda activity: (activity.occurred_at, activity.number))
    for number, activity in enumerate(person.activities, 1):
        activity.number = number


def visitor(seed: int, index: int) -> Visitor | None:
    """Now and then somebody looks in who never became a person: a colleague or a mailbox."""
    if index % 40 != 17:
        return None
    rng = Random(f"{seed}:visitor:{index}")
    domain = account(seed, index).domain
    local_part = f"visitor{index:04d}" if rng.random() < 0.6 else "info"
    at = clock.START + timedelta(seconds=rng.randrange(86400, 86400 * 530))
    activities = []
    for number in range(rng.randint(1, 3)):
        at += timedelta(minutes=rng.randint(1, 600))
        kind = rng.choice(("Page View", "Content Download", "Webinar Registered"))
        activities.append(Activity(number, kind, at, asset=_asset(rng, kind), known_by="email"))
    return Visitor(f"{local_part}@{domain}", activities)


def buyer_without_lead(seed: int, index: int) -> Account:
    """Whose deal it would be."""
    return account(seed, 10_000_000 + index)


def deal_without_lead(seed: int, index: int) -> Deal | None:
    """Now and then a deal comes about without any lead: nobody can say where from."""
    if index % 75 != 0:
        return None
    rng = Random(f"{seed}:deal:{index}")
    buyer = buyer_without_lead(seed, index)
    owner = rng.choice(catalogue.SALES_REPS[:5])
    created_at = clock.next_open(
        clock.START + timedelta(seconds=rng.randrange(86400 * 10, 86400 * 400))
    )
    closed_at = clock.next_open(created_at + timedelta(days=rng.randint(15, 120)))
    last = "Closed Won" if rng.random() < 0.6 else "Closed Lost"
    return Deal(
        number=0,
        name=f"{buyer.name} - New Business",
        type="New Business",
        account_id=buyer.account_id,
        cents=rng.randint(60, 400) * 10000,
        currency="USD" if buyer.country == "US" else "EUR",
        created_at=created_at,
        created_by=owner.user_id,
        owner_id=owner.user_id,
        source=rng.choice(("", "Partner", "Referral")),
        campaign_id="",
        stages=[("Discovery", created_at), (last, closed_at)],
        closed_at=closed_at,
        has_contact=False,
    )


def _asset(rng: Random, kind: str) -> str:
    if kind == "Page View":
        return rng.choice(catalogue.PAGES)
    if kind == "Pricing Page View":
        return "/pricing"
    if kind == "Content Download":
        return rng.choice(catalogue.CONTENT)
    if kind in ("Webinar Registered", "Webinar Attended"):
        return rng.choice(catalogue.WEBINARS)
    if kind == "Demo Request":
        return "/demo"
    if kind == "Contact Sales Form":
        return "/contact"
    return ""


# Marketing's own rough score, close to the agreement and not equal: points, and the days
# in which half of them fade.
_POINTS = {
    "Page View": (0.8, 14), "Pricing Page View": (9, 21), "Content Download": (10, 30),
    "Webinar Registered": (5, 30), "Webinar Attended": (13.5, 45), "Email Open": (0.4, 14),
    "Email Click": (4, 21), "Email Reply": (10, 30), "Demo Request": (30, 60),
    "Contact Sales Form": (30, 60), "Unsubscribed": (-20, 90),
}  # fmt: skip
_HAND_RAISES = ("Demo Request", "Contact Sales Form")
_SOURCE_WEIGHTS = [source.weight for source in catalogue.SOURCES]


class _Life:
    def __init__(self, seed: int, index: int) -> None:
        self.rng = rng = Random(f"{seed}:person:{index}")
        self.source = rng.choices(catalogue.SOURCES, _SOURCE_WEIGHTS)[0]
        created_at = self._creation()
        # People come in blocks of five, some of whom work for the first one's company.
        first = index - (index - 1) % 5
        employer = account(seed, first if rng.random() < 0.3 else index)
        self.person = Person(
            index=index,
            account=employer,
            has_account=rng.random() < 0.7,
            email=self._email(index, employer),
            first_name="Person",
            last_name=f"{index:04d}",
            title=self._title(),
            company=employer.name if rng.random() > 0.02 else "",
            country=employer.country if rng.random() > 0.03 else "",
            industry=employer.industry if rng.random() > 0.04 else "",
            employees=employer.employees if rng.random() > 0.05 else None,
            source=self.source.name,
            campaign_id=self._campaign(self.source.name, created_at),
            created_at=created_at,
        )
        self.has_bad_data = rng.random() < self.source.bad_data
        draw = rng.random()
        shares = (self.source.hot, self.source.warm, self.source.cool)
        self.interest = ("hot", "warm", "cool", "none")[
            bisect([sum(shares[:n]) for n in (1, 2, 3)], draw)
        ]
        if employer.is_competitor:
            self.interest = "warm"
        # How much earlier or later than the agreement marketing calls this one an MQL.
        self.doubt = min(5.0, max(-3.0, rng.gauss(1.0, 1.8)))
        self.has_left = False  # unsubscribed

    # -- who they are ---------------------------------------------------------------------

    def _creation(self) -> datetime:
        rng = self.rng
        if self.source.name == "Trade Show":
            shows = [c for c in catalogue.CAMPAIGNS if c.type == "Trade Show"][:3]
            day = rng.choice(shows).started_on + timedelta(days=rng.randint(0, 2))
            return clock.from_berlin(datetime(day.year, day.month, day.day, rng.randint(9, 17))) + (
                timedelta(seconds=rng.randrange(3600))
            )
        if rng.random() < 0.025:
            # Known since before the first agreement.
            day = clock.START - timedelta(days=rng.randint(15, 180))
            return self._buyers_time(day)
        weights = catalogue.CREATION_WEIGHTS
        day = catalogue.CREATION_DAYS[bisect(weights, rng.random() * weights[-1])]
        return self._buyers_time(datetime(day.year, day.month, day.day))

    def _buyers_time(self, day: datetime) -> datetime:
        """A likely time of that day: mostly office hours, some evenings."""
        hour = self.rng.choice((7, 8, 8, 9, 9, 10, 11, 12, 12, 13, 13, 14, 14, 15, 16, 18, 19))
        return day.replace(hour=hour, minute=0, second=0) + timedelta(
            seconds=self.rng.randrange(3600)
        )

    def _email(self, index: int, employer: Account) -> str:
        draw = self.rng.random()
        if draw < 0.02:
            return ""
        if draw < 0.035 and not employer.is_competitor:
            return f"{self.rng.choice(catalogue.SHARED_MAILBOXES)}@{employer.domain}"
        if draw < 0.075 and not employer.is_competitor:
            return f"person{index:04d}@{self.rng.choice(catalogue.FREE_MAIL_DOMAINS)}"
        if draw < 0.078:
            return f"person{index:04d}@{catalogue.OWN_DOMAIN}"
        if draw < 0.081:
            return f"person{index:04d}@{catalogue.DISPOSABLE_DOMAIN}"
        return f"person{index:04d}@{employer.domain}"

    def _title(self) -> str:
        draw = self.rng.random()
        if draw < 0.03:
            return ""
        if self.rng.random() < self.source.senior:
            return self.rng.choice(catalogue.SENIOR_TITLES)
        if draw < 0.45:
            return self.rng.choice(catalogue.LEADING_TITLES)
        return self.rng.choice(catalogue.JUNIOR_TITLES)

    def _campaign(self, source: str, at: datetime) -> str:
        running = catalogue.campaigns_running(source, at.date())
        return self.rng.choice(running).campaign_id if running else ""

    def _plan_changes(self) -> None:
        """Promotions, moves and growth: what the record says today was not always so."""
        rng, person = self.rng, self.person
        if rng.random() > 0.16:
            return
        days_known = (clock.END - person.created_at).days
        if days_known < 10:
            return
        at = clock.next_open(
            person.created_at + timedelta(seconds=rng.randrange(86400, days_known * 86400))
        )
        attribute = rng.choice(("title", "title", "country", "employees"))
        by = rng.choice((catalogue.CRM_SYNC, catalogue.MARKETING_OPERATIONS)).user_id
        old = getattr(person, attribute)
        if attribute == "title":
            new = rng.choice(catalogue.SENIOR_TITLES)
        elif attribute == "country":
            new = rng.choice(catalogue.TARGET_COUNTRIES)
        else:
            new = int((old or person.account.employees) * rng.choice((0.4, 0.8, 1.3, 2.5))) + 1
        if old != new and at <= clock.END:
            self._change(attribute, old, new, at, by)

    def _change(self, attribute: str, old, new, at: datetime, by: str) -> None:
        if at > clock.END:
            return
        self.person.attribute_changes.append(
            AttributeChange(
                attribute, "" if old is None else str(old), "" if new is None else str(new), at, by
            )
        )
        setattr(self.person, attribute, new)

    def _value_at(self, attribute: str, at: datetime):
        value = getattr(self.person, attribute)
        for change in self.person.attribute_changes:
            if change.attribute == attribute and at < change.changed_at:
                return change.old_value
        return value

    def _fit(self, at: datetime) -> int:
        title, country = self._value_at("title", at), self._value_at("country", at)
        employees = int(self._value_at("employees", at) or 0)
        points = 20 if title in catalogue.SENIOR_TITLES else 0
        points += 11 if title in catalogue.LEADING_TITLES else 0
        points += 15 if 50 <= employees <= 1500 else 8 if employees > 1500 else 0
        points += 10 if self.person.industry in catalogue.TARGET_INDUSTRIES else 0
        points += 5 if country in ("DE", "AT", "CH") else 0
        return points - (10 if self.person.email.endswith(catalogue.FREE_MAIL_DOMAINS) else 0)

    def _engagement(self, at: datetime) -> float:
        """What the acts up to then are worth to marketing."""
        score = 0.0
        for activity in self.person.activities:
            if (
                activity.type in _POINTS
                and activity.occurred_at <= at
                and not activity.is_automated
            ):
                points, half_life = _POINTS[activity.type]
                days = (at - activity.occurred_at).total_seconds() / 86400
                score += points * 0.5 ** (days / half_life)
        return score

    def _may_be_handed_on(self, at: datetime) -> bool:
        """Marketing does not hand on whom sales cannot or must not sell to."""
        person = self.person
        title, country = self._value_at("title", at), self._value_at("country", at)
        is_served = country in catalogue.TARGET_COUNTRIES
        is_own = person.email.endswith(catalogue.OWN_DOMAIN)
        is_student = title in ("Student", "Intern")
        # A rival's people are recognised, mostly.
        is_rival = person.account.is_competitor and person.index % 4 != 0
        return bool(
            person.email and person.company and is_served and not (is_own or is_student or is_rival)
        )

    # -- what they did --------------------------------------------------------------------

    def _act(self, kind: str, at: datetime, **details) -> None:
        recorded_at = details.get("recorded_at")
        if at > clock.END or (recorded_at is not None and recorded_at > clock.END):
            return
        details.setdefault("asset", _asset(self.rng, kind))
        self.person.activities.append(
            Activity(len(self.person.activities) + 1, kind, at, **details)
        )

    def _inbound(self, kind: str, at: datetime) -> None:
        """An act on the own website or at an event; some come through a campaign."""
        rng, details = self.rng, {}
        is_webinar = kind.startswith("Webinar")
        if is_webinar or rng.random() < 0.3:
            source = "Webinar" if is_webinar else self.source.name
            if not is_webinar and rng.random() < 0.25:
                source = rng.choice(("Organic Search", "Paid Search", "Content Syndication"))
            campaign_id = self._campaign(source, at)
            if campaign_id:
                details = {"source": source, "campaign_id": campaign_id}
        if kind == "Webinar Attended":
            # The webinar platform's list is loaded the next day, sometimes much later.
            details["recorded_at"] = at + timedelta(
                seconds=rng.randrange(36000, 72000) + (86400 * 5 if rng.random() < 0.1 else 0)
            )
        if self.person.email and rng.random() < 0.04:
            details["known_by"] = "email"
        self._act(kind, at, **details)

    def _mailings(self) -> None:
        """Marketing's automated mail: no act of the buyer, and none of sales."""
        rng, person = self.rng, self.person
        if not person.email:
            return
        at = person.created_at + timedelta(seconds=rng.randrange(60, 900))
        for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
            if at > clock.END or self.has_left:
                return
            asset = f"newsletter-{at:%Y-%m}"
            self._act("Automated Email Sent", at, asset=asset, actor_id="U05")
            if rng.random() < 0.4 and not self.has_bad_data:
                opened = at + timedelta(seconds=rng.randrange(300, 90000))
                self._act("Email Open", opened, asset=asset)
                if rng.random() < 0.3:
                    self._act("Email Click", opened + timedelta(seconds=20), asset=asset)
                elif rng.random() < 0.06:
                    self._act("Unsubscribed", opened + timedelta(seconds=45), asset=asset)
                    self.has_left = True
            at += timedelta(seconds=rng.randrange(86400 * 8, 86400 * 30))

    def _journey(
        self, start: datetime, interest: str, *, is_first: bool
    ) -> tuple[datetime, bool] | None:
        """A burst of the buyer's acts; the moment marketing's rules of thumb fire, if any."""
        rng = self.rng
        acts: list[tuple[str, datetime]] = []
        at = start
        if interest == "hot":
            for _ in range(rng.randint(1, 4)):
                acts.append((rng.choice(("Page View", "Page View", "Pricing Page View")), at))
                at += timedelta(seconds=rng.randrange(20, 600))
            acts.append((rng.choice(("Demo Request", "Demo Request", "Contact Sales Form")), at))
        visits = {"hot": rng.randint(0, 2), "warm": rng.randint(3, 6), "cool": rng.randint(1, 2)}
        for _ in range(visits.get(interest, 0)):
            draw = rng.random()
            if draw < 0.25:
                acts.append(("Webinar Registered", at))
                if rng.random() < 0.7:
                    held = (at + timedelta(days=rng.randint(2, 9))).replace(hour=13, minute=0)
                    acts.append(("Webinar Attended", held))
            elif draw < 0.6:
                acts.append(("Page View", at))
                acts.append(("Content Download", at + timedelta(seconds=rng.randrange(60, 400))))
            else:
                for _ in range(rng.randint(1, 4)):
                    at += timedelta(seconds=rng.randrange(15, 500))
                    acts.append(("Page View", at))
                if interest != "cool" and rng.random() < 0.7:
                    acts.append(("Pricing Page View", at + timedelta(seconds=50)))
            gap = timedelta(days=rng.choice((1, 1, 2, 3, 4, 6)))
            at = self._buyers_time(at + gap)
        if interest == "warm" and rng.random() < 0.12:
            acts.append(("Demo Request", at))
        acts.sort(key=lambda act: act[1])

        found = None
        if is_first and self._qualifies("", self.person.created_at):
            # Handed on for who they are: the first agreement allowed it.
            found = (self.person.created_at, False)
        for kind, moment in acts:
            self._inbound(kind, moment)
            if found is None and self._qualifies(kind, moment):
                found = (moment, kind in _HAND_RAISES)
                # What they had in mind, they mostly do; but some stop once sales calls.
                if rng.random() < 0.3:
                    break
        return found

    def _qualifies(self, kind: str, at: datetime) -> bool:
        if not self._may_be_handed_on(at):
            return False
        if kind in _HAND_RAISES:
            return True
        fit = self._fit(at)
        # The agreed thresholds of the three versions.
        threshold = 50 if at < datetime(2025, 7, 1) else 55 if at < datetime(2026, 1, 1) else 60
        engagement = self._engagement(at)
        doubt = min(self.doubt, max(engagement, 0))
        return fit >= 20 and fit + engagement >= threshold + doubt

    # -- what marketing and sales did -----------------------------------------------------

    def _status(self, status: str, at: datetime, by: str, reason: str = "") -> bool:
        changes = self.person.status_changes
        if changes and at <= changes[-1].changed_at:
            at = changes[-1].changed_at + timedelta(seconds=1)
        if at > clock.END:
            return False
        changes.append(StatusChange(status, at, by, reason))
        return True

    def _own(self, owner: User, at: datetime) -> None:
        if self.person.owner_id != owner.user_id:
            self._change(
                "owner_id", self.person.owner_id, owner.user_id, at, catalogue.CRM_SYNC.user_id
            )

    def _seller(self, sellers: tuple[User, ...], at: datetime) -> User:
        return self.rng.choice([s for s in sellers if s.left_at is None or at < s.left_at])

    def _stamp(self, acted_at: datetime, is_hand_raise: bool) -> datetime | None:
        """Marketing sets its MQL: at once, with the nightly run, or days later by hand."""
        rng = self.rng
        draw = rng.random()
        by = catalogue.MARKETING_AUTOMATION
        if is_hand_raise or draw < 0.65:
            at = acted_at + timedelta(seconds=rng.randrange(20, 600))
        elif draw < 0.9:
            at = (acted_at + timedelta(days=1)).replace(hour=2, minute=15, second=0)
        else:
            by = catalogue.MARKETING_OPERATIONS
            at = clock.next_open(acted_at + timedelta(seconds=rng.randrange(86400, 86400 * 4)))
        if not self._status("Marketing Qualified", at, by.user_id):
            return None
        at = self.person.status_changes[-1].changed_at
        if self.person.mql_at is None:
            self.person.mql_at = at
        else:
            self._change("mql_at", self.person.mql_at, at, at, by.user_id)
        self.person.score = round(self._fit(acted_at) + self._engagement(acted_at))
        return at

    def _hand_on(self, handoff: Handoff, at: datetime) -> tuple[User, datetime] | None:
        """Who in sales gets the lead, and since when; None if it stays lying."""
        rng = self.rng
        draw = rng.random()
        if draw < 0.02:
            if draw < 0.012 and self._status("With Sales", at, catalogue.CRM_SYNC.user_id):
                # Into the queue, from which nobody takes it.
                handoff.handed_on_at = self.person.status_changes[-1].changed_at
                self._own(catalogue.INBOUND_QUEUE, handoff.handed_on_at)
            return None
        by = catalogue.CRM_SYNC
        if handoff.is_hand_raise:
            at += timedelta(seconds=rng.randrange(60, 2400 if draw < 0.9 else 40000))
        elif draw < 0.75:
            at += timedelta(seconds=rng.randrange(120, 7200))
        else:
            by = catalogue.MARKETING_OPERATIONS
            at = clock.after_business_seconds(at, rng.randrange(3600, 60000))
        sellers = catalogue.SALES_REPS if rng.random() < 0.2 else catalogue.SDRS
        owner = self._seller(sellers, at)
        if not self._status("With Sales", at, by.user_id):
            return None
        handoff.handed_on_at = at
        if rng.random() < 0.15:
            # First into the queue, from which a seller takes it.
            self._own(catalogue.INBOUND_QUEUE, at)
            at = clock.after_business_seconds(at, rng.randrange(60, 9000))
        self._own(owner, at)
        return owner, at

    def _work(self, handoff: Handoff, owner: User, start: datetime, interest: str) -> datetime:
        """Sales' attempts, conversation and verdict. Returns when the matter rested."""
        rng, person = self.rng, self.person
        if rng.random() < owner.neglect:
            return clock.END
        hurry = 0.4 if handoff.is_hand_raise else 1.0
        wait = owner.first_attempt_minutes * 60 * hurry * rng.lognormvariate(0, 0.9)
        at = clock.after_business_seconds(start, int(wait) + 30)
        reach = {"hot": 0.5, "warm": 0.36, "cool": 0.24}.get(interest, 0.2)
        if self.has_bad_data:
            reach = 0.0
        patience = max(1, owner.patience + rng.choice((-1, 0, 0, 0, 1)))
        if self.has_bad_data:
            patience = min(patience, rng.randint(1, 3))
        has_talked = has_accepted = False
        for attempt in range(patience):
            if attempt:
                at = clock.after_business_seconds(at, rng.randrange(12000, 75000))
            has_talked = rng.random() < reach
            by_call = rng.random() < 0.65
            if by_call:
                kind = "Sales Call Connected" if has_talked else "Sales Call Attempted"
                details = {}
                if rng.random() < 0.1:
                    details["recorded_at"] = at + timedelta(seconds=rng.randrange(300, 18000))
                self._act(kind, at, actor_id=owner.user_id, **details)
                talked_at = at
            else:
                # Sequences send mail in the seller's name; nobody tried anything.
                is_sequence = rng.random() < 0.12
                self._act("Sales Email Sent", at, actor_id=owner.user_id, is_automated=is_sequence)
                talked_at = at + timedelta(seconds=rng.randrange(600, 100000))
                if has_talked:
                    self._act("Email Reply", talked_at)
                elif rng.random() < 0.06 and not self.has_bad_data:
                    # Out of office: a reply in which nobody speaks.
                    self._act("Email Reply", at + timedelta(seconds=40), is_automated=True)
            if handoff.first_attempt_at is None and at <= clock.END:
                handoff.first_attempt_at = at
            if attempt == 0 and rng.random() < 0.6:
                has_accepted = self._accept(at + timedelta(seconds=rng.randrange(60, 900)), owner)
            if has_talked:
                at = clock.next_open(talked_at)
                if at <= clock.END:
                    handoff.conversation_at = at
                break

        if person.account.is_competitor:
            return self._return(handoff, owner, at, "Rejected by Sales", "Works for a competitor")
        if self.has_bad_data:
            return self._return(handoff, owner, at, "Rejected by Sales", "Wrong contact data")
        if not has_talked:
            if rng.random() < 0.03:
                return self._qualify(handoff, owner, at, interest)  # on a hunch
            return self._return(handoff, owner, at, "Recycled to Marketing", "Cannot reach")

        if not has_accepted and rng.random() < 0.8:
            self._accept(at + timedelta(seconds=rng.randrange(120, 1800)), owner)
        if person.employees is None and rng.random() < 0.6:
            self._change("employees", None, person.account.employees, at, owner.user_id)
        if at <= clock.END:
            person.website = f"https://www.{person.account.domain}"
        if rng.random() < 0.75:
            at = clock.after_business_seconds(at, rng.randrange(61200, 245000))
            self._act("Meeting Held", at, actor_id=owner.user_id)
        at = clock.after_business_seconds(at, rng.randrange(600, 20000))
        return self._judge(handoff, owner, at, interest)

    def _accept(self, at: datetime, owner: User) -> bool:
        return self._status("Accepted by Sales", at, owner.user_id)

    def _judge(self, handoff: Handoff, owner: User, at: datetime, interest: str) -> datetime:
        rng, person = self.rng, self.person
        fit = self._fit(at)
        chance = {"hot": 0.84, "warm": 0.74, "cool": 0.55}.get(interest, 0.45)
        chance *= self.source.quality**0.5 * (1.0 if fit >= 35 else 0.75 if fit >= 20 else 0.45)
        if rng.random() < chance:
            return self._qualify(handoff, owner, at, interest)
        if person.country not in catalogue.TARGET_COUNTRIES or (
            person.industry not in catalogue.TARGET_INDUSTRIES and rng.random() < 0.7
        ):
            verdict = ("Rejected by Sales", "Not our market")
        elif (person.employees or 0) < 50 and rng.random() < 0.8:
            verdict = ("Rejected by Sales", "Too small")
        else:
            verdict = rng.choice(
                (
                    ("Rejected by Sales", "No interest"),
                    ("Rejected by Sales", "No interest"),
                    ("Recycled to Marketing", "Not ready yet"),
                    ("Recycled to Marketing", "Not ready yet"),
                    ("Recycled to Marketing", "No budget this year"),
                    ("Recycled to Marketing", "No budget this year"),
                    ("Rejected by Sales", "Duplicate of another lead"),
                )
            )
        rested = self._return(handoff, owner, at, *verdict)
        if verdict[1] == "No interest" and rng.random() < 0.15:
            # They call back within days, and sales thinks again.
            again = clock.after_business_seconds(rested, rng.randrange(20000, 90000))
            self._act("Sales Call Connected", again, actor_id=owner.user_id)
            return self._qualify(handoff, owner, again + timedelta(seconds=900), "warm")
        return rested

    def _return(
        self, handoff: Handoff, owner: User, at: datetime, status: str, reason: str
    ) -> datetime:
        rng = self.rng
        at = clock.after_business_seconds(at, rng.randrange(60, 5000))
        if rng.random() < 0.03:
            reason = ""  # sales did not say why
        if self._status(status, at, owner.user_id, reason):
            handoff.decision = "rejected" if status == "Rejected by Sales" else "recycled"
            handoff.reason = reason
            handoff.decided_at = self.person.status_changes[-1].changed_at
            handoff.decided_by = owner.user_id
            if status == "Recycled to Marketing":
                self._own(catalogue.MARKETING_OPERATIONS, handoff.decided_at)
        return at

    def _qualify(self, handoff: Handoff, owner: User, at: datetime, interest: str) -> datetime:
        rng = self.rng
        by = owner
        if rng.random() < 0.02:
            by = catalogue.CAMPAIGN_MANAGER  # marketing decides what sales should
        if not self._status("Sales Qualified", at, by.user_id):
            return at
        handoff.decision, handoff.reason = "sales_qualified", ""
        handoff.decided_at = self.person.status_changes[-1].changed_at
        handoff.decided_by = by.user_id
        seller = owner if owner.team == "Sales" else self._seller(catalogue.SALES_REPS, at)
        # Whoever qualified should not forecast; a few do.
        creator = owner if rng.random() < 0.05 else seller
        created_at = clock.after_business_seconds(at, rng.randrange(300, 40000))
        if created_at > clock.END:
            return at
        return self._sell(handoff, created_at, creator, seller, interest)

    def _deal(
        self, kind: str, created_at: datetime, creator: User, seller: User, *, is_won: bool
    ) -> Deal:
        rng, person = self.rng, self.person
        buyer = person.account
        days = max(6, int(rng.lognormvariate(3.7, 0.55)))
        closes_at = clock.next_open(self._buyers_time(created_at + timedelta(days=days)))
        path = [("Discovery", created_at)]
        for stage, share in (("Proposal", 0.35), ("Negotiation", 0.7)):
            path.append((stage, clock.next_open(created_at + (closes_at - created_at) * share)))
        last = "Closed Won" if is_won else "Closed Lost"
        if not is_won:
            path = path[: rng.randint(1, 3)]
        path.append((last, closes_at))
        path = [(stage, at.replace(microsecond=0)) for stage, at in path if at <= clock.END]
        size = min(buyer.employees, 5000)
        factor = {"New Business": 1.0, "Expansion": 0.4, "Renewal": 0.9}[kind]
        deal = Deal(
            number=len(person.deals) + 1,
            name=f"{buyer.name} - {kind}",
            type=kind,
            account_id=buyer.account_id,
            cents=int((6000 + 45 * size) * factor * rng.uniform(0.6, 1.5)) * 100,
            currency="USD" if buyer.country == "US" else "EUR",
            created_at=created_at,
            created_by=creator.user_id,
            owner_id=seller.user_id,
            source=person.source if rng.random() < 0.6 else "",
            campaign_id="",
            stages=path,
            closed_at=closes_at if closes_at <= clock.END else None,
        )
        if deal.stage == "Discovery" and rng.random() < 0.3:
            deal.cents = None
        person.deals.append(deal)
        return deal

    def _sell(
        self, handoff: Handoff, at: datetime, creator: User, seller: User, interest: str
    ) -> datetime:
        """The deals of one hand-off. Returns when the last of them rested."""
        rng, person = self.rng, self.person
        chance = {"hot": 0.48, "warm": 0.41, "cool": 0.3}.get(interest, 0.27)
        is_won = rng.random() < chance * self.source.quality
        deal = self._deal("New Business", at, creator, seller, is_won=is_won)
        deal.campaign_id = person.campaign_id if rng.random() < 0.3 else ""
        handoff.deals.append(deal.number)
        draw = rng.random()
        deal.has_contact = draw >= 0.06
        deal.is_conversion = draw >= 0.2 and not any(d.is_conversion for d in person.deals[:-1])
        if rng.random() < 0.05 and at + timedelta(days=4) <= clock.END:
            second = self._deal(
                "New Business", at + timedelta(days=4), seller, seller, is_won=not is_won
            )
            handoff.deals.append(second.number)
        rested = at
        for number in handoff.deals:
            rested = max(rested, person.deals[number - 1].closed_at or clock.END)
        if rested >= clock.END:
            return clock.END
        if is_won or len(handoff.deals) > 1:
            self._status(
                "Customer", rested + timedelta(seconds=rng.randrange(30, 900)), seller.user_id
            )
            return rested
        if rng.random() < 0.05:
            self._status(
                "Recycled to Marketing", rested + timedelta(minutes=8), seller.user_id,
                "No budget this year",
            )  # fmt: skip
        else:
            self._status(
                "In Nurture",
                rested + timedelta(seconds=rng.randrange(3600, 86400 * 3)),
                catalogue.MARKETING_OPERATIONS.user_id,
            )
        return rested

    # -- the life -------------------------------------------------------------------------

    def lived(self) -> Person:
        rng, person = self.rng, self.person
        self._plan_changes()
        if rng.random() < 0.95:
            person.owner_id = catalogue.MARKETING_OPERATIONS.user_id
        self._status("New", person.created_at, catalogue.CRM_SYNC.user_id)
        if rng.random() < 0.035 and person.email:
            self._enter_again()
        is_cold = self.source.name in ("Outbound", "Trade Show", "Partner")
        is_direct = is_cold and rng.random() < 0.5
        if not is_direct or rng.random() < 0.6:
            self._mailings()
        if person.created_at < clock.START:
            self._wake_up()
        elif is_direct:
            self._sell_directly()
        else:
            self._pass_through_marketing()
        self._tidy_up()
        return person

    def _enter_again(self) -> None:
        rng, person = self.rng, self.person
        at = self._buyers_time(person.created_at + timedelta(days=rng.randint(1, 200)))
        if at <= clock.END:
            source = rng.choice(("Webinar", "Content Syndication", "Paid Search"))
            local_part, domain = person.email.split("@")
            person.twin = Twin(
                f"{local_part.capitalize()}@{domain.upper()}",
                at,
                source,
                self._campaign(source, at),
            )

    def _wake_up(self) -> None:
        """Known for long and left alone until, perhaps, the first agreement's time."""
        rng, person = self.rng, self.person
        at = person.created_at + timedelta(seconds=rng.randrange(86400, 86400 * 14))
        self._status("In Nurture", at, catalogue.MARKETING_AUTOMATION.user_id)
        if rng.random() < 0.6:
            later = self._buyers_time(clock.START + timedelta(days=rng.randint(5, 300)))
            self._pass_through_marketing(later, trips=1)

    def _sell_directly(self) -> None:
        """Sales works a lead that marketing never qualified."""
        rng, person = self.rng, self.person
        handoff = Handoff("direct")
        start = clock.after_business_seconds(person.created_at, rng.randrange(600, 80000))
        owner = self._seller(catalogue.SDRS if rng.random() < 0.6 else catalogue.SALES_REPS, start)
        self._own(owner, start)
        if start > clock.END:
            return
        handoff.handed_on_at = start
        if rng.random() < 0.08:
            # A deal at once; nobody touched the status.
            created_at = clock.after_business_seconds(start, rng.randrange(3600, 200000))
            if created_at <= clock.END:
                person.handoffs.append(handoff)
                handoff.decision = "sales_qualified"
                handoff.decided_at, handoff.decided_by = created_at, owner.user_id
                rested = self._sell(handoff, created_at, owner, owner, "warm")
                self._afterwards(handoff, rested, trips=1)
            return
        self._status("Working", start, owner.user_id)
        if rng.random() < 0.55:
            # Contacted without an answer and left alone: no decision was made.
            at = start
            for _ in range(rng.randint(1, 4)):
                at = clock.after_business_seconds(at, rng.randrange(600, 60000))
                kind = rng.choice(("Sales Email Sent", "Sales Call Attempted"))
                self._act(kind, at, actor_id=owner.user_id)
            return
        rested = self._work(handoff, owner, start, rng.choice(("warm", "cool")))
        if handoff.decision != "pending":
            person.handoffs.append(handoff)
        self._afterwards(handoff, rested, trips=1)

    def _pass_through_marketing(self, start: datetime | None = None, trips: int = 0) -> None:
        rng, person = self.rng, self.person
        if start is None:
            start = person.created_at + timedelta(seconds=rng.randrange(5, 180))
            if self.interest == "none":
                start += timedelta(days=2)
            elif rng.random() < 0.3:
                start = self._buyers_time(start + timedelta(days=rng.randint(3, 60)))
        interest = self.interest if trips == 0 else rng.choice(("warm", "warm", "hot"))
        found = self._journey(start, interest, is_first=trips == 0)
        if found is None:
            if trips == 0 and rng.random() < 0.5:
                at = start + timedelta(seconds=rng.randrange(86400, 86400 * 14))
                self._status("In Nurture", at, catalogue.MARKETING_AUTOMATION.user_id)
            if trips < 2 and interest in ("warm", "cool") and rng.random() < 0.22:
                later = start + timedelta(days=rng.randint(50, 220))
                self._pass_through_marketing(self._buyers_time(later), trips + 1)
            return
        stamped_at = self._stamp(*found)
        if stamped_at is None:
            return
        handoff = Handoff("mql", stamped_at, found[1])
        person.handoffs.append(handoff)
        taken = self._hand_on(handoff, stamped_at)
        if taken is None:
            return
        rested = self._work(handoff, *taken, interest)
        self._afterwards(handoff, rested, trips + 1)

    def _afterwards(self, handoff: Handoff, rested: datetime, trips: int) -> None:
        """Some of those who were returned, or whose deal was lost, come again months later."""
        rng, person = self.rng, self.person
        if rested >= clock.END or handoff.decision == "pending":
            return
        status = person.status_changes[-1].status
        if status == "Customer":
            self._be_customer(rested, trips)
            return
        comes_again = {"recycled": 0.4, "sales_qualified": 0.25, "rejected": 0.06}
        if self.has_bad_data or rng.random() > comes_again[handoff.decision] or trips >= 4:
            return
        if status == "Recycled to Marketing" and rng.random() < 0.5:
            at = rested + timedelta(seconds=rng.randrange(86400, 86400 * 5))
            self._status("In Nurture", at, catalogue.MARKETING_AUTOMATION.user_id)
        later = self._buyers_time(rested + timedelta(days=rng.randint(45, 240)))
        self._pass_through_marketing(later, trips)

    def _be_customer(self, won_at: datetime, trips: int) -> None:
        rng = self.rng
        seller = self._seller(catalogue.SALES_REPS[:5], won_at)
        if rng.random() < 0.35:
            at = self._buyers_time(won_at + timedelta(days=rng.randint(40, 200)))
            self._inbound("Page View", at)
            self._inbound("Pricing Page View", at + timedelta(seconds=90))
            if rng.random() < 0.6:
                self._inbound("Contact Sales Form", at + timedelta(seconds=400))
            created_at = clock.after_business_seconds(at, rng.randrange(3600, 90000))
            if created_at <= clock.END:
                self._act("Meeting Held", created_at, actor_id=seller.user_id)
                self._deal("Expansion", created_at, seller, seller, is_won=rng.random() < 0.6)
        is_churned = rng.random() < 0.12
        renews_at = clock.next_open(self._buyers_time(won_at + timedelta(days=320)))
        if is_churned:
            gone_at = clock.next_open(won_at + timedelta(days=rng.randint(100, 300)))
            if self._status("Former Customer", gone_at, seller.user_id) and rng.random() < 0.5:
                back_at = self._buyers_time(gone_at + timedelta(days=rng.randint(60, 150)))
                self._pass_through_marketing(back_at, trips)
        elif renews_at <= clock.END:
            self._deal("Renewal", renews_at, seller, seller, is_won=rng.random() < 0.85)

    def _tidy_up(self) -> None:
        """Put what happened in order, and the acts onto the record that they were kept on."""
        person = self.person
        person.activities.sort(key=lambda activity: (activity.occurred_at, activity.number))
        person.attribute_changes.sort(key=lambda change: (change.changed_at, change.attribute))
        for number, activity in enumerate(person.activities, 1):
            activity.number = number
            if (
                person.twin is not None
                and activity.known_by == "record"
                and activity.type not in SALES_ACTIVITIES
                and activity.occurred_at > person.twin.created_at
                and self.rng.random() < 0.5
            ):
                activity.known_by = "twin"
        has_history = len(person.status_changes) > 1 or bool(person.handoffs)
        person.is_deleted = not has_history and self.rng.random() < 0.006
