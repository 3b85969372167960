"""The funnel a second time, in plain Python, from the definitions and not from the models.

`answer(exports, agreement, mappings)` reads the exports of the system `generic`, an
agreement and its mappings as CSV folders and gives every MQL with its reasons, every hand-off
and the score at every event. It is slow and simple on purpose: one lead at a time, every
second of interest judged from scratch. README.md beside it lists the rules for ties.

Times are whole seconds since 1970 (UTC).
"""

import csv
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

SYSTEM = "generic"
DAY = 86400
FOREVER = 1 << 60
ORDER = (
    "new", "nurture", "mql", "handed_on", "working", "sales_accepted", "sales_qualified",
    "rejected", "recycled",
)  # fmt: skip
MARKETING = {"new", "nurture", "mql", "handed_on"}
VERDICTS = {"sales_qualified", "rejected", "recycled"}
RETURNED = {"rejected", "recycled"}
SALES = {"handed_on", "sales_accepted", *VERDICTS}


# --- reading -------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Moment:
    """A second, or a day of which only the midnight is written down."""

    at: int
    is_day: bool = False

    @property
    def end(self) -> int:
        """The last second that it may mean."""
        return self.at + DAY - 1 if self.is_day else self.at


@cache
def moment(text: str | None) -> Moment | None:
    """Read ISO 8601 or epoch (milli)seconds; None if it is neither. Zone-less is UTC."""
    text = (text or "").strip()
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return Moment(int(text[:10]))
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return Moment(int(read.timestamp() // 1), bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)))


def text(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S}"


def seconds(text: str | None) -> int | None:
    read = moment(text)
    return read.at if read else None


def latest(person: dict[str, str]) -> Moment:
    """The latest moment that a person's row tells of: its present status held then."""
    found = [moment(person["created_at"]), moment(person["mql_at"])]
    found += [
        Moment(at)
        for at in (seconds(person["converted_at"]), seconds(person["updated_at"]))
        if at is not None
    ]
    last = max(one.at for one in found if one)
    # Of several names for one moment: an exact one, then the stamp's, then creation's.
    return next(one for one in reversed(found) if one and one.at == last)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {key: (value or "").strip() for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def newest(found: list[dict[str, str]], *key: str) -> list[dict[str, str]]:
    """One row per key, the latest updated; rows without a key cannot be used."""
    kept: dict[tuple[str, ...], dict[str, str]] = {}
    for row in found:
        name = tuple(row[column] for column in key)
        if not all(name):
            continue
        age = seconds(row.get("updated_at")) or -1
        if name not in kept or age > (seconds(kept[name].get("updated_at")) or -1):
            kept[name] = row
    return list(kept.values())


def word(text: str | None) -> str:
    return (text or "").strip().lower()


def number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def rounded(points: float) -> float:
    return round(points + 1e-9, 4)


class Mapping:
    """Raw words of the system to agreed ones, at a moment."""

    def __init__(self, folder: Path, name: str, raw: str):
        self.rows = defaultdict(list)
        for row in rows(folder, name):
            if word(row["system"]) == SYSTEM:
                self.rows[word(row[raw])].append(row)

    def get(self, raw: str, at: int, asset: str = "") -> dict[str, str] | None:
        """The row that holds then; of several, that of the longest pattern of the asset."""
        found = []
        for row in self.rows.get(word(raw) or "(blank)", []):
            start, end = seconds(row.get("valid_from")), seconds(row.get("valid_to"))
            pattern = word(row.get("asset_pattern"))
            is_valid = (start is None or start <= at) and (end is None or at < end)
            if is_valid and like(pattern, asset):
                found.append((-len(pattern), pattern, row))
        return min(found, key=lambda each: each[:2])[2] if found else None


# --- the agreement -------------------------------------------------------------------


@dataclass
class Version:
    row: dict[str, str]
    parts: dict[str, list[dict[str, str]]]

    def __post_init__(self) -> None:
        self.start = seconds(self.row["effective_from"])
        self.end = seconds(self.row["effective_to"]) or FOREVER
        self.id = self.row["version_id"]
        self.is_stamped = self.row["basis"] == "stamped"
        self.is_matrix = self.row["qualification"] == "matrix"
        self.threshold = number(self.row["threshold_score"])
        self.minimum_fit = number(self.row["minimum_fit"])
        self.resets = word(self.row["resets_score_each_cycle"]) == "true"
        self.zone = ZoneInfo(self.row["time_zone"])
        self.reversal = int(self.row["reversal_days"]) * DAY
        self.cells = {(c["fit_grade"], c["engagement_grade"]) for c in self.parts["grade_cells"]}
        self.reasons = {r["reason"]: r for r in self.parts["rejection_reasons"]}
        self.sales_fields = {r["attribute"] for r in self.parts["sales_fields"]}
        self.stamps = {(r["kind"], r["stamp"]) for r in self.parts["stamps"]}
        self.lists = defaultdict(set)
        for row in self.parts["lists"]:
            self.lists[row["list"]].add(word(row["value"]))

    def rules(self, kind: str) -> list[dict[str, str]]:
        return [rule for rule in self.parts["scoring_rules"] if rule["kind"] == kind]

    def holds(self, rule: dict[str, str], value: str | None) -> bool:
        """Whether a condition holds: the empty satisfies `missing` alone, the unknown none."""
        operator, wanted = rule["operator"], rule["value"]
        if value is None:
            return False
        value = word(value)
        if operator == "missing" or not value:
            return operator == "missing" and not value
        if operator == "present":
            return True
        if operator in ("in_list", "not_in_list"):
            return (value in self.lists[wanted]) == (operator == "in_list")
        if operator in ("in", "not_in"):
            return (value in {word(part) for part in wanted.split("|")}) == (operator == "in")
        if operator in ("equals", "not_equals"):
            return (value == word(wanted)) == (operator == "equals")
        if operator == "contains":
            return word(wanted) in value
        if operator == "matches":
            return re.search(wanted, value) is not None
        size = number(value)
        if size is None:
            return False
        if operator == "at_least":
            return size >= float(wanted)
        if operator == "at_most":
            return size <= float(wanted)
        low, high = wanted.split("..")
        return float(low) <= size <= float(high)

    def grade(self, dimension: str, points: float) -> str | None:
        """The grade with the highest minimum that the points reach."""
        reached = [
            (float(grade["minimum_points"]), grade["grade"])
            for grade in self.parts["grades"]
            if grade["dimension"] == dimension and points >= float(grade["minimum_points"])
        ]
        return max(reached)[1] if reached else None


PARTS = (
    "scoring_rules", "must_haves", "disqualifiers", "hand_raises", "grades", "grade_cells",
    "stamps", "rejection_reasons", "sales_fields", "lists",
)  # fmt: skip


class Agreement:
    def __init__(self, folder: Path):
        parts = {part: rows(folder, f"agreement_{part}") for part in PARTS}
        self.versions = [
            Version(
                version,
                {
                    part: [row for row in found if row["version_id"] == version["version_id"]]
                    for part, found in parts.items()
                },
            )
            for version in rows(folder, "agreement_versions")
        ]
        self.found: dict[int, Version | None] = {}

    def at(self, second: int) -> Version | None:
        if second not in self.found:
            held = (v for v in self.versions if v.start <= second < v.end)
            self.found[second] = next(held, None)
        return self.found[second]


def like(pattern: str, text: str) -> bool:
    """SQL LIKE without regard to case; a blank pattern asks for nothing."""
    if not pattern:
        return True
    expression = re.escape(word(pattern)).replace("%", ".*").replace("_", ".")
    return bool(word(text)) and re.fullmatch(expression, word(text), re.DOTALL) is not None


# --- facts ---------------------------------------------------------------------------


@dataclass
class Record:
    key: str
    row: dict[str, str]
    created: Moment


@dataclass
class Activity:
    at: int
    id: str
    row: dict[str, str]
    meaning: dict[str, str] | None
    campaign: str
    source: str | None

    @property
    def recorded(self) -> int:
        """When it was known: at once, unless it was recorded later."""
        return max(self.at, seconds(self.row["recorded_at"]) or self.at)

    @property
    def earns(self) -> bool:
        """Only the buyer's own acts, in the system of record, done by a human."""
        if not self.meaning or self.meaning["side"] != "buyer":
            return False
        automated = word(self.row["is_automated"]) or word(self.meaning["is_automated"])
        return automated != "true" and word(self.meaning["is_system_of_record"]) == "true"

    @property
    def is_inbound(self) -> bool:
        said = word(self.row["direction"]) or word((self.meaning or {}).get("direction"))
        return said == "inbound"


@dataclass
class Status:
    when: Moment
    stage: str
    reason: str | None
    key: str
    raw_reason: str = ""
    actor: str = ""

    @property
    def rank(self) -> tuple[int, int, str]:
        order = ORDER.index(self.stage) if self.stage in ORDER else len(ORDER)
        return self.when.at, order, self.key


@dataclass
class Deal:
    key: str
    account: str
    is_new_business: bool
    created: Moment
    won: Moment | None
    lost: Moment | None
    row: dict[str, str]
    # What ties it to its lead.
    linked_by: str

    @property
    def closed(self) -> Moment | None:
        return self.won or self.lost


@dataclass
class Verdict:
    """A verdict of sales, reversals folded into the one that stands."""

    status: Status
    n_reversals: int = 0

    @property
    def when(self) -> Moment:
        return self.status.when

    @property
    def kind(self) -> str:
        return self.status.stage

    @property
    def reason(self) -> str | None:
        return self.status.reason


@dataclass
class Boundary:
    """The end of a cycle: its last second."""

    at: int
    kind: str
    reason: str | None = None


@dataclass
class Earned:
    """The points of one activity by one rule."""

    at: int
    points: float
    half_life: float | None
    version: str
    rule: str
    activity: Activity

    def left(self, at: int) -> float:
        half_life = self.half_life
        return self.points * (0.5 ** ((at - self.at) / DAY / half_life) if half_life else 1.0)


@dataclass
class Score:
    fit_rules: list[dict[str, str]]
    earned: list[Earned]
    at: int
    must_haves_held: bool
    is_disqualified: bool

    @cached_property
    def fit(self) -> float:
        return rounded(sum(float(rule["points"]) for rule in self.fit_rules))

    @cached_property
    def engagement(self) -> float:
        return rounded(sum(each.left(self.at) for each in self.earned))

    @cached_property
    def total(self) -> float:
        return rounded(self.fit + sum(each.left(self.at) for each in self.earned))

    def reasons(self, version: "Version") -> dict[tuple[str, str], dict[str, object]]:
        """Points by version and rule, rounded; the largest of engagement takes the rest."""
        by_rule: dict[tuple[str, str], list[Earned]] = defaultdict(list)
        for each in self.earned:
            by_rule[each.version, each.rule].append(each)
        found = {
            rule: {
                "kind": "engagement",
                "points": rounded(sum(each.left(self.at) for each in acts)),
                "n_activities": len(acts),
            }
            for rule, acts in by_rule.items()
        }
        for rule in self.fit_rules:
            if float(rule["points"]):
                found[version.id, rule["rule_id"]] = {
                    "kind": "fit", "points": rounded(float(rule["points"])), "n_activities": None
                }  # fmt: skip
        rest = round(self.total - sum(row["points"] for row in found.values()), 4)
        if rest and by_rule:
            largest = min(by_rule, key=lambda rule: (-abs(found[rule]["points"]), rule))
            found[largest]["points"] = round(found[largest]["points"] + rest, 4)
        return found


class Exports:
    """The rows that can be used, in the agreement's words."""

    def __init__(self, folder: Path, mappings: Path, as_of: int | None = None):
        # How often each hard spot decided something.
        self.seen: Counter[str] = Counter()
        # The lead of each key of a record, and every deal made up to the clock.
        self.holders: dict[str, Lead] = {}
        self.made: list[Deal] = []
        self.statuses_map = Mapping(mappings, "map_statuses", "raw_status")
        self.reasons_map = Mapping(mappings, "map_reasons", "raw_reason")
        self.sources_map = Mapping(mappings, "map_sources", "raw_source")
        self.types_map = Mapping(mappings, "map_activity_types", "raw_type")
        self.stages_map = Mapping(mappings, "map_opportunity_stages", "raw_stage")
        self.deal_types_map = Mapping(mappings, "map_opportunity_types", "raw_type")
        self.teams_map = Mapping(mappings, "map_teams", "raw_team")
        self.shared = {word(r["local_part"]) for r in rows(mappings, "map_shared_mailboxes")}
        self.private = {word(r["domain"]) for r in rows(mappings, "map_email_domains")}

        self.users = {row["user_id"]: row for row in rows(folder, "users")}
        self.campaigns = {row["campaign_id"]: row for row in rows(folder, "campaigns")}
        self.accounts = {
            row["account_id"]: row for row in newest(rows(folder, "accounts"), "account_id")
        }
        self.persons = [
            row for row in newest(rows(folder, "persons"), "person_id") if moment(row["created_at"])
        ]
        self.changes = [
            row
            for row in newest(rows(folder, "attribute_changes"), "person_id", "field", "changed_at")
            if moment(row["changed_at"])
        ]
        self.statuses = [
            row
            for row in newest(rows(folder, "status_changes"), "person_id", "changed_at", "status")
            if moment(row["changed_at"])
        ]
        self.activities = [
            row
            for row in newest(rows(folder, "activities"), "activity_id")
            if row["activity_type"] and moment(row["occurred_at"])
        ]
        self.deals = [
            row
            for row in newest(rows(folder, "opportunities"), "opportunity_id")
            if row["stage"] and (moment(row["created_at"]) or moment(row["closed_at"]))
        ]
        self.merges = newest(rows(folder, "person_merges"), "person_id")
        newest_moment = max(
            second
            for found, columns in (
                (self.persons, ("created_at", "updated_at")),
                (self.changes, ("changed_at",)),
                (self.statuses, ("changed_at",)),
                (self.deals, ("created_at", "updated_at")),
                ([{"at": a["recorded_at"] or a["occurred_at"]} for a in self.activities], ("at",)),
            )
            for row in found
            for column in columns
            if (second := seconds(row[column])) is not None
        )
        self.as_of = newest_moment if as_of is None else as_of
        self.tracked = {word(row["field"]) for row in self.changes}

    def mailbox(self, email: str) -> str | None:
        """The address that joins records, if it is one person's."""
        email = word(email)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            return None
        return None if email.split("@")[0] in self.shared else email

    def accounts_of(self, email: str) -> list[str]:
        """Those whose website has the address's domain, if that is a company's."""
        found = re.fullmatch(r"[^@\s]+@([^@\s]+\.[^@\s]+)", word(email))
        if not found or found[1] in self.private:
            return []
        return self.by_domain.get(found[1], [])

    @cached_property
    def by_domain(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for name, row in self.accounts.items():
            if word(row.get("is_deleted")) != "true" and self.is_known(row):
                found[domain(row["website"])].append(name)
        return found

    def is_known(self, account: dict[str, str]) -> bool:
        created = seconds(account.get("created_at"))
        return created is None or created <= self.as_of

    def source(self, raw: str, at: int) -> str | None:
        if not raw:
            return None
        agreed = self.sources_map.get(raw, at)
        return agreed["source"] if agreed else "unmapped"


def domain(website: str) -> str:
    """Without scheme, `www.`, port and path."""
    host = re.split(r"[/?#:]", word(website).split("//")[-1])[0]
    return host.removeprefix("www.")


# --- one lead ------------------------------------------------------------------------


@dataclass
class Lead:
    exports: Exports
    agreement: Agreement
    records: list[Record]
    # Of all its records, and of keys that no record has any more: key, second, field, old, new.
    changes: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    sourced: dict[int, list[Deal]] = field(default_factory=lambda: defaultdict(list))
    account_facts: list[tuple[int, bool]] = field(default_factory=list)
    is_merged: bool = False

    @property
    def id(self) -> str:
        return self.records[0].key

    @property
    def account(self) -> str | None:
        """That of a record, else that of an address; of several, see README.md."""
        named = [(r, r.row["account_id"]) for r in self.records if r.row["account_id"]]
        if not named:
            named = [
                (r, name) for r in self.records for name in self.exports.accounts_of(r.row["email"])
            ]
        known = self.exports.accounts

        def rank(choice: tuple[Record, str]) -> tuple:
            record, name = choice
            account = known.get(name, {})
            if account and not self.exports.is_known(account):
                account = {}
            created = seconds(account.get("created_at"))
            return (
                word(account.get("is_deleted")) == "true",
                word(record.row.get("is_deleted")) == "true",
                -_age(record),
                FOREVER if created is None else created,
                name,
            )

        return min(named, key=rank)[1] if named else None

    # Fields ---------------------------------------------------------------------------

    @cached_property
    def history(self) -> dict[str, list[tuple[int, str, str, str]]]:
        """Field by field the changes of all records, in their order."""
        found = defaultdict(list)
        for key, at, name, old, new in self.changes:
            found[name].append((at, key, new, old))
        return {name: sorted(changes) for name, changes in found.items()}

    def field_at(self, name: str, at: int, read: Callable[[str], str] = str) -> str:
        """What is read in a field: from the history of all records, else at present."""
        history = self.history.get(name)
        if not history:
            known = [r for r in self.records if read(r.row[name])]
            latest = max((_age(record) for record in known), default=0)
            # Records of one age: the one whose key comes first.
            known = sorted((r for r in known if _age(r) == latest), key=lambda r: r.key)
            return read(known[0].row[name]) if known else ""
        reached = [new for changed, _, new, _ in history if changed <= at]
        return read(reached[-1] if reached else history[0][3])

    def value_at(self, attribute: str, at: int, version: Version) -> str | None:
        """What an attribute of the agreement was at a moment; None = unknown."""
        name = "email" if attribute == "email_domain" else attribute
        if attribute in version.sales_fields and name not in self.exports.tracked:
            at_sales = [s.when.at for s in self.statuses if s.stage in SALES]
            if not at_sales or at < min(at_sales):
                return None
        if attribute in ("source", "channel"):
            for record in self.records:
                if record.row["source"]:
                    agreed = self.exports.sources_map.get(record.row["source"], record.created.at)
                    return agreed[attribute] if agreed else "unmapped"
            return ""
        if attribute == "email_domain":
            # What is no address has no domain, and another record's speaks.
            return self.field_at(name, at, lambda text: text.partition("@")[2])
        return self.field_at(name, at)

    # Cycles -----------------------------------------------------------------------------

    def verdicts(self) -> list[Verdict]:
        found: list[Verdict] = []
        is_fresh = True
        for status in self.statuses:
            if status.stage in MARKETING:
                is_fresh = True
            if status.stage not in VERDICTS:
                continue
            last = found[-1] if found and not is_fresh else None
            is_fresh = False
            if last and last.kind == status.stage:
                continue
            version = self.agreement.at(last.when.at) if last else None
            if last and version and status.when.at - last.when.at <= version.reversal:
                self.exports.seen["reversed verdict"] += 1
                last.status, last.n_reversals = status, last.n_reversals + 1
            else:
                found.append(Verdict(status))
        return found

    def boundaries(self, verdicts: list[Verdict]) -> list[Boundary]:
        returned = [v for v in verdicts if v.kind in RETURNED]
        found = [Boundary(v.when.end, v.kind, v.reason) for v in returned]
        found += [Boundary(s.when.end, "churned") for s in self.statuses if s.stage == "churned"]
        deals = [deal for deal in self.deals if deal.is_new_business]
        for deal in deals:
            if not deal.lost:
                continue
            end = deal.lost.end
            is_another_open = any(
                other.created.at <= end and (other.closed is None or other.closed.end > end)
                for other in deals
                if other is not deal
            )
            is_returned = any(deal.created.at <= v.when.end and v.when.at <= end for v in returned)
            if not is_another_open and not is_returned:
                found.append(Boundary(end, "lost"))
                self.exports.seen["cycle ended by a lost deal"] += 1
        return sorted(found, key=lambda boundary: boundary.at)

    def is_customer(self, at: int, version: Version) -> bool:
        """After a win, up to and with the second of the next churn."""
        own = [(d.won.end, True) for d in self.deals if d.won]
        own += [
            (status.when.end, status.stage == "customer")
            for status in self.statuses
            if status.stage in ("customer", "churned")
        ]
        is_wide = version.row["customer_scope"] == "account"
        for facts in (own, self.account_facts if is_wide else []):
            before = [fact for fact in facts if fact[0] < at]
            # Only a later churn ends what a win began.
            if before and max(before)[1]:
                return True
            if before:
                self.exports.seen["judged after a churn"] += 1
        return False

    # Points -----------------------------------------------------------------------------

    def ledger(self, ends: list[int]) -> list[Earned]:
        """What every activity earned that counts under its rule's cap."""
        entries, counted = [], defaultdict(int)
        for activity in self.activities:
            version = self.agreement.at(activity.at)
            if not version or not activity.earns:
                continue
            for rule in version.rules("engagement"):
                if not (
                    rule["activity"] == activity.meaning["activity"]
                    and like(rule["asset_pattern"], activity.row["asset"])
                    and like(rule["campaign_pattern"], activity.campaign)
                ):
                    continue
                if rule["cap_count"]:
                    period = self._period(rule["cap_period"], version, activity.at, ends)
                    counted[version.id, rule["rule_id"], period] += 1
                    if counted[version.id, rule["rule_id"], period] > int(rule["cap_count"]):
                        self.exports.seen[f"capped by {rule['cap_period']}"] += 1
                        continue
                points, half_life = float(rule["points"]), number(rule["half_life_days"])
                entries.append(
                    Earned(activity.at, points, half_life, version.id, rule["rule_id"], activity)
                )
        return entries

    def _period(self, period: str, version: Version, at: int, ends: list[int]) -> tuple:
        day = datetime.fromtimestamp(at, version.zone).date()
        return {
            "day": (day,),
            "week": day.isocalendar()[:2],
            "month": (day.year, day.month),
            "cycle": (bisect_left(ends, at),),
        }[period]

    def score(self, at: int, ledger, boundaries: list[Boundary], version: Version) -> Score:
        start = -FOREVER
        for boundary in boundaries:
            then = self.agreement.at(boundary.at)
            if boundary.at < at and then and then.resets:
                start = boundary.at
        earned = [each for each in ledger if start < each.at <= at]
        if any(each.at <= start for each in ledger):
            self.exports.seen["score after a reset"] += 1

        def holding(conditions: list[dict[str, str]]) -> list[dict[str, str]]:
            return [
                rule
                for rule in conditions
                if version.holds(rule, self.value_at(rule["attribute"], at, version))
            ]

        must_haves = version.parts["must_haves"]
        return Score(
            holding(version.rules("fit")),
            earned,
            at,
            len(holding(must_haves)) == len(must_haves),
            bool(holding(version.parts["disqualifiers"])),
        )

    # The MQL ------------------------------------------------------------------------------

    def hand_raises(self) -> list[Activity]:
        found = []
        for activity in self.activities:
            version = self.agreement.at(activity.at)
            if version and activity.earns:
                found += [
                    activity
                    for raise_ in version.parts["hand_raises"]
                    if raise_["activity"] == activity.meaning["activity"]
                    and like(raise_["asset_pattern"], activity.row["asset"])
                ]
        return found

    @cached_property
    def events(self) -> list[int]:
        found = {activity.at for activity in self.activities}
        found |= {record.created.at for record in self.records}
        found |= {change[1] for change in self.changes if change[1] <= self.exports.as_of}
        return sorted(found)

    def stamps(self) -> list[tuple[Moment, tuple[str, str]]]:
        """Every moment at which the system itself named an MQL, overwritten ones too."""
        found = [(s.when, ("status", s.stage)) for s in self.statuses]
        written = [record.row["mql_at"] for record in self.records]
        for _, _, name, old, new in self.changes:
            written += [old, new] if name == "mql_at" else []
        found += [(when, ("field", "mql_at")) for text in written if (when := moment(text))]
        return [stamp for stamp in found if stamp[0].at <= self.exports.as_of]

    def path(self, score: Score, version: Version) -> str | None:
        """How the points qualify, if they do."""
        if not version.is_matrix:
            is_fit = version.minimum_fit is None or score.fit >= version.minimum_fit
            return "score" if is_fit and score.total >= version.threshold else None
        cell = (version.grade("fit", score.fit), version.grade("engagement", score.engagement))
        return "matrix" if cell in version.cells else None

    def scored(self, at: int, facts: "Facts") -> tuple[Version, Score] | None:
        """The score at a second under the version then in force, if there is one."""
        version = self.agreement.at(at)
        if version and at not in facts.scores:
            previous = facts.boundaries[: facts.cycle(at)]
            facts.scores[at] = version, self.score(at, facts.ledger, previous, version)
        return facts.scores.get(at)

    def mql(self, cycle: int, last: int, facts: "Facts") -> dict | None:
        """The cycle's MQL: the first event at which the rules hold, or the earliest stamp."""
        seen = self.exports.seen
        cooled, is_never = -FOREVER, False
        for boundary in facts.boundaries[:cycle]:
            version = self.agreement.at(boundary.at)
            reason = version.reasons.get(boundary.reason) if version else None
            if reason and word(reason["never_again"]) == "true":
                is_never = True
            elif reason and reason["cool_down_days"]:
                cooled = max(cooled, boundary.at + int(reason["cool_down_days"]) * DAY)

        stamped = [
            (when, version, "stamped")
            for when, stamp in self.stamps()
            if facts.cycle(when.at) == cycle
            and (version := self.agreement.at(when.at))
            and version.is_stamped
            and stamp in version.stamps
        ]
        found = []
        if stamped:
            found.append(min(stamped, key=lambda stamp: stamp[0]))
            # A stamp is judged too: the rules check it.
            self.scored(found[0][0].at, facts)
        for at in self.events:
            if facts.cycle(at) != cycle or not self.agreement.at(at):
                continue
            version, score = self.scored(at, facts)
            if version.is_stamped:
                continue
            path = self.path(score, version)
            is_raised = any(facts.cycle(raise_.at) == cycle and raise_.at <= at
                            for raise_ in facts.raises)  # fmt: skip
            if not path and not is_raised:
                continue
            if not score.must_haves_held or score.is_disqualified:
                seen["disqualified" if score.is_disqualified else "must-have missing"] += 1
            elif at > last:
                seen["after sales took it up"] += 1
            elif is_never:
                seen["never again"] += 1
            elif self.is_customer(at, version):
                seen["customer"] += 1
            elif is_raised or at >= cooled:
                if at < cooled:
                    seen["hand-raise in a cool-down"] += 1
                if at == cooled:
                    seen["MQL at the end of its cool-down"] += 1
                found.append((Moment(at), version, "hand_raise" if is_raised else path))
                break
            else:
                seen["held back by a cool-down"] += 1
        if not found:
            return None
        when, version, path = min(found, key=lambda mql: mql[0])
        score = facts.scores[when.at][1]
        self._see(when, version, path, score)
        raises = [r for r in facts.raises if facts.cycle(r.at) == cycle and r.at <= when.at]
        raised = [raise_.at for raise_ in raises]
        evidence = [when.at]
        if path == "hand_raise":
            evidence += [min(raise_.recorded for raise_ in raises if raise_.at == min(raised))]
        elif path != "stamped":
            evidence += [each.activity.recorded for each in score.earned]
        return {
            "when": when,
            "mql_at": when.at,
            "mql_precision": "day" if when.is_day else "second",
            "hand_raised_at": min(raised, default=None),
            "known_at": max(evidence),
            "is_hindsight": max(evidence) > when.at,
            "version_id": version.id,
            "path": path,
            "score": score.total,
            "fit": score.fit,
            "engagement": score.engagement,
            "must_haves_held": score.must_haves_held,
            "is_disqualified": score.is_disqualified,
            "reasons": score.reasons(version),
        }

    def _see(self, when: Moment, version: Version, path: str, score: Score) -> None:
        """Count what is hard about an MQL."""
        seen, local = self.exports.seen, datetime.fromtimestamp(when.at, version.zone)
        seen[f"MQL by {path}"] += 1
        next_day = local + timedelta(days=1)
        hard = {
            "score exactly at the threshold": path == "score" and score.total == version.threshold,
            "fit exactly at the minimum": path == "score" and score.fit == version.minimum_fit,
            "negative points in an MQL": any(each.points < 0 for each in score.earned),
            "points of an earlier version": any(e.version != version.id for e in score.earned),
            "MQL known to the day": when.is_day,
            "MQL on a day when the clock changes": local.utcoffset() != next_day.utcoffset(),
            "MQL on a leap day": (local.month, local.day) == (2, 29),
            "MQL at a version's first second": when.at == version.start,
            "several events in the MQL's second": sum(a.at == when.at for a in self.activities) > 1,
            "a merge in an MQL's lead": self.is_merged,
            "recorded after the MQL": any(
                (seconds(e.activity.row["recorded_at"]) or 0) > when.at for e in score.earned
            ),
        }  # fmt: skip
        seen.update(name for name, is_so in hard.items() if is_so)

    # The hand-off ---------------------------------------------------------------------------

    def source(self, cycle: int, until: int, facts: "Facts") -> str:
        """That of the cycle's latest sourced inbound activity, else of first touch."""
        sourced = [
            activity
            for activity in self.activities
            if activity.source and activity.is_inbound and activity.at <= until
            and facts.cycle(activity.at) == cycle
        ]  # fmt: skip
        if sourced:
            last = max(activity.at for activity in sourced)
            return min((a.id, a.source) for a in sourced if a.at == last)[1]
        for record in self.records:
            if record.row["source"]:
                return self.exports.source(record.row["source"], record.created.at)
        return "not_given"

    @cached_property
    def facts(self) -> "Facts":
        verdicts = self.verdicts()
        boundaries = self.boundaries(verdicts)
        ends = sorted({boundary.at for boundary in boundaries})
        for verdict in verdicts:
            self.exports.seen["cycle ended by a rejection"] += verdict.kind == "rejected"
            self.exports.seen["cycle ended by a recycling"] += verdict.kind == "recycled"
        merged = [
            # Boundaries of one second are one end; the one with a reason speaks for it.
            next((b for b in boundaries if b.at == end and b.reason), None)
            or next(b for b in boundaries if b.at == end)
            for end in ends
        ]
        return Facts(verdicts, ends, merged, self.ledger(ends), self.hand_raises())

    def handoffs(self) -> list[dict]:
        found = []
        for cycle in range(len(self.facts.ends) + 1):
            row = self.handoff(cycle, self.facts)
            if row:
                row["cycle_number"] = len(found) + 1
                found.append(row)
        return found

    def handoff(self, cycle: int, facts: "Facts") -> dict | None:
        accepted = [
            status.when
            for status in self.statuses
            if status.stage == "sales_accepted" and facts.cycle(status.when.at) == cycle
        ]
        verdicts = [verdict for verdict in facts.verdicts if facts.cycle(verdict.when.at) == cycle]
        own = [d for d in self.deals if d.is_new_business and facts.cycle(d.created.at) == cycle]
        made = sorted(deal.created for deal in own)
        said = [
            status.when
            for status in self.statuses
            if status.stage == "sales_qualified" and facts.cycle(status.when.at) == cycle
        ]
        taken_up = accepted[:1] + said[:1] + made[:1]
        if cycle not in facts.mqls:
            last = min((stage.end for stage in taken_up), default=FOREVER)
            facts.mqls[cycle] = self.mql(cycle, last, facts)
        mql = facts.mqls[cycle]
        acts = accepted[:1] + [v.when for v in verdicts[:1]] + made[:1]
        if not mql and not acts:
            return None

        # Deals that the hand-off got by way of its account make no trip and no MQL.
        deals = own + self.sourced[cycle]
        created = min((deal.created for deal in deals), default=None)
        decision, decided = "pending", None
        if verdicts:
            decision, decided = verdicts[0].kind, verdicts[0].when
        elif created:
            decision, decided = "sales_qualified", created
        is_qualified = decision == "sales_qualified"
        sal = accepted[0] if accepted else decided if is_qualified else None
        won = min((deal.won for deal in deals if deal.won), default=None)
        own_wins = [deal.won for deal in own if deal.won]
        stages = accepted[:1] + made[:1] + sorted(own_wins)[:1]
        stages += [decided] if is_qualified else []
        last = facts.ends[cycle] if cycle < len(facts.ends) else FOREVER
        when = mql["when"] if mql else min(acts)
        return {
            "lead_id": self.id,
            "origin": "mql" if mql else "direct",
            "mql": mql,
            "source": self.source(cycle, when.end if mql else when.at, facts),
            "decision": decision,
            "decided_at": decided.at if decided else None,
            "sales_accepted_at": sal.at if sal else None,
            "is_sales_accepted_implied": bool(sal and not accepted),
            "sales_qualified_at": decided.at if is_qualified else None,
            "is_sales_qualified_implied": is_qualified and not verdicts,
            "opportunity_at": created.at if created else None,
            "won_at": won.at if won else None,
            "is_out_of_order": bool(mql) and any(_is_before(s, mql["when"]) for s in stages),
            "lead": self,
            "cycle": cycle,
            "verdict": verdicts[0] if verdicts else None,
            "deals": deals,
            "when": when,
            "decided": decided,
            "open": (when.at, min([last] + [win.end for win in own_wins])),
        }


@dataclass
class Facts:
    """What all cycles of a lead share."""

    verdicts: list[Verdict]
    ends: list[int]
    boundaries: list[Boundary]
    ledger: list[Earned]
    raises: list[Activity]
    scores: dict[int, tuple[Version, Score]] = field(default_factory=dict)
    mqls: dict[int, dict | None] = field(default_factory=dict)

    def cycle(self, at: int) -> int:
        """Index of the cycle that a moment belongs to: an end belongs to what it ends."""
        return bisect_left(self.ends, at)


def _age(record: Record) -> int:
    changed = seconds(record.row["updated_at"])
    return record.created.at if changed is None else changed


def _is_before(stage: Moment, mql: Moment) -> bool:
    if stage.is_day or mql.is_day:
        return stage.at // DAY < mql.at // DAY
    return stage.at < mql.at


# --- all leads -------------------------------------------------------------------------


def _joined(exports: Exports) -> dict[str, str]:
    """A name of the lead that each key belongs to: of records, merged ones, and addresses."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for row in exports.persons:
        address = exports.mailbox(row["email"])
        parent[root(row["person_id"])] = root(f"email {address}" if address else row["person_id"])
    for row in exports.merges:
        at = seconds(row["merged_at"])
        if row["merged_into"] and (at is None or at <= exports.as_of):
            parent[root(row["person_id"])] = root(row["merged_into"])
    return {key: root(key) for key in list(parent)}


def leads(exports: Exports, agreement: Agreement) -> list[Lead]:
    """Every lead with its facts, none of them later than the build's clock."""
    exports.persons = [p for p in exports.persons if seconds(p["created_at"]) <= exports.as_of]
    joined = _joined(exports)
    groups: dict[str, list[Record]] = defaultdict(list)
    for row in exports.persons:
        record = Record(_key(row["person_id"]), row, moment(row["created_at"]))
        groups[joined[row["person_id"]]].append(record)
    merged = {joined[row["person_id"]] for row in exports.merges if row["person_id"] in joined}
    by_group = {}
    for name, records in groups.items():
        records.sort(key=lambda record: (record.created.at, record.key))
        by_group[name] = Lead(exports, agreement, records, is_merged=name in merged)
    # By the id of a record, also of one that is merged away, or by an address.
    holder = {key: by_group[name] for key, name in joined.items() if name in by_group}
    exports.holders = holder

    for row in exports.changes:
        if row["person_id"] in holder:
            changed = (seconds(row["changed_at"]), word(row["field"]), row["old_value"])
            holder[row["person_id"]].changes.append(
                (_key(row["person_id"]), *changed, row["new_value"])
            )
    _add_statuses(exports, holder)
    for row in exports.activities:
        lead = holder.get(row["person_id"] or f"email {exports.mailbox(row['email'])}")
        at = seconds(row["occurred_at"])
        if lead and at <= exports.as_of:
            meaning = exports.types_map.get(row["activity_type"], at, row["asset"])
            campaign = exports.campaigns.get(row["campaign_id"], {})
            source = exports.source(row["source"] or campaign.get("source", ""), at)
            lead.activities.append(
                Activity(at, row["activity_id"], row, meaning, campaign.get("name", ""), source)
            )
    found = list(by_group.values())
    nobodys = _add_deals(exports, holder, found)
    for lead in found:
        lead.activities.sort(key=lambda activity: (activity.at, activity.id))
        lead.statuses.sort(key=lambda status: status.rank)
    _source_deals(nobodys, found)
    return found


def _key(person: str) -> str:
    return f"{SYSTEM}:person:{person}"


def _add_statuses(exports: Exports, holder: dict) -> None:
    has_history = {row["person_id"] for row in exports.statuses}
    written = [
        (
            row["person_id"],
            moment(row["changed_at"]),
            row["status"],
            row["reason"],
            row.get("changed_by", ""),
        )
        for row in exports.statuses
        if row["status"]
    ] + [
        (row["person_id"], latest(row), row["status"], row["status_reason"], "")
        for row in exports.persons
        if row["status"] and row["person_id"] not in has_history
    ]
    for person, when, raw, raw_reason, actor in written:
        stage = exports.statuses_map.get(raw, when.at)
        reason = exports.reasons_map.get(raw_reason, when.at)
        if stage and person in holder and when.at <= exports.as_of:
            holder[person].statuses.append(
                Status(
                    when,
                    stage["stage"],
                    reason["reason"] if reason else None,
                    f"{_key(person)}:{when.at}:{raw}",
                    raw_reason,
                    actor,
                )
            )


def _add_deals(exports: Exports, holder: dict, found: list[Lead]) -> list[Deal]:
    """A deal belongs to the lead first converted into it, else to its primary contact's.

    Those that nobody is named in are given back.
    """
    nobodys = []
    conversions = defaultdict(list)
    for lead in found:
        for record in lead.records:
            at = seconds(record.row["converted_at"])
            if record.row["converted_opportunity_id"] and (at is None or at <= exports.as_of):
                conversions[record.row["converted_opportunity_id"]].append(
                    (FOREVER if at is None else at, record.created.at, record.key, lead)
                )
    accounts = defaultdict(list)
    for row in exports.deals:
        if word(row["is_deleted"]) == "true":
            continue
        created = moment(row["created_at"]) or moment(row["closed_at"])
        if created.at > exports.as_of:
            continue
        changed = seconds(row["updated_at"])
        closed = moment(row["closed_at"]) or (Moment(changed) if changed else created)
        stage = (exports.stages_map.get(row["stage"], closed.at) or {}).get("stage")
        is_closed = closed.at <= exports.as_of
        kind = exports.deal_types_map.get(row["type"], created.at)
        deal = Deal(
            row["opportunity_id"],
            row["account_id"],
            bool(kind) and word(kind["is_new_business"]) == "true",
            created,
            closed if stage == "won" and is_closed else None,
            closed if stage == "lost" and is_closed else None,
            row,
            "account",
        )
        exports.made.append(deal)
        if deal.won and deal.account:
            accounts[deal.account].append((deal.won.end, True))
        converted = conversions.get(row["opportunity_id"])
        if converted:
            deal.linked_by = "conversion"
            min(converted, key=lambda conversion: conversion[:3])[3].deals.append(deal)
        elif row["person_id"] in holder:
            deal.linked_by = "primary_contact"
            holder[row["person_id"]].deals.append(deal)
        elif not row["person_id"]:
            nobodys.append(deal)
    tied = [(lead, lead.account) for lead in found]
    for lead, account in tied:
        accounts[account] += [(s.when.end, False) for s in lead.statuses if s.stage == "churned"]
    for lead, account in tied:
        lead.account_facts = accounts[account] if account else []
    return nobodys


def _source_deals(deals: list[Deal], found: list[Lead]) -> None:
    """A deal that names nobody came from its account's only hand-off open when it was made."""
    wanted = [deal for deal in deals if deal.is_new_business and deal.account]
    colleagues = defaultdict(list)
    for lead in found if wanted else []:
        if lead.account:
            colleagues[lead.account].append(lead)
    opened = {
        account: [(lead, row) for lead in colleagues[account] for row in lead.handoffs()]
        for account in {deal.account for deal in wanted}
    }
    for deal in wanted:
        candidates = [
            (lead, row["cycle"])
            for lead, row in opened[deal.account]
            if row["open"][0] <= deal.created.end and deal.created.at <= row["open"][1]
        ]
        if len(candidates) == 1:
            lead, cycle = candidates[0]
            lead.sourced[cycle].append(deal)


@dataclass
class Answer:
    """Every hand-off, each with its MQL if it has one, and every score that was asked for."""

    handoffs: list[dict]
    # By lead and second: at each event, and at the build's clock.
    scores: dict[tuple[str, int], dict]
    present: dict[tuple[str, int], dict]
    seen: Counter[str]
    exports: Exports


def answer(exports: Path, agreement: Path, mappings: Path, as_of: int | None = None) -> Answer:
    agreed = Agreement(agreement)
    read = Exports(exports, mappings, as_of)
    found = Answer([], {}, {}, read.seen, read)
    for lead in leads(read, agreed):
        found.handoffs += lead.handoffs()
        for at in lead.events:
            lead.scored(at, lead.facts)
        for at, scored in lead.facts.scores.items():
            found.scores[lead.id, at] = _written(*scored)
        lead.facts.scores.clear()
        now = lead.scored(read.as_of, lead.facts)
        if now:
            found.present[lead.id, read.as_of] = _written(*now)
    return found


def _written(version: Version, score: Score) -> dict[str, object]:
    return {
        "version_id": version.id,
        "score": score.total,
        "fit": score.fit,
        "engagement": score.engagement,
        "must_haves_held": score.must_haves_held,
        "is_disqualified": score.is_disqualified,
    }
