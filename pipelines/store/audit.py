"""The audit log: append-only, each entry chained to the one before by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pipelines.store.rows import stamp, upsert
from pipelines.store.schema import audit, decisions, meta, users

GENESIS = "0" * 64
# Key of `meta`: how many entries there are and the newest one, so that a log that was cut off is told from a whole one.
HEAD = "audit-head"


def _hash(previous: str, at: str, actor: str, action: str, thing: str, details: Mapping[str, Any]) -> str:
    body = json.dumps([previous, at, actor, action, thing, dict(details)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def alone(conn: Connection) -> None:
    """Keep other writers of the log out until the transaction ends: two must not chain to the same predecessor."""
    if conn.dialect.name == "postgresql":
        # SQLite's write lock sees to that by itself.
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(8711)")


def append(
    conn: Connection, *, actor: str, action: str, thing: str, details: Mapping[str, Any], now: datetime
) -> str:
    """Write one entry (`actor` is a desk of the office or `cotmoc`) and return its hash."""
    alone(conn)
    previous = conn.execute(select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).scalar() or GENESIS
    at = stamp(now) or ""
    digest = _hash(previous, at, actor, action, thing, details)
    written = conn.execute(
        audit.insert().values(
            at=at, actor=actor, action=action, object=thing, details=dict(details), previous=previous, hash=digest
        )
    )
    known = head(conn)
    grown = {"count": (known["count"] if known else 0) + 1, "seq": (written.inserted_primary_key or (0,))[0], "hash": digest}
    upsert(conn, meta, {"key": HEAD, "value": json.dumps(grown)})
    return digest


def head(conn: Connection) -> dict[str, Any] | None:
    """Return {"count", "seq", "hash"} as the last entry left it, or None before the first."""
    found = conn.execute(select(meta.c.value).where(meta.c.key == HEAD)).scalar()
    return dict(json.loads(found)) if found else None


def verify(conn: Connection, witness: Mapping[str, Any] | None = None) -> tuple[int, str | None]:
    """Walk the chain; return the number of entries and what is wrong first, or None.

    The log must reach its head, and that of `witness`: one seen earlier and kept outside the store (pipelines.witness).
    """
    # Read first: entries that land meanwhile are behind it.
    known = head(conn)
    marks = [mark for mark in (known, witness) if mark]
    previous, count, met = GENESIS, 0, 0
    for row in conn.execute(select(audit).order_by(audit.c.seq)).mappings():
        count += 1
        digest = _hash(previous, row["at"], row["actor"], row["action"], row["object"], row["details"])
        if row["previous"] != previous:
            return count, f"mục {row['seq']}: không nối với mục trước"
        if row["hash"] != digest:
            return count, f"mục {row['seq']}: nội dung đã bị sửa"
        previous = row["hash"]
        met += sum((mark["count"], mark["seq"], mark["hash"]) == (count, row["seq"], previous) for mark in marks)
    most = max((mark["count"] for mark in marks), default=0)
    if most > count:
        return count, f"thiếu {most - count} mục cuối: nhật ký từng có {most} mục, nay còn {count}"
    if met < len(marks):
        return count, "mốc cuối đã ghi không còn khớp mục nào của nhật ký"
    return count, None if known else _headless(conn, count)


def _headless(conn: Connection, count: int) -> str | None:
    """Say what is wrong with a log that has no head: nothing when nothing was ever done here."""
    if count:
        return "mất mốc cuối của nhật ký"
    used = any(conn.execute(select(table.c.id).limit(1)).first() for table in (users, decisions))
    return "nhật ký trống mà kho đã có người dùng hoặc quyết định" if used else None


def find(
    conn: Connection, *, actor: str = "", action: str = "", thing: str = "", since: datetime | None = None,
    until: datetime | None = None, limit: int = 100, offset: int = 0,
) -> list[dict[str, Any]]:
    """Return entries, newest first, one more than `limit` when there are more; `action` may be a beginning such as `user.`."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit + 1).offset(offset)
    for column, wanted in ((audit.c.actor, actor), (audit.c.object, thing)):
        if wanted:
            query = query.where(column == wanted)
    if action:
        query = query.where(audit.c.action.startswith(action, autoescape=True))
    if since:
        query = query.where(audit.c.at >= stamp(since))
    if until:
        query = query.where(audit.c.at < stamp(until))
    return [dict(row) for row in conn.execute(query).mappings()]


def kinds(conn: Connection) -> tuple[list[str], list[str]]:
    """Return all actors and all actions that the log holds, sorted."""
    actors = conn.execute(select(audit.c.actor).distinct().order_by(audit.c.actor)).scalars()
    actions = conn.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars()
    return list(actors), list(actions)
