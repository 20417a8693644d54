"""Articles and their revisions. The first seen text is never overwritten; `current` marks the newest revision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from pipelines.records import Article, content_id
from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import articles

_PLAIN = (
    "id", "revision", "url", "canonical", "source", "outlet", "kind", "lang", "title", "sapo", "body", "date_origin",
    "date_confidence", "section", "parser", "capture", "text_hash",
)  # fmt: skip
_TIMES = ("published", "modified", "first_seen")


def article_id(canonical: str) -> str:
    """Return the id of the article at a canonical URL."""
    return content_id(canonical)


def from_row(row: Any) -> Article:
    """Return the record that `row` is a view of."""
    return Article.model_validate(
        {name: row[name] for name in _PLAIN}
        | {name: moment(row[name]) for name in _TIMES}
        | {"captions": tuple(row["captions"]), "images": tuple(row["images"])}
    )


def to_row(article: Article) -> dict[str, Any]:
    """Return the columns of a revision as read, without what the assess step adds."""
    row = article.model_dump(mode="json", include={*_PLAIN, "captions", "images"})
    return row | {name: stamp(getattr(article, name)) for name in _TIMES}


def get(conn: Connection, article: str, revision: int | None = None) -> Article | None:
    """Return one revision of an article, the current one by default; None when there is none."""
    query = select(articles).where(articles.c.id == article)
    if revision is None:
        # Ordered, not filtered by `current`: SQLite without statistics would take the index on that column.
        query = query.order_by(articles.c.current.desc(), articles.c.revision.desc()).limit(1)
    else:
        query = query.where(articles.c.revision == revision)
    row = conn.execute(query).mappings().first()
    return from_row(row) if row else None


def first_seen(conn: Connection, article: str) -> datetime | None:
    """Return when the first revision of an article was seen: fixed for good, whatever is read afterwards."""
    query = select(articles.c.first_seen).where(articles.c.id == article).order_by(articles.c.revision).limit(1)
    return moment(conn.execute(query).scalar())


def by_canonical(conn: Connection, canonical: str) -> Article | None:
    """Return the current revision of the article at a canonical URL, or None."""
    return get(conn, article_id(canonical))


def revisions(conn: Connection, article: str) -> list[Article]:
    """Return all revisions of an article, the first seen first."""
    rows = conn.execute(select(articles).where(articles.c.id == article).order_by(articles.c.revision)).mappings()
    return [from_row(row) for row in rows]


def every(conn: Connection, batch: int = 500) -> Iterator[Article]:
    """Yield the current revision of every article by id, a batch in memory at a time."""
    last = ""
    while True:
        query = select(articles).where(articles.c.current == 1, articles.c.id > last).order_by(articles.c.id).limit(batch)
        rows = conn.execute(query).mappings().all()
        for row in rows:
            yield from_row(row)
        if len(rows) < batch:
            return
        last = rows[-1]["id"]


def count(conn: Connection) -> int:
    """Return how many articles there are."""
    return conn.execute(select(func.count()).select_from(articles).where(articles.c.current == 1)).scalar_one()


def parsers(conn: Connection, source: str, now: datetime, limit: int = 5) -> list[str]:
    """Return how the newest articles of a source were read (`Article.parser`), newest first, of the last two days."""
    query = (
        select(articles.c.parser)
        .where(articles.c.source == source, articles.c.current == 1, articles.c.first_seen >= stamp(now - timedelta(days=2)))
        .order_by(articles.c.first_seen.desc(), articles.c.id)
    )
    return list(conn.execute(query.limit(limit)).scalars())


def save(conn: Connection, article: Article, *, current: bool = True) -> bool:
    """Insert a revision, as the current one unless told otherwise; False when it is there already."""
    if current:
        conn.execute(
            update(articles)
            .where(articles.c.id == article.id, articles.c.revision < article.revision, articles.c.current == 1)
            .values(current=0)
        )
    return insert_once(conn, articles, [{**to_row(article), "current": int(current)}]) == 1


def redate(conn: Connection, article: Article) -> None:
    """Give a revision the better date of `article`; text and everything else stay."""
    conn.execute(
        update(articles)
        .where(articles.c.id == article.id, articles.c.revision == article.revision)
        .values(
            published=stamp(article.published), date_origin=article.date_origin.value,
            date_confidence=article.date_confidence,
        )
    )  # fmt: skip
