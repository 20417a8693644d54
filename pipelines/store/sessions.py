"""Who is signed in: one row per browser, found by the hash of its cookie, ended on the server."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from pipelines.store import users
from pipelines.store.rows import stamp
from pipelines.store.schema import sessions
from pipelines.store.schema import users as staff

# `seen` is written at most this often: reading a page should not need the write lock.
TOUCH = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """A session as its owner sees it: when and by which way it began, last use, and from where."""

    id: str
    made: datetime
    seen: datetime
    expires: datetime
    way: str
    address: str
    browser: str


def digest(token: str) -> str:
    """Return the id under which the store knows a cookie (256 random bits need no slow hash)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def start(conn: Connection, user: str, now: datetime, *, way: str, hours: float, address: str = "", browser: str = "") -> str:
    """Open a session for the user `user` and return the cookie's value, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    at = stamp(now)
    conn.execute(
        sessions.insert().values(
            id=digest(token), staff=user, made=at, seen=at, expires=stamp(now + timedelta(hours=hours)),
            way=way, address=address[:64], browser=browser[:200],
        )
    )  # fmt: skip
    conn.execute(update(staff).where(staff.c.id == user).values(seen=at))
    return token


def find(conn: Connection, token: str, now: datetime, idle: timedelta) -> tuple[users.User, Entry] | None:
    """Return the user and session of a cookie, unless ended, expired, idle for longer than `idle`, or the user is disabled."""
    query = (
        select(*staff.c, *(column.label(f"s_{column.name}") for column in sessions.c))
        .join(staff, staff.c.id == sessions.c.staff)
        .where(sessions.c.id == digest(token), sessions.c.ended.is_(None), staff.c.disabled.is_(None))
        .where(sessions.c.expires > stamp(now), sessions.c.seen > stamp(now - idle))
    )
    row = conn.execute(query).mappings().first()
    return (users.from_row(row), _entry(row, "s_")) if row else None


def _entry(row: object, prefix: str = "") -> Entry:
    found = {name: row[prefix + name] for name in ("id", "made", "seen", "expires", "way", "address", "browser")}  # type: ignore[index]
    return Entry(**{**found, **{name: datetime.fromisoformat(found[name]) for name in ("made", "seen", "expires")}})


def touch(conn: Connection, id: str, now: datetime) -> None:
    """Note that the session was used."""
    conn.execute(update(sessions).where(sessions.c.id == id).values(seen=stamp(now)))


def of_user(conn: Connection, user: str, now: datetime, idle: timedelta) -> list[Entry]:
    """Return the open sessions of a user, the one used last first."""
    query = (
        select(sessions)
        .where(sessions.c.staff == user, sessions.c.ended.is_(None), sessions.c.expires > stamp(now))
        .where(sessions.c.seen > stamp(now - idle))
        .order_by(sessions.c.seen.desc())
    )
    return [_entry(row) for row in conn.execute(query).mappings()]


def end(conn: Connection, id: str, now: datetime, *, user: str | None = None) -> bool:
    """End one session (of `user` only, when given); return whether there was one to end."""
    query = update(sessions).where(sessions.c.id == id, sessions.c.ended.is_(None))
    if user is not None:
        query = query.where(sessions.c.staff == user)
    return conn.execute(query.values(ended=stamp(now))).rowcount == 1


def end_all(conn: Connection, user: str, now: datetime, *, but: str = "") -> int:
    """End all sessions of a user except `but`; return how many."""
    query = update(sessions).where(sessions.c.staff == user, sessions.c.ended.is_(None), sessions.c.id != but)
    return conn.execute(query.values(ended=stamp(now))).rowcount


def forget(conn: Connection, before: datetime) -> int:
    """Delete sessions that ended or expired before `before`; return how many."""
    at = stamp(before)
    return conn.execute(sessions.delete().where(or_(sessions.c.ended < at, sessions.c.expires < at))).rowcount
