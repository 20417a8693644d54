"""Health of the sources: state, reason, last item, next poll, and what each gave per day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, select
from starlette.requests import Request
from starlette.responses import Response

from dashboards import queries
from dashboards.charts import spark
from dashboards.web.kept import kept
from dashboards.web.view import page, store
from pipelines.clock import now as clock_now
from pipelines.store.rows import stamp
from pipelines.store.schema import frontier

DAYS = 28
_NEVER_ASKED: Mapping[str, Any] = MappingProxyType({
    "status": "new", "reason": "", "failures": 0.0, "last_item": None, "last_attempt": None, "last_success": None, "next_poll": None,
})  # fmt: skip


def trends(conn: Connection, now: datetime) -> dict[str, list[int]]:
    """Return items found per day (UTC) of the last 28 days for every source, oldest first, in one pass over an index."""
    first = now - timedelta(days=DAYS - 1)
    days = {(stamp(first + timedelta(days=n)) or "")[:10]: n for n in range(DAYS)}
    day = func.substr(frontier.c.discovered, 1, 10)
    # A joined name is no column: SQLite would else walk all of the index on `source` for the grouping (3.5 s of a million, 2026-11-21).
    source = frontier.c.source.concat("")
    query = select(source, day, func.count()).where(frontier.c.discovered >= min(days)).group_by(source, day)
    found: dict[str, list[int]] = {}
    for outlet, name, count in conn.execute(query).tuples():
        if name in days:
            found.setdefault(outlet, [0] * DAYS)[days[name]] += count
    return found


def health(request: Request) -> Response:
    """GET /health?status=: the troubled ones first, those never asked last."""
    wanted = request.query_params.get("status", "")[:40]
    trend = kept(request, "trends", trends)["value"]
    with store(request).read() as conn:
        rows, last_seen = queries.sources(conn, clock_now(), frozenset(getattr(request.app.state, "followed", ()))), queries.last_seen(conn)
    asked = {row["source"] for row in rows}
    rows += [{**_NEVER_ASKED, "source": name} for name in getattr(request.app.state, "followed", []) if name not in asked]
    tally = dict(Counter(row["status"] for row in rows).most_common())
    names = getattr(request.app.state, "outlets", {})
    shown: list[dict[str, Any]] = [
        {**row, "name": names.get(row["source"], row["source"]), "line": spark(days), "sum": sum(days), "today": days[-1]}
        for row in rows if wanted in ("", row["status"]) for days in [trend.get(row["source"], [0] * DAYS)]
    ]  # fmt: skip
    shown.sort(key=lambda row: ({"ok": 1, "new": 2}.get(row["status"], 0), -row["failures"], row["name"]))
    return page(request, "health.html", sources=shown, tally=tally, wanted=wanted, total=len(rows), last_seen=last_seen, days=DAYS)
