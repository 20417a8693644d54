"""Stories (copies of one text) and the signatures by which copies are found with one indexed query."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, delete, select, text, update

from pipelines.duplicates import Signature
from pipelines.records import Story
from pipelines.store.rows import moment, upsert
from pipelines.store.schema import alerts, articles, minhashes, papers, signatures, stories, story_articles

# A band that thousands share (spam pages) tells nothing new after this many.
MOST_CANDIDATES = 200


def story_of(conn: Connection, article: str) -> str | None:
    """Return the id of the story that an article belongs to, or None."""
    return conn.execute(select(story_articles.c.story).where(story_articles.c.article == article)).scalar()


def stories_of(conn: Connection, found: Collection[str]) -> set[str]:
    """Return the ids of the stories of several articles."""
    query = select(story_articles.c.story).where(story_articles.c.article.in_(list(found)))
    return set(conn.execute(query).scalars())


def members(conn: Connection, story: str) -> list[str]:
    """Return the ids of the articles of a story, ordered."""
    query = select(story_articles.c.article).where(story_articles.c.story == story).order_by(story_articles.c.article)
    return list(conn.execute(query).scalars())


def get(conn: Connection, story: str) -> Story | None:
    """Return a story with the ids of its articles, or None."""
    row = conn.execute(select(stories).where(stories.c.id == story)).mappings().first()
    if row is None:
        return None
    return Story(
        id=story, first_article=row["first_article"], first_outlet=row["first_outlet"], articles=tuple(members(conn, story))
    )


def save(conn: Connection, story: str, first_article: str, first_outlet: str, of: Iterable[str]) -> None:
    """Land a story and who belongs to it."""
    upsert(conn, stories, {"id": story, "first_article": first_article, "first_outlet": first_outlet})
    for article in of:
        upsert(conn, story_articles, {"article": article, "story": story})


def merge(conn: Connection, old: str, new: str) -> None:
    """Move everything of story `old` to the existing story `new`: articles, alerts, papers."""
    for table in (story_articles, alerts, papers):
        conn.execute(update(table).where(table.c.story == old).values(story=new))
    conn.execute(delete(stories).where(stories.c.id == old))


def alerted(conn: Connection, found: Collection[str]) -> set[str]:
    """Return which of the stories have raised an alert."""
    return set(conn.execute(select(alerts.c.story).where(alerts.c.story.in_(list(found))).distinct()).scalars())


def dates(conn: Connection, found: Collection[str]) -> list[tuple[str, str, datetime | None, float, datetime]]:
    """Return (article, outlet, published, confidence of the date, first seen) of the current revisions of `found`.

    First seen is that of the article's first revision.
    """
    query = select(
        articles.c.id, articles.c.outlet, articles.c.published, articles.c.date_confidence, articles.c.first_seen, articles.c.current
    ).where(articles.c.id.in_(sorted(found)))
    rows = conn.execute(query).all()
    seen: dict[str, str] = {}
    for row in rows:
        seen[row.id] = min(row.first_seen, seen.get(row.id, row.first_seen))
    out: list[tuple[str, str, datetime | None, float, datetime]] = []
    for row in rows:
        first = moment(seen[row.id])
        if row.current and first is not None:
            out.append((row.id, row.outlet, moment(row.published), row.date_confidence, first))
    return out


def save_signature(conn: Connection, article: str, revision: int, signature: Signature) -> None:
    """Keep the signature of an article's newest text in place of the one before."""
    conn.execute(delete(signatures).where(signatures.c.article == article))
    rows: list[dict[str, Any]] = [{"article": article, "band": band, "hash": value} for band, value in signature.bands()]
    conn.execute(signatures.insert(), rows)
    upsert(conn, minhashes, {"article": article, "revision": revision, "values": signature.pack()})


@cache
def _candidates(pairs: int) -> TextClause:
    """Return the query for so many (band, hash) pairs, written out once: building it anew took longer than running it.

    A join, because SQLite scans the whole table for a row value IN a list (3.40, 2026-11-21).
    """
    rows = ", ".join(f"(:b{i}, :h{i})" for i in range(pairs))
    return text(
        f"WITH wanted(band, hash) AS (VALUES {rows}) "
        "SELECT s.article FROM wanted JOIN signatures s ON s.band = wanted.band AND s.hash = wanted.hash "
        "WHERE s.article <> :own GROUP BY s.article ORDER BY count(*) DESC, s.article LIMIT :most"
    )


def candidates(conn: Connection, article: str, signature: Signature) -> list[tuple[str, Signature]]:
    """Return the articles that share a band with `signature`, most bands first, by the index on (band, hash)."""
    pairs = signature.wanted()
    given: dict[str, Any] = {f"b{i}": band for i, (band, _) in enumerate(pairs)}
    given |= {f"h{i}": value for i, (_, value) in enumerate(pairs)}
    ids = list(conn.execute(_candidates(len(pairs)), given | {"own": article, "most": MOST_CANDIDATES}).scalars())
    if not ids:
        return []
    found = conn.execute(select(minhashes.c.article, minhashes.c["values"]).where(minhashes.c.article.in_(ids)))
    return [(row[0], Signature.unpack(row[1])) for row in found]
