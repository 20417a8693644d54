"""The frontier: every address that was ever named by a source, waiting, done or given up, and never lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import frontier

PENDING = "pending"
DONE = "done"
DEAD = "dead"

# An article is looked at again so long after it was found: most edits come within hours.
RECHECKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
# Waiting times after failures that may pass; then the address is given up, with its reason kept.
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12), timedelta(hours=24))
GIVE_UP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Found:
    """An address as a feed, sitemap or list page named it."""

    url: str
    source: str
    host: str
    title: str = ""
    sapo: str = ""
    published: datetime | None = None
    date_origin: str = "none"
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An address that is to be fetched now; `etag` and `last_modified` are set for a second look."""

    url: str
    source: str
    host: str
    title: str
    sapo: str
    published: datetime | None
    discovered: datetime
    attempts: int
    again: bool
    etag: str | None
    last_modified: str | None


def add(conn: Connection, found: Iterable[Found], now: datetime) -> int:
    """Insert addresses; return how many were new. A known one whose title changed is looked at again."""
    new = 0
    for item in found:
        row = {
            "url": item.url, "source": item.source, "host": item.host, "title": item.title, "sapo": item.sapo,
            "published": stamp(item.published), "modified": stamp(item.modified), "date_origin": item.date_origin, "discovered": stamp(now),
            "state": PENDING, "outcome": "", "reason": "", "attempts": 0,
        }  # fmt: skip
        if insert_once(conn, frontier, [row]):
            new += 1
        else:
            _refresh(conn, item, now)
    return new


def _refresh(conn: Connection, item: Found, now: datetime) -> None:
    """Learn more of a known address: a date it lacked; a changed title from the same kind of place is an edit."""
    here = frontier.c.url == item.url
    if item.published is not None:
        learnt = {"published": stamp(item.published), "date_origin": item.date_origin}
        learnt |= {"sapo": item.sapo} if item.sapo else {}
        conn.execute(update(frontier).where(here, frontier.c.published.is_(None)).values(**learnt))
    if item.modified is not None:
        # An outlet that says when it changed an article (Atom, SGGP's <updated>, lastmod of a sitemap).
        older = or_(frontier.c.modified.is_(None), frontier.c.modified < stamp(item.modified))
        conn.execute(update(frontier).where(here, older, frontier.c.state == DONE).values(recheck=stamp(now)))
        conn.execute(update(frontier).where(here, older).values(modified=stamp(item.modified)))
    if item.title:
        # List pages and feeds shorten titles each in their way: only like is compared with like.
        alike = and_(here, frontier.c.source == item.source, frontier.c.date_origin == item.date_origin)
        values = {"title": item.title, "sapo": item.sapo, "recheck": stamp(now)}
        edited = update(frontier).where(alike, frontier.c.state == DONE, frontier.c.title != item.title)
        conn.execute(edited.values(**values))


def due(conn: Connection, now: datetime, sources: Collection[str] | None = None, limit: int = 50_000) -> list[Due]:
    """Return the addresses to fetch now: waiting ones first, then second looks; hosts take turns."""
    at = stamp(now)
    waiting = and_(frontier.c.state == PENDING, or_(frontier.c.next_try.is_(None), frontier.c.next_try <= at))
    again = and_(frontier.c.state == DONE, frontier.c.recheck.is_not(None), frontier.c.recheck <= at)
    turn = func.row_number().over(
        partition_by=frontier.c.host, order_by=(frontier.c.state.desc(), frontier.c.discovered, frontier.c.url)
    )
    query = select(frontier, turn.label("turn")).where(or_(waiting, again))
    if sources is not None:
        query = query.where(frontier.c.source.in_(sources))
    rows = conn.execute(query.order_by("turn", frontier.c.host).limit(limit)).mappings()
    return list(_due(rows))


def named(conn: Connection, urls: Collection[str]) -> list[Due]:
    """Return the given addresses, whatever their state: a person asked for them."""
    rows = conn.execute(select(frontier).where(frontier.c.url.in_(urls)).order_by(frontier.c.url)).mappings()
    return list(_due(rows))


def _due(rows: Iterable[Any]) -> Iterator[Due]:
    for row in rows:
        found = moment(row["discovered"])
        assert found is not None
        yield Due(
            row["url"], row["source"], row["host"], row["title"], row["sapo"], moment(row["published"]), found,
            row["attempts"], row["state"] == DONE, row["etag"], row["last_modified"],
        )  # fmt: skip


def done(conn: Connection, item: Due, outcome: str, now: datetime, etag: str | None, last_modified: str | None) -> None:
    """Close an address that was fetched, and plan the next look at it."""
    later = next((item.discovered + gap for gap in RECHECKS if item.discovered + gap > now), None)
    values: dict[str, Any] = {
        "state": DONE, "outcome": outcome, "reason": "", "attempts": 0, "next_try": None,
        "recheck": stamp(later), "etag": etag, "last_modified": last_modified,
    }  # fmt: skip
    conn.execute(update(frontier).where(frontier.c.url == item.url).values(**values))


def failed(
    conn: Connection, item: Due, outcome: str, reason: str, now: datetime, *, final: bool, wait: float | None = None
) -> None:
    """Note a failure: give the address up when `final` or tried too often, else plan the next try."""
    attempts = item.attempts + 1
    values: dict[str, Any] = {"outcome": outcome, "reason": reason, "attempts": attempts}
    if item.again:
        # The article is captured; only its second look failed.
        later = next((item.discovered + gap for gap in RECHECKS if item.discovered + gap > now), None)
        values |= {"recheck": None if final else stamp(later)}
    elif final or (attempts > len(RETRIES) and now - item.discovered > GIVE_UP):
        values |= {"state": DEAD, "next_try": None}
    else:
        pause = max(RETRIES[min(attempts, len(RETRIES)) - 1], timedelta(seconds=wait or 0))
        values |= {"next_try": stamp(now + pause)}
    conn.execute(update(frontier).where(frontier.c.url == item.url).values(**values))


def outcome(conn: Connection, url: str) -> tuple[str, str] | None:
    """Return the last outcome and reason of an address, or None for one never met."""
    row = conn.execute(select(frontier.c.outcome, frontier.c.reason).where(frontier.c.url == url)).first()
    return (row.outcome, row.reason) if row else None


def counts(conn: Connection) -> dict[str, int]:
    """Return how many addresses are in each state."""
    rows = conn.execute(select(frontier.c.state, func.count().label("number")).group_by(frontier.c.state))
    return {row.state: row.number for row in rows}
