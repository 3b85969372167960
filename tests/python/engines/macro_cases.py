"""What every macro of macros/portable must give: thousands of inputs and, worked out in plain
Python, the value expected of each. No engine's answer is taken for the truth.

A group is one relation of inputs, all text, and the expressions asked of it; dbt writes them
out for each engine (test_portable_macros.py). Inputs are made by a seeded generator, so that
every run asks the same.
"""

import hashlib
import json
import math
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, str | None]

# The systems of the scratch project: zones that change their clocks in unlike ways (by half an
# hour, at midnight, over a whole day, not at all), each with formats of its own.
SYSTEMS: dict[str, tuple[str, list[str]]] = {
    "universal": ("UTC", ["%d.%m.%Y", "%d.%m.%Y %H:%M"]),
    "berlin": ("Europe/Berlin", ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y"]),
    "new_york": ("America/New_York", ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]),
    "sao_paulo": ("America/Sao_Paulo", ["%d/%m/%y %H:%M", "%d/%m/%y"]),
    "lord_howe": ("Australia/Lord_Howe", ["%d %b %Y %H:%M", "%d-%b-%y"]),
    "apia": ("Pacific/Apia", ["%B %d, %Y", "%B %d, %Y %I:%M:%S %p"]),
    "kathmandu": ("Asia/Kathmandu", ["%Y%m%d", "%Y%m%d%H%M%S"]),
    "st_johns": ("America/St_Johns", ["%Y/%m/%dT%H:%M:%S.%f", "%Y/%m/%d"]),
    "tehran": ("Asia/Tehran", []),
}
ZONES = [*(zone for zone, _ in SYSTEMS.values()), "Africa/Casablanca", "Asia/Pyongyang"]
# What the rules were and will be outside of these years differs by the age of the database of
# zones, and every engine has a copy of its own.
FIRST_YEAR, LAST_YEAR = 1995, 2025
# What Unicode calls a blank, and the line ends and tabs of ASCII.
BLANKS = "\t\n\v\f\r" + "".join(
    sign for sign in map(chr, range(0x3001)) if unicodedata.category(sign) == "Zs"
)


@dataclass(frozen=True)
class Check:
    """One expression: its name (the macro's, then what it is asked), the Jinja that writes it,
    the type of its result, and the value expected of a row."""

    name: str
    jinja: str
    type: str
    expected: Callable[[Row], Any]
    # Relative; 0 means equal to the last bit.
    tolerance: float = 0

    @property
    def macro(self) -> str:
        return self.name.split(":")[0]

    @property
    def column(self) -> str:
        return re.sub(r"\W+", "_", self.name).lower()


@dataclass(frozen=True)
class Group:
    """Inputs (name → type to which the text is cast; None stays text), rows, and checks.
    Where `by` is given the checks are aggregates: one result for each value of that input."""

    name: str
    inputs: dict[str, str | None]
    rows: list[Row]
    checks: list[Check]
    by: str | None = None


# ------------------------------------------------------------------------------------ time
def as_text(moment: datetime) -> str:
    return moment.isoformat(sep=" ")


def as_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def offset(zone: ZoneInfo, wall: datetime, fold: int) -> timedelta:
    found = wall.replace(tzinfo=zone, fold=fold).utcoffset()
    assert found is not None
    return found


def to_utc(wall: datetime, zone_name: str) -> datetime:
    """A skipped time counts on from before the change; of two equal ones, the second."""
    zone = ZoneInfo(zone_name)
    before, after = offset(zone, wall, 0), offset(zone, wall, 1)
    return wall - min(before, after)


def to_wall(moment: datetime, zone_name: str) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)


def changes(zone_name: str) -> list[datetime]:
    """The UTC moments, to the minute, at which a zone changes its clocks."""
    zone = ZoneInfo(zone_name)
    found = []
    day = datetime(FIRST_YEAR, 1, 1)
    while day.year <= LAST_YEAR:
        until = day + timedelta(days=1)
        here, there = (at.replace(tzinfo=UTC).astimezone(zone).utcoffset() for at in (day, until))
        if here != there:
            low, high = day, until
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                at_middle = middle.replace(tzinfo=UTC).astimezone(zone).utcoffset()
                low, high = (middle, high) if at_middle == here else (low, middle)
            found.append(high.replace(second=0, microsecond=0))
        day = until
    return found


def around_changes() -> list[datetime]:
    """UTC moments on both sides of many changes of every zone, and of every change by other
    than an hour, as they are and as they would be on the zone's clocks."""
    found = []
    for zone in ZONES:
        for number, change in enumerate(changes(zone)):
            jump = to_wall(change + timedelta(minutes=1), zone) - to_wall(change, zone)
            if number % 5 == 0 or abs(jump) not in (timedelta(minutes=1), timedelta(hours=1)):
                for at in (change, to_wall(change, zone)):
                    found += [at + timedelta(minutes=15 * step) for step in range(-8, 9)]
    return list(dict.fromkeys(found))


def every_day() -> list[datetime]:
    """One moment a day in a year that ends in the first ISO week of the next, and around it."""
    first = datetime(2023, 12, 25, 12)
    return [first + timedelta(days=number) for number in range(380)]


def some_moments(chance: random.Random, count: int, first: int, last: int) -> list[datetime]:
    """Moments of some years, some with microseconds, and those that calendars trip over."""
    edges = [
        datetime(year, month, day, *at)
        for year in (1999, 2000, 2020, 2021, 2024, 2025)
        for month, day in ((1, 1), (1, 4), (2, 28), (3, 1), (3, 31), (6, 30), (10, 1), (12, 31))
        for at in ((0, 0, 0, 0), (23, 59, 59, 999999))
    ]
    edges += [datetime(2024, 2, 29), datetime(2000, 2, 29, 23, 59, 59)]
    drawn = [
        datetime(first, 1, 1)
        + timedelta(seconds=chance.randrange((last + 1 - first) * 365 * 86_400))
        for _ in range(count)
    ]
    drawn = [
        moment + timedelta(microseconds=chance.randrange(1_000_000) * chance.randrange(2))
        for moment in drawn
    ]
    return edges + drawn


