"""What is forgotten, and when: texts that raised nothing lose their body, deliveries that arrived are dropped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from pipelines.search.owe import owe_articles
from pipelines.store import outbox as outbox_store
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


def blank_texts(conn: Connection, before: datetime, *, posts: bool, now: datetime) -> int:
    """Empty sapô, body, captions and images of revisions first seen before `before` that raised no alert.

    Title, outlet, date, places and outcome stay for the statistics. Returns how many revisions were emptied.
    """
    raised = exists(select(alerts.c.id).where(alerts.c.article == articles.c.id))
    kind = articles.c.kind.in_(POSTS) if posts else articles.c.kind.not_in(POSTS)
    query = select(articles.c.id, articles.c.revision).where(
        articles.c.first_seen < stamp(before), articles.c.body != "", kind, ~raised
    )
    expired = conn.execute(query).all()
    for row in expired:
        this = (articles.c.id == row.id) & (articles.c.revision == row.revision)
        conn.execute(update(articles).where(this).values(sapo="", body="", captions=[], images=[]))
    # What the store forgets, the index forgets too.
    ids = sorted({row.id for row in expired})
    for start in range(0, len(ids), PART):
        owe_articles(conn, ids[start : start + PART], now)
    return len(expired)


def forget_articles(conn: Connection, before: datetime, now: datetime) -> int:
    """Delete articles first seen before `before` that raised no alert, from the store and by the outbox from the index.

    What is known of their captures goes with them. Alerts, decisions and the texts they rest on stay. Returns how many.
    """
    raised = exists(select(alerts.c.id).where(alerts.c.article == articles.c.id))
    query = select(articles.c.id).group_by(articles.c.id).having(func.max(articles.c.first_seen) < stamp(before)).where(~raised)
    expired = sorted(conn.execute(query).scalars())
    for start in range(0, len(expired), PART):
        part = expired[start : start + PART]
        read = select(articles.c.capture).where(articles.c.id.in_(part), articles.c.capture.is_not(None))
        gone = list(conn.execute(read).scalars())
        conn.execute(delete(captures).where(captures.c.id.in_(gone)))
        conn.execute(delete(network_facts).where(network_facts.c.capture.in_(gone)))
        conn.execute(delete(articles).where(articles.c.id.in_(part)))
        for table in (article_images, article_provinces, story_articles, signatures, minhashes, assessments):
            conn.execute(delete(table).where(table.c.article.in_(part)))
        for id_ in part:
            outbox_store.put(conn, "index", id_, outbox_store.next_version(conn, "index", id_, now), "")
    if expired:
        told_of = exists(select(alerts.c.id).where(alerts.c.story == stories.c.id))
        peopled = exists(select(story_articles.c.article).where(story_articles.c.story == stories.c.id))
        conn.execute(delete(stories).where(~told_of, ~peopled))
    return len(expired)


def expired_warcs(conn: Connection, before: datetime) -> list[str]:
    """Return the WARC files (relative to the data folder) whose captures are all older than `before` and raised nothing."""
    kept = (
        select(captures.c.warc_file)
        .join(articles, articles.c.capture == captures.c.id)
        .join(alerts, alerts.c.article == articles.c.id)
    )
    pictured = select(captures.c.warc_file).join(article_images, article_images.c.capture == captures.c.id)
    query = (
        select(captures.c.warc_file)
        .where(captures.c.warc_file != "", captures.c.warc_file.not_in(kept), captures.c.warc_file.not_in(pictured))
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
