"""What sales did with each hand-off, a second time, in plain Python.

`Sales.told` adds to a hand-off of the oracle (`oracle.py`) who got it and when, what sellers did,
who decided, how fast it went and which laws were kept. README.md beside it lists the rules for
ties. Times are whole seconds since 1970 (UTC).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle import oracle
from tests.oracle.oracle import DAY, FOREVER, SYSTEM, Activity, Lead, Moment, Version, word

# Stages in which a lead is with sales, and teams that have it then.
WITH_SALES = {"handed_on", "sales_accepted", "sales_qualified"}
SELLERS = {"sales", "sdr"}
HOLDERS = {*SELLERS, "queue"}
CRITERIA = ("need", "current_solution", "decision_maker", "ready_to_move", "budget")
BANDS = ((300, "within_5_minutes"), (1800, "within_30_minutes"), (3600, "within_1_hour"))
MEASURES = ("hand_on", "first_attempt", "decision")


def is_true(text: str | None) -> bool:
    return word(text) in ("true", "t", "yes", "y", "1")


def minutes(spent: int | None) -> float | None:
    return None if spent is None else round(spent / 60 + 1e-9, 4)


@dataclass(frozen=True)
class From:
    """The first and the last second at which a clock may have started."""

    at: int
    end: int


@dataclass(frozen=True)
class Span:
    """The shortest and the longest that something may have taken, in seconds."""

    least: int
    most: int

    @property
    def exact(self) -> int | None:
        return self.least if self.least == self.most else None


@dataclass
class Hours:
    """The openings of a team under a version, with the open seconds before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    zone: ZoneInfo
    # Noon of each.
    holidays: list[int]

    def is_open(self, at: int) -> bool:
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def until(self, at: int) -> int:
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def between(self, start: int, end: int) -> int:
        return max(0, self.until(end) - self.until(start))


