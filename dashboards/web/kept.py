"""Counts over many rows, kept in the store for a minute: the desk is looked at more often than it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request

from dashboards.web.view import store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import meta

FRESH = timedelta(seconds=60)


def kept(request: Request, name: str, make: Callable[[Connection, datetime], Any]) -> dict[str, Any]:
    """Return {"at", "value"}: what `make` gave less than a minute ago, else what it gives now.

    `value` has gone through JSON either way. A store too busy to write keeps nothing and the page still answers.
    """
    key, at = f"desk.{name}", now()
    with store(request).read() as conn:
        found = _read(conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar(), at)
        if found is not None:
            return found
        made = json.dumps({"at": stamp(at), "value": make(conn, at)}, ensure_ascii=False)
    with suppress(UserError), store(request).begin() as conn:
        upsert(conn, meta, {"key": key, "value": made})
    fresh: dict[str, Any] = json.loads(made)
    return fresh


def _read(text: str | None, at: datetime) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        found: dict[str, Any] = json.loads(text)
        made = moment(found["at"])
    except (ValueError, KeyError, TypeError):
        return None
    return found if made and timedelta(0) <= at - made < FRESH else None
