"""When people are told: not in the quiet hours, and summaries at the times of day that the office set (Hà Nội)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from pipelines.clock import local
from pipelines.errors import UsageError

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _time(text: str, setting: str) -> time:
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise UsageError(f"cấu hình: {setting}: “{text}” không phải là giờ; viết như 22:00")
    return time(int(found[1]), int(found[2]))


def is_quiet(moment: datetime, hours: str) -> bool:
    """Tell whether `moment` lies in `hours` ("22:00-06:00", over midnight or not; empty: never). UsageError when unreadable."""
    if not hours.strip():
        return False
    first, dash, last = hours.partition("-")
    if not dash:
        raise UsageError(f"cấu hình: quiet_hours: “{hours}” không đọc được; viết như 22:00-06:00")
    start, end = _time(first, "quiet_hours"), _time(last, "quiet_hours")
    at = local(moment).time()
    return start <= at < end if start <= end else at >= start or at < end


def next_summary(moment: datetime, times: str) -> datetime:
    """Return the first summary after `moment`; `times` is "07:30 16:00", empty means at once."""
    if not times.strip():
        return moment
    here = local(moment)
    slots = [
        datetime.combine(here.date() + timedelta(days=day), _time(text, "summary_times"), here.tzinfo)
        for day in (0, 1)
        for text in times.replace(",", " ").split()
    ]
    return min(slot for slot in slots if slot > here)