class Sales:
    def __init__(self, exports: oracle.Exports, agreement: Path, mappings: Path):
        self.exports, self.as_of, self.seen = exports, exports.as_of, exports.seen
        parts = ("sla_targets", "business_hours", "holidays", "sql_criteria", "deciding_teams")
        self.parts = {part: oracle.rows(agreement, f"agreement_{part}") for part in parts}
        self.laws = {
            (row["version_id"], row["law"]): int(row.get("grace_days") or 0) * DAY
            for row in oracle.rows(agreement, "agreement_laws")
        }
        self.answers = {
            (row["criterion"], word(row["raw_answer"])): is_true(row["answer"])
            for row in oracle.rows(mappings, "map_criterion_answers")
            if word(row["system"]) == SYSTEM and row["recorded_in"] == "field"
        }
        self.rates = oracle.rows(mappings, "map_exchange_rates")
        self.merged = {
            row["person_id"]: at
            for row in exports.merges
            if (at := oracle.seconds(row["merged_at"])) is not None
        }
        # Whether anything that a seller did was exported at all.
        self.has_sellers = any(
            (meaning := exports.types_map.get(row["activity_type"], at, row["asset"]))
            and meaning["side"] == "seller"
            for row in exports.activities
            if (at := oracle.seconds(row["occurred_at"])) <= self.as_of
        )
        self.hours: dict[tuple[str, str | None], Hours] = {}

    def of(self, part: str, version: str) -> list[dict[str, str]]:
        return [row for row in self.parts[part] if row["version_id"] == version]

    def team(self, user: str) -> str | None:
        known = self.exports.users.get(user)
        mapped = self.exports.teams_map.get(known["team"], 0) if known else None
        return mapped["team"] if mapped else None

    def told(self, row: dict) -> dict[str, object]:
        """All that the hand-off's columns say beyond what the oracle needs for others."""
        lead: Lead = row["lead"]
        ends, cycle = lead.facts.ends, row["cycle"]
        row |= {
            "from": ends[cycle - 1] if cycle else -FOREVER,
            "last": ends[cycle] if cycle < len(ends) else None,
            "version": lead.agreement.at(row["when"].at),
        }
        row["ended_by"] = self._ended_by(lead, row["last"])
        found = {
            "handoff_at": row["when"].at,
            "version_id": row["version"].id if row["version"] else None,
            "cycle_ended_at": row["last"],
            "cycle_ended_by": row["ended_by"],
            "observed_until": self.as_of,
            "is_not_yet_observable": False,
        }
        found |= self._hand_over(lead, row)
        found |= self._acts(lead, row)
        found |= self._decision(lead, row)
        found |= self._deals(row)
        found |= self._speed(row, found)
        found |= self._criteria(lead, row)
        found |= self._laws(lead, row)
        return found

    @staticmethod
    def _ended_by(lead: Lead, last: int | None) -> str | None:
        kinds = {boundary.kind for boundary in lead.boundaries(lead.facts.verdicts)
                 if boundary.at == last}  # fmt: skip
        order = ("rejected", "recycled", "churned", "lost")
        return next((kind for kind in order if kind in kinds), None)

    # Who had it ---------------------------------------------------------------------------

    def owners(self, lead: Lead, at: int) -> list[tuple[int, int, str, str]]:
        """Who owns the records that live then, he first who speaks for them: rank of the team,
        since when (negative), key of the record, user."""
        order = {"sales": 0, "sdr": 0, "queue": 1, None: 3}
        found = []
        for record in lead.records:
            person = record.row["person_id"]
            changes = self.owner_changes(lead).get(record.key, [])
            reached = [(new, changed) for changed, _, new in changes if changed <= at]
            is_made = record.created.at <= at or reached
            if not is_made or self.merged.get(person, FOREVER) <= at:
                continue
            old = changes[0][1] if changes else record.row.get("owner_id", "")
            owner, since = reached[-1] if reached else (old, record.created.at)
            if owner:
                found.append((order.get(self.team(owner), 2), -since, record.key, owner))
        return sorted(found)

    @staticmethod
    def owner_changes(lead: Lead) -> dict[str, list[tuple[int, str, str]]]:
        found: dict[str, list[tuple[int, str, str]]] = {}
        for key, at, name, old, new in sorted(lead.changes):
            if name == "owner_id":
                found.setdefault(key, []).append((at, old, new))
        return found

    def _hand_over(self, lead: Lead, row: dict) -> dict[str, object]:
        none = dict.fromkeys(
            ("handed_on_at", "handed_on_precision", "is_handed_on_assumed",
             "handed_on_owner_key", "handed_on_owner_team", "handed_on_to")
        )  # fmt: skip
        row["handed"] = None
        if not row["mql"]:
            return none | {"is_handed_on_assumed": False}
        mql: Moment = row["when"]
        last = min(row["last"] or FOREVER, self.as_of)
        times = {at for changes in self.owner_changes(lead).values() for at, _, _ in changes}
        times |= {record.created.at for record in lead.records}
        times = {mql.at} | {at for at in times if mql.at < at <= last}
        owned = [
            Moment(at, mql.is_day and at == mql.at)
            for at in sorted(times)
            if any(self.team(owner) in HOLDERS for *_, owner in self.owners(lead, at))
        ]
        held = [status for status in lead.statuses if status.when.at <= mql.at]
        said = [mql] if held and held[-1].stage in WITH_SALES else []
        # What is known to the MQL's day may have come after it, at its second at the earliest.
        said += [
            status.when if status.when.at >= mql.at else mql
            for status in lead.statuses
            if status.stage in WITH_SALES and mql.at <= status.when.end and status.when.at <= last
        ]
        found = min(owned + said, default=None)
        is_known = any(self.team(owner) for at in times for *_, owner in self.owners(lead, at))
        is_assumed = not found and not is_known
        if is_assumed:
            found = mql
            self.seen["hand-on assumed"] += 1
        row["handed"], row["is_assumed"] = found, is_assumed
        if not found:
            self.seen["MQL never handed on"] += 1
            return none | {"is_handed_on_assumed": False}
        owner = next((owner for *_, owner in self.owners(lead, found.at)), None)
        team = self.team(owner) if owner else None
        row["team"] = team
        to = "person" if team in SELLERS else "queue" if team == "queue" else "other"
        to = to if team else "unknown"
        self.seen[f"handed on to {to}"] += 1
        self.seen["handed on after the MQL"] += found.at > mql.at
        self.seen["handed on known to the day"] += found.is_day
        self.seen["passed on after it was handed on"] += any(
            owner_then != owner and self.team(owner_then) in HOLDERS
            for at in times
            if at > found.at
            for *_, owner_then in self.owners(lead, at)[:1]
        )
        return {
            "handed_on_at": found.at,
            "handed_on_precision": "day" if found.is_day else "second",
            "is_handed_on_assumed": is_assumed,
            "handed_on_owner_key": user_key(owner),
            "handed_on_owner_team": team,
            "handed_on_to": to,
        }

    # What was done --------------------------------------------------------------------------

    def is_attempt(self, activity: Activity) -> bool:
        """Something that a human in sales did to reach the lead."""
        if not activity.meaning or activity.meaning["side"] != "seller":
            return False
        return not is_automated(activity) and self.is_sales(activity)

    def is_sales(self, activity: Activity) -> bool:
        return self.team(activity.row.get("actor_id", "")) in {None, *SELLERS}

    def is_conversation(self, activity: Activity) -> bool:
        """Both sides spoke, whoever of ours wrote it down."""
        if not activity.meaning or is_automated(activity):
            return False
        return is_true(word(activity.row.get("is_two_way")) or activity.meaning["is_two_way"])

    def _acts(self, lead: Lead, row: dict) -> dict[str, object]:
        inside = [a for a in lead.activities if lead.facts.cycle(a.at) == row["cycle"]]
        attempts = [a for a in inside if self.is_attempt(a)]
        since = [a for a in attempts if not is_before(when(a), row["when"])]
        attempt = min(since, key=lambda a: (when(a).end, a.id), default=None)
        talks = [a for a in inside if self.is_conversation(a)]
        talk = min((when(a) for a in talks), default=None)
        verdict = row["verdict"]
        row["attempt"] = when(attempt) if attempt else None
        row["attempts"], row["talks"] = attempts, talks
        row["talk"] = talk
        self.seen["attempt before the hand-off"] += len(since) < len(attempts)
        self.seen["conversation before the hand-off"] += bool(talk) and talk.at < row["when"].at
        self.seen["seller's act that is no attempt"] += (
            any(a.meaning and a.meaning["side"] == "seller" for a in inside) and not attempts
        )
        by = attempt.row.get("actor_id") if attempt else None
        return {
            "first_attempt_at": attempt.at if attempt else None,
            "first_attempt_precision": precision(row["attempt"]),
            "first_attempt_by": user_key(by),
            "n_attempts": len(since),
            "n_attempts_before_decision": sum(
                verdict is None or a.at <= verdict.when.end for a in since
            ),
            "first_conversation_at": talk.at if talk else None,
            "first_conversation_precision": precision(talk),
            "n_conversations": len(talks),
        }

    # Who decided ----------------------------------------------------------------------------

    def _decision(self, lead: Lead, row: dict) -> dict[str, object]:
        decided, verdict = row["decided"], row["verdict"]
        version = lead.agreement.at(decided.at) if decided else None
        row["decision_version"] = version
        by = verdict.status.actor if verdict else None
        row["decider"] = by
        is_returned = row["decision"] in oracle.RETURNED
        reason = verdict.reason if is_returned else None
        agreed = version.reasons.get(reason) if version and reason else None
        row["reason"] = agreed
        team = self.team(by) if by else None
        self.seen[f"decided by {team}"] += bool(decided)
        return {
            "decided_precision": precision(decided),
            "decider_key": user_key(by),
            "decider_team": team,
            "decision_version_id": version.id if version else None,
            "n_reversals": verdict.n_reversals if verdict else 0,
            "raw_reason": (verdict.status.raw_reason or None) if is_returned else None,
            "rejection_reason": reason,
            "rejection_category": agreed["category"] if agreed else None,
        }

    # What became of it ------------------------------------------------------------------------

    def rate(self, currency: str, at: int) -> Decimal:
        day = datetime.fromtimestamp(at, UTC).date().isoformat()
        held = [r for r in self.rates if r["currency"] == currency and r["valid_from"] <= day]
        return Decimal(max(held, key=lambda r: r["valid_from"])["rate_to_reporting"])

    def amount(self, deal: oracle.Deal) -> Decimal | None:
        if not deal.row.get("amount"):
            return None
        at = deal.closed.at if deal.closed else self.as_of
        rate = self.rate(deal.row.get("currency") or "EUR", at)
        exact = Decimal(deal.row["amount"]) * rate
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _deals(self, row: dict) -> dict[str, object]:
        deals: list[oracle.Deal] = row["deals"]
        won = [deal for deal in deals if deal.won]
        chosen = min(won, key=lambda d: (d.won.at, d.created.at, d.key), default=None) or min(
            deals, key=lambda d: (d.created.at, d.key), default=None
        )
        lost = [deal.lost for deal in deals if deal.lost]
        is_lost = bool(deals) and len(lost) == len(deals)
        is_returned = row["decision"] in oracle.RETURNED
        if chosen:
            self.seen[f"deal by {chosen.linked_by}"] += 1
        came_back = row["decision"] == "sales_qualified" and row["ended_by"] in oracle.RETURNED
        outcome = (
            "won" if won
            else "returned" if came_back
            else "lost" if is_lost
            else "open" if deals
            else "returned" if is_returned
            else "none"
        )  # fmt: skip

        def total(of: list[oracle.Deal]) -> float | None:
            amounts = [a for deal in of if (a := self.amount(deal)) is not None]
            return float(sum(amounts)) if amounts else None

        return {
            "opportunity_key": f"{SYSTEM}:opportunity:{chosen.key}" if chosen else None,
            "opportunity_linked_by": chosen.linked_by if chosen else None,
            "n_opportunities": len(deals),
            "opportunity_amount": total(deals),
            "is_won": bool(won),
            "won_amount": total(won),
            "lost_at": max(lost).at if is_lost else None,
            "outcome": outcome,
        }

    # How fast -----------------------------------------------------------------------------------

    def openings(self, version: Version, team: str | None) -> Hours:
        if (version.id, team) not in self.hours:
            self.hours[version.id, team] = self._openings(version, team)
        return self.hours[version.id, team]

    def _openings(self, version: Version, team: str | None) -> Hours:
        found = self.of("business_hours", version.id)
        teams = sorted({row["team"] for row in found})
        if team not in teams:
            team = "sales" if "sales" in teams else teams[0] if teams else None
        found = [row for row in found if row["team"] == team]
        holidays = {
            row["holiday_date"] for row in self.of("holidays", version.id) if row["team"] == team
        }
        by_weekday: dict[int, list[dict[str, str]]] = {}
        for row in found:
            by_weekday.setdefault(int(row["iso_weekday"]), []).append(row)
        openings = []
        day = datetime.fromtimestamp(version.start - 3 * DAY, UTC).date()
        end = datetime.fromtimestamp(self.as_of + 3 * DAY, UTC).date()
        while by_weekday and day <= end:
            if day.isoformat() not in holidays:
                openings += [
                    (moment_of(day, row["opens_at"], row), moment_of(day, row["closes_at"], row))
                    for row in by_weekday.get(day.isoweekday(), [])
                ]
            day += timedelta(days=1)
        openings.sort()
        before, total = [], 0
        for start, stop in openings:
            before.append(total)
            total += stop - start
        return Hours(
            [start for start, _ in openings],
            [stop for _, stop in openings],
            before,
            ZoneInfo(found[0]["time_zone"] if found else "UTC"),
            [oracle.seconds(f"{day} 12:00:00") for day in holidays],
        )

    def span(self, hours: Hours | None, start: From, end: Moment) -> Span:
        """From start to end, by the calendar or in open time."""
        low, high = max(start.end, end.at), max(start.at, end.end)
        if hours:
            return Span(hours.between(start.end, low), hours.between(start.at, high))
        return Span(low - start.end, high - start.at)

    def target(self, version: Version, segment: str, measure: str) -> dict[str, str] | None:
        found = {r["segment"]: r for r in self.of("sla_targets", version.id)
                 if r["measure"] == measure}  # fmt: skip
        return found.get(segment) or found.get("standard")

    def _speed(self, row: dict, found: dict) -> dict[str, object]:
        names = (
            "segment", "hand_on_minutes", "first_attempt_minutes",
            "first_attempt_business_minutes", "response_band", "decision_minutes",
            "decision_business_minutes", "sla_hand_on", "sla_first_attempt", "sla_decision",
        )  # fmt: skip
        said: dict[str, object] = dict.fromkeys(names) | {"is_overdue": False}
        version: Version | None = row["version"]
        if not row["mql"] or not version:
            return said
        mql, handed, decided, last = row["when"], row["handed"], row["decided"], row["last"]
        said["segment"] = self.segment(row)
        hours = self.openings(version, row.get("team"))
        ended = Moment(last) if last is not None else None
        done = {"hand_on": handed, "first_attempt": row["attempt"], "decision": decided}
        # Nobody owes anything for an MQL before it is known as one.
        known = row["mql"]["known_at"]
        owed = From(max(handed.at, known), max(handed.end, known)) if handed else None
        since = From(max(mql.at, known), max(mql.end, known))
        starts = {"hand_on": since, "first_attempt": owed, "decision": owed}
        self.seen["handed on before it was known"] += bool(handed) and handed.end < known
        for measure in MEASURES:
            start, end = starts[measure], done[measure]
            # What makes the wait for it pointless.
            over = ended if measure == "decision" else decided or ended
            if end and over and end.at > over.end:
                end = None
            target = self.target(version, said["segment"], measure)
            if measure == "hand_on" and row["is_assumed"]:
                said[f"sla_{measure}"] = "not_judged" if target else None
                continue
            if not end and (start or since).at > self.as_of:
                # In a replay: it is not known as an MQL yet.
                is_judged = measure != "first_attempt" or self.has_sellers
                verdict = "not_yet_observable" if is_judged else "not_judged"
                said[f"sla_{measure}"] = verdict if target else None
                continue
            if end and (not start or end.end < start.at):
                # Sales did not wait for marketing.
                said[f"sla_{measure}"] = "met" if target else None
                if measure == "first_attempt":
                    said["response_band"] = "before_hand_on"
                continue
            if not start:
                said[f"sla_{measure}"] = "not_judged" if target else None
                continue
            stop = end or over or Moment(self.as_of)
            calendar = self.span(None, start, stop)
            business = self.span(hours, start, stop)
            if end:
                self._see(measure, hours, start, end)
                said[f"{measure}_minutes"] = minutes(calendar.exact)
                if measure != "hand_on" and hours.starts:
                    exact = calendar.exact is not None
                    said[f"{measure}_business_minutes"] = minutes(business.exact) if exact else None
            if measure == "first_attempt":
                said["response_band"] = self.band(version, start, end, calendar)
            if target:
                is_business = target["clock"] == "business"
                said[f"sla_{measure}"] = self.verdict(
                    measure, target, business if is_business else calendar, bool(end), bool(over)
                )
                if is_business and not hours.starts:
                    said[f"sla_{measure}"] = "not_judged"
            if measure == "first_attempt" and not end and self.has_sellers:
                is_never = bool(over) or said["sla_first_attempt"] == "missed"
                said["response_band"] = "never" if is_never else "not_yet"
            if measure == "decision":
                said["is_overdue"] = not end and not over and said["sla_decision"] == "missed"
        for measure in MEASURES:
            self.seen[f"{measure} {said[f'sla_{measure}']}"] += 1
        self.seen[f"answered {said['response_band']}"] += 1
        self.seen[f"segment {said['segment']}"] += 1
        self.seen["overdue"] += said["is_overdue"]
        return said

    def _see(self, measure: str, hours: Hours, start: From, end: Moment) -> None:
        """Count what is hard about open time."""
        if measure == "hand_on" or not hours.starts:
            return
        shown = [datetime.fromtimestamp(one.at, hours.zone).utcoffset() for one in (start, end)]
        is_short = end.at - start.at < 14 * DAY
        hard = {
            "start out of hours": not hours.is_open(start.at) and hours.is_open(end.at),
            "done before the opening": start.at < end.at
            and hours.between(start.at, end.at) == 0,
            "a holiday between": is_short and any(start.at < at < end.at for at in hours.holidays),
            "the clocks change between": is_short and shown[0] != shown[1],
            "a weekend between": is_short and end.at - start.at > 7 * DAY,
        }  # fmt: skip
        self.seen.update(name for name, is_so in hard.items() if is_so)

    def segment(self, row: dict) -> str:
        if row["mql"]["hand_raised_at"] is not None:
            return "hand_raise"
        hot = [
            float(target["minimum_score"])
            for target in self.of("sla_targets", row["version"].id)
            if target["segment"] == "hot" and target["minimum_score"]
        ]
        return "hot" if hot and row["mql"]["score"] >= min(hot) else "standard"

    def verdict(
        self, measure: str, target: dict[str, str], span: Span, is_done: bool, is_over: bool
    ) -> str:
        """Of a service level: what the limit says, if the moments are known well enough."""
        limit = int(target["limit_minutes"]) * 60
        if measure == "first_attempt" and not self.has_sellers:
            return "not_judged"
        if span.least > limit:
            return "missed"
        if not is_done:
            return "not_judged" if is_over else "open"
        if span.exact == limit:
            self.seen[f"{measure} exactly at its limit"] += 1
        return "met" if span.most <= limit else "not_judged"

    def band(self, version: Version, start: From, end: Moment | None, span: Span) -> str | None:
        if not end:
            return None

        def of(spent: int, from_: int, to: int) -> str:
            for limit, name in BANDS:
                if spent <= limit:
                    return name
            days = {datetime.fromtimestamp(at, version.zone).date() for at in (from_, to)}
            return "same_day" if len(days) == 1 else "later"

        low = of(span.least, start.end, max(start.end, end.at))
        high = of(span.most, start.at, end.end)
        return low if low == high else "unknown"

    # What they found out -----------------------------------------------------------------------

    def _criteria(self, lead: Lead, row: dict) -> dict[str, object]:
        """What stood in the agreed fields when sales decided; today, while they have not."""
        version: Version | None = row["version"]
        at = row["decided"].end if row["decided"] else self.as_of
        asked = self.of("sql_criteria", version.id) if version else []
        fields = {criterion["criterion"]: word(criterion["attribute"]) for criterion in asked}
        found = {}
        for criterion in CRITERIA:
            history = [
                (changed, key, new, old)
                for key, changed, name, old, new in lead.changes
                if name == fields.get(criterion)
            ]
            reached = [change for change in history if change[0] <= at]
            last = max((change[0] for change in reached), default=None)
            text = None
            if reached:
                text = min(change[1:] for change in reached if change[0] == last)[1]
            elif history:
                text = min((changed, key, old) for changed, key, _, old in history)[2]
            known = {self.answers.get((criterion, word(text)))}
            found[f"criterion_{criterion}"] = (
                "true" if True in known else "false" if False in known else "unknown"
            )
            self.seen[f"criterion {found[f'criterion_{criterion}']}"] += 1
        return found

    # The laws -------------------------------------------------------------------------------------

    def _laws(self, lead: Lead, row: dict) -> dict[str, object]:
        act, version = row["decision_version"], row["version"]
        is_qualified = row["decision"] == "sales_qualified"
        is_returned = row["decision"] in oracle.RETURNED
        found = {}

        def judge(law: str, under: Version | None, is_kept: bool | None) -> None:
            """None: not to be judged."""
            is_agreed = under is not None and (under.id, law) in self.laws
            said = "not_judged" if not is_agreed or is_kept is None else None
            found[f"law_{law}"] = said or ("kept" if is_kept else "breached")
            self.seen[f"{law} {found[f'law_{law}']}"] += 1

        team = self.team(row["decider"]) if row["decider"] else None
        may = {r["team"] for r in self.of("deciding_teams", act.id)} if act else set()
        is_known = is_qualified and team not in (None, "system")
        judge("sales_decides", act, team in may if is_known else None)

        decided: Moment | None = row["decided"]
        talked = any(when(talk).at <= decided.end for talk in row["talks"]) if decided else None
        is_judged = is_qualified and self.has_sellers
        judge("conversation_before_sales_qualified", act, talked if is_judged else None)

        agreed = row["reason"]
        judge("rejection_has_reason", act, bool(agreed) if is_returned else None)

        needs = agreed and is_true(agreed["needs_contact_attempts"]) and self.has_sellers
        n_attempts = sum(when(a).at <= decided.end for a in row["attempts"]) if decided else 0
        wanted = int(act.row["minimum_contact_attempts"]) if act else 0
        judge("contact_attempts_made", act, n_attempts >= wanted if needs else None)

        mql = row["mql"]
        is_whole = mql["must_haves_held"] and not mql["is_disqualified"] if mql else None
        judge("mql_keeps_definition", version, is_whole)
        return found


