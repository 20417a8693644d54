"""From alerts and newly delivered articles to notices owed: one per channel and story, a flag once more after a watch.

Topics of the outbox: `tell` (key: alert) and `watch` (key: article) are what happened; `notify` (key: channel:story,
version: SUMMARY or AT_ONCE) is what people are owed, and, delivered, the memory of what they were told: what they need not be told is dropped, never marked.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.errors import UserError
from pipelines.notify.away import note_away
from pipelines.notify.hours import next_summary
from pipelines.records import Alert, Article, Tier
from pipelines.search.port import Change
from pipelines.search.query import parse
from pipelines.search.rebuild import state
from pipelines.settings import Settings, load_profile
from pipelines.store import alerts, articles, outbox, stories, watches
from pipelines.store.rows import stamp
from pipelines.store.schema import outbox as messages

# Versions of a notice: what waits for the summary, and what is told at once.
SUMMARY, AT_ONCE = 1, 2
# A flag about an article that is older wakes nobody: an archive that is read again belongs in the summary.
FRESH = timedelta(days=14)
HOUR = timedelta(hours=1)
PART = 500
log = logging.getLogger("cotmoc.notify")


def plan(conn: Connection, settings: Settings, now: datetime) -> int:
    """Turn what happened into notices owed, in the caller's transaction; returns how many events it took, at most 2 · PART."""
    if conn.dialect.name == "postgresql":
        # Two machines must not both find that a story was not told yet; SQLite's write lock sees to that by itself.
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(8712)")
    raised = outbox.pending(conn, "tell", PART, now)
    delivered = outbox.pending(conn, "watch", PART, now)
    if settings.notify:
        for message in raised:
            found = alerts.get_alert(conn, message.key)
            if found and _ours(found[0], settings):
                for channel in settings.notify:
                    _owe(conn, channel, found[0].story, _level(found[0].tier, found[0].published, now), (), settings, now)
        if delivered:
            _run_watches(conn, settings, [message.key for message in delivered], now)
    outbox.mark_delivered(conn, [message.seq for message in (*raised, *delivered)], now)
    return len(raised) + len(delivered)


def _ours(alert: Alert, settings: Settings) -> bool:
    """Tell whether an alert matters to the office, as its digest does: about its place or that of its province, or national."""
    profile = load_profile(settings.profile)
    return alert.national or bool({profile.name, profile.parent} & set(alert.provinces))


def _run_watches(conn: Connection, settings: Settings, ids: Collection[str], now: datetime) -> None:
    """Put every watch to the articles `ids` as they are now."""
    enabled = watches.enabled(conn)
    current = {article.id: article for id_ in ids if (article := articles.get(conn, id_)) is not None}
    if not enabled or not current:
        return
    documents = [document for one in current.values() if (document := state(conn, one.id, one.revision).document)]
    for watch, found in matching(enabled, documents, now):
        if watch.channel and watch.channel not in settings.notify:
            if found:
                note_away(conn, watch.channel, f"không còn trong cấu hình, nên tìm kiếm “{watch.name}” không báo được ai; sửa mục notify hoặc lưu lại tìm kiếm", now)
            continue
        for document in found:
            article = current[document["id"]]
            if _is_new(article, watch):
                for channel in (watch.channel,) if watch.channel else settings.notify:
                    level = _level(Tier(document["tier"]), article.published, now)
                    _owe(conn, channel, document["story"], level, (watch.name,), settings, now)


def _level(tier: Tier, published: datetime | None, now: datetime) -> int:
    return AT_ONCE if tier is Tier.FLAG and not (published is not None and published < now - FRESH) else SUMMARY


def _is_new(article: Article, watch: watches.Watch) -> bool:
    """An article is delivered again when a decision or its retention changes it: only those first seen since count."""
    return watch.enabled is not None and article.first_seen is not None and article.first_seen >= watch.enabled


def matching(
    enabled: Sequence[watches.Watch], documents: Sequence[Mapping[str, Any]], now: datetime
) -> list[tuple[watches.Watch, list[Mapping[str, Any]]]]:
    """Return for each watch the documents it finds: a small index of its own, so that a watch finds what a search would."""
    from pipelines.search.embedded import EmbeddedIndex
    from pipelines.search.worded import with_words

    out: list[tuple[watches.Watch, list[Mapping[str, Any]]]] = []
    with TemporaryDirectory(prefix="cotmoc-watch-") as folder, closing(EmbeddedIndex(Path(folder) / "index.sqlite3")) as index:
        changes = [Change(document["id"], 1, document) for document in documents]
        index.bulk(with_words(changes) if any("word:" in watch.query.lower() for watch in enabled) else changes)
        for watch in enabled:
            try:
                out.append((watch, list(index.scan(parse(watch.query, now)))))
            except UserError as error:
                log.error("tìm kiếm “%s”: %s", watch.name, error)
    return out


def told_at_once(conn: Connection, channel: str, now: datetime) -> tuple[int, datetime | None]:
    """Return how many flags the channel was told of in the last hour, and when it was last told of one."""
    # Names of channels are letters, digits and hyphens (channels.NAME): none of them means anything in LIKE.
    count, last = conn.execute(
        select(func.count(), func.max(messages.c.delivered)).where(
            messages.c.topic == "notify", messages.c.version == AT_ONCE, messages.c.key.like(f"{channel}:%"),
            messages.c.delivered > stamp(now - HOUR),
        )
    ).one()  # fmt: skip
    return count, datetime.fromisoformat(last) if last else None


def _owe(
    conn: Connection, channel: str, story: str, level: int, names: Sequence[str], settings: Settings, now: datetime
) -> None:
    """Owe one notice, unless the channel was told of the story, or of a part that joined it, on this level or above.

    What is still owed learns the names of the watches that find the story meanwhile.
    """
    keys = [f"{channel}:{member}" for member in {story, *stories.members(conn, story)}]
    mine = (messages.c.topic == "notify", messages.c.key.in_(keys))
    told = conn.execute(select(func.max(messages.c.version)).where(*mine)).scalar()
    waits = conn.execute(select(messages.c.seq, messages.c.payload).where(*mine, messages.c.delivered.is_(None)).order_by(messages.c.seq)).all()
    found = dict.fromkeys(name for row in waits for name in json.loads(row.payload)["watches"])
    payload = json.dumps({"watches": list(found | dict.fromkeys(names))}, ensure_ascii=False)
    if (told or 0) >= level:
        for row in waits:
            if row.payload != payload:
                conn.execute(update(messages).where(messages.c.seq == row.seq).values(payload=payload))
        return
    later = next_summary(now, settings.summary_times) if level == SUMMARY else None
    outbox.put(conn, "notify", f"{channel}:{story}", level, payload, later)
