"""Signs by which a feed that answers is known to be out of order: cut off, garbled, wrong dates, addresses that change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawlers.feeds import FeedItem, ParsedFeed
from pipelines.clock import local
from pipelines.dates import DOUBTFUL
from pipelines.records import content_id
from pipelines.store import frontier
from pipelines.store.frontier import Connection
from pipelines.store.rows import moment, stamp

DAMAGED, GARBLED, DATES, UNSTABLE = "damaged", "garbled", "dates wrong", "unstable"
# Fewer than these may be a slip of one editor.
FEWEST_DOUBTFUL, FEWEST_STALE, FEWEST_CHANGED = 3, 5, 5
STALE_AFTER = timedelta(hours=6)
_LOST = re.compile(r"\ufffd|[A-Za-z]\?[A-Za-z]|\?\?+[A-Za-z]|á»|áº|Æ°|Ä‘")


@dataclass(frozen=True, slots=True)
class Signs:
    """Columns of the feed's row that remember the signs, and what is wrong now (both empty when all is well)."""

    columns: Mapping[str, Any]
    kind: str = ""
    reason: str = ""


def read_signs(state: Mapping[str, Any], parsed: ParsedFeed, new: int, aliases: Aliases, now: datetime) -> Signs:
    """Judge the items of one answer against what was known."""
    items = parsed.items
    columns: dict[str, Any] = {"aliases_sha256": aliases.mark}
    sure = [item.published for item in items if item.published is not None and item.confidence > DOUBTFUL]
    newest, known = max(sure, default=None), moment(state.get("newest"))
    stale, advanced = int(state.get("stale") or 0), moment(state.get("advanced")) or now
    if newest is not None and (known is None or newest > known):
        columns |= {"newest": stamp(newest), "advanced": stamp(now), "stale": 0}
        stale = 0
    else:
        stale += new
        columns |= {"stale": stale, "advanced": stamp(advanced)}
    if parsed.cut:
        return Signs(columns, DAMAGED, f"nội dung bị cắt giữa chừng, đọc được {len(items)} mục")
    garbled = sum(bool(_LOST.search(item.title)) for item in items)
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
    return next((item.title for item in items if _LOST.search(item.title)), "")[:60]