# --- all of them ------------------------------------------------------------------------------


def answer(
    exports: Path, agreement: Path, mappings: Path, as_of: int | None = None
) -> oracle.Answer:
    """The oracle's answer, and what sales did with each hand-off under `told`."""
    found = oracle.answer(exports, agreement, mappings, as_of)
    sales = Sales(found.exports, agreement, mappings)
    for row in found.handoffs:
        row["told"] = sales.told(row)
    return found


def when(activity: Activity) -> Moment:
    return oracle.moment(activity.row["occurred_at"])


def is_before(one: Moment, other: Moment) -> bool:
    if one.is_day or other.is_day:
        return one.at // DAY < other.at // DAY
    return one.at < other.at


def is_automated(activity: Activity) -> bool:
    said = word(activity.row["is_automated"]) or word(activity.meaning["is_automated"])
    return is_true(said)


def precision(moment: Moment | None) -> str | None:
    return None if moment is None else "day" if moment.is_day else "second"


def user_key(user: str | None) -> str | None:
    return f"{SYSTEM}:user:{user}" if user else None


def moment_of(day: date, local: str, row: dict[str, str]) -> int:
    """The second of a local time of day; 24:00 is the next day's midnight."""
    if local == "24:00":
        day, local = day + timedelta(days=1), "00:00"
    zone = ZoneInfo(row["time_zone"])
    return int(datetime.combine(day, time.fromisoformat(local), zone).timestamp())
