"""How much a source gives, against its own last four weeks: counted in windows of 24 hours that end now.

A window that rolls finds a feed that froze at noon on the same day, where calendar days would wait until the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipelines.clock import local

DAYS = 28
FEWEST_DAYS = 7
# A silence longer than the longest one of four weeks by this factor is no pause any more.
SILENCE = 2.0
_DAY = timedelta(days=1)


def windows(moments: Sequence[datetime], now: datetime, days: int = DAYS) -> list[int]:
    """Return how many of `moments` fall into each of the last `days` spans of 24 hours, oldest first."""
    counts = [0] * days
    for moment in moments:
        back = int((now - moment) / _DAY)
        if 0 <= back < days:
            counts[days - 1 - back] += 1
    return counts


def alarm(moments: Sequence[datetime], now: datetime) -> tuple[str, str] | None:
    """Return (`drying` or `flooding`, reason) for the times at which items were found, or None.

    mean − 1.5 σ and + 2 σ of 28 days (issue 4), and unlike the same weekday of the weeks before; then the silence.
    None before a week is known.
    """
    counts = windows(moments, now)
    before, today = counts[:-1], counts[-1]
    while before and not before[0]:
        before.pop(0)
    # The first window holds what the feed had when it was first met.
    before = before[1:]
    if len(before) < FEWEST_DAYS:
        return None
    mean = sum(before) / len(before)
    sigma = (sum((day - mean) ** 2 for day in before) / len(before)) ** 0.5
    like = before[-7::-7]
    # Counts scatter by their square root: three stories on a Saturday, or none, are the same Saturday.
    expected = sum(like) / len(like) if like else mean
    usual = f"bình thường {mean:.0f} tin một ngày"
    if mean >= 1 and today < mean - 1.5 * sigma and today < mean / 2 and today < expected - 2.5 * expected**0.5 - 1:
        last = max((moment for moment in moments if moment <= now), default=None)
        since = f", tin cuối {local(last):%d/%m %H:%M}" if last else ""
        return "drying", f"24 giờ qua có {today} tin, {usual}{since}"
    if today > mean + 2 * sigma and today > 2 * mean + 5 and today > 2 * max(like, default=0):
        return "flooding", f"24 giờ qua có {today} tin, {usual}"
    return _silence(moments, now)


def _silence(moments: Sequence[datetime], now: datetime) -> tuple[str, str] | None:
    """Find a silence of at least half a day, twice as long as any between the finds of four weeks."""
    times = sorted({moment for moment in moments if now - DAYS * _DAY <= moment <= now})
    if len(times) < 8:
        return None
    longest = max(later - earlier for earlier, later in zip(times, times[1:], strict=False))
    quiet = now - times[-1]
    if quiet <= max(SILENCE * longest, _DAY / 2):
        return None
    return "drying", f"im từ {local(times[-1]):%d/%m %H:%M}; bốn tuần qua chưa từng im quá {_span(longest)}"


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} giờ" if hours < 48 else f"{hours / 24:.0f} ngày"
