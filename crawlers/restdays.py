"""The days on which Vietnamese outlets rest or publish little: public holidays with their bridges, Tết with its days around."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache

from pipelines.clock import HANOI, local

# Portals of districts and ministries fall silent some days before New Year's Eve and come back after the sixth.
AROUND_TET = 3
_DAY = timedelta(days=1)
_SATURDAY = 5
Span = tuple[datetime, datetime]


@cache
def rests(year: int) -> tuple[Span, ...]:
    """Return the rests of a year as (begin, end), in order: holidays of the package `holidays` (lunar ones and days in
    lieu included), Tết with `AROUND_TET` days on both sides, and the weekend that touches one.
    """
    from holidays.countries import Vietnam

    days = set()
    # Without a language the names follow the locale of the machine.
    for day, name in Vietnam(years=year, language="vi").items():
        around = AROUND_TET if "Tết" in name and "Dương lịch" not in name else 0
        days |= {day + n * _DAY for n in range(-around, around + 1)}
    for step in (_DAY, -_DAY):
        # A Saturday or Sunday beside a holiday belongs to it; the second one through the first.
        for _ in range(2):
            days |= {day + step for day in days if (day + step).weekday() >= _SATURDAY}
    spans: list[Span] = []
    for day in sorted(days):
        begin = datetime.combine(day, time(), HANOI)
        if spans and spans[-1][1] == begin:
            spans[-1] = (spans[-1][0], begin + _DAY)
        else:
            spans.append((begin, begin + _DAY))
    return tuple(spans)


def rested(begin: datetime, end: datetime) -> timedelta:
    """Return how much of the time between two moments was rest."""
    none = timedelta()
    both = (each for year in range(local(begin).year, local(end).year + 1) for each in rests(year) if each[0] < end and begin < each[1])
    return sum((min(end, stop) - max(begin, start) for start, stop in both), none)
