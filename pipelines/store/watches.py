"""Saved searches: named, shared or of one desk; an enabled one is a watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.rows import moment, stamp
from pipelines.store.schema import watches
from pipelines.text import normalize

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search. `desk` empty: shared; `channel` empty: every channel; `enabled` None: it tells nobody."""

    id: str
    name: str
    desk: str
    query: str
    channel: str
    enabled: datetime | None


def add(conn: Connection, name: str, query: str, *, desk: str = "", channel: str = "", now: datetime) -> Watch:
    """Save a search, not yet enabled; UserError when the name is empty, too long or taken."""
    name = normalize(name).strip()
    if not name or len(name) > LONGEST_NAME:
        raise UserError(f"tên tìm kiếm cần từ 1 đến {LONGEST_NAME} ký tự", 2)
    if conn.execute(select(watches.c.id).where(watches.c.name == name)).first():
        raise UserError(f"tên “{name}” đã có; chọn tên khác hoặc bỏ tìm kiếm cũ bằng cotmoc watches remove")
    id_ = content_id("watch", name)
    conn.execute(
        watches.insert().values(id=id_, name=name, desk=desk, query=query, channel=channel, made=stamp(now))
    )
    return Watch(id_, name, desk, query, channel, None)


def get(conn: Connection, name: str) -> Watch:
    """Return the saved search `name`; UserError when there is none."""
    # As it was typed too: names saved before 22 November 2026 are as they were typed then.
    row = conn.execute(select(watches).where(watches.c.name.in_((normalize(name).strip(), " ".join(name.split()))))).mappings().first()
    if row is None:
        raise UserError(f"không có tìm kiếm nào tên “{name}”; xem cotmoc watches list")
    return _watch(row)


def listed(conn: Connection, desk: str | None = None) -> list[Watch]:
    """Return saved searches by name: those shared and those of `desk`; None gives all."""
    query = select(watches).order_by(watches.c.name)
    if desk is not None:
        query = query.where(or_(watches.c.desk == "", watches.c.desk == desk))
    return [_watch(row) for row in conn.execute(query).mappings()]


def enabled(conn: Connection) -> list[Watch]:
    """Return the watches, in the order of their names."""
    query = select(watches).where(watches.c.enabled.is_not(None)).order_by(watches.c.name)
    return [_watch(row) for row in conn.execute(query).mappings()]


def switch(conn: Connection, watch: Watch, since: datetime | None) -> None:
    """Enable a watch from `since` on, or disable it (None)."""
    conn.execute(update(watches).where(watches.c.id == watch.id).values(enabled=stamp(since)))


def give(conn: Connection, watch: Watch, desk: str) -> None:
    """Make a saved search that of `desk`, or shared (empty)."""
    conn.execute(update(watches).where(watches.c.id == watch.id).values(desk=desk))


def remove(conn: Connection, watch: Watch) -> None:
    """Forget a saved search."""
    conn.execute(delete(watches).where(watches.c.id == watch.id))


def _watch(row: Any) -> Watch:
    return Watch(row["id"], row["name"], row["desk"], row["query"], row["channel"], moment(row["enabled"]))
