"""What the newest pages of a source came as (columns of `frontier`), to be compared with one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from pipelines.store.frontier import DONE, PENDING, RETRIES
from pipelines.store.rows import stamp
from pipelines.store.schema import frontier

# An outlet of one story a week shows three pages in so many days.
WITHIN = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: its address, the headline that was named for it, marks of its title, its text and where it was sent
    (empty: none), whether it carries the headline (None: nobody named one)."""

    url: str
    headline: str
    title: str
    text: str
    sent: str
    named: bool | None


def save(conn: Connection, shown: Iterable[Shown]) -> None:
    """Keep what pages came as; one statement for all of them."""
    rows = [
        {"at": page.url, "t": page.title, "x": page.text, "s": page.sent, "n": None if page.named is None else int(page.named)}
        for page in shown
    ]  # fmt: skip
    if rows:
        values: dict[str, Any] = {"mark_title": bindparam("t"), "mark_text": bindparam("x"), "mark_sent": bindparam("s"), "named": bindparam("n")}
        conn.execute(update(frontier).where(frontier.c.url == bindparam("at")).values(values), rows)


def newest(conn: Connection, source: str, now: datetime, limit: int) -> list[Shown]:
    """Return the newest pages of a source with what they came as, newest first."""
    query = _marked().where(frontier.c.source == source, frontier.c.discovered >= stamp(now - WITHIN))
    return _shown(conn, query.order_by(frontier.c.discovered.desc(), frontier.c.url).limit(limit))


def at(conn: Connection, urls: Collection[str]) -> dict[str, Shown]:
    """Return what pages came as at their last look, by address; those never looked at are left out."""
    return {page.url: page for page in _shown(conn, _marked().where(frontier.c.url.in_(list(urls))))}


def _marked() -> Select[Any]:
    columns = (frontier.c.url, frontier.c.title, frontier.c.mark_title, frontier.c.mark_text, frontier.c.mark_sent, frontier.c.named)
    return select(*columns).where(frontier.c.mark_title.is_not(None))


def _shown(conn: Connection, query: Select[Any]) -> list[Shown]:
    return [
        Shown(row.url, row.title, row.mark_title, row.mark_text or "", row.mark_sent or "", None if row.named is None else bool(row.named))
        for row in conn.execute(query)
    ]


def reopen(conn: Connection, urls: Collection[str], outcome: str, reason: str, now: datetime) -> None:
    """Send addresses that were closed back into the queue, to be asked for in full; those that wait already stay as they are."""
    values = {
        "state": PENDING, "outcome": outcome, "reason": reason, "attempts": 1, "next_try": stamp(now + RETRIES[0]),
        "recheck": None, "etag": None, "last_modified": None,
    }  # fmt: skip
    conn.execute(update(frontier).where(frontier.c.url.in_(list(urls)), frontier.c.state == DONE).values(**values))
