"""Slowing down those who guess: attempts are counted before they are tried, so that many at once gain nothing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from pipelines.store.rows import insert_once, moment, stamp
from pipelines.store.schema import throttles

# Attempts that fail within the window before the door shuts. One name from one address is a person who mistypes; many names
# from one address, or one name from many, is a machine. The name alone is generous, so that a stranger cannot lock someone out at will.
WINDOW = timedelta(minutes=15)
PAIR, ADDRESS, NAME = 5, 30, 60
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)


def _keys(name: str, address: str) -> list[tuple[str, int]]:
    def key(*parts: str) -> str:
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    return [(key("pair", name, address), PAIR), (key("address", address), ADDRESS), (key("name", name), NAME)]


def take(conn: Connection, name: str, address: str, now: datetime) -> timedelta | None:
    """Count one attempt as failed; return None when it may be tried, else how long to wait (it must not be tried then)."""
    conn.execute(throttles.delete().where(throttles.c.since < stamp(now - timedelta(days=1))))
    rows = []
    for key, limit in sorted(_keys(name, address)):
        insert_once(conn, throttles, [{"key": key, "failures": 0, "since": stamp(now), "until": None}])
        rows.append((limit, conn.execute(select(throttles).where(throttles.c.key == key).with_for_update()).mappings().one()))
    shut = [until - now for _limit, row in rows if (until := moment(row["until"])) is not None and until > now]
    if shut:
        # Knocking at a shut door counts for nothing, else one address could shut a name for all others.
        return max(shut)
    for limit, row in rows:
        last = max(filter(None, (moment(row["since"]), moment(row["until"]))))
        stale = now - last > WINDOW
        failures = 1 if stale else row["failures"] + 1
        over = failures - limit
        shut_until = stamp(now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)) if over >= 0 else None
        since = stamp(now) if stale else row["since"]
        conn.execute(update(throttles).where(throttles.c.key == row["key"]).values(failures=failures, since=since, until=shut_until))
    return None


def came_in(conn: Connection, name: str, address: str) -> None:
    """Take the attempt back that was counted for somebody who then was let in; the pair starts anew."""
    pair, *others = (key for key, _limit in _keys(name, address))
    conn.execute(throttles.delete().where(throttles.c.key == pair))
    conn.execute(
        update(throttles).where(or_(*(throttles.c.key == key for key in others)), throttles.c.failures > 0)
        .values(failures=throttles.c.failures - 1, until=None)
    )  # fmt: skip
