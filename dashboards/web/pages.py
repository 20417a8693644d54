"""Overview, sources' health, references, about, and the probe."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifiers.referencebase import load_references
from dashboards import queries
from dashboards.web.view import page, settings, store
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.settings import load_profile
from pipelines.store import alerts as alert_store
from pipelines.store import runs
from pipelines.text import fold


def overview(request: Request) -> Response:
    """GET /: the last seven days, what waits, how the sources are."""
    with store(request).read() as conn:
        values: dict[str, Any] = {
            "days": queries.days(conn, now()),
            "statuses": queries.tally(conn, "status"),
            "waiting": alert_store.list_alerts(conn, status=alert_store.WAITING, limit=10),
            "fresh": alert_store.list_alerts(conn, status=alert_store.NEW, limit=10),
            "sources": queries.source_tally(conn),
            "last_seen": queries.last_seen(conn),
            "last_run": runs.last(conn),
        }
    most = max([1, *(day["articles"] for day in values["days"])])
    return page(request, "overview.html", profile=load_profile(settings(request).profile), most=most, **values)


def health(request: Request) -> Response:
    """GET /health."""
    with store(request).read() as conn:
        names = getattr(request.app.state, "outlets", {})
        return page(request, "health.html", sources=queries.sources(conn), names=names, last_seen=queries.last_seen(conn))


def references(request: Request) -> Response:
    """GET /references?q=: all entries, or those that hold every word of `q` (marks do not matter)."""
    query = request.query_params.get("q", "").strip()[:200]
    base, today, words = load_references(), local(now()).date(), fold(query).split()
    found = [
        entry for entry in base
        if all(word in fold(f"{entry.id} {entry.statement_vi} {entry.statement_en} {entry.source.title}") for word in words)
    ]  # fmt: skip
    return page(request, "references.html", entries=found, base=base, q=query, today=today)


def reference(request: Request) -> Response:
    """GET /references/{id}."""
    try:
        entry = load_references().get(request.path_params["id"])
    except UserError as error:
        raise HTTPException(404, str(error)) from error
    return page(request, "reference.html", entry=entry, today=local(now()).date())


def about(request: Request) -> Response:
    """GET /about: scope, exclusions, versions."""
    with store(request).read() as conn:
        used = queries.versions(conn)
    return page(
        request, "about.html", program=version("cotmoc"), base=load_references(), used=used,
        elasticsearch=bool(settings(request).elasticsearch_url),
    )  # fmt: skip


def healthz(request: Request) -> Response:
    """GET /healthz: 200 when the store answers."""
    with store(request).read() as conn:
        conn.execute(select(1))
    return JSONResponse({"status": "ok"})
