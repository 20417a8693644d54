"""What is known of each feed, sitemap and list page, and the health of each source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import feed_states, frontier, source_days, source_states

TREND_DAYS = 28
# So long after its next poll was to come a source is asked by nobody.
OVERDUE = timedelta(hours=24)
# Outcomes of a poll in which the source gave an answer that could be read.
ANSWERED = frozenset({"new", "same", "unchanged", "moved", "empty", "lied"})


def state(conn: Connection, url: str) -> dict[str, Any]:
    """Return the row of the feed `url`; an empty one (trust unproven) for a feed never met."""
    row = conn.execute(select(feed_states).where(feed_states.c.url == url)).mappings().first()
    return dict(row) if row else {"url": url, "trust": None}


def save(conn: Connection, url: str, source: str, **values: Any) -> None:
    """Write the given columns of a feed's row."""
    upsert(conn, feed_states, {"url": url, "source": source, **values})


def of_source(conn: Connection, source: str) -> list[dict[str, Any]]:
    """Return all rows of one source's feeds, sitemaps and list pages."""
    rows = conn.execute(select(feed_states).where(feed_states.c.source == source).order_by(feed_states.c.url))
    return [dict(row) for row in rows.mappings()]


def source_state(conn: Connection, source: str) -> dict[str, Any] | None:
    """Return the health row of a source, or None."""
    row = conn.execute(select(source_states).where(source_states.c.source == source)).mappings().first()
    return dict(row) if row else None


def source_rows(conn: Connection) -> dict[str, dict[str, Any]]:
    """Return the health rows of all sources by id."""
    return {row["source"]: dict(row) for row in conn.execute(select(source_states)).mappings()}


def is_overdue(row: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a source that is to be asked has been asked by nobody for a day: its health row is no news of today."""
    due = moment(row.get("next_poll"))
    return due is not None and now - due > OVERDUE


def save_source(conn: Connection, source: str, **values: Any) -> None:
    """Write the given columns of a source's health row."""
    upsert(conn, source_states, {"source": source, **values})


def add_failures(conn: Connection, source: str, now: datetime, failures: int) -> None:
    """Add to how often a source failed on the day of `now`."""
    day = (stamp(now) or "")[:10]
    where = (source_days.c.source == source, source_days.c.day == day)
    before = conn.execute(select(source_days.c.failures).where(*where)).scalar() or 0
    upsert(conn, source_days, {"source": source, "day": day, "failures": before + failures})


def failures(conn: Connection, source: str, now: datetime, days: int = TREND_DAYS) -> list[int]:
    """Return the failed polls per day (UTC) of the last `days` days, oldest first, today last."""
    first = now - timedelta(days=days - 1)
    since = (stamp(first) or "")[:10]
    query = select(source_days.c.day, source_days.c.failures).where(source_days.c.source == source, source_days.c.day >= since)
    found = {str(name): int(count) for name, count in conn.execute(query).tuples()}
    return [found.get((stamp(first + timedelta(days=n)) or "")[:10], 0) for n in range(days)]


def trend(conn: Connection, source: str, now: datetime, days: int = TREND_DAYS) -> list[int]:
    """Return the items found per day (UTC) of the last `days` days, oldest first, today last; other days count 0.

    Counted from the frontier itself, so that a kill between finding and counting loses nothing.
    """
    first = now - timedelta(days=days - 1)
    day = func.substr(frontier.c.discovered, 1, 10)
    since = (stamp(first) or "")[:10]
    query = (
        select(day, func.count()).where(frontier.c.source == source, frontier.c.discovered >= since).group_by(day)
    )
    found = {str(name): int(count) for name, count in conn.execute(query).tuples()}
    return [found.get((stamp(first + timedelta(days=n)) or "")[:10], 0) for n in range(days)]
