"""Which story a text belongs to, and who published it first; the same whatever the order of arrival.

A story is a connected component of "is a copy of". Its id is the smallest id among its articles, so that it depends on
the articles alone; once it has raised an alert it keeps its name, because the alert's id is made of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from pipelines.dates import DOUBTFUL
from pipelines.duplicates import FEWEST, SHINGLE, copies, sign, tokens
from pipelines.records import Article, content_id
from pipelines.store import articles, stories

# A bare day says nothing about the hour: it counts as its end, or as first seen if that was earlier.
_DAY_ONLY = 0.8


@dataclass(frozen=True)
class Placed:
    """The story of an article, its first publisher, and whether another outlet has the text too."""

    story: str
    first_article: str
    first_outlet: str
    is_copy: bool


def text_of(article: Article) -> str:
    """Return what is compared: sapô and body, and the title where they are too short to tell texts apart.

    Pages of many outlets consist of the same words ("Video đang được cập nhật") under different titles.
    """
    text = "\n".join(filter(None, (article.sapo, article.body)))
    return text if len(tokens(text)) >= FEWEST + SHINGLE else f"{article.title}\n{text}"


def place(conn: Connection, article: Article) -> Placed:
    """Put a stored article into its story, joining stories that it proves to be one; run twice, nothing changes.

    An edited article stays in the story of its first text: it was a copy when it was published.
    """
    signature = sign(text_of(article))
    stories.save_signature(conn, article.id, article.revision, signature)
    found = stories.candidates(conn, article.id, signature)
    same = [other for other, theirs in found if copies(signature, theirs, partial(_texts, conn, article, other))]
    known = stories.stories_of(conn, [article.id, *same])
    of = {article.id, *same}.union(*(stories.members(conn, story) for story in known))
    story = _name(conn, known, of)
    dated = stories.dates(conn, of)
    first, outlet = first_of(dated)
    stories.save(conn, story, first, outlet, sorted(of))
    for old in sorted(known - {story}):
        stories.merge(conn, old, story)
    others = {name for id_, name, *_ in dated if id_ != article.id}
    return Placed(story, first, outlet, bool(others - {article.outlet}))


def _texts(conn: Connection, article: Article, other: str) -> tuple[str, str]:
    theirs = articles.get(conn, other)
    return text_of(article), text_of(theirs) if theirs is not None else ""


def story_id(articles: Collection[str]) -> str:
    """Return the id of the story that consists of `articles`."""
    return content_id("story", min(articles))


def _name(conn: Connection, known: set[str], of: Collection[str]) -> str:
    """Keep the name of a story that has raised an alert, the smallest if several have; else name it anew."""
    alerted = stories.alerted(conn, known) if known else set()
    return min(alerted) if alerted else story_id(of)


def first_of(dated: Collection[tuple[str, str, datetime | None, float, datetime]]) -> tuple[str, str]:
    """Return (article, outlet) of the first publisher: earliest published, then first seen, then the smaller id."""

    def rank(entry: tuple[str, str, datetime | None, float, datetime]) -> tuple[datetime, datetime, str]:
        article, _outlet, published, confidence, seen = entry
        if published is None or confidence <= DOUBTFUL:
            return seen, seen, article
        if confidence <= _DAY_ONLY and (published.minute, published.second) == (0, 0):
            local_midnight_end = published.timestamp() + 86399
            end = datetime.fromtimestamp(local_midnight_end, published.tzinfo)
            return max(published, min(end, seen)), seen, article
        return published, seen, article

    article, outlet, *_ = min(dated, key=rank)
    return article, outlet
