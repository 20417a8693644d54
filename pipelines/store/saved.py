"""Filters of the inbox under a name, of one analyst or shared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, or_, select

from pipelines.errors import UserError
from pipelines.records import content_id
from pipelines.store.rows import upsert
from pipelines.store.schema import saved_filters

LONGEST_NAME, LONGEST_QUERY, MOST = 80, 1000, 30


def keep(conn: Connection, analyst: str, name: str, query: str, *, shared: bool) -> str:
    """Store a filter (the same name again: in its place) and return its id; UserError for a bad name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise UserError(f"tên bộ lọc cần từ 1 đến {LONGEST_NAME} ký tự")
    id = content_id("filter", analyst, name)
    own = set(conn.execute(select(saved_filters.c.id).where(saved_filters.c.analyst == analyst)).scalars())
    if id not in own and len(own) >= MOST:
        raise UserError(f"đã có {MOST} bộ lọc; hãy bỏ bớt một bộ lọc cũ")
    upsert(conn, saved_filters, {"id": id, "analyst": analyst, "name": name, "query": query, "shared": int(shared)})
    return id


def listed(conn: Connection, analyst: str) -> list[dict[str, Any]]:
    """Return the filters of `analyst` and the shared ones, by name."""
    query = select(saved_filters).where(or_(saved_filters.c.analyst == analyst, saved_filters.c.shared == 1))
    return [dict(row) for row in conn.execute(query.order_by(saved_filters.c.name, saved_filters.c.id)).mappings()]


def forget(conn: Connection, analyst: str, id: str) -> bool:
    """Remove one's own filter; False when it is not there or not one's own."""
    done = conn.execute(delete(saved_filters).where(saved_filters.c.id == id, saved_filters.c.analyst == analyst))
    return done.rowcount == 1
