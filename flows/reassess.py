"""When the reference base changes: only verdicts that used a changed entry are made again, the others are carried over.

An article's tag is MODEL/BASE (flows.judge.version). A new base with the same rules and sentences marks the articles whose
verdicts used an entry that changed (`*` behind their tag, so that they are pending) and gives the others the new tag.
Every step may be killed and run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from pipelines.store import Store
from pipelines.store.rows import stamp
from pipelines.store.schema import alerts, articles, assessments

if TYPE_CHECKING:
    from classifiers.referencebase import ReferenceBase

MARK = "*"
BATCH = 500
# Outcomes of articles that went through the classifiers (flows.judge.OUTCOME).
TOPICAL = ("flagged", "watch", "clear")
# No text is forgotten sooner (settings.keep_post_text).
NO_TEXT_EXPIRES = timedelta(days=1)


def carry_over(store: Store, base: ReferenceBase, tag: str) -> tuple[int, int]:
    """Mark what must be assessed again and carry the rest over to `tag`; return how many of each. Cheap when nothing changed."""
    marked = carried = 0
    model = tag.rpartition("/")[0]
    older = articles.c.assessed_with.startswith(f"{model}/", autoescape=True)
    stale = (articles.c.current == 1, older, articles.c.assessed_with != tag, articles.c.assessed_with.not_like(f"%{MARK}"))
    while True:
        with store.read() as conn:
            old = conn.execute(select(articles.c.assessed_with).where(*stale).limit(1)).scalar()
        if old is None:
            return marked, carried
        changed = base.changed_since(old.rpartition("/")[2])
        with store.read() as conn:
            again = sorted({article for article, _, _ in _using(conn, changed, articles.c.assessed_with == old)})
        for start in range(0, len(again), BATCH):
            with store.begin() as conn:
                mine = articles.c.id.in_(again[start : start + BATCH])
                marked += conn.execute(update(articles).where(mine, articles.c.assessed_with == old).values(assessed_with=old + MARK)).rowcount
        with store.begin() as conn:
            carried += conn.execute(update(articles).where(articles.c.assessed_with == old).values(assessed_with=tag)).rowcount


def keep_forgotten(store: Store, tag: str, now: datetime) -> int:
    """Give `tag` to assessed articles whose text retention took; return how many.

    What they came to is what the years' statistics count: a newer model would take the headline alone for the article.
    Headlines that never had a text are kept so too, a day later, unless they raised an alert.
    """
    without = (articles.c.body == "", articles.c.sapo == "", articles.c.first_seen < stamp(now - NO_TEXT_EXPIRES))
    quiet = ~exists(select(alerts.c.id).where(alerts.c.article == articles.c.id))
    # Two ranges instead of “unequal”, and `current` not as a key: of a million articles with the tag in force nothing is read.
    stale = (articles.c.current + 0 == 1, or_(articles.c.assessed_with < tag, articles.c.assessed_with > tag))
    with store.read() as conn:
        if conn.execute(select(articles.c.id).where(*stale).limit(1)).first() is None:
            return 0
    with store.begin() as conn:
        return conn.execute(update(articles).where(*stale, *without, quiet).values(assessed_with=tag)).rowcount


def affected_by(store: Store, base: ReferenceBase) -> Iterator[tuple[str, int, list[str]]]:
    """Yield (article, revision, changed entries used) of current articles whose verdicts need to be made again."""
    with store.read() as conn:
        tags = conn.execute(select(articles.c.assessed_with).where(articles.c.current == 1).distinct()).scalars().all()
        for tag in sorted(filter(None, tags)):
            changed = base.changed_since(tag.rpartition("/")[2].rstrip(MARK))
            yield from _using(conn, changed, articles.c.assessed_with == tag)


def _using(conn: Connection, changed: frozenset[str], which: ColumnElement[bool]) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the current articles of `which` whose newest claims name a changed entry."""
    if not changed:
        return
    same = (articles.c.id == assessments.c.article) & (articles.c.revision == assessments.c.revision)
    made_with = articles.c.assessed_with.startswith(assessments.c.model_version)
    query = select(assessments.c.article, assessments.c.revision, assessments.c.claims).join(articles, same).where(articles.c.current == 1, which, made_with)
    for article, revision, claims in conn.execute(query.order_by(assessments.c.article)):
        refs = sorted({ref for claim in claims for ref in claim["refs"]} & changed)
        if refs:
            yield article, revision, refs


def mark_topical(store: Store) -> int:
    """Mark every article that went through the classifiers: a new entry may speak to texts that used none; return how many."""
    unmarked = or_(articles.c.assessed_with.is_(None), articles.c.assessed_with.not_like(f"%{MARK}"))
    with store.begin() as conn:
        which = (articles.c.current == 1, articles.c.assess_outcome.in_(TOPICAL), unmarked)
        return conn.execute(update(articles).where(*which).values(assessed_with=articles.c.assessed_with + MARK)).rowcount
