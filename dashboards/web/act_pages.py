"""Acts on alerts picked in a list: decide, undo, assign, note, unread. With htmx the card comes back, else the page."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboards import steps, triage
from dashboards.story import last_by_others
from dashboards.web import forms
from dashboards.web.view import page, settings, store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store
from pipelines.store import inbox, work
from pipelines.store.inbox import ALL, Wanted

# Of a larger post taken back the address names this many.
MOST_TOLD = 20


async def decide_many(request: Request) -> Response:
    """POST /alerts/decide: one outcome and reason for all picked alerts; what others changed meanwhile is left and said."""
    form = await forms.read(request)
    picked, analyst = forms.picks(form), request.state.session.analyst
    outcome = forms.said(form, "outcome")

    def land() -> Response:
        if not picked:
            return _error(request, "Hãy chọn ít nhất một câu chuyện.")
        try:
            reason = steps.reason_of(
                settings(request), outcome, forms.said(form, "reason"), forms.said(form, "ready"), bool(form.get("quick"))
            )
        except UserError as wrong:
            return _error(request, str(wrong))
        landed = triage.record_many(
            store(request), picked, outcome=outcome, reason=reason, note=forms.said(form, "note"), analyst=analyst, now=now()
        )
        if not landed.done and not _conflict(landed):
            return _error(request, str(landed.refused[0][1]))
        if forms.htmx(request) and forms.said(form, "card"):
            error = str(landed.lost[0][1]) if landed.lost else ""
            return _card(request, picked[0][0], landed.batch if landed.done else "", error)
        answer = forms.back(form, batch=landed.batch if landed.done else "", kept=str(len(landed.lost) or ""))
        return _redirected(request, answer)

    return await run_in_threadpool(land)


def _conflict(landed: triage.Landed) -> bool:
    return any(isinstance(why, alert_store.Conflict) for _, why in landed.refused)


def _redirected(request: Request, answer: Response) -> Response:
    """Return `answer`, told the way htmx follows it with a whole page."""
    return Response(headers={"HX-Redirect": answer.headers["location"]}) if forms.htmx(request) else answer


def _error(request: Request, text: str, status: int = 400) -> Response:
    template = "toast.html" if forms.htmx(request) else "error.html"
    return page(request, template, 200 if forms.htmx(request) else status, code=status, said=text, batch="")


def _card(request: Request, alert: str, batch: str, error: str) -> Response:
    """Return the story of `alert` as a card of the inbox, with a line that offers to undo or says who was first."""
    analyst = request.state.session.analyst
    with store(request).read() as conn:
        found = alert_store.get_alert(conn, alert)
        whole = Wanted(status=ALL, analyst=analyst)
        items = inbox.items(conn, [found[0].story], whole) if found else []
        # A key pressed twice: the offer to take it back stays.
        batch = batch or (not error and work.last_batch(conn, analyst, now(), [alert])) or ""
        first = last_by_others(conn, alert, analyst) if error else None
    return page(request, "card.html", items=items, batch=batch, error=error, first=first, keys=steps.KEYS, reasons=steps.reasons(settings(request)))


async def undo(request: Request) -> Response:
    """POST /alerts/undo: take back one's newest post of decisions, or the one named by `batch`."""
    form = await forms.read(request)

    def land() -> Response:
        try:
            back, kept = triage.take_back(store(request), request.state.session.analyst, forms.said(form, "batch"), now(), forms.said(form, "alert", 32))
        except UserError as error:
            return _error(request, str(error), 409)
        default = f"/alerts/{back[0].alert}" if forms.said(form, "here") else "/alerts"
        return _redirected(request, forms.back(form, default, undone=" ".join(one.alert for one in back[:MOST_TOLD]), kept=str(kept or "")))

    return await run_in_threadpool(land)


async def assign(request: Request) -> Response:
    """POST /alerts/assign: give the picked alerts to a colleague, with a day if one is named."""
    form = await forms.read(request)

    def land() -> Response:
        picked = forms.picks(form)
        try:
            triage.assign(
                store(request), [id for id, _ in picked], forms.said(form, "assignee", 120), forms.said(form, "due", 10),
                request.state.session.analyst, now(),
            )  # fmt: skip
        except UserError as error:
            return _error(request, str(error))
        if forms.htmx(request) and forms.said(form, "card") and picked:
            return _card(request, picked[0][0], "", "")
        return _redirected(request, forms.back(form))

    return await run_in_threadpool(land)


async def note(request: Request) -> Response:
    """POST /alerts/{id}/note: a note; colleagues named with @ find it under “Việc của tôi”."""
    form, id = await forms.read(request), request.path_params["id"]

    def land() -> Response:
        try:
            triage.note(store(request), id, forms.said(form, "text"), request.state.session.analyst, now())
        except UserError as error:
            return _error(request, str(error))
        return _redirected(request, forms.back(form, f"/alerts/{id}"))

    return await run_in_threadpool(land)


async def unread(request: Request) -> Response:
    """POST /alerts/{id}/unread: put the story back among the unread."""
    form, id = await forms.read(request), request.path_params["id"]

    def land() -> Response:
        with store(request).begin() as conn:
            found = alert_store.get_alert(conn, id)
            rows = alert_store.list_alerts(conn, story=found[0].story) if found else []
            work.unopen(conn, request.state.session.analyst, [row.id for row in rows])
        return _redirected(request, forms.back(form))

    return await run_in_threadpool(land)
