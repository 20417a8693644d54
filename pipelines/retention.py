"""What is forgotten, and when: texts that raised nothing lose their body, deliveries that arrived are dropped.

There are two data classes. `alert`: every article of a story that raised an alert, copies too: evidence, held by case, digest
or pack. `article`: the others; they are forgotten by whole months, so that the index loses a part at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, update

from pipelines.search.document import ARTICLE
from pipelines.search.owe import owe_articles
from pipelines.store import frontier as frontier_store
from pipelines.store import outbox as outbox_store
from pipelines.store.captures import INSTRUMENT
from pipelines.store.rows import stamp
from pipelines.store.schema import (
    alerts,
    article_images,
    article_provinces,
    articles,
    assessments,
    captures,
    minhashes,
    network_facts,
    outbox,
    signatures,
    stories,
    story_articles,
)

# As many ids in one question as every SQLite takes.
PART = 500
# Kinds of TextLine and Source that are posts of channels; everything else is press.
POSTS = ("blog", "social", "video", "forum", "channel")
# Beginning of the name of a WARC file that holds posts only (crawlers/sink.py): kept no longer than their text.
POSTS_WARC = "cotmoc-posts-"


def raised() -> ColumnElement[bool]:
    """Condition on `articles`: of the class `alert`, itself or by its story."""
    return or_(exists(select(alerts.c.id).where(alerts.c.article == articles.c.id)), told_of())


def told_of() -> ColumnElement[bool]:
    """Condition on `articles`: its story raised an alert, so that the index keeps it as evidence (document.part_of)."""
    told = select(story_articles.c.article).join(alerts, alerts.c.story == story_articles.c.story)
    return exists(told.where(story_articles.c.article == articles.c.id))


def blank_texts(conn: Connection, before: datetime, *, posts: bool, now: datetime) -> int:
    """Empty sapô, body, captions and images of revisions of the class `article` first seen before `before`.

    So are the sentences of their verdicts, the feed's summary, and deliveries that carried the text. Title, outlet, date,
    places, types and verdicts stay for the statistics. Returns how many revisions were emptied.
    """
    kind = articles.c.kind.in_(POSTS) if posts else articles.c.kind.not_in(POSTS)
    query = select(articles.c.id, articles.c.revision).where(
        articles.c.first_seen < stamp(before), articles.c.body != "", kind, ~raised()
    )
    expired = conn.execute(query).all()
    for row in expired:
        this = (articles.c.id == row.id) & (articles.c.revision == row.revision)
        conn.execute(update(articles).where(this).values(sapo="", body="", captions=[], images=[]))
        _blank_sentences(conn, row.id, row.revision)
    # What the store forgets, the index forgets too.
    for ids in _in_parts({row.id for row in expired}):
        owe_articles(conn, ids, now)
        _drop_older(conn, ids)
        frontier_store.blank_summaries(conn, select(captures.c.url).join(articles, articles.c.capture == captures.c.id).where(articles.c.id.in_(ids)))
    return len(expired)


def _blank_sentences(conn: Connection, article: str, revision: int) -> None:
    """Empty what the verdicts of a revision quote; type, role, verdict and references stay."""
    this = (assessments.c.article == article) & (assessments.c.revision == revision)
    for row in conn.execute(select(assessments.c.model_version, assessments.c.claims).where(this)).all():
        claims = [{**claim, "sentence": "", "start": 0, "end": 0, "differs": "", "why": "", "grounds": []} for claim in row.claims]
        conn.execute(update(assessments).where(this, assessments.c.model_version == row.model_version).values(claims=claims, reason=""))


def _drop_older(conn: Connection, ids: list[str]) -> None:
    """Delete all messages of articles to the index but the last of each: it says all there is to say, and they hold the text."""
    newer = outbox.alias()
    later = exists(select(newer.c.seq).where(newer.c.topic == "index", newer.c.key == outbox.c.key, newer.c.version > outbox.c.version))
    conn.execute(delete(outbox).where(outbox.c.topic == "index", outbox.c.key.in_(ids), later))


def _in_parts(ids: Iterable[str]) -> Iterator[list[str]]:
    found = sorted(set(ids))
    return (found[start : start + PART] for start in range(0, len(found), PART))


@dataclass
class Forgotten:
    """How many articles went, and the months of the index that went as a whole, such as `article-2021-08`."""

    articles: int = 0
    parts: tuple[str, ...] = ()


def forget_articles(conn: Connection, before: datetime, now: datetime) -> Forgotten:
    """Delete the class `article` of the months that are wholly before `before`, from the store and by the outbox from the index.

    A month of which nothing stays (an article edited later does) leaves the index as one part, else article by article.
    """
    end = before.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    one = articles.alias()
    old = articles.c.id.in_(select(one.c.id).where(one.c.revision == 1, one.c.first_seen < stamp(end)))
    query = select(articles.c.id, func.max(articles.c.first_seen)).where(old, ~raised()).group_by(articles.c.id).order_by(articles.c.id)
    expired = [row.id for row in conn.execute(query.having(func.max(articles.c.first_seen) < stamp(before)))]
    months: dict[str, list[str]] = {}
    for ids in _in_parts(expired):
        for row in conn.execute(select(one.c.id, one.c.first_seen).where(one.c.id.in_(ids), one.c.revision == 1)):
            months.setdefault(row.first_seen[:7], []).append(row.id)
        # A message that the engine still refuses must not bring the article back when that is mended.
        conn.execute(delete(outbox).where(outbox.c.topic == "index", outbox.c.key.in_(ids)))
    forget(conn, expired)
    parts: list[str] = []
    for month, ids in sorted(months.items()):
        stays = articles.c.id.in_(select(one.c.id).where(one.c.revision == 1, one.c.first_seen.startswith(month)))
        left = set(conn.execute(select(articles.c.id).where(stays)).scalars())
        if conn.execute(select(articles.c.id).where(stays, ~told_of()).limit(1)).first():
            owe_deletion(conn, ids, now)
            continue
        # Whatever the index was told of it last: the evidence of that month has left the part before it goes.
        for found in _in_parts(left):
            owe_articles(conn, found, now)
        part = f"{ARTICLE}-{month}"
        key = f"{outbox_store.DROP}{part}"
        outbox_store.put(conn, "index", key, outbox_store.next_version(conn, "index", key, now), json.dumps({"drop": part}))
        parts.append(part)
    return Forgotten(len(expired), tuple(parts))


def owe_deletion(conn: Connection, ids: list[str], now: datetime) -> None:
    """Owe the index that articles are forgotten, one by one."""
    for id_ in ids:
        outbox_store.put(conn, "index", id_, outbox_store.next_version(conn, "index", id_, now), "")
    for part in _in_parts(ids):
        _drop_older(conn, part)


def forget(conn: Connection, ids: list[str]) -> None:
    """Delete articles with all that hangs on them but alerts; what is known of their captures goes too."""
    for part in _in_parts(ids):
        read = select(articles.c.capture).where(articles.c.id.in_(part), articles.c.capture.is_not(None))
        gone = list(conn.execute(read).scalars())
        conn.execute(delete(captures).where(captures.c.id.in_(gone)))
        conn.execute(delete(network_facts).where(network_facts.c.capture.in_(gone)))
        conn.execute(delete(articles).where(articles.c.id.in_(part)))
        for table in (article_images, article_provinces, story_articles, signatures, minhashes, assessments):
            conn.execute(delete(table).where(table.c.article.in_(part)))
    alerted = exists(select(alerts.c.id).where(alerts.c.story == stories.c.id))
    peopled = exists(select(story_articles.c.article).where(story_articles.c.story == stories.c.id))
    conn.execute(delete(stories).where(~alerted, ~peopled))


def expired_warcs(conn: Connection, before: datetime, *, posts: bool) -> list[str]:
    """Return the WARC files (relative to the data folder) of posts, or all others, whose captures are all older than `before` and raised nothing."""
    mine = captures.c.warc_file.contains(f"/{POSTS_WARC}", autoescape=True)
    kept = select(captures.c.warc_file).join(articles, articles.c.capture == captures.c.id).where(raised())
    pictured = select(captures.c.warc_file).join(article_images, article_images.c.capture == captures.c.id)
    cited = select(captures.c.warc_file).where(captures.c.read_outcome == INSTRUMENT)
    query = (
        select(captures.c.warc_file)
        .where(captures.c.warc_file != "", mine if posts else ~mine, *(captures.c.warc_file.not_in(held) for held in (kept, pictured, cited)))
        .group_by(captures.c.warc_file)
        .having(func.max(captures.c.fetched) < stamp(before))
    )
    return list(conn.execute(query).scalars())


def forget_warc(conn: Connection, name: str) -> None:
    """Note that a WARC file is gone; URL, time and hash of its captures stay."""
    gone = {"warc_file": "", "warc_offset": 0, "warc_length": 0}
    conn.execute(update(captures).where(captures.c.warc_file == name).values(**gone))


def drop_delivered(conn: Connection, before: datetime) -> int:
    """Delete outbox messages that arrived before `before`; returns how many.

    Notices stay: they are the memory of which story was told to whom, and hold nothing but its id.
    """
    arrived = outbox.c.delivered.is_not(None) & (outbox.c.delivered < stamp(before))
    result = conn.execute(delete(outbox).where(arrived, outbox.c.topic != "notify"))
    return result.rowcount
