"""robots.txt of hosts, kept between runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pipelines.store.rows import stamp, upsert
from pipelines.store.schema import robots


def get(conn: Connection, host: str) -> dict[str, Any] | None:
    """Return the row of a host (`checked`, `expires` as text), or None."""
    row = conn.execute(select(robots).where(robots.c.host == host)).mappings().first()
    return dict(row) if row else None


def save(conn: Connection, host: str, rules: str, status: int, checked: datetime, expires: datetime, reason: str = "") -> None:
    """Keep the directives of a host until `expires`."""
    row = {"host": host, "rules": rules, "status": status, "reason": reason}
    upsert(conn, robots, {**row, "checked": stamp(checked), "expires": stamp(expires)})
