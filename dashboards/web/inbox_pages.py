"""The inbox of stories, what is new in it, saved filters, one's own work, and the ten minutes of a commune."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboards import steps, triage
from dashboards.shown import LANG_VI
from dashboards.web import forms
from dashboards.web.rights import may
from dashboards.web.view import page, page_number, settings, store
from pipelines.clock import HANOI, local, now
from pipelines.errors import UserError
from pipelines.settings import load_profile, profile_names
from pipelines.store import alerts as alert_store
from pipelines.store import inbox, saved, second_looks, work
from pipelines.store.alerts import WAITING
from pipelines.store.inbox import ALL, FACETS, OPEN, Wanted

PER_PAGE = 30
TODAY = 8
RECENT = {"7": timedelta(days=7), "30": timedelta(days=30)}


def filters(request: Request) -> dict[str, str]:
    """Return the filters in the address by name; `status` is `open` unless the address says otherwise."""
    names = (*FACETS, "assignee", "unread", "changed", "sort", "since", "lang")
    given = {name: request.query_params.get(name, "").replace("\x00", "").strip()[:200] for name in names}
    begins = [text for text in (given["since"], request.query_params.get("from", "")) if text in RECENT or _day(text)]
    return {**given, "status": given["status"] or OPEN, "since": next(iter(begins), "")}


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=HANOI)
    except ValueError:
        return None


def wanted(chosen: dict[str, str], analyst: str, since: datetime | None) -> Wanted:
    """Return what `chosen` narrows the inbox to for `analyst`; “changed” counts from the visit before this one."""
    plain: dict[str, Any] = {name: chosen[name] for name in (*FACETS, "assignee", "lang")}
    recent = RECENT.get(chosen["since"])
    begin = now() - recent if recent else _day(chosen["since"])
    if plain["assignee"] == "me":
        plain["assignee"] = analyst
    return Wanted(**plain, analyst=analyst, since=begin, unread=bool(chosen["unread"]), changed=since if chosen["changed"] else None)


def last_visit(conn: Connection, analyst: str, at: datetime) -> tuple[datetime | None, bool]:
    """Return when the visit before this one ended, and whether this look is to be noted (at most once a minute)."""
    last, previous = work.visit(conn, analyst)
    if last is None:
        return None, True
    return (last if at - last > work.PAUSE else previous), (at - last).total_seconds() > 60


def _note_visit(request: Request, analyst: str, at: datetime) -> None:
    with store(request).begin() as conn:
        work.visited(conn, analyst, at)


def inbox_page(request: Request) -> Response:
    """GET /alerts: stories with flags and watches, narrowed by the address, in pages of 30."""
    analyst, at = request.state.session.analyst, now()
    chosen, number = filters(request), page_number(request)
    with store(request).read() as conn:
        since, note = last_visit(conn, analyst, at)
        narrowed = inbox.settled(conn, wanted(chosen, analyst, since))
        facets, total = inbox.counted(conn, narrowed)
        # Who has just decided all of the last page comes back to the one before it.
        number = min(number, max(1, -(-total // PER_PAGE)))
        ids = inbox.stories(conn, narrowed, limit=PER_PAGE, offset=(number - 1) * PER_PAGE, newest=chosen["sort"] == "new")
        values: dict[str, Any] = {
            "items": _for(request, inbox.items(conn, ids, narrowed)),
            "undone": forms.undone(request, conn),
            "languages": list(LANG_VI),
            "total": total,
            "facets": facets,
            "unread": inbox.unread(conn, analyst, narrowed.hidden),
            "since": since,
            "changed": inbox.count(conn, Wanted(analyst=analyst, status=ALL, changed=since, hidden=narrowed.hidden)) if since else 0,
            "saved": saved.listed(conn, analyst),
            "colleagues": triage.deciders(conn),
            "mentions": len(work.open_mentions(conn, analyst)),
            "looks": len(second_looks.waiting(conn, analyst)),
        }
    query = urlencode({name: value for name, value in chosen.items() if value and (name, value) != ("status", OPEN)})
    answer = page(
        request, "alerts.html", chosen=chosen, number=number, pages=max(1, -(-values["total"] // PER_PAGE)), query=query,
        profiles=profile_names(), reasons=steps.reasons(settings(request)), keys=steps.KEYS, at=at.isoformat(),
        batch=request.query_params.get("batch", "")[:32], kept=forms.number(request.query_params.get("kept", "")),
        statuses=(alert_store.NEW, *steps.KEYS, WAITING), **values,
    )  # fmt: skip
    if note:
        answer.background = BackgroundTask(run_in_threadpool, _note_visit, request, analyst, at)
    return answer


def _for(request: Request, items: list[inbox.Item]) -> list[inbox.Item]:
    """Return the stories as a reader may see them: who works on what is told to the office, not to its guests."""
    return items if may(request.state.session.role, "export") else [replace(item, assignee="", notes=0) for item in items]


def news(request: Request) -> Response:
    """GET /alerts/news?since=: a line when alerts came in after the page was made, else nothing; htmx asks once a minute."""
    try:
        since = datetime.fromisoformat(request.query_params.get("since", ""))
        if since.tzinfo is None:
            raise ValueError("no zone")
    except ValueError as error:
        raise HTTPException(400, "Mốc thời gian không đúng; hãy tải lại trang.") from error
    with store(request).read() as conn:
        fresh = inbox.raised_since(conn, since)
    return page(request, "news.html", fresh=fresh, since=since.isoformat(), query=request.query_params.get("query", "")[:1000])


async def keep_filter(request: Request) -> Response:
    """POST /alerts/filters: save the filter of the address under a name."""
    form = await forms.read(request)

    def land() -> Response:
        with store(request).begin() as conn:
            query = forms.said(form, "query", saved.LONGEST_QUERY + 1)
            session = request.state.session
            shared = bool(form.get("shared")) and may(session.role, "decide")
            saved.keep(conn, session.analyst, forms.said(form, "name"), query, shared=shared)
        return forms.back(form)

    return await _or_error(request, land)


async def forget_filter(request: Request) -> Response:
    """POST /alerts/filters/forget: remove one's own filter."""
    form = await forms.read(request)

    def land() -> Response:
        with store(request).begin() as conn:
            saved.forget(conn, request.state.session.analyst, forms.said(form, "id"))
        return forms.back(form)

    return await _or_error(request, land)


