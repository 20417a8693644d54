"""Saved searches before they are enabled: checked, and shown what they would have told over the last days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.clock import local
from pipelines.errors import UsageError
from pipelines.search import Hit, Index
from pipelines.search.query import parse
from pipelines.search.tree import And, Dates, Everything
from pipelines.settings import Settings
from pipelines.store.watches import Watch

DAYS = 30
SHOWN = 10
# More stories a day than anybody reads: the question wants to be narrower.
MANY = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """What a question found in the last DAYS days: articles, stories (one message each), stories per day, the newest hits."""

    articles: int
    stories: int
    days: dict[str, int]
    newest: list[Hit]

    @property
    def many(self) -> bool:
        """Tell whether it would have told more than MANY stories on some day."""
        return any(count > MANY for count in self.days.values())


def preview(index: Index, query: str, now: datetime) -> Preview:
    """Return what `query` found over the last 30 days, counted as a watch would tell it. Raises QueryError."""
    question = And((parse(query, now), Dates(since=now - timedelta(days=DAYS))))
    first: dict[str, str] = {}
    articles = 0
    for document in index.scan(question):  # newest first, so that what stays is the day of a story's first article
        articles += 1
        first[document["story"]] = local(datetime.fromisoformat(document["date"])).date().isoformat()
    days = Counter(first.values())
    return Preview(articles, len(first), dict(sorted(days.items(), reverse=True)), index.search(question, limit=SHOWN).hits)


def check(query: str, desk: str, channel: str, settings: Settings, now: datetime) -> None:
    """Raise UsageError for a question that cannot be a watch, or a channel that the settings do not name."""
    if isinstance(parse(query, now), Everything):
        raise UsageError("câu tìm trống sẽ báo mọi bài; hãy viết điều cần theo dõi")
    if channel and channel not in settings.notify:
        raise UsageError(f"kênh “{channel}” không có trong cấu hình notify; có: {', '.join(settings.notify) or '(chưa có kênh nào)'}")


def check_enabling(watch: Watch, settings: Settings) -> None:
    """Raise UsageError when an enabled watch could tell nobody, or would tell a desk's private search to all."""
    if not settings.notify:
        raise UsageError("chưa có kênh thông báo nào; đặt mục [notify] trong cấu hình (docs/notify.md)")
    if watch.desk and not watch.channel:
        raise UsageError(f"“{watch.name}” là riêng của {watch.desk}: cần kênh của bàn đó (cotmoc watches add … --channel KÊNH)")