def period_start(period: str, day: date) -> date:
    if period == "week":
        year, week, _ = day.isocalendar()
        return date.fromisocalendar(year, week, 1)
    if period == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return {"day": day, "month": day.replace(day=1), "year": date(day.year, 1, 1)}[period]


def moments() -> Group:
    chance = random.Random(1)
    given = every_day() + some_moments(chance, 1500, 1950, 2090)
    others = given[:]
    chance.shuffle(others)
    # Pairs far apart, pairs within hours of each other, equal ones, and missing ones.
    pairs = list(zip(given, others, strict=True))
    pairs += [(a, a + timedelta(seconds=chance.randrange(-90_000, 90_000))) for a in given[::2]]
    pairs += [(a, a) for a in given[::20]]
    precisions = ["day", "second", None]
    rows: list[Row] = [
        {
            "since": as_text(since),
            "until": as_text(until),
            "on_day": str(since.date()),
            "days": str(chance.choice([0, 1, 7, 30, 365, 3_650, -1, -45])),
            "first_precision": chance.choice(precisions),
            "then_precision": chance.choice(precisions),
        }
        for since, until in pairs
    ]
    rows += [
        dict.fromkeys(rows[0]),
        *({**rows[0], name: None} for name in rows[0]),
    ]

    def seconds(row: Row) -> float | None:
        since, until = as_moment(row["since"]), as_moment(row["until"])
        if since is None or until is None:
            return None
        return (micros(until) - micros(since)) / 1_000_000

    def days(row: Row) -> float | None:
        found = seconds(row)
        return None if found is None else found / 86_400

    def added(row: Row) -> datetime | None:
        since = as_moment(row["since"])
        if since is None or row["days"] is None:
            return None
        return since + timedelta(days=int(row["days"]))

    def started(period: str, name: str) -> Callable[[Row], date | None]:
        def expected(row: Row) -> date | None:
            moment = as_moment(row[name])
            return moment and period_start(period, moment.date())

        return expected

    def to_second(row: Row) -> datetime | None:
        since = as_moment(row["since"])
        return since and since.replace(microsecond=0)

    def is_before(row: Row) -> bool | None:
        since, until = as_moment(row["since"]), as_moment(row["until"])
        if since is None or until is None:
            return None
        if "day" in (row["first_precision"], row["then_precision"]):
            return since.date() < until.date()
        return since < until

    def last_second(row: Row) -> datetime | None:
        since = as_moment(row["since"])
        if since and row["first_precision"] == "day":
            return since + timedelta(days=1, seconds=-1)
        return since

    def digits(row: Row) -> str | None:
        since = as_moment(row["since"])
        return None if since is None else str(micros(since))

    checks = [
        Check("seconds_between", "seconds_between('since', 'until')", "double", seconds),
        Check("days_between", "days_between('since', 'until')", "double", days),
        Check("add_days", "add_days('since', 'days')", "timestamp", added),
        Check("to_second", "to_second('since')", "timestamp", to_second),
        Check(
            "is_before",
            "is_before('since', 'first_precision', 'until', 'then_precision')",
            "boolean",
            is_before,
        ),
        Check("last_second", "last_second('since', 'first_precision')", "timestamp", last_second),
        Check("moment_digits", "moment_digits('since')", "text", digits),
        *(
            Check(
                f"period_start:{period} of {name}",
                f"period_start('{period}', '{name}')",
                "date",
                started(period, name),
            )
            for period, name in product(
                ("day", "week", "month", "quarter", "year"), ("since", "on_day")
            )
        ),
    ]
    inputs = {
        "since": "timestamp",
        "until": "timestamp",
        "on_day": "date",
        "days": "integer",
        "first_precision": None,
        "then_precision": None,
    }
    return Group("moments", inputs, rows, checks)


REPORTING_ZONE = "America/New_York"


def zones() -> Group:
    """Clocks of every zone, and moments read off them."""
    chance = random.Random(9)
    given = around_changes() + some_moments(chance, 300, FIRST_YEAR, LAST_YEAR)
    rows: list[Row] = [{"moment": as_text(at), "zone": chance.choice(ZONES)} for at in given]
    rows += [{"moment": None, "zone": "UTC"}, {"moment": rows[0]["moment"], "zone": None}]

    def local(row: Row) -> datetime | None:
        moment = as_moment(row["moment"])
        return to_wall(moment, row["zone"]) if moment and row["zone"] else None

    def local_in(zone: str) -> Callable[[Row], datetime | None]:
        return lambda row: local({**row, "zone": zone})

    def utc(zone: str) -> Callable[[Row], datetime | None]:
        def expected(row: Row) -> datetime | None:
            moment = as_moment(row["moment"])
            return moment and to_utc(moment, zone)

        return expected

    def reporting_month(row: Row) -> date | None:
        wall = local({**row, "zone": REPORTING_ZONE})
        return wall and wall.date().replace(day=1)

    def reporting_date(row: Row) -> date | None:
        wall = local({**row, "zone": REPORTING_ZONE})
        return wall and wall.date()

    def known_day(row: Row) -> date | None:
        moment = as_moment(row["moment"])
        return moment and moment.date()

    checks = [
        Check("local_time:a zone per row", "local_time('moment', 'zone')", "timestamp", local),
        Check("reporting_month", "reporting_month('moment')", "date", reporting_month),
        Check(
            "reporting_date:second",
            "reporting_date('moment', \"'second'\")",
            "date",
            reporting_date,
        ),
        Check("reporting_date:day", "reporting_date('moment', \"'day'\")", "date", known_day),
    ]
    for zone in ZONES:
        checks += [
            Check(
                f"local_time:{zone}",
                f"local_time('moment', \"'{zone}'\")",
                "timestamp",
                local_in(zone),
            ),
            Check(
                f"local_to_utc:{zone}", f"local_to_utc('moment', '{zone}')", "timestamp", utc(zone)
            ),
        ]
    return Group("zones", {"moment": "timestamp", "zone": None}, rows, checks)


