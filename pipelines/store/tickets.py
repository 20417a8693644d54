"""Codes that work once: to set a password (`reset`), and to come in without the telephone (`recovery`). Only hashes are kept."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from pipelines.store.rows import stamp
from pipelines.store.schema import tickets

# Eighty random bits each: nothing to guess, so SHA-256 keeps them well enough.
BYTES = 10


def plain(code: str) -> str:
    """Return a code as it is compared: upper case, without blanks and dashes."""
    return "".join(char for char in code.upper() if char.isascii() and char.isalnum())[:64]


def _hash(kind: str, code: str) -> str:
    return hashlib.sha256(f"{kind}\0{plain(code)}".encode()).hexdigest()


def new_code() -> str:
    """Return a random code of four groups, easy to copy by hand."""
    letters = base64.b32encode(secrets.token_bytes(BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def issue(conn: Connection, kind: str, user: str, now: datetime, expires: datetime | None = None) -> str:
    """Make a code for a user and return it; it is shown this once."""
    code = new_code()
    conn.execute(
        tickets.insert().values(hash=_hash(kind, code), kind=kind, staff=user, made=stamp(now), expires=stamp(expires))
    )
    return code


def holder(conn: Connection, kind: str, code: str, now: datetime) -> str | None:
    """Return the id of the user whom an unused code belongs to, or None."""
    query = select(tickets.c.staff).where(tickets.c.hash == _hash(kind, code), tickets.c.used.is_(None))
    return conn.execute(query.where(or_(tickets.c.expires.is_(None), tickets.c.expires > stamp(now)))).scalar()


def redeem(conn: Connection, kind: str, code: str, now: datetime, *, user: str | None = None) -> str | None:
    """Use a code up and return its user's id; None when it is unknown, used, expired, or not `user`'s."""
    found = holder(conn, kind, code, now)
    if found is None or (user is not None and found != user):
        return None
    query = update(tickets).where(tickets.c.hash == _hash(kind, code), tickets.c.used.is_(None))
    return found if conn.execute(query.values(used=stamp(now))).rowcount == 1 else None


def void(conn: Connection, kind: str, user: str) -> None:
    """Delete all codes of a kind that a user holds."""
    conn.execute(tickets.delete().where(tickets.c.kind == kind, tickets.c.staff == user))


def left(conn: Connection, kind: str, user: str) -> int:
    """Return how many unused codes of a kind a user holds."""
    query = select(func.count()).select_from(tickets)
    return conn.execute(query.where(tickets.c.kind == kind, tickets.c.staff == user, tickets.c.used.is_(None))).scalar_one()
