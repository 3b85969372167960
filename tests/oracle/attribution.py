"""Who is credited with each deal, a second time, in plain Python and exact fractions.

`answer` takes the oracle's hand-offs (`oracle.py`) and works out every deal in the reporting
currency, the touches of all its people, and how each model shares it out. README.md beside it
lists the rules for ties. Times are whole seconds since 1970 (UTC), which is the reports' zone.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle import oracle
from tests.oracle.oracle import DAY, FOREVER, SYSTEM, Deal, Lead, word

# Shares of first, MQL-creating and last touch, and of all others together.
SHAPES = {
    "first_touch": (1, 0, 0, 0),
    "last_touch": (0, 0, 1, 0),
    "mql_creating": (0, 1, 0, 0),
    "u_shaped": (40, 0, 40, 20),
    "w_shaped": (30, 30, 30, 10),
}
PARTS = 1_000_000


@dataclass(frozen=True)
class Touch:
    at: int
    key: str
    kind: str
    lead: str
    source: str
    campaign: str | None


@dataclass
class Answer:
    """By deal; by deal and touch; by deal, model and touch."""

    deals: dict[tuple[str], dict[str, object]]
    touches: dict[tuple[str, str], dict[str, object]]
    credits: dict[tuple[str, str, str], dict[str, object]]


def shared_out(whole: int, weights: dict[Touch, Fraction]) -> dict[Touch, int]:
    """Whole parts by largest remainder; of equal remainders the earlier touch's first."""
    total = sum(weights.values())
    exact = {touch: whole * weight / total for touch, weight in weights.items()}
    parts = {touch: share.__floor__() for touch, share in exact.items()}
    ranked = sorted(exact, key=lambda touch: (parts[touch] - exact[touch], touch.at, touch.key))
    for touch in ranked[: whole - sum(parts.values())]:
        parts[touch] += 1
    return parts


