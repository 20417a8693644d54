"""Small read-only questions that the pages ask of the store, beside those of `pipelines.store`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from pipelines.clock import local, show
from pipelines.records import Claim
from pipelines.store import feeds
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import (
    alerts,
    article_provinces,
    articles,
    assessments,
    captures,
    source_states,
    stories,
    story_articles,
)

Row = dict[str, Any]


def _rows(conn: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(query).mappings()]


def article(conn: Connection, id: str, revision: int | None = None) -> Row | None:
    """Return one revision of an article (the current one by default), or None."""
    query = select(articles).where(articles.c.id == id)
    query = query.where(articles.c.revision == revision) if revision else query.order_by(articles.c.revision.desc())
    found = _rows(conn, query.limit(1))
    return found[0] if found else None


def revisions(conn: Connection, id: str) -> list[Row]:
    """Return all revisions of an article, oldest first."""
    return _rows(conn, select(articles).where(articles.c.id == id).order_by(articles.c.revision))


def revision_list(conn: Connection, id: str) -> list[Row]:
    """Return number, time and title of all revisions of an article, oldest first, without their texts."""
    named = (articles.c.id, articles.c.revision, articles.c.current, articles.c.first_seen, articles.c.title)
    return _rows(conn, select(*named).where(articles.c.id == id).order_by(articles.c.revision))


def copy_list(conn: Connection, story_id: str, limit: int = 200) -> list[Row]:
    """Return the current articles of a story without their texts, first published first."""
    ids = list(conn.execute(select(story_articles.c.article).where(story_articles.c.story == story_id).limit(limit)).scalars())
    named = (articles.c.id, articles.c.outlet, articles.c.title, articles.c.published, articles.c.first_seen, articles.c.canonical)
    query = select(*named).where(articles.c.id.in_(ids), articles.c.current + 0 == 1)
    return _rows(conn, query.order_by(func.coalesce(articles.c.published, articles.c.first_seen), articles.c.id))


def story(conn: Connection, id: str) -> Row | None:
    """Return the story's row, or None."""
    found = _rows(conn, select(stories).where(stories.c.id == id))
    return found[0] if found else None


def story_of(conn: Connection, article_id: str) -> str | None:
    """Return the story that an article belongs to, or None."""
    query = select(story_articles.c.story).where(story_articles.c.article == article_id)
    return conn.execute(query).scalar()


def copies(conn: Connection, story_id: str, limit: int = 500) -> list[Row]:
    """Return the current revisions of all articles of a story, first published first."""
    ids = list(conn.execute(select(story_articles.c.article).where(story_articles.c.story == story_id).limit(limit)).scalars())
    # `+ 0` keeps SQLite off the index on `current`, which it takes without statistics: 0.3 s of 20,000 articles (2026-11-21).
    query = select(articles).where(articles.c.id.in_(ids), articles.c.current + 0 == 1)
    return _rows(conn, query.order_by(func.coalesce(articles.c.published, articles.c.first_seen), articles.c.id))


def assessment(conn: Connection, article_id: str, revision: int) -> Row | None:
    """Return the latest assessment of one revision with `claims` as records, or None."""
    query = (
        select(assessments)
        .where(assessments.c.article == article_id, assessments.c.revision == revision)
        .order_by(assessments.c.model_version.desc())
        .limit(1)
    )
    found = _rows(conn, query)
    return {**found[0], "claims": [Claim.model_validate(c) for c in found[0]["claims"]]} if found else None


def provinces_of(conn: Connection, article_id: str) -> Row:
    """Return {"about": [...], "mentioned": [...]} of an article."""
    query = select(article_provinces).where(article_provinces.c.article == article_id)
    found: dict[str, list[str]] = {"about": [], "mentioned": []}
    for row in conn.execute(query).mappings():
        found.setdefault("about" if row["relation"] == "about" else "mentioned", []).append(row["province"])
    return found


def capture(conn: Connection, id: str | None) -> Row | None:
    """Return a capture's row, or None."""
    found = _rows(conn, select(captures).where(captures.c.id == id)) if id else []
    return found[0] if found else None


def days(conn: Connection, now: datetime, count: int = 7) -> list[Row]:
    """Return articles, and alerts about articles, by day of publication, for the last `count` days of Hà Nội."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for back in range(count):
        start, end = midnight - timedelta(days=back), midnight - timedelta(days=back - 1)
        row: Row = {"day": start}
        row["articles"] = conn.execute(
            select(func.count())
            .select_from(articles)
            .where(articles.c.current == 1, articles.c.published >= stamp(start), articles.c.published < stamp(end))
        ).scalar_one()
        for tier in ("flag", "watch"):
            row[tier] = conn.execute(
                select(func.count())
                .select_from(alerts)
                .where(alerts.c.tier == tier, alerts.c.published >= stamp(start), alerts.c.published < stamp(end))
            ).scalar_one()
        found.append(row)
    return found


def tally(conn: Connection, column: str) -> list[tuple[str, int]]:
    """Return the values of a column of `alerts` with their counts, most frequent first."""
    named = alerts.c[column]
    query = select(named, func.count()).group_by(named).order_by(func.count().desc(), named).limit(60)
    return [(row[0], row[1]) for row in conn.execute(query)]


def sources(conn: Connection, now: datetime, followed: Collection[str] = ()) -> list[Row]:
    """Return the state of every source, the troubled ones first; of those `followed` also whether nobody asks them any more."""
    rows = _rows(conn, select(source_states).order_by(source_states.c.failures.desc(), source_states.c.source))
    for row in rows:
        if row["source"] in followed and feeds.is_overdue(row, now):
            row |= {"status": "overdue", "reason": f"chưa được hỏi lại từ {show(moment(row['last_attempt']))}: việc thu tin có đang chạy không"}
    return rows


def source_tally(conn: Connection, now: datetime, followed: Collection[str] = ()) -> Mapping[str, int]:
    """Return how many sources are in which state."""
    return Counter(row["status"] for row in sources(conn, now, followed))


def last_seen(conn: Connection) -> str | None:
    """Return when the newest capture was made (stored text), or None."""
    return conn.execute(select(func.max(captures.c.fetched))).scalar()


def versions(conn: Connection) -> list[Row]:
    """Return which models and reference bases the stored assessments name, with counts."""
    keys = (assessments.c.model_version, assessments.c.reference_version)
    return _rows(conn, select(*keys, func.count().label("count")).group_by(*keys).order_by(func.count().desc()))