# --------------------------------------------------------------------------------- parsing
NO_MOMENTS = [
    *("n/a", "-", "0", "yesterday", "now", "today", "infinity", "epoch", "null", "2025", "2025-01"),
    *("2025-02-29", "2025-02-30", "2025-04-31", "2025-06-31 10:00", "2100-02-29T10:00:00Z"),
    *("2025-02-29T00:00:00+02:00", "2025-00-10", "2025-13-01", "2025-01-00", "2025-01-32"),
    *("2025-1-5", "2025-01-5", "25-01-05", "02025-01-05", "0000-01-01", "0000-06-01T10:00Z"),
    *("2025-01-05 24:00", "2025-01-05 23:60", "2025-01-05 23:59:60", "2025-01-05T10"),
    *("2025-01-05T10:5", "2025-01-05  10:05", "2025-01-05_10:05", "2025-01-05T10:05:"),
    *("2025-01-05T10:05:00.", "2025-01-05T10:05:00.1234567890", "2025-01-05T10:05.5"),
    *("2025-01-05T10:05:00 CET", "2025-01-05T10:05:00 Europe/Berlin", "2025-01-05T10:05:00+15:00"),
    *("2025-01-05T10:05:00+2", "2025-01-05T10:05:00+02:60", "2025-01-05T10:05:00  Z"),
    *("2025-01-05T10:05:00 GMT", "2025-01-05T10:05:00ZZ", "2025-01-05Z", "2025-01-05+02:00"),
    *("x2025-01-05", "2025-01-05x", "2025-01-05\n2025-01-06", "12345", "123456789", "12345678901"),
    *("123456789012", "12345678901234", "-1736071500", "1736071500.5", "1.7e9", "+1736071500"),
    *("29.02.2025", "31.04.2025", "00.01.2025", "32.01.2025", "01.13.2025", "1.1.25", "1.1.2025x"),
    *("01.02.2025 24:00", "01.02.2025 9:60", "01.02.2025 10:00:61", "01.02.2025  10:00", ".."),
    *("02/30/2025", "13/01/2025", "1/2/2025 13:00 PM", "1/2/2025 0:30 AM", "1/2/2025 1:30 XM"),
    *("31/02/24", "1/1/1", "30 Feb 2024", "5 Mai 2024", "Janvier 5, 2025", "Jan 5, 2025"),
    *("February 30, 2025", "20250229", "20251301", "2025011", "202501055", "2025010510", "0000"),
    *("20250105246000", "2025/02/30", "2025/1/1T10:00:00.", "2025/01/01T10:00:00.1234567"),
]


@cache
def stated_moment(text: str | None) -> tuple[datetime, str, bool] | None:
    """An ISO or epoch text: the moment, how exactly it is known, and whether its zone is."""
    if text is None:
        return None
    if re.fullmatch("[0-9]{10}|[0-9]{13}", text):
        step = timedelta(seconds=1) if len(text) == 10 else timedelta(milliseconds=1)
        return datetime(1970, 1, 1) + int(text) * step, "second", True
    parts = re.fullmatch(
        r"(?P<day>\d{4}-\d\d-\d\d)"
        r"(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)[.,](?P<fraction>\d{1,9}))?"
        r"(?P<zone> ?(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?))?)?",
        text,
        re.ASCII,
    )
    if not parts:
        return None
    try:
        day = date.fromisoformat(parts["day"])
        if parts["time"] is None:
            return datetime.combine(day, time()), "day", False
        moment = datetime.combine(day, time.fromisoformat(parts["time"]))
    except ValueError:
        return None
    # What is finer than a microsecond is cut off.
    moment += timedelta(microseconds=int(f"{parts['fraction'] or '0':0<6}"[:6]))
    if parts["zone"] is None:
        return moment, "second", False
    zone = parts["zone"].strip()
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or "0")
        if hours > 14 or minutes > 59:
            return None
        moment -= sign * timedelta(hours=hours, minutes=minutes)
    return moment, "second", True


# Python's own strptime is lenient with blanks and signs: what it is asked is checked first.
LOOSE = {
    "%Y": r"\d{4}",
    "%f": r"\d{1,6}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]+",
    "%p": "[APap][Mm]",
}


@cache
def in_format(text: str, form: str) -> datetime | None:
    words = re.findall("%.|.", form)
    # Digits that stand next to digits have their full width.
    numeric = [word[0] == "%" and word not in ("%b", "%B", "%p") for word in words]
    pattern = ""
    for place, word in enumerate(words):
        beside = numeric[place - 1 : place] + numeric[place + 1 : place + 2]
        narrow = r"\d\d" if any(beside) else r"\d\d?"
        two = r"\d\d" if word == "%y" else narrow
        pattern += LOOSE.get(word, two) if word[0] == "%" else re.escape(word)
    if not re.fullmatch(pattern, text, re.ASCII | re.IGNORECASE):
        return None
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


@cache
def parsed(text: str | None, system: str) -> tuple[datetime, str] | None:
    zone, forms = SYSTEMS[system]
    stated = stated_moment(text)
    if stated:
        moment, precision, is_zoned = stated
        return (moment if is_zoned else to_utc(moment, zone)), precision
    for form in forms if text else ():
        found = in_format(text, form)
        if found:
            has_time = "%H" in form or "%I" in form
            return to_utc(found, zone), "second" if has_time else "day"
    return None


def parsed_date(text: str | None, system: str) -> date | None:
    if text is None or re.fullmatch("[0-9]{10}|[0-9]{13}", text):
        return None
    iso = stated_moment(text)
    if iso:
        return date.fromisoformat(text[:10])
    for form in SYSTEMS[system][1]:
        found = in_format(text, form)
        if found:
            return found.date()
    return None


