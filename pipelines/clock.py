"""Time: stored as UTC, shown in Asia/Ho_Chi_Minh."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Hà Nội: from midnight to seven in the morning UTC still has the day before."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return an aware `moment` on the wall clock of Hà Nội; a naive one is read as such."""
    return moment.replace(tzinfo=HANOI) if moment.tzinfo is None else moment.astimezone(HANOI)


def show(moment: datetime | None) -> str:
    """Return `dd/mm/yyyy HH:MM` local time, or an empty string."""
    return local(moment).strftime("%d/%m/%Y %H:%M") if moment else ""
