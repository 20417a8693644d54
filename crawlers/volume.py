"""How much a source gives, against its own past: counted in windows that end now, on the same weekdays of the weeks before.

A window that rolls finds a feed that froze at noon on the same day, where calendar days would wait until the next. An
outlet of three stories a day shows its loss only over several days: so the windows are of one to fourteen days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import nlargest

from crawlers.restdays import rested
from pipelines.clock import local

DAYS = 28
# An outlet of one story a week needs so long until its longest pause is known.
LONG_DAYS = 84
FEWEST_DAYS = 7
# A silence longer than the longest one of the weeks before by this factor is no pause any more.
SILENCE = 2.0
# Below so many finds in twelve weeks nothing is known of a rhythm: then six weeks are too long.
FEWEST_FINDS, LONGEST_SILENCE = 6, timedelta(weeks=6)
# Windows in days, compared with the same hours three times before: one week apart, the long ones two.
SPANS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0)
TIMES = 3
# So many standard deviations and one story fewer than on those days.
DEVIATIONS = 2.5
# Of so many expected stories not one came, never fewer than half as many on those days, in a silence longer than any.
NONE_OF, NONE_SILENCE = 6.0, 1.25
# Outlets of so many stories a day do not fall silent for two days, on holidays neither.
BUSY, BUSY_SILENCE = 20.0, timedelta(days=2)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def windows(times: Sequence[datetime], now: datetime, days: int = DAYS) -> list[int]:
    """Return how many of the sorted `times` fall into each of the last `days` spans of 24 hours, oldest first."""
    edges = [bisect_right(times, now - day * _DAY) for day in range(days, -1, -1)]
    return [after - before for before, after in zip(edges, edges[1:], strict=False)]


def alarm(moments: Sequence[datetime], now: datetime) -> tuple[str, str] | None:
    """Return (`drying` or `flooding`, reason) for the times at which items were found, or None.

    mean − 1.5 σ and + 2 σ of 28 days (issue 4), and unlike the same hours of the weeks before; then the silence.
    None before a week is known.
    """
    ever = sorted(moments)
    ever = ever[: bisect_right(ever, now)]
    times = ever[bisect_left(ever, now - LONG_DAYS * _DAY) :]
    if not ever or now - ever[0] < (FEWEST_DAYS + 1) * _DAY:
        return None
    if len(set(times)) < FEWEST_FINDS:
        return _said(ever[-1], "sáu tuần") if now - ever[-1] - rested(ever[-1], now) > LONGEST_SILENCE else None
    # The first window holds what the feed had when it was first met.
    known = min(DAYS, int((now - times[0]) / _DAY)) - 1
    counts = windows(times, now)
    before, today = counts[-1 - known : -1], counts[-1]
    mean = sum(before) / len(before)
    sigma = (sum((day - mean) ** 2 for day in before) / len(before)) ** 0.5
    longest = _longest(times)
    missing = _missing(times, now, mean, today < min(mean - 1.5 * sigma, mean / 2), longest)
    if missing:
        return "drying", f"{missing}; bình thường {_rate(mean)}, tin cuối {local(times[-1]):%d/%m %H:%M}"
    if today > mean + 2 * sigma and today > 2 * (mean + mean**0.5) + 5 and today > 2 * max(before[-7::-7], default=0):
        return "flooding", f"24 giờ qua có {today} tin, bình thường {_rate(mean)}"
    quiet = now - times[-1]
    if quiet - rested(times[-1], now) > max(SILENCE * longest, _DAY / 2) or (mean >= BUSY and quiet > BUSY_SILENCE):
        return _said(times[-1], f"{_hours(longest)} (không kể ngày nghỉ)")
    return None


def _missing(times: Sequence[datetime], now: datetime, daily: float, low: bool, longest: timedelta) -> str:
    """Compare the last one to fourteen days with the same hours of the weeks before, and return the reason or nothing.

    `daily`: the mean of four weeks; `low`: the last day is far below it. Days of rest are compared with nothing.
    """
    silent = now - times[-1] > NONE_SILENCE * longest
    for days in SPANS:
        span = days * _DAY
        apart = _WEEK if span <= _WEEK else 2 * _WEEK
        spans = [(now - n * apart - span, now - n * apart) for n in range(TIMES + 1)]
        if (days == 1 and not low) or spans[0][0] < times[0] + _DAY or rested(*spans[0]):
            continue
        here, *there = (_count(times, *each) for each in spans if each[0] >= times[0] + _DAY and not rested(*each))
        if not there:
            continue
        mean = sum(there) / len(there)
        # Counts scatter by their square root, and some outlets more: three stories on a Saturday, or none, are the same.
        spread = sum((count - mean) ** 2 for count in there) / max(len(there) - 1, 1)
        # What is compared with scatters itself; the last day has the mean of four weeks beside it.
        scatter = (mean if days == 1 else max(mean, spread) * (1 + 1 / len(there))) ** 0.5
        few = here < mean / 2 and here < mean - DEVIATIONS * scatter - 1
        sure = len(there) > 1 and min(mean, 1.25 * daily * days) >= NONE_OF and min(there) >= NONE_OF / 2
        none = not here and sure and silent
        if few or none:
            return f"{_hours(span)} qua có {here} tin, những tuần trước cùng lúc ấy {mean:.0f} tin"
    return ""


def _count(times: Sequence[datetime], begin: datetime, end: datetime) -> int:
    return bisect_right(times, end) - bisect_right(times, begin)


def _longest(times: Sequence[datetime]) -> timedelta:
    """Return the longest silence between finds, days of rest left out."""
    longest = timedelta()
    moments = sorted(set(times))
    gaps = ((later - earlier, earlier) for earlier, later in zip(moments, moments[1:], strict=False))
    for gap, begin in nlargest(LONG_DAYS, gaps):
        if gap <= longest:
            break
        longest = max(longest, gap - rested(begin, begin + gap))
    return longest


def _said(last: datetime, longest: str) -> tuple[str, str]:
    return "drying", f"im từ {local(last):%d/%m/%Y %H:%M}; trước đó chưa từng im quá {longest}"


def _hours(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} giờ" if hours < 48 else f"{hours / 24:.0f} ngày"


def _rate(mean: float) -> str:
    return f"{mean:.0f} tin một ngày" if mean >= 1 else f"{7 * mean:.0f} tin một tuần"
