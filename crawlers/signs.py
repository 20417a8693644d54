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


def read_signs(state: Mapping[str, Any], parsed: ParsedFeed, new: int, moved: int, now: datetime) -> Signs:
    """Judge the items of one answer against what was known; `moved`: items known by title under another address."""
    items = parsed.items
    columns: dict[str, Any] = {"titles_sha256": content_id(*(item.title for item in items))}
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
    if moved >= FEWEST_CHANGED and 5 * moved >= 4 * new:
        return Signs(columns, UNSTABLE, f"{moved} mục cũ mang địa chỉ mới: nguồn đổi địa chỉ bài mỗi lần hỏi")
    if known is not None and stale >= FEWEST_STALE and now - advanced >= STALE_AFTER:
        return Signs(columns, DATES, f"{stale} mục mới mà ngày mới nhất vẫn là {local(known):%d/%m/%Y %H:%M}: ngày đứng yên")
    return Signs(columns)


def known_by_title(conn: Connection, source: str, items: Sequence[FeedItem]) -> dict[str, bool]:
    """Return the new addresses whose title this source already gave under another one.

    True: address, date and title agree but for the query (a session number): it is the same story, not asked for again.
    """
    found: dict[str, bool] = {}
    for item, others in frontier.same_titles(conn, source, items):
        path = urlsplit(item.url)[:3]
        same = any(urlsplit(url)[:3] == path and (when == stamp(item.published)) for url, when in others)
        found[item.url] = same and item.published is not None
    return found


def _example(items: Sequence[FeedItem]) -> str:
    return next((item.title for item in items if _LOST.search(item.title)), "")[:60]
