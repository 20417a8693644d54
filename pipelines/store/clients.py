"""Programs that may read the API: a random token each, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import clients
from pipelines.text import normalize

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Client:
    """A program of the office, by name; `revoked` is when its token stopped to open."""

    id: str
    name: str
    made: datetime
    revoked: datetime | None = None


def _digest(token: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def add(conn: Connection, name: str, now: datetime) -> str:
    """Register a program and return its token, which is shown this once; UserError when the name is taken."""
    name = normalize(name).strip()
    if not name or len(name) > LONGEST_NAME:
        raise UserError(f"tên chương trình cần từ 1 đến {LONGEST_NAME} ký tự", 2)
    if conn.execute(select(clients.c.id).where(clients.c.name == name)).first():
        raise UserError(f"tên “{name}” đã có (kể cả khi đã thu hồi); chọn tên khác")
    token = "cotmoc_" + secrets.token_urlsafe(32)
    conn.execute(
        clients.insert().values(id=content_id("client", name), name=name, token_sha256=_digest(token), made=stamp(now))
    )
    return token


def by_token(conn: Connection, token: str) -> Client | None:
    """Return the program that holds `token`, unless it was revoked."""
    query = select(clients).where(clients.c.token_sha256 == _digest(token), clients.c.revoked.is_(None))
    row = conn.execute(query).mappings().first()
    return Client(row["id"], row["name"], datetime.fromisoformat(row["made"])) if row else None


def listed(conn: Connection) -> list[Client]:
    """Return all programs by name, the revoked ones too."""
    rows = conn.execute(select(clients).order_by(clients.c.name)).mappings()
    return [Client(r["id"], r["name"], datetime.fromisoformat(r["made"]), moment(r["revoked"])) for r in rows]


def revoke(conn: Connection, name: str, now: datetime) -> None:
    """Close the API to a program at once; UserError when there is none of that name that could come in."""
    changed = conn.execute(
        update(clients).where(clients.c.name.in_((normalize(name).strip(), " ".join(name.split()))), clients.c.revoked.is_(None)).values(revoked=stamp(now))
    )
    if changed.rowcount != 1:
        raise UserError(f"không có chương trình nào tên “{name}” còn quyền; xem cotmoc clients list")