def timestamps() -> Group:
    chance = random.Random(2)
    texts: list[str | None] = [None, *NO_MOMENTS]
    shapes: list[Callable[[datetime], str]] = [
        lambda at: at.strftime("%Y-%m-%d"),
        lambda at: at.strftime("%Y-%m-%d %H:%M"),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
        lambda at: at.strftime("%Y-%m-%dt%H:%M:%S"),
        lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S,%f")[:-3],
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%f") + str(at.microsecond % 1000).zfill(3),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.") + str(at.microsecond % 10),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%f999"),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fz"),
        lambda at: at.strftime("%Y-%m-%d %H:%M UTC"),
        lambda at: at.strftime("%Y-%m-%d %H:%M:%S,%f Z"),
        lambda at: str((at - datetime(1970, 1, 1)) // timedelta(seconds=1)),
        lambda at: str((at - datetime(1970, 1, 1)) // timedelta(milliseconds=1)),
    ]
    for zone in ("+02", "-05", "+0530", "-0330", "+05:45", "-09:30", "+14:00", "+00:00", "-00:00"):
        for blank in ("", " "):
            shapes.append(lambda at, end=blank + zone: at.strftime("%Y-%m-%dT%H:%M:%S") + end)
            shapes.append(lambda at, end=blank + zone: at.strftime("%Y-%m-%d %H:%M") + end)
    drawn = some_moments(chance, 250, FIRST_YEAR, LAST_YEAR)
    for shape in shapes:
        texts += [shape(at) for at in chance.sample(drawn, 40)]
    # Wall-clock times beside every kind of change, of every zone.
    for zone, _ in SYSTEMS.values():
        for change in changes(zone)[::4]:
            wall = to_wall(change, zone)
            for step in range(-7, 8):
                at = wall + timedelta(minutes=15 * step)
                texts.append(at.strftime("%Y-%m-%dT%H:%M:%S"))
    # The systems' own formats, with and without leading noughts, in any case.
    for _, forms in SYSTEMS.values():
        for form in forms:
            for at in chance.sample(drawn, 30):
                text = at.strftime(form)
                texts += [text, text.lower(), re.sub(r"\b0(?=\d)", "", text)]
                if "%f" in form:
                    texts.append(text[: -chance.randrange(1, 6)])
    texts += ["0001-06-01", "9999-06-01 10:00", "9999-12-30", "1900-01-01T00:00:00Z"]
    texts += [
        f"{day:02}/{month:02}/{year:02}" for day, month in ((1, 2), (29, 2)) for year in range(100)
    ]
    rows: list[Row] = [{"given": text} for text in dict.fromkeys(texts)]

    def moment(system: str) -> Callable[[Row], datetime | None]:
        return lambda row: (parsed(row["given"], system) or (None,))[0]

    def precision(system: str) -> Callable[[Row], str | None]:
        return lambda row: (parsed(row["given"], system) or (None, None))[1]

    def day(system: str) -> Callable[[Row], date | None]:
        return lambda row: parsed_date(row["given"], system)

    checks = []
    for system in SYSTEMS:
        given = f"('given', '{system}')"
        checks += [
            Check(
                f"parse_timestamp:{system}", f"parse_timestamp{given}", "timestamp", moment(system)
            ),
            Check(
                f"timestamp_precision:{system}",
                f"timestamp_precision{given}",
                "text",
                precision(system),
            ),
            Check(f"parse_date:{system}", f"parse_date{given}", "date", day(system)),
        ]
    return Group("timestamps", {"given": None}, rows, checks)


# --------------------------------------------------------------------------------- numbers
NO_NUMBERS = [
    *("", "-", "+", ".", "+.", "1,5", "1.234,56", "1,234.56", "1 000", "1e3", "1.2e3", "0x10"),
    *("NaN", "nan", "Infinity", "-inf", "five", "1.2.3", "--1", "+-1", "1-", "$5", "5%", "1_000"),
    *("\u0661\u0662", "\uff11\uff12", "1\n2", "true", "50-100", "1/2", "½"),
]


def numbers() -> Group:
    chance = random.Random(3)
    texts: list[str | None] = [None, *NO_NUMBERS]
    for _ in range(1500):
        whole = str(chance.randrange(10 ** chance.randrange(1, 20)))
        sign = chance.choice(["", "", "-", "+"])
        fraction = str(chance.randrange(10 ** chance.randrange(1, 9)))
        texts.append(sign + whole + chance.choice(["", ".", ".0", ".000", f".{fraction}"]))
    # Halves of the last digit kept, on both sides of nought.
    for n in range(300):
        texts += [
            f"{sign}{n / 100:.2f}{tail}" for sign in ("", "-") for tail in ("5", "49999", "50001")
        ]
    texts += [f"{n}.{k:04}5" for n, k in product((0, 7, 99_999_999), range(0, 10_000, 777))]
    texts += [".5", "-.5", "+.25", "00012", "-0", "-0.004", "0000000000000000000001", "1" * 300]
    texts += ["9" * 16 + ".99", "9" * 16 + ".994", "9" * 16 + ".995", "9" * 14 + ".99995", "9" * 17]
    texts += ["9" * 18, "-" + "9" * 18, "9" * 19, "1" + "0" * 320, "0." + "0" * 330 + "1"]
    texts += [" 12 ", "\t-3.5\n", "\u00a07\u3000", " 1 2 "]
    rows: list[Row] = [{"given": text} for text in dict.fromkeys(texts)]

    def decimal(scale: int) -> Callable[[Row], Decimal | None]:
        def expected(row: Row) -> Decimal | None:
            text = row["given"]
            if text is None or not re.fullmatch(
                rf"[+-]?([0-9]{{1,{18 - scale}}}(\.[0-9]*)?|\.[0-9]+)", text
            ):
                return None
            step = Decimal(1).scaleb(-scale)
            found = half_up(Fraction(Decimal(text)), step)
            return found if abs(found) < 10 ** (18 - scale) else None

        return expected

    def bigint(row: Row) -> int | None:
        text = row["given"]
        parts = re.fullmatch(r"([+-]?[0-9]{1,18})(\.0*)?", text or "")
        return int(parts[1]) if parts else None

    def number(row: Row) -> float | None:
        text = (row["given"] or "").strip(BLANKS)
        if not re.fullmatch(r"[+-]?[0-9]{1,255}(\.[0-9]{1,255})?", text):
            return None
        return float(text)

    return Group(
        "numbers",
        {"given": None},
        rows,
        [
            Check("parse_decimal:2 digits", "parse_decimal('given')", "decimal(18, 2)", decimal(2)),
            Check(
                "parse_decimal:4 digits",
                "parse_decimal('given', scale=4)",
                "decimal(18, 4)",
                decimal(4),
            ),
            Check("parse_bigint", "parse_bigint('given')", "bigint", bigint),
            Check("number_or_null", "number_or_null('given')", "double", number),
        ],
    )


def quotients() -> Group:
    """Small ones, those beside a multiple, and as large as a bigint holds."""
    chance = random.Random(11)
    pairs = [(dividend, divisor) for dividend in range(40) for divisor in range(1, 12)]
    for _ in range(1500):
        divisor = chance.randrange(1, 10 ** chance.randrange(1, 10))
        multiple = divisor * chance.randrange(2**62 // divisor)
        pairs += [(multiple, divisor), (multiple + divisor - 1, divisor), (multiple + 1, divisor)]
    pairs += [(2**63 - 1, 1), (2**63 - 1, 2), (2**63 - 1, 1_000_000), (2**63 - 1, 2**63 - 1)]
    rows: list[Row] = [{"dividend": str(n), "divisor": str(m)} for n, m in pairs]
    rows.append({"dividend": None, "divisor": "1"})

    def quotient(row: Row) -> int | None:
        if row["dividend"] is None or row["divisor"] is None:
            return None
        return int(row["dividend"]) // int(row["divisor"])

    return Group(
        "quotients",
        {"dividend": "bigint", "divisor": "bigint"},
        rows,
        [Check("whole_quotient", "whole_quotient('dividend', 'divisor')", "bigint", quotient)],
    )


def half_up(exact: Fraction, step: Decimal) -> Decimal:
    """Rounded to a multiple of `step`, halves away from nought, from the exact value."""
    units = abs(exact) / Fraction(step)
    rounded = (units + Fraction(1, 2)).__floor__()
    return (Decimal(rounded) * step).copy_sign(Decimal(-1 if exact < 0 and rounded else 1))


def scores() -> Group:
    chance = random.Random(4)
    values = [0.0, -0.0, 1e-9, -1e-9, 49.99995, 49.99994999, 49.9999499999, 99_999.99995]
    for _ in range(1200):
        values.append(chance.uniform(-200, 200))
        # A sum of decayed points, as scores are.
        values.append(sum(chance.randrange(1, 40) * 0.5 ** chance.uniform(0, 9) for _ in range(12)))
    for _ in range(900):
        half = chance.randrange(-2_000_000, 2_000_000) / 10_000 + 0.00005
        values += [half, math.nextafter(half, math.inf), math.nextafter(half, -math.inf)]
        # Sums of tenths and the like fall beside the half by a few last bits.
        values.append(sum([half / 7] * 7))
    rows: list[Row] = [{"points": repr(value)} for value in values]
    rows.append({"points": None})

    def agreed(row: Row) -> Decimal | None:
        if row["points"] is None:
            return None
        return half_up(Fraction(float(row["points"]) + 1e-9), Decimal("0.0001"))

    return Group(
        "scores",
        {"points": "double"},
        rows,
        [Check("agreed_score", "agreed_score('points')", "decimal(18, 4)", agreed)],
    )


def wilson() -> Group:
    pairs = [(n, m) for m in range(0, 60) for n in range(0, m + 1)]
    chance = random.Random(5)
    pairs += [
        (chance.randrange(m + 1), m) for m in (chance.randrange(1, 10**7) for _ in range(600))
    ]
    pairs += [(m, m) for m in (10**3, 10**6)]
    levels = ["0.8", "0.9", "0.95", "0.99"]
    rows: list[Row] = [
        {"successes": str(n), "trials": str(m), "level": level}
        for (n, m), level in zip(pairs, levels * len(pairs), strict=False)
    ]
    rows += [{"successes": None, "trials": None, "level": "0.95"}]
    rows += [{"successes": "3", "trials": "9", "level": level} for level in ("0.5", None)]

    def lower_bound(row: Row) -> float | None:
        if not row["trials"] or row["trials"] == "0" or row["level"] not in levels:
            return None
        z = NormalDist().inv_cdf((1 + float(row["level"])) / 2)
        n, trials = int(row["successes"] or 0), int(row["trials"])
        # The smaller root p of (p̂ - p)² = z² p (1 - p) / n.
        a, b, c = 1 + z * z / trials, -(2 * n + z * z) / trials, (n / trials) ** 2
        discriminant = max(b * b - 4 * a * c, 0)
        # Stable where the root is near nought.
        return 2 * c / (-b + math.sqrt(discriminant))

    def upper_bound(row: Row) -> float | None:
        if not row["trials"] or row["trials"] == "0" or row["level"] not in levels:
            return None
        z = NormalDist().inv_cdf((1 + float(row["level"])) / 2)
        n, trials = int(row["successes"] or 0), int(row["trials"])
        # The larger root of the same equation.
        a, b, c = 1 + z * z / trials, -(2 * n + z * z) / trials, (n / trials) ** 2
        return (-b + math.sqrt(max(b * b - 4 * a * c, 0))) / (2 * a)

    return Group(
        "wilson",
        {"successes": "bigint", "trials": "bigint", "level": "decimal(18, 4)"},
        rows,
        [
            Check(
                "wilson_lower_bound",
                "wilson_lower_bound('successes', 'trials', 'level')",
                "double",
                lower_bound,
                tolerance=1e-7,
            ),
            Check(
                "wilson_upper_bound",
                "wilson_upper_bound('successes', 'trials', 'level')",
                "double",
                upper_bound,
                tolerance=1e-7,
            ),
            Check(
                "type_double",
                "'cast(successes as ' ~ type_double() ~ ') / 3'",
                "double",
                lambda row: None if row["successes"] is None else int(row["successes"]) / 3,
            ),
        ],
    )


def ranks() -> Group:
    rows: list[Row] = [
        {"place": str(place), "of_all": str(of_all), "percent": str(percent)}
        for of_all in (1, 2, 3, 4, 7, 10, 99, 100, 101)
        for place in range(1, of_all + 1)
        for percent in (1, 25, 50, 75, 90, 100)
    ]

    def nearest(row: Row) -> bool:
        place, of_all, percent = (int(row[name]) for name in ("place", "of_all", "percent"))
        return place == math.ceil(Fraction(of_all * percent, 100))

    return Group(
        "ranks",
        {"place": "bigint", "of_all": "bigint", "percent": "bigint"},
        rows,
        [
            Check(
                "is_nearest_rank",
                "is_nearest_rank('place', 'of_all', 'percent')",
                "boolean",
                nearest,
            )
        ],
    )


# ------------------------------------------------------------------------------------ text
WORDS = [
    *(
        "",
        " ",
        "a",
        "A",
        "Straße",
        "ÉCOLE",
        "école",
        "Ünal GmbH",
        "ΑΒΓ",
        "привет",
        "ПРИВЕТ",
        "東京",
    ),
    *("🦊", "a🦊b", "\uffee", "\U00010000", "e\u0301", "it's", 'say "so"', "100%", "a_b", "a\\b"),
    *(
        "\\",
        "\\%",
        "%",
        "_",
        "a.b",
        "a+b",
        "(x)",
        "[x]",
        "{x}",
        "$",
        "^",
        "|",
        "a|b",
        "x\ny",
        "x\n",
    ),
    *(
        "x\r\n",
        "\nx",
        "line\u2028two",
        "tab\tbed",
        "null",
        "NULL",
        "None",
        "(blank)",
        "@",
        "a@",
        "@b",
    ),
    *(
        "a@b",
        "a@b@c",
        "1..5",
        "..",
        "1...5",
        "vp of sales",
        "VP Sales",
        "svp",
        "ceo",
        "CEO & founder",
    ),
    *(
        "head of x",
        "x head of",
        "director",
        "co-founder",
        "www.x.com",
        "x.com",
        "C:\\x\\new",
        "x\\",
    ),
    *("\u00a0nbsp\u00a0", "\u3000wide\u3000", "\u2003em\u2003", "in\u00a0side", "\u200bzero"),
]
PATTERNS = [
    *("a", "^a", "a$", "^a$", "^$", "", ".", "^.$", "x.y", "^x.y$", "[.]", "[$]", "[^a]", "[$]$"),
    *("a|b", "(^|[^a-z])(ceo|vp|head of|director)([^a-z]|$)", "^(a|b)@", "o{2}", "^.{3,5}$"),
    *(
        "[0-9]+[.][.][0-9]+",
        "^[a-z ]+$",
        "(?i)ceo",
        "x$",
        "^x$",
        "x\n$",
        "two$",
        "(x|y)$",
        "$",
        "^",
    ),
    *("[(]x[)]", "é", "É", "[à-ü]", "🦊", "a.b", "[a$]b", "[]$]", "[^]$]x", "bed$|wide", "a?b+c*$"),
    *("(?i)É", "(?i)^STRASSE", r"\bvp\b", r"^\bhead", r"\d", r"^\D+$", r"\\b", r"[(]\bx", r"a\.b"),
]
LIKES = [
    *(
        "%",
        "_",
        "a%",
        "%a",
        "%a%",
        "a_b",
        "a\\b",
        "%\\%",
        "\\",
        "\\%",
        "x_y",
        "x%",
        "%x",
        "",
        "100%",
    ),
    *(
        "100\\%",
        "c:\\%",
        "%\\new",
        "__",
        "%é%",
        "🦊",
        "_b",
        "%.com",
        "%[x]%",
        "(x)",
        "%$%",
        "a\\_b",
    ),
]
PARTS = [
    "",
    "a",
    "A",
    "b",
    "@",
    ".",
    "..",
    "|",
    "é",
    "🦊",
    "\\",
    "%",
    "_",
    "x.",
    " ",
    "sales",
    "\n",
]


def lowered(text: str) -> str:
    """Letter by letter: a letter stays one letter, whatever stands beside it."""
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def like(text: str, pattern: str) -> bool:
    """% and _ are the only signs with a meaning."""
    signs = {"%": ".*", "_": "."}
    return bool(
        re.fullmatch("".join(signs.get(sign, re.escape(sign)) for sign in pattern), text, re.S)
    )


def matches(text: str, pattern: str) -> bool:
    return found_in(text, pattern) is not None


def first_match(text: str | None, pattern: str) -> str | None:
    found = None if text is None else found_in(text, pattern)
    return (found and found[0]) or None


def found_in(text: str, pattern: str) -> re.Match[str] | None:
    """A dot is any sign, a dollar the very end."""
    ends = ""
    is_in_class = False
    for place, sign in enumerate(pattern):
        if sign == "[" and not is_in_class:
            is_in_class, opened = True, place
        elif sign == "]" and is_in_class and pattern[opened:place] not in ("[", "[^"):
            is_in_class = False
        ends += r"\Z" if sign == "$" and not is_in_class else sign
    return re.search(ends, text, re.S | re.ASCII if "\\" in pattern else re.S)


def around(separator: str, part: int) -> Callable[[Row], str | None]:
    def expected(row: Row) -> str | None:
        if row["given"] is None:
            return ""
        before, found, after = row["given"].partition(separator)
        return (before, after)[part - 1] if found else ""

    return expected


def texts() -> Group:
    chance = random.Random(6)
    words: list[str] = list(WORDS)
    signs = "aAbB zé東🦊%_\\.|@$'\"\n\t\u00a0\u3000-9"
    words += ["".join(chance.choices(signs, k=chance.randrange(1, 9))) for _ in range(250)]
    words += [
        chance.choice(BLANKS) * chance.randrange(4)
        + word
        + chance.choice(BLANKS) * chance.randrange(4)
        for word in WORDS
    ]
    rows: list[Row] = []
    for word in [None, *dict.fromkeys(words)]:
        others: list[tuple[str | None, str | None, str | None]] = [
            (chance.choice(PATTERNS), chance.choice(LIKES), chance.choice(PARTS)) for _ in range(3)
        ]
        if word in WORDS:
            others += zip(PATTERNS, LIKES * 3, PARTS * 4, strict=False)
        others.append((None, None, None))
        rows += [
            {"given": word, "pattern": pattern, "wild": wild, "part": part}
            for pattern, wild, part in others
        ]

    def clean(row: Row) -> str | None:
        return (row["given"] or "").strip(BLANKS) or None

    def comparable(row: Row) -> str:
        return lowered(clean(row) or "(blank)")

    def boolean(row: Row) -> bool | None:
        word = lowered(row["given"] or "")
        if word in ("true", "t", "yes", "y", "1"):
            return True
        return False if word in ("false", "f", "no", "n", "0") else None

    def both(name: str, judge: Callable[[str, str], bool]) -> Callable[[Row], bool | None]:
        def expected(row: Row) -> bool | None:
            text, other = row["given"], row[name]
            return None if text is None or other is None else judge(text, other)

        return expected

    for word in (
        "true",
        "T",
        "YES",
        "y",
        "1",
        "FALSE",
        "f",
        "No",
        "n",
        "0",
        "tru",
        "01",
        "on",
        "-1",
    ):
        rows.append({"given": word, "pattern": None, "wild": None, "part": None})

    checks = [
        Check("clean_text", "clean_text('given')", "text", clean),
        Check("comparable", "comparable('given')", "text", comparable),
        Check("parse_boolean", "parse_boolean('given')", "boolean", boolean),
        Check(
            "text_matches:a pattern per row",
            "text_matches('given', 'pattern')",
            "boolean",
            both("pattern", matches),
        ),
        *(
            Check(
                f"text_matches:written {number}",
                f'text_matches("given", "\'{pattern}\'")',
                "boolean",
                lambda row, pattern=pattern: (
                    None if row["given"] is None else matches(row["given"], pattern)
                ),
            )
            for number, pattern in enumerate(
                ["^x$", "x$", "^[a-z ]+$", "a.b", "[$]$", "(^|[^a-z])(ceo|vp)([^a-z]|$)"]
            )
        ),
        *(
            Check(
                f"text_extract:{number}",
                f'text_extract("given", "\'{pattern}\'")',
                "text",
                lambda row, pattern=pattern: first_match(row["given"], pattern),
            )
            for number, pattern in enumerate(
                [
                    "[a-zé]+",
                    "[0-9]+[.]?[0-9]*",
                    "a.b",
                    ".$",
                    "[^@]*@[^@]*$",
                    "x.*",
                    "(o)(.)",
                    "[$]+",
                ]
            )
        ),
        Check("text_like", "text_like('given', 'wild')", "boolean", both("wild", like)),
        Check(
            "text_contains",
            "text_contains('given', 'part')",
            "boolean",
            both("part", lambda text, part: part in text),
        ),
        *(
            Check(
                f"text_around:{('before', 'after')[part - 1]} {name}",
                f"text_around('given', '{separator}', {part})",
                "text",
                around(separator, part),
            )
            for (name, separator), part in product(
                (("at", "@"), ("two dots", ".."), ("bar", "|"), ("dot", "."), ("a", "a")), (1, 2)
            )
        ),
        # What models write themselves, without a macro.
        Check(
            "(lower)", "'lower(given)'", "text", lambda row: row["given"] and lowered(row["given"])
        ),
        Check(
            "(md5)",
            "'md5(given)'",
            "text",
            lambda row: (
                None if row["given"] is None else hashlib.md5(row["given"].encode()).hexdigest()
            ),
        ),
        Check(
            "(joined)",
            "\"given || '|' || part\"",
            "text",
            lambda row: (
                None
                if row["given"] is None or row["part"] is None
                else f"{row['given']}|{row['part']}"
            ),
        ),
        Check(
            "(length)",
            "'length(given)'",
            "bigint",
            lambda row: None if row["given"] is None else len(row["given"]),
        ),
        Check(
            "(substring)",
            "'substring(given, 2, 3)'",
            "text",
            lambda row: None if row["given"] is None else row["given"][1:4],
        ),
    ]
    inputs: dict[str, str | None] = dict.fromkeys(("given", "pattern", "wild", "part"))
    return Group("texts", inputs, rows, checks)


# What is nearly JSON (a comma too many, single quotes) may be readable to one engine alone, as
# the macro says: it is not asked.
NO_OBJECTS = [
    *("", "{", "}", "[]", '["a"]', "1", "true", "null", '"a"', "a", "{a: 1}", "{'a'}"),
    *('{"a": 1', '{"a": 1} x', '{"a" 1}', '{"a": }', '{"a": +1}', '{"a": True}'),
    *(r'{"a": "\u12"}', "{1: 2}", '{"a": "b"', "{,}", '{"a"}'),
]


def json_objects() -> Group:
    """Objects as systems write them, compact and spaced, with every kind of value."""
    chance = random.Random(10)
    values: list[Any] = [
        *(
            "text",
            "",
            "it's",
            'say "so"',
            "a\\b",
            "a/b",
            "x\ny",
            "tab\there",
            "é東京",
            "🦊",
            "null",
            "1",
        ),
        *("{x}", "[x]", "a,b", "$.a", "50%", 0, 1, -7, 12.5, 1234567890123, True, False, None),
        *([], [1, 2], ["a", "b"], {"c": 1}, {"c": "d e"}),
    ]
    keys = ["a", "b", "New Value", "other"]
    texts: list[str | None] = [None, *NO_OBJECTS, "{}", "{ }", '{"": 1}', '{"a":\t1\r\n}']
    for _ in range(1200):
        given = {key: chance.choice(values) for key in chance.sample(keys, chance.randrange(5))}
        texts.append(
            json.dumps(
                given,
                ensure_ascii=chance.random() < 0.5,
                # Lists and objects within are given back as they are written, or compact.
                separators=(",", ":"),
            )
        )
        plain = {key: value for key, value in given.items() if not isinstance(value, list | dict)}
        texts.append(json.dumps(plain, ensure_ascii=False, indent=chance.choice([None, 1])))
    rows: list[Row] = [
        {"given": text, "readable": text if read_object(text) is not None else None}
        for text in dict.fromkeys(texts)
    ]

    def is_object(row: Row) -> bool | None:
        return None if row["given"] is None else row["readable"] is not None

    def at(key: str) -> Callable[[Row], str | None]:
        def expected(row: Row) -> str | None:
            value = (read_object(row["readable"]) or {}).get(key)
            if value is None or isinstance(value, str):
                return value
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

        return expected

    checks = [Check("is_json_object", "is_json_object('given')", "boolean", is_object)]
    checks += [
        Check(f"json_text:{key}", f"json_text('readable', '{key}')", "text", at(key))
        for key in ("a", "New Value", "none")
    ]
    return Group("json_objects", {"given": None, "readable": None}, rows, checks)


def read_object(text: str | None) -> dict[str, Any] | None:
    """What a text holds as one JSON object, by the letter of the standard."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        found = json.loads(text or "", parse_constant=refuse)
        # A lone half of a pair cannot be written.
        json.dumps(found, ensure_ascii=False).encode()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def parts() -> Group:
    chance = random.Random(11)
    rows: list[Row] = [
        {
            "given": ",".join(chance.choices(["a", "", "12", "é", "x y"], k=chance.randrange(6))),
            "n": n,
        }
        for n in "123456"
        for _ in range(60)
    ]
    rows.append({"given": None, "n": "1"})

    def part(row: Row) -> str:
        return dict(enumerate((row["given"] or "").split(","), 1)).get(int(row["n"] or 0), "")

    return Group(
        "parts",
        {"given": None, "n": "integer"},
        rows,
        [Check("text_part", "text_part('given', ',', 'n')", "text", part)],
    )


def websites() -> Group:
    hosts = [
        "acme.example",
        "Acme.Example",
        "WWW.acme.example",
        "www2.acme.co.example",
        "münchen.example",
    ]
    hosts += [
        "acme",
        "localhost",
        "",
        "n/a",
        "a b.example",
        "x@acme.example",
        "acme.example.",
        "w.example",
    ]
    hosts += [
        "wwwacme.example",
        "www.example",
        "10.0.0.1",
        "sub.deep.acme.example",
        "acme,de.example",
    ]
    starts = ["", "http://", "HTTPS://", "//", "http:", "ftp://", "  https://", "https:/"]
    ends = ["", "/", "/en/index.html?x=1#top", ":8080", ":8080/a", "?q=a.b", "#x", " ", "/a:b@c"]
    rows: list[Row] = [
        {"given": start + host + end} for start, host, end in product(starts, hosts, ends)
    ]
    rows.append({"given": None})

    def domain(row: Row) -> str | None:
        address = lowered(row["given"] or "").strip(" ")
        scheme, colon, rest = address.partition(":")
        if colon and scheme.isascii() and scheme.isalpha():
            address = rest
        host = re.split("[/?#:]", address.removeprefix("//"))[0]
        first, _, others = host.partition(".")
        if first == "www" or (len(first) == 4 and first[:3] == "www" and first[3].isdigit()):
            host = others
        labels = host.split(".")
        is_domain = len(labels) > 1 and all(labels) and not set(host) & set(" @,;")
        return host if is_domain else None

    return Group(
        "websites",
        {"given": None},
        rows,
        [Check("website_domain", "website_domain('given')", "text", domain)],
    )


def ordered(rows: list[Row]) -> list[str]:
    return sorted((row["text"] for row in rows if row["text"] is not None), key=str.encode)


def groups_of_texts() -> Group:
    chance = random.Random(7)
    rows: list[Row] = []
    for number in range(400):
        members: list[str | None] = chance.choices([*WORDS, None], k=chance.randrange(1, 9))
        if number % 50 == 0:
            members = [None, None]
        elif number % 50 == 1:
            members = [""]
        rows += [{"family": f"{number:04}", "text": member} for member in members]
    chance.shuffle(rows)

    def joined(separator: str) -> Callable[[list[Row]], str | None]:
        def expected(family: list[Row]) -> str | None:
            members = ordered(family)
            return separator.join(members) if members else None

        return expected

    checks = [
        Check(
            f"ordered_text_agg:by {name}",
            f"ordered_text_agg('text', '{separator}')",
            "text",
            joined(separator),
        )
        for name, separator in (("comma", ","), ("bar", "|"), ("two signs", "; "))
    ]
    checks += [
        Check(
            "(min of texts)", "'min(text)'", "text", lambda family: (ordered(family) or [None])[0]
        ),
        Check(
            "(max of texts)", "'max(text)'", "text", lambda family: (ordered(family) or [None])[-1]
        ),
    ]
    return Group("families", {"family": None, "text": None}, rows, checks, by="family")


def orders() -> Group:
    """Where a text stands among all texts, nulls first and nulls last."""
    chance = random.Random(8)
    words: list[str | None] = list(dict.fromkeys(WORDS))
    words += [f"{word}{tail}" for word in WORDS for tail in ("a", "B", "é", "\U0001f98a", "\uffee")]
    words = [None, *dict.fromkeys(words)]
    chance.shuffle(words)
    rows: list[Row] = [{"text": word} for word in words]
    sorted_words = sorted((word for word in words if word is not None), key=str.encode)
    place = {word: number for number, word in enumerate(sorted_words, 1)}
    last = len(words)

    return Group(
        "orders",
        {"text": None},
        rows,
        [
            Check(
                "(order, nulls last)",
                "'row_number() over (order by text asc nulls last)'",
                "bigint",
                lambda row: last if row["text"] is None else place[row["text"]],
            ),
            Check(
                "(order, descending, nulls first)",
                "'row_number() over (order by text desc nulls first)'",
                "bigint",
                lambda row: 1 if row["text"] is None else last + 1 - place[row["text"]],
            ),
        ],
    )


def groups() -> list[Group]:
    return [
        moments(),
        zones(),
        timestamps(),
        numbers(),
        quotients(),
        scores(),
        wilson(),
        ranks(),
        texts(),
        groups_of_texts(),
        orders(),
        json_objects(),
        parts(),
        websites(),
    ]
