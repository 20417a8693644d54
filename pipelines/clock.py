"""Time: stored as UTC, shown in Asia/Ho_Chi_Minh."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return an aware `moment` on the wall clock of Hà Nội; a naive one is read as such."""
    return moment.replace(tzinfo=HANOI) if moment.tzinfo is None else moment.astimezone(HANOI)


def show(moment: datetime | None) -> str:
    """Return `dd/mm/yyyy HH:MM` local time, or an empty string."""
    return local(moment).strftime("%d/%m/%Y %H:%M") if moment else ""
