"""Owing an article's document to the index: written into the outbox in the transaction that changed the article."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from pipelines.search.rebuild import state
from pipelines.store import outbox
from pipelines.store.schema import articles, story_articles
from pipelines.store.schema import outbox as messages


def owe(conn: Connection, article: str, revision: int, now: datetime) -> None:
    """Owe the document of one current article as the store has it now, unless its last message says the same."""
    document = json.dumps(state(conn, article, revision).document, ensure_ascii=False, sort_keys=True)
    if document == _last(conn, article):
        return
    outbox.put(conn, "index", article, outbox.next_version(conn, "index", article, now), document)


def _last(conn: Connection, article: str) -> str | None:
    query = select(messages.c.payload).where(messages.c.topic == "index", messages.c.key == article)
    return conn.execute(query.order_by(messages.c.version.desc()).limit(1)).scalar()


def owe_story(conn: Connection, story: str, now: datetime, *, besides: Iterable[str] = ()) -> None:
    """Owe the documents of all assessed articles of `story` (its alerts changed), leaving out those in `besides`."""
    query = (
        select(articles.c.id, articles.c.revision)
        .join(story_articles, story_articles.c.article == articles.c.id)
        .where(story_articles.c.story == story, articles.c.current == 1, articles.c.assessed_with.is_not(None))
        .order_by(articles.c.id)
    )
    left_out = set(besides)
    for row in conn.execute(query).all():
        if row.id not in left_out:
            owe(conn, row.id, row.revision, now)
