"""Watches: saved searches that tell the office of new articles; each is tried on the last 30 days before it is enabled."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.advice import notes
from dashboards.charts import Columns, columns
from dashboards.found import without
from dashboards.web import forms
from dashboards.web.view import page, settings, store
from pipelines import watches
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.store import second_looks

ACTS = ("enable", "disable", "share", "own", "remove")


def listing(request: Request) -> Response:
    """GET /watches: the saved searches that the reader may see."""
    return _page(request)


def _page(request: Request, status: int = 200, **more: Any) -> Response:
    analyst, config = request.state.session.analyst, settings(request)
    with store(request).read() as conn:
        found = watches.listed(conn, analyst)
    values: dict[str, Any] = {"error": "", "query": "", "name": "", "own": False, "channel": "", "preview": None, "timeline": None, **more}
    return page(request, "watches.html", status, watches=found, channels=sorted(config.notify), days=watches.DAYS, many=watches.MANY, **values)


def preview(request: Request) -> Response:
    """GET /watches/preview?query=: what the question found over the last 30 days, with the form to save it."""
    given = {name: request.query_params.get(name, "").replace("\x00", "").strip()[:2000] for name in ("query", "name", "channel")}
    more: dict[str, Any] = {**given, "own": bool(request.query_params.get("own"))}
    from pipelines.search import IndexUnavailable, open_index

    try:
        watches.check(given["query"], "", given["channel"], settings(request), now())
        with store(request).read() as conn:
            asked = without(given["query"], second_looks.hidden_stories(conn, request.state.session.analyst))
        with closing(open_index(settings(request), store(request))) as index:
            moment = now()
            found = watches.preview(index, asked, moment)
            more |= {"preview": found, "timeline": days(found, moment), **notes(given["query"])}
    except UserError as wrong:
        return _page(request, 503 if isinstance(wrong, IndexUnavailable) else 400, **more, error=str(wrong))
    return _page(request, **more)


def days(found: watches.Preview, moment: datetime) -> Columns | None:
    """Return the columns of the stories that a watch would have told, day by day; None when there were none."""
    last = local(moment).date()
    span = [last - timedelta(days=back) for back in range(watches.DAYS, -1, -1)]
    return columns([f"{day:%d/%m}" for day in span], [("stories", [found.days.get(day.isoformat(), 0) for day in span])]) if found.days else None


async def add(request: Request) -> Response:
    """POST /watches: save a search, and enable it at once when asked to; 303 to the list."""
    form = await forms.read(request)
    given = {name: forms.said(form, name, 2000).strip() for name in ("query", "name", "channel")}
    own, at_once = bool(form.get("own")), bool(form.get("enable"))

    def land() -> Response:
        analyst, config = request.state.session.analyst, settings(request)
        try:
            with store(request).begin() as conn:
                desk = analyst if own else ""
                watches.save(conn, config, given["name"], given["query"], desk=desk, channel=given["channel"], actor=analyst, now=now())
                if at_once:
                    watches.enable(conn, config, given["name"], desk=analyst, actor=analyst, now=now())
        except UserError as wrong:
            return _page(request, 400, **given, own=own, error=str(wrong))
        return RedirectResponse("/watches", 303)

    return await run_in_threadpool(land)


async def change(request: Request) -> Response:
    """POST /watches/change: enable, disable, share, keep for oneself, remove; 303 to the list."""
    form = await forms.read(request)
    name, act = forms.said(form, "name", 200), forms.said(form, "act", 20)

    def land() -> Response:
        analyst, config, at = request.state.session.analyst, settings(request), now()
        try:
            with store(request).begin() as conn:
                if act == "enable":
                    watches.enable(conn, config, name, desk=analyst, actor=analyst, now=at)
                elif act == "disable":
                    watches.disable(conn, name, desk=analyst, actor=analyst, now=at)
                elif act in ("share", "own"):
                    watches.share(conn, config, name, analyst if act == "own" else "", desk=analyst, actor=analyst, now=at)
                elif act == "remove":
                    watches.remove(conn, name, desk=analyst, actor=analyst, now=at)
                else:
                    raise UserError("không có việc này; hãy tải lại trang")
        except UserError as wrong:
            return _page(request, 400, error=str(wrong))
        return RedirectResponse("/watches", 303)

    return await run_in_threadpool(land)
