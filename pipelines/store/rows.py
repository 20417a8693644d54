"""Between records and rows: times as UTC text, and inserts that a second run may repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, TextClause, bindparam, text


def stamp(moment: datetime | None) -> str | None:
    """Return UTC text of fixed width (`2026-11-21T07:30:00.000000+00:00`), which sorts as the time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def moment(text: str | None) -> datetime | None:
    """Return the aware datetime that `stamp` wrote."""
    return datetime.fromisoformat(text) if text else None


def insert_once(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert `rows` (all with the same columns), leaving out those whose key is there; return how many were new."""
    if not rows:
        return 0
    result = conn.execute(_insert(table, tuple(rows[0]), False), [_filled(table, row) for row in rows])
    return max(result.rowcount, 0)


def upsert(conn: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert `row`, or replace the given columns of the row with the same primary key."""
    conn.execute(_insert(table, tuple(row), True), _filled(table, row))


def _filled(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return `row` with the columns' own defaults for what it leaves out."""
    return {**{name: value for name, value in _defaults(table) if name not in row}, **row}


@cache
def _defaults(table: Table) -> tuple[tuple[str, Any], ...]:
    return tuple((c.name, c.default.arg) for c in table.columns if c.default is not None and c.default.is_scalar)  # type: ignore[attr-defined]


@cache
def _insert(table: Table, given: tuple[str, ...], replace: bool) -> TextClause:
    # Written out, because the dialects' own ON CONFLICT constructs are compiled anew at each call: a third of the
    # time of the read step (2026-11-21). Both databases take this form.
    names = [*given, *(name for name, _value in _defaults(table) if name not in given)]
    keys = [column.name for column in table.primary_key.columns]
    changed = [name for name in given if name not in keys] if replace else []
    action = "UPDATE SET " + ", ".join(f'"{name}" = excluded."{name}"' for name in changed) if changed else "NOTHING"
    target = "(" + ", ".join(f'"{key}"' for key in keys) + ")" if changed else ""
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    clause = text(f'INSERT INTO "{table.name}" ({columns}) VALUES ({values}) ON CONFLICT {target} DO {action}')
    return clause.bindparams(*(bindparam(name, type_=table.c[name].type) for name in names))