class Attribution:
    def __init__(self, found: oracle.Answer, exports: Path, agreement: Path, mappings: Path):
        self.read, self.seen = found.exports, found.exports.seen
        self.agreement = oracle.Agreement(agreement)
        self.rates = oracle.rows(mappings, "map_exchange_rates")
        self.members = oracle.rows(exports, "campaign_members")
        self.handoffs = {deal.key: row for row in found.handoffs for deal in row["deals"]}
        self.converted = defaultdict(list)
        for lead in {id(each): each for each in self.read.holders.values()}.values():
            for record in lead.records:
                at = oracle.seconds(record.row["converted_at"])
                if record.row["converted_opportunity_id"] and (at or 0) <= self.read.as_of:
                    self.converted[record.row["converted_opportunity_id"]].append(lead)
        self.answers = self._answers()
        self.known: dict[str, list[Touch]] = {}

    # Touches --------------------------------------------------------------------------------

    def _answers(self) -> dict[str, dict[str, int]]:
        """Lead and campaign: the second of the first answer up to the clock."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self.members:
            lead, at = self.read.holders.get(row["person_id"]), oracle.seconds(row["responded_at"])
            if not lead or at is None or at > self.read.as_of:
                continue
            if word(row["has_responded"]) in ("", "true"):
                first = found[lead.id].get(row["campaign_id"], FOREVER)
                found[lead.id][row["campaign_id"]] = min(at, first)
        return found

    def touches(self, lead: Lead) -> list[Touch]:
        """Whatever the buyer did, answered or came from, with a source or a campaign."""
        if lead.id in self.known:
            return self.known[lead.id]
        found, acted = [], set()
        for act in lead.activities:
            campaign = act.row["campaign_id"]
            if act.earns and act.is_inbound and (act.source or campaign):
                acted.add(campaign)
                key = f"{SYSTEM}:activity:{act.id}"
                source = act.source or "not_given"
                found.append(Touch(act.at, key, "activity", lead.id, source, _campaign(campaign)))
        for campaign, at in self.answers[lead.id].items():
            if campaign in acted:
                self.seen["answer that an act tells of"] += 1
                continue
            raw = self.read.campaigns.get(campaign, {}).get("source", "")
            source = self.read.source(raw, at) or "not_given"
            key = f"{SYSTEM}:campaign:{campaign}:{lead.id}"
            found.append(Touch(at, key, "response", lead.id, source, _campaign(campaign)))
        created = lead.records[0].created.at
        for record in lead.records:
            if record.row["source"]:
                source = self.read.source(record.row["source"], record.created.at)
                if any(t.source == source and t.at // DAY == created // DAY for t in found):
                    self.seen["source that a touch of its day tells of"] += 1
                else:
                    campaign = _campaign(record.row.get("campaign_id"))
                    key = f"{lead.id}:created"
                    found.append(Touch(created, key, "creation", lead.id, source, campaign))
                break
        self.known[lead.id] = found
        return found

    def people(self, deal: Deal) -> dict[str, Lead]:
        found = [*self.converted[deal.key]]
        if deal.row["person_id"] in self.read.holders:
            found.append(self.read.holders[deal.row["person_id"]])
        if deal.key in self.handoffs:
            found.append(self.handoffs[deal.key]["lead"])
        return {lead.id: lead for lead in found}

    # Deals ----------------------------------------------------------------------------------

    def deal(self, deal: Deal) -> dict[str, object]:
        handoff = self.handoffs.get(deal.key)
        day = datetime.fromtimestamp(deal.closed.at if deal.closed else self.read.as_of, UTC)
        currency = deal.row.get("currency") or "EUR"
        cents = self.cents(deal)
        if not deal.is_new_business:
            linked_by = "other_type"
        else:
            linked_by = deal.linked_by if handoff else "unlinked"
        closed = day.date() if deal.closed else None
        return {
            "is_new_business": deal.is_new_business,
            "stage": "won" if deal.won else "lost" if deal.lost else "open",
            "handoff_id": handoff and f"{handoff['lead_id']}:cycle:{handoff['cycle_number']}",
            "handoff_origin": handoff and handoff["origin"],
            "linked_by": linked_by,
            "closed_fiscal_quarter": closed and f"FY{day.year}-Q{(day.month + 2) // 3}",
            "original_currency": currency,
            "amount": None if cents is None else cents / 100,
        }

    def cents(self, deal: Deal) -> int | None:
        """In the reporting currency, at the rate of the day of its close."""
        if not deal.row.get("amount"):
            return None
        at = deal.closed.at if deal.closed else self.read.as_of
        day = datetime.fromtimestamp(at, UTC).date().isoformat()
        currency = deal.row.get("currency") or "EUR"
        held = [r for r in self.rates if r["currency"] == currency and r["valid_from"] <= day]
        rate = Decimal(max(held, key=lambda row: row["valid_from"])["rate_to_reporting"])
        amount = Decimal(deal.row["amount"])
        self.seen["negative amount"] += amount < 0
        self.seen["amount in another currency"] += currency != "EUR"
        starts = [row["valid_from"] for row in self.rates if row["currency"] == currency]
        self.seen["closed on the day of a new rate"] += currency != "EUR" and day in starts
        return int((amount * rate * 100).quantize(Decimal(1), ROUND_HALF_UP))

    # Credits --------------------------------------------------------------------------------

    def weights(
        self, model: str, counted: list[Touch], maker: Touch | None, half_life: int
    ) -> dict[Touch, Fraction]:
        """What each touch weighs under a model; nothing where it has no part in it."""
        first, last = counted[0], counted[-1]
        if model == "linear":
            found = {touch: Fraction(1) for touch in counted}
        elif model == "time_decay":
            found = {
                touch: Fraction(
                    round(oracle.rounded(0.5 ** ((last.at - touch.at) / DAY / half_life)) * 10000)
                )
                for touch in counted
            }
        else:
            found = {touch: Fraction(0) for touch in counted}
            held = [(first, SHAPES[model][0]), (maker, SHAPES[model][1]), (last, SHAPES[model][2])]
            held = [(touch, share) for touch, share in held if touch and share]
            for touch, share in held:
                found[touch] += share
            others = [touch for touch in counted if touch not in {each for each, _ in held}]
            for touch in others:
                found[touch] += Fraction(SHAPES[model][3], len(others))
        return {touch: weight for touch, weight in found.items() if weight}

    def add(self, deal: Deal, answer: Answer) -> None:
        key = f"{SYSTEM}:opportunity:{deal.key}"
        answer.deals[(key,)] = self.deal(deal)
        version = self.agreement.at(deal.created.at)
        counted, maker, half_life = [], None, 0
        if version:
            lookback = int(version.row["attribution_lookback_days"]) * DAY
            half_life = int(version.row["attribution_half_life_days"])
            until = deal.closed.end if deal.closed else self.read.as_of
            created = deal.created.end
            people = self.people(deal)
            told = [touch for lead in people.values() for touch in self.touches(lead)]
            inside = sorted(
                (t for t in told if created - lookback <= t.at <= max(until, created)),
                key=lambda touch: (touch.at, touch.key),
            )
            counted = [touch for touch in inside if touch.at <= created]
            maker = self.maker(deal, counted)
            self._see(deal, told, inside, counted, maker, created - lookback)
            for touch in inside:
                answer.touches[key, touch.key] = {
                    "touch_kind": touch.kind,
                    "touched_at": touch.at,
                    "lead_id": touch.lead,
                    "source": touch.source,
                    "campaign_key": touch.campaign,
                    "is_before_opportunity": touch in counted,
                    "is_first": touch in counted[:1],
                    "is_last": touch in counted[-1:],
                    "is_mql_creating": touch == maker,
                }
        cents = self.cents(deal)
        for model in (*SHAPES, "linear", "time_decay"):
            weights = self.weights(model, counted, maker, half_life) if counted else {}
            if not weights:
                answer.credits[key, model, "unattributed"] = {
                    "source": "unattributed",
                    "credit": 1.0,
                    "credited_amount": None if cents is None else cents / 100,
                }
                continue
            parts = shared_out(PARTS, weights)
            shares = {touch: Fraction(part) for touch, part in parts.items()}
            money = shared_out(abs(cents), shares) if cents is not None else {}
            for touch in weights:
                paid = None if cents is None else money[touch] * (-1 if cents < 0 else 1) / 100
                answer.credits[key, model, touch.key] = {
                    "source": touch.source,
                    "credit": parts[touch] / PARTS,
                    "credited_amount": paid,
                }

    def maker(self, deal: Deal, counted: list[Touch]) -> Touch | None:
        """The touch that made the MQL: the last of its trip up to it, else the last before."""
        handoff = self.handoffs.get(deal.key)
        if not handoff or not handoff["mql"]:
            return None
        lead, cycle = handoff["lead"], handoff["cycle"]
        starts = lead.facts.ends[cycle - 1] if cycle else -FOREVER
        end = handoff["mql"]["when"].end
        own = [touch for touch in counted if touch.lead == lead.id and touch.at <= end]
        return min(own, key=lambda t: (t.at <= starts, -t.at, t.key), default=None)

    def _see(
        self, deal: Deal, told: list[Touch], inside: list[Touch], counted: list[Touch],
        maker: Touch | None, start: int,
    ) -> None:  # fmt: skip
        people = {touch.lead for touch in counted}
        ends = {id(touch) for touch in (*counted[:1], *counted[-1:])}
        hard = {
            "deal without a touch": not inside,
            "touches after the deal alone": bool(inside) and not counted,
            "touch after the deal": len(inside) > len(counted),
            "touch in the deal's second": any(t.at == deal.created.at for t in counted),
            "touch exactly at the lookback": any(t.at == start for t in counted),
            "touch a second before the lookback": any(t.at == start - 1 for t in told),
            "two people credited": len(people) == 2,
            "three people credited": len(people) > 2,
            "several touches at one second": len({t.at for t in counted}) < len(counted),
            "MQL-creating touch amid the others": bool(maker) and id(maker) not in ends,
            "touch with two positions": bool(maker) and id(maker) in ends,
            "deal without an MQL-creating touch": bool(counted) and not maker,
            **{f"credited {kind}": any(t.kind == kind for t in counted)
               for kind in ("activity", "response", "creation")},
        }  # fmt: skip
        self.seen.update(name for name, is_so in hard.items() if is_so)


def _campaign(campaign: str | None) -> str | None:
    return f"{SYSTEM}:campaign:{campaign}" if campaign else None


def answer(found: oracle.Answer, exports: Path, agreement: Path, mappings: Path) -> Answer:
    attribution = Attribution(found, exports, agreement, mappings)
    result = Answer({}, {}, {})
    for deal in found.exports.made:
        attribution.add(deal, result)
    return result
