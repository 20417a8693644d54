"""Owing an article's document to the index: written into the outbox in the transaction that changed the article."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

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


def owe_articles(conn: Connection, changed: Iterable[str], now: datetime) -> None:
    """Owe the documents of those of the articles `changed` that were assessed (a text blanked, a date mended)."""
    _owe_found(conn, articles.c.id.in_(sorted(set(changed))), now)


def owe_story(conn: Connection, story: str, now: datetime, *, besides: Iterable[str] = ()) -> None:
    """Owe the documents of all assessed articles of `story` (its alerts changed), leaving out those in `besides`."""
    members = select(story_articles.c.article).where(story_articles.c.story == story)
    _owe_found(conn, articles.c.id.in_(members) & articles.c.id.not_in(sorted(set(besides))), now)


def _owe_found(conn: Connection, which: ColumnElement[bool], now: datetime) -> None:
    query = (
        select(articles.c.id, articles.c.revision)
        .where(which, articles.c.current == 1, articles.c.assessed_with.is_not(None))
        .order_by(articles.c.id)
    )
    for id_, revision in conn.execute(query).all():
        owe(conn, id_, revision, now)
