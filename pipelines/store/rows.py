"""Between records and rows: times as UTC text, and inserts that a second run may repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def stamp(moment: datetime | None) -> str | None:
    """Return UTC text of fixed width (`2026-11-21T07:30:00.000000+00:00`), which sorts as the time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def moment(text: str | None) -> datetime | None:
    """Return the aware datetime that `stamp` wrote."""
    return datetime.fromisoformat(text) if text else None


def insert_once(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert `rows`, leaving out those whose primary key is there; return how many were new."""
    if not rows:
        return 0
    insert = postgresql_insert if conn.dialect.name == "postgresql" else sqlite_insert
    result = conn.execute(insert(table).on_conflict_do_nothing(), list(rows))
    return max(result.rowcount, 0)


def upsert(conn: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert `row`, or replace the given columns of the row with the same primary key."""
    insert = postgresql_insert if conn.dialect.name == "postgresql" else sqlite_insert
    keys = [column.name for column in table.primary_key.columns]
    statement = insert(table).values(**row)
    changed = {name: statement.excluded[name] for name in row if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    conn.execute(statement)
