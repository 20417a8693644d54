"""Second looks: the evidence of a decided alert without the decision, answered blind."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards import steps, triage
from dashboards.story import gather
from dashboards.web import forms
from dashboards.web.view import page, settings, store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import second_looks


def second_list(request: Request) -> Response:
    """GET /second-looks: those that I may answer."""
    with store(request).read() as conn:
        looks = second_looks.waiting(conn, request.state.session.analyst)
    return page(request, "seconds.html", looks=looks)


def second_page(request: Request) -> Response:
    """GET /second-looks/{id}: the evidence, nothing of what was decided, noted or assigned."""
    return _second(request)


def _second(request: Request, status: int = 200, error: str = "", outcome: str = "", reason: str = "") -> Response:
    id = request.path_params["id"]
    with store(request).read() as conn:
        look = second_looks.get(conn, id, request.state.session.analyst)
        found = gather(conn, look["alert"]) if look else None
    if found is None:
        raise HTTPException(404, "Không có lần xem lại này, hoặc nó không dành cho bạn.")
    return page(
        request, "second.html", status, look=id, story=found, alert=found.focus.alert, claim=found.focus.claim, article=found.article,
        pieces=found.pieces, capture=found.capture, answers=second_looks.ANSWERS, reasons=steps.reasons(settings(request)),
        error=error, picked=outcome, reason=reason,
    )  # fmt: skip


async def second_answer(request: Request) -> Response:
    """POST /second-looks/{id}: store the answer, then show the alert in full."""
    form, id = await forms.read(request), request.path_params["id"]
    outcome, reason = forms.said(form, "outcome"), forms.said(form, "reason")

    def land() -> Response:
        try:
            chosen = steps.reason_of(settings(request), outcome, reason, forms.said(form, "ready"))
            alert = triage.second_answer(store(request), id, request.state.session.analyst, outcome, chosen, now())
        except UserError as error:
            return _second(request, 400, str(error), outcome, reason)
        return RedirectResponse(f"/alerts/{alert}", 303)

    return await run_in_threadpool(land)
