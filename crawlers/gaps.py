"""What came and went between two polls: an answer that has nothing in common with what was known before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawlers.feeds import FeedItem
from pipelines.clock import local
from pipelines.dates import DOUBTFUL
from pipelines.store.rows import moment

if TYPE_CHECKING:
    from crawlers.polling import Poll

# One or two known items may be pinned ones: they join the answers only when they are as new as what was newest then.
MOST_PINNED = 2
# What may be lost for good is the news about a source for a day.
SHOWN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Stories published between these times may have been in no answer."""

    begin: datetime
    end: datetime

    @property
    def said(self) -> str:
        """The reason for health."""
        return f"giữa hai lần hỏi nguồn đã thay hết các mục: có thể sót tin từ {local(self.begin):%H:%M %d/%m} đến {local(self.end):%H:%M %d/%m}"


def find_gap(state: Mapping[str, Any], items: Sequence[FeedItem], known: Collection[str], now: datetime) -> Gap | None:
    """Return the gap before an answer, or None: `state` is the row of its address, `known` the addresses found in earlier rounds."""
    asked = moment(state.get("checked"))
    if not items or not state.get("item_count") or asked is None or asked >= now:
        return None
    newest = moment(state.get("newest"))
    joined = [item for item in items if item.url in known]
    if len(joined) > MOST_PINNED or any(_sure(item) is None or newest is None or _sure(item) >= newest for item in joined):  # type: ignore[operator]
        return None
    dates = [date for item in items if item.url not in known and (date := _sure(item)) is not None and date <= now]
    if not dates and joined:
        return None
    begin = min(newest, asked) if newest is not None else asked
    return Gap(begin, max(min(dates, default=now), begin))


def hold(items: Sequence[FeedItem]) -> timedelta | None:
    """Return how much time one answer holds, from its oldest item to its newest."""
    dates = [date for item in items if (date := _sure(item)) is not None]
    return max(dates) - min(dates) if len(dates) > MOST_PINNED else None


def _sure(item: FeedItem) -> datetime | None:
    return item.published if item.confidence > DOUBTFUL else None


def shown(row: Mapping[str, Any], now: datetime) -> Gap | None:
    """Return the gap that the row of an address remembers, while it is news."""
    begin, end = moment(row.get("missed_from")), moment(row.get("missed_to"))
    return Gap(begin, end) if begin is not None and end is not None and now - end < SHOWN else None


def reaches(polls: Sequence[Poll], source: str) -> bool:
    """Tell whether another way into a source (sitemap, list, older pages) reaches back to what was known before."""
    ways = [poll for poll in polls if poll.source.id == source and (poll.kind != "feed" or poll.since is not None)]
    return any(poll.joined and poll.gap is None for poll in ways)


def missed_of(polls: Sequence[Poll], now: datetime) -> str:
    """Return what health says of the gaps of one source's addresses, or an empty string."""
    for poll in polls:
        if poll.gap is not None:
            filled = "; đã lấy bù qua sơ đồ trang hay trang danh mục" if poll.filled else ""
            return f"{poll.url}: {poll.gap.said}{filled}; từ nay hỏi dày hơn"
    kept = next(((poll, gap) for poll in polls if (gap := shown(poll.state, now)) is not None and not poll.filled), None)
    return f"{kept[0].url}: {kept[1].said}" if kept else ""


def shorter(polls: Sequence[Poll], interval: timedelta, elapsed: timedelta | None) -> timedelta:
    """Return the pause after which answers overlap again: half of what the last one holds, at most a third of the last pause."""
    for poll in polls:
        if poll.gap is not None:
            parts = (poll.holds / 2 if poll.holds else interval, elapsed / 3 if elapsed else interval)
            interval = min(interval, *parts)
    return interval
