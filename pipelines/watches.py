"""Saved searches and watches as the command line and the desk use them: list, preview, save, enable, disable, share, remove.

`desk` is the desk that acts: it sees and changes what is shared and what is its own; None is the office's administration,
which sees all. Every change is an entry in the audit log. All run in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pipelines.clock import local
from pipelines.errors import UsageError, UserError
from pipelines.search import Hit, Index
from pipelines.search.query import asks_words, parse
from pipelines.search.tree import And, Dates, Everything, Node
from pipelines.settings import Settings
from pipelines.store import audit
from pipelines.store import watches as table
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


def preview(index: Index, query: str | Node, now: datetime) -> Preview:
    """Return what `query` found over the last 30 days, counted as a watch would tell it. Raises QueryError."""
    question = And((parse(query, now) if isinstance(query, str) else query, Dates(since=now - timedelta(days=DAYS))))
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
    if not settings.index_words and asks_words(query):
        raise UsageError("câu tìm có word: mà cấu hình index_words đang tắt, sẽ không bao giờ báo; bật index_words rồi chạy cotmoc index rebuild")
    if channel and channel not in settings.notify:
        raise UsageError(f"kênh “{channel}” không có trong cấu hình notify; có: {', '.join(settings.notify) or '(chưa có kênh nào)'}")


def check_enabling(watch: Watch, settings: Settings) -> None:
    """Raise UsageError when an enabled watch could tell nobody, or would tell a desk's private search to all."""
    if not settings.notify:
        raise UsageError("chưa có kênh thông báo nào; đặt mục [notify] trong cấu hình (docs/notify.md)")
    if watch.desk and not watch.channel:
        raise UsageError(f"“{watch.name}” là riêng của {watch.desk}: cần kênh của bàn đó (cotmoc watches add … --channel KÊNH)")


def listed(conn: Connection, desk: str | None = None) -> list[Watch]:
    """Return the saved searches that `desk` may see, by name: those shared and its own; None: all."""
    return table.listed(conn, desk)


def get(conn: Connection, name: str, desk: str | None = None) -> Watch:
    """Return one; UserError when there is none of that name that `desk` may see."""
    watch = table.get(conn, name)
    if desk is not None and watch.desk not in ("", desk):
        raise UserError(f"không có tìm kiếm nào tên “{name}”; xem cotmoc watches list")
    return watch


def save(
    conn: Connection, settings: Settings, name: str, query: str, *, desk: str = "", channel: str = "", actor: str, now: datetime
) -> Watch:
    """Save a search, not yet enabled; `desk` empty: shared. UserError as `check` says, or for a name that is taken."""
    check(query, desk, channel, settings, now)
    watch = table.add(conn, name, query, desk=desk, channel=channel, now=now)
    _note(conn, "watch-save", watch, actor, now)
    return watch


def enable(conn: Connection, settings: Settings, name: str, *, desk: str | None = None, actor: str, now: datetime) -> Watch:
    """Let a saved search tell of articles first seen from `now` on; UserError as `check_enabling` says."""
    watch = get(conn, name, desk)
    check_enabling(watch, settings)
    table.switch(conn, watch, now)
    _note(conn, "watch-enable", watch, actor, now)
    return table.get(conn, name)


def disable(conn: Connection, name: str, *, desk: str | None = None, actor: str, now: datetime) -> Watch:
    """Keep the search, tell nobody any more."""
    watch = get(conn, name, desk)
    table.switch(conn, watch, None)
    _note(conn, "watch-disable", watch, actor, now)
    return table.get(conn, name)


def share(conn: Connection, settings: Settings, name: str, owner: str, *, desk: str | None = None, actor: str, now: datetime) -> Watch:
    """Give a search to the desk `owner`, or to all (empty). UserError for an enabled one that then would tell everybody."""
    watch = get(conn, name, desk)
    if desk is not None and owner not in ("", desk):
        raise UserError("chỉ chuyển được cho bàn của mình hoặc dùng chung")
    if watch.enabled and owner and not watch.channel:
        check_enabling(replace(watch, desk=owner), settings)
    table.give(conn, watch, owner)
    _note(conn, "watch-share", replace(watch, desk=owner), actor, now)
    return table.get(conn, name)


def remove(conn: Connection, name: str, *, desk: str | None = None, actor: str, now: datetime) -> None:
    """Forget a saved search; what it owed already is still told."""
    watch = get(conn, name, desk)
    table.remove(conn, watch)
    _note(conn, "watch-remove", watch, actor, now)


def _note(conn: Connection, action: str, watch: Watch, actor: str, now: datetime) -> None:
    details = {"query": watch.query, "desk": watch.desk, "channel": watch.channel}
    audit.append(conn, actor=actor, action=action, thing=watch.name, details=details, now=now)
