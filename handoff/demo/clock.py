"""The demo's time: UTC datetimes without zone, to the second, and Berlin's business hours.

The summer-time rule is written out so that the demo needs no time-zone database.
"""

from datetime import date, datetime, time, timedelta
from functools import cache

START = datetime(2025, 1, 1)
END = datetime(2026, 6, 30, 21, 59, 59)  # the last second of the day in Berlin

OPENS = time(9)
CLOSES = time(17, 30)

# Public holidays on which nobody sells (Germany, all states).
HOLIDAYS = frozenset(
    {
        date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1),
        date(2025, 5, 29), date(2025, 6, 9), date(2025, 10, 3), date(2025, 12, 25),
        date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6),
        date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25),
    }
)  # fmt: skip


@cache
def _summer_time(year: int) -> tuple[datetime, datetime]:
    """The UTC moments between which Berlin keeps summer time in a year."""

    def last_sunday(month: int) -> datetime:
        last = datetime(year, month, 31, 1)
        return last - timedelta(days=last.isoweekday() % 7)

    return last_sunday(3), last_sunday(10)


def berlin_offset(utc: datetime) -> timedelta:
    begins, ends = _summer_time(utc.year)
    return timedelta(hours=2 if begins <= utc < ends else 1)


def to_berlin(utc: datetime) -> datetime:
    return utc + berlin_offset(utc)


def from_berlin(local: datetime) -> datetime:
    """Exact outside the night hours in which the clocks change."""
    return local - berlin_offset(local - timedelta(hours=1))


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in HOLIDAYS


def next_open(utc: datetime) -> datetime:
    """The moment itself in business hours, else the next opening."""
    local = to_berlin(utc)
    if is_working_day(local.date()):
        if OPENS <= local.time() < CLOSES:
            return utc
        if local.time() < OPENS:
            return from_berlin(datetime.combine(local.date(), OPENS))
    day = local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return from_berlin(datetime.combine(day, OPENS))


def after_business_seconds(utc: datetime, seconds: int) -> datetime:
    """The moment at which that much business time has passed since `utc`."""
    while True:
        utc = next_open(utc)
        closes = from_berlin(datetime.combine(to_berlin(utc).date(), CLOSES))
        left_today = int((closes - utc).total_seconds())
        if seconds < left_today:
            return utc + timedelta(seconds=seconds)
        seconds -= left_today
        utc = closes
