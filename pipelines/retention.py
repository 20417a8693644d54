"""What is forgotten, and when: texts that raised nothing lose their body, deliveries that arrived are dropped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from pipelines.search.owe import owe_articles
from pipelines.store.rows import stamp
from pipelines.store.schema import alerts, articles, outbox

# As many ids in one question as every SQLite takes.
PART = 500
# Kinds of TextLine and Source that are posts of channels; everything else is press.
POSTS = ("blog", "social", "video", "forum", "channel")


def blank_texts(conn: Connection, before: datetime, *, posts: bool, now: datetime) -> int:
    """Empty sapô, body, captions and images of revisions first seen before `before` that raised no alert.

    Title, outlet, date, places and outcome stay for the statistics. Returns how many revisions were emptied.
    """
    raised = exists(select(alerts.c.id).where(alerts.c.article == articles.c.id))
    kind = articles.c.kind.in_(POSTS) if posts else articles.c.kind.not_in(POSTS)
    query = select(articles.c.id, articles.c.revision).where(
        articles.c.first_seen < stamp(before), articles.c.body != "", kind, ~raised
    )
    expired = conn.execute(query).all()
    for row in expired:
        this = (articles.c.id == row.id) & (articles.c.revision == row.revision)
        conn.execute(update(articles).where(this).values(sapo="", body="", captions=[], images=[]))
    # What the store forgets, the index forgets too.
    ids = sorted({row.id for row in expired})
    for start in range(0, len(ids), PART):
        owe_articles(conn, ids[start : start + PART], now)
    return len(expired)


def drop_delivered(conn: Connection, before: datetime) -> int:
    """Delete outbox messages that arrived before `before`; returns how many."""
    result = conn.execute(delete(outbox).where(outbox.c.delivered.is_not(None), outbox.c.delivered < stamp(before)))
    return result.rowcount
