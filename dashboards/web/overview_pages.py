"""The overview: what came in, what waits, how long decisions take, how the sources are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from dashboards import overview as counts
from dashboards import queries
from dashboards.charts import columns
from dashboards.web.kept import kept
from dashboards.web.view import page, settings, store
from pipelines.settings import load_profile
from pipelines.store import inbox, runs
from pipelines.store.alerts import NEW, WAITING
from pipelines.store.inbox import Wanted

SHOWN = 5


def _count(followed: Collection[str], conn: Connection, now: datetime) -> dict[str, Any]:
    return {
        "volumes": counts.volumes(conn, now), "delays": counts.delays(conn, now), "statuses": queries.tally(conn, "status"),
        "sources": dict(queries.source_tally(conn, now, followed)),
    }  # fmt: skip


def overview(request: Request) -> Response:
    """GET /: thirty days in charts with their tables, what waits for a second person, what is new."""
    analyst = request.state.session.analyst
    found = kept(request, "overview", partial(_count, frozenset(getattr(request.app.state, "followed", ()))))
    seen = found["value"]["volumes"]
    with store(request).read() as conn:
        lists: dict[str, Any] = {}
        mine = inbox.settled(conn, Wanted(analyst=analyst))
        for name, status in (("waiting", WAITING), ("fresh", NEW)):
            wanted = replace(mine, status=status)
            lists[name] = inbox.items(conn, inbox.stories(conn, wanted, limit=SHOWN), wanted)
        last_seen, last_run = queries.last_seen(conn), runs.last(conn)
    labels = [f"{day[8:10]}/{day[5:7]}" for day in seen["days"]]
    return page(
        request, "overview.html", profile=load_profile(settings(request).profile), at=found["at"], seen=seen,
        articles=columns(labels, [("articles", seen["articles"])]),
        alerts=columns(labels, [("flag", seen["flag"]), ("watch", seen["watch"])]),
        delays=found["value"]["delays"], statuses=found["value"]["statuses"], sources=found["value"]["sources"],
        names=getattr(request.app.state, "outlets", {}), last_seen=last_seen, last_run=last_run, **lists,
    )  # fmt: skip
