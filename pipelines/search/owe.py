"""Owing an article's document to the index: written into the outbox in the transaction that changed the article."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from pipelines.search.rebuild import state
from pipelines.store import outbox
from pipelines.store.schema import articles, story_articles


def owe(conn: Connection, article: str, revision: int, now: datetime) -> None:
    """Owe the document of one current article as the store has it now."""
    document = json.dumps(state(conn, article, revision).document, ensure_ascii=False, sort_keys=True)
    outbox.put(conn, "index", article, outbox.next_version(conn, "index", article, now), document)


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
