"""Signs by which a feed that answers is known to be out of order: cut off, garbled, wrong dates, addresses that change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawlers.feeds import FeedItem, ParsedFeed
from crawlers.restdays import rested
from pipelines.clock import local
from pipelines.dates import DOUBTFUL
from pipelines.records import content_id
from pipelines.store import frontier
from pipelines.store.frontier import Connection
from pipelines.store.rows import moment, stamp

DAMAGED, GARBLED, DATES, UNSTABLE, STILL, FAILING = "damaged", "garbled", "dates wrong", "unstable", "drying", "failing"
# Fewer than these may be a slip of one editor.
FEWEST_DOUBTFUL, FEWEST_STALE, FEWEST_CHANGED = 3, 5, 5
STALE_AFTER = timedelta(hours=6)
# A feed's own dates tell its rhythm: of so many of them the newest is older than three of the longest pauses between them.
FEWEST_DATED, PAUSES, SHORTEST_STILL = 8, 3, timedelta(days=3)
LOST = re.compile(r"\ufffd|[A-Za-z]\?[A-Za-z]|\?\?+[A-Za-z]|á»|áº|Æ°|Ä‘")


@dataclass(frozen=True, slots=True)
class Signs:
    """Columns of the feed's row that remember the signs, and what is wrong now (both empty when all is well)."""

    columns: Mapping[str, Any]
    kind: str = ""
    reason: str = ""


def read_signs(state: Mapping[str, Any], parsed: ParsedFeed, new: int, aliases: Aliases, now: datetime) -> Signs:
    """Judge the items of one answer against what was known."""
    items = parsed.items
    sure = [item.published for item in items if item.published is not None and item.confidence > DOUBTFUL]
    newest, known = max(sure, default=None), moment(state.get("newest"))
    columns: dict[str, Any] = {"aliases_sha256": aliases.mark, "pause": _pause(sure)}
    stale, advanced = int(state.get("stale") or 0), moment(state.get("advanced")) or now
    if newest is not None and (known is None or newest > known):
        columns |= {"newest": stamp(newest), "advanced": stamp(now), "stale": 0}
        stale = 0
    else:
        stale += new
        columns |= {"stale": stale, "advanced": stamp(advanced)}
    if parsed.cut:
        return Signs(columns, DAMAGED, f"nội dung bị cắt giữa chừng, đọc được {len(items)} mục")
    garbled = sum(bool(LOST.search(item.title)) for item in items)
    if garbled >= 2 and garbled * 5 > len(items):
        return Signs(columns, GARBLED, f"{garbled}/{len(items)} nhan đề sai bảng mã, ví dụ “{_example(items)}”")
    # Newest first is how feeds are ordered; a fault that began an hour ago shows in the first ones only.
    for part in (items[:10], items):
        doubtful = [item for item in part if item.published is not None and item.confidence <= DOUBTFUL]
        if len(doubtful) >= FEWEST_DOUBTFUL and (part is not items or 2 * len(doubtful) > len(items)):
            return Signs(columns, DATES, f"{len(doubtful)} mục đầu ghi ngày không thể đúng ({doubtful[0].note})")
    other = aliases.mark != (state.get("aliases_sha256") or "")
    if aliases.count >= FEWEST_CHANGED and 2 * aliases.count > len(items) and other:
        return Signs(columns, UNSTABLE, f"{aliases.count} mục cũ mang địa chỉ mới: nguồn đổi địa chỉ bài mỗi lần hỏi")
    if known is not None and stale >= FEWEST_STALE and now - advanced >= STALE_AFTER:
        return Signs(columns, DATES, f"{stale} mục mới mà ngày mới nhất vẫn là {local(known):%d/%m/%Y %H:%M}: ngày đứng yên")
    return Signs(columns)


def _pause(dates: Sequence[datetime]) -> int | None:
    """Return the longest usual pause between the dates of one answer in seconds, without days of rest; None for too few."""
    moments = sorted(set(dates))
    if len(moments) < FEWEST_DATED:
        return None
    pauses = sorted((later - earlier - rested(earlier, later) for earlier, later in zip(moments, moments[1:], strict=False)), reverse=True)
    # One item of last year that is kept on top is no rhythm.
    return int(pauses[len(pauses) // 10].total_seconds())


def still(state: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """Return the sign and reason of an address that answers and has stood still; two empty strings for one that lives.

    By what was kept of its last full answer, so that an honest 304 hides nothing. Found at the first poll too.
    """
    newest, pause = moment(state.get("newest")), state.get("pause")
    if newest is None or pause is None:
        return "", ""
    quiet = now - newest - rested(newest, now)
    longest = timedelta(seconds=int(pause))
    if quiet <= max(PAUSES * longest, SHORTEST_STILL):
        return "", ""
    usual = f"{longest / timedelta(hours=1):.0f} giờ" if longest < timedelta(days=2) else f"{longest.days} ngày"
    return STILL, f"vẫn đáp nhưng đứng yên: mục mới nhất ghi {local(newest):%d/%m/%Y}, các mục trước cách nhau nhiều nhất {usual}"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Known stories under other addresses: those not to be asked for again, how many there are, and their mark."""

    same: frozenset[str] = frozenset()
    count: int = 0
    mark: str = ""


def known_by_title(conn: Connection, source: str, items: Sequence[FeedItem]) -> Aliases:
    """Find the new addresses whose title this source already gave under another one.

    Where address, date and title agree but for the query (a session number) it is the same story. The mark is made of
    the queries alone, so that it stays when only new stories come.
    """
    same: set[str] = set()
    queries: set[str] = set()
    count = 0
    for item, others in frontier.same_titles(conn, source, items):
        mine, when = urlsplit(item.url), stamp(item.published)
        if any(when and date == when and urlsplit(url)[:3] == mine[:3] for url, date in others):
            same.add(item.url)
        queries.add(mine.query)
        count += 1
    return Aliases(frozenset(same), count, content_id(*sorted(queries)) if count else "")


def _example(items: Sequence[FeedItem]) -> str:
    return next((item.title for item in items if LOST.search(item.title)), "")[:60]
