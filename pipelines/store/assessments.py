"""Assessments: which revisions still need one, and landing one with its alerts and its delivery at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from pipelines.records import Assessment, Places
from pipelines.store.rows import upsert
from pipelines.store.schema import article_provinces, articles, assessments

# Outcomes of the assess step that never went through the classifiers.
UNASSESSED = ("not-ours", "spam", "off-topic")


def pending(conn: Connection, version: str, limit: int) -> list[tuple[str, int]]:
    """Return ids and revisions of current articles not yet assessed with `version`, first published first."""
    query = (
        select(articles.c.id, articles.c.revision)
        .where(articles.c.current == 1, or_(articles.c.assessed_with.is_(None), articles.c.assessed_with != version))
        .order_by(articles.c.published, articles.c.id)
        .limit(limit)
    )
    return [(row.id, row.revision) for row in conn.execute(query)]


def count_pending(conn: Connection, version: str) -> int:
    """Return how many current articles are not yet assessed with `version`."""
    query = (
        select(func.count())
        .select_from(articles)
        .where(articles.c.current == 1, or_(articles.c.assessed_with.is_(None), articles.c.assessed_with != version))
    )
    return conn.execute(query).scalar_one()


def save(
    conn: Connection,
    article: str,
    revision: int,
    *,
    outcome: str,
    version: str,
    places: Places,
    assessment: Assessment | None,
) -> None:
    """Land what the assess step found out about one revision; a second time gives the same rows."""
    conn.execute(
        update(articles)
        .where(articles.c.id == article, articles.c.revision == revision)
        .values(places=places.model_dump(mode="json"), assess_outcome=outcome, assessed_with=version)
    )
    conn.execute(delete(article_provinces).where(article_provinces.c.article == article))
    relations = dict.fromkeys(places.mentioned, "mention")
    relations |= dict.fromkeys(places.about, "about")
    if relations:
        conn.execute(
            article_provinces.insert(),
            [{"article": article, "province": p, "relation": r} for p, r in sorted(relations.items())],
        )
    if assessment is not None:
        row = assessment.model_dump(mode="json", exclude={"abstained"})
        row["national"] = int(row["national"])
        upsert(conn, assessments, row)


def of_article(conn: Connection, article: str, revision: int) -> Assessment | None:
    """Return the newest assessment of a revision, or None when it was never assessed."""
    row = (
        conn.execute(
            select(assessments)
            .join(articles, (articles.c.id == assessments.c.article) & (articles.c.revision == assessments.c.revision))
            .where(assessments.c.article == article, assessments.c.revision == revision)
            .order_by((articles.c.assessed_with.startswith(assessments.c.model_version)).desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return from_row(row) if row else None


def from_row(row: Any) -> Assessment:
    """Return the record that `row` is a view of."""
    names = ("article", "revision", "tier", "provinces", "claims", "model_version", "reference_version", "reason")
    return Assessment.model_validate({**{name: row[name] for name in names}, "national": bool(row["national"])})


def outcomes(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the outcome of the assess step for each of the current articles `ids`."""
    query = select(articles.c.id, articles.c.assess_outcome).where(articles.c.current == 1, articles.c.id.in_(ids))
    return {row.id: row.assess_outcome or "" for row in conn.execute(query)}