async def _or_error(request: Request, land: Any) -> Response:
    try:
        answer: Response = await run_in_threadpool(land)
        return answer
    except UserError as error:
        return page(request, "error.html", 400, code=400, said=str(error))


def mine(request: Request) -> Response:
    """GET /mine: alerts given to me, notes that name me, what waits for a second person, second looks."""
    analyst, today = request.state.session.analyst, local(now()).date().isoformat()
    with store(request).read() as conn:
        hidden = second_looks.hidden_from(conn, analyst)
        tasks = [(alert_store.from_row(row), row["due"] or "") for row in work.mine(conn, analyst) if row["id"] not in hidden]
        waiting = [
            alert for alert in alert_store.list_alerts(conn, status=WAITING, limit=50)
            if alert.id not in hidden and all(d.analyst != analyst for d in alert_store.decisions_of(conn, alert.id))
        ]  # fmt: skip
        # A note may tell what was decided: until the blind answer is given only its asking is shown.
        inside = may(request.state.session.role, "export")
        mentions = [{**row, "text": row["text"] if inside and row["alert"] not in hidden else ""} for row in work.open_mentions(conn, analyst)]
        values: dict[str, Any] = {"mentions": mentions, "looks": second_looks.waiting(conn, analyst)}
    return page(request, "mine.html", tasks=tasks, waiting=waiting, today=today, **values)


def today(request: Request) -> Response:
    """GET /today?profile=: the few open stories that matter to one place, in one column, with ready answers."""
    analyst = request.state.session.analyst
    name = request.query_params.get("profile", "") or settings(request).profile
    if name not in profile_names():
        raise HTTPException(404, "Không có hồ sơ địa phương này.")
    with store(request).read() as conn:
        narrowed = inbox.settled(conn, Wanted(province=name, analyst=analyst))
        ids = inbox.stories(conn, narrowed, limit=TODAY)
        items = _for(request, inbox.items(conn, ids, narrowed))
        total = inbox.count(conn, narrowed)
        undone = forms.undone(request, conn)
    return page(
        request, "today.html", profile=load_profile(name), profiles=profile_names(), items=items, total=total,
        keys=steps.KEYS, reasons=steps.reasons(settings(request)), colleagues=[], undone=undone, day=local(now()), narrowed=asdict(narrowed),
        batch=request.query_params.get("batch", "")[:32], kept=forms.number(request.query_params.get("kept", "")),
    )  # fmt: skip
