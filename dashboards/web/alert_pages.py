"""One story around one alert, and the decision on it."""

from __future__ import annotations

from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards import steps, triage
from dashboards.story import gather, last_by_others
from dashboards.web import forms
from dashboards.web.rights import may
from dashboards.web.view import page, settings, store
from pipelines.clock import now, today
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store
from pipelines.store import second_looks, work

KEPT = "Không ghi được: người khác đã xử lý sau khi trang này mở; hãy xem lại rồi quyết định."


def alert_page(request: Request) -> Response:
    """GET /alerts/{id}."""
    return _alert(request, request.path_params["id"])


def story_page(request: Request) -> Response:
    """GET /stories/{id}: the story's gravest alert."""
    with store(request).read() as conn:
        found = alert_store.list_alerts(conn, story=request.path_params["id"], limit=1)
    if not found:
        raise HTTPException(404, "Câu chuyện này không có cảnh báo.")
    return RedirectResponse(f"/alerts/{found[0].id}", 303)


def _opened(request: Request, analyst: str, ids: list[str]) -> None:
    with store(request).begin() as conn:
        work.opened(conn, analyst, ids, now())


def _alert(request: Request, id: str, status: int = 200, **said: Any) -> Response:
    session = request.state.session
    with store(request).read() as conn:
        found = gather(conn, id)
        if found is None:
            raise HTTPException(404, "Không có cảnh báo này.")
        ids = [id, *(other.alert.id for other in found.others if other.alert)]
        look = second_looks.owed_by(conn, session.analyst, ids) if may(session.role, "decide") else None
        if look:
            return RedirectResponse(f"/second-looks/{look}", 303)
        colleagues = triage.deciders(conn)
        undo_here = work.last_batch(conn, session.analyst, now(), ids) or ""
        undone = forms.undone(request, conn)
        proposed = found.focus.alert is not None and found.focus.alert.status == alert_store.WAITING and any(
            line.alert == id and line.kind == "decide" and not line.undone and (line.analyst, line.outcome) == (session.analyst, alert_store.NEEDS_REPLY)
            for line in found.history
        )  # fmt: skip
        kept = forms.number(request.query_params.get("kept", ""))
        first = last_by_others(conn, id, session.analyst) if status == 409 or kept else None
    answer = page(
        request, "alert.html", status, story=found, alert=found.focus.alert, claim=found.focus.claim, version=found.focus.version,
        article=found.article, pieces=found.pieces, capture=found.capture, waiting=alert_store.WAITING, keys=steps.KEYS,
        reasons=steps.reasons(settings(request)), colleagues=colleagues, undo_here=undo_here, undone=undone, first=first,
        error=said.get("error", "") or (KEPT if kept else ""), proposed=proposed, needs_reply=alert_store.NEEDS_REPLY, reason=said.get("reason", ""), note=said.get("note", ""), picked=said.get("outcome", ""),
        open_statuses=(alert_store.NEW, alert_store.LOOKING, alert_store.WAITING), today=today().isoformat(),
    )  # fmt: skip
    if status == 200:
        answer.background = BackgroundTask(run_in_threadpool, _opened, request, session.analyst, ids)
    return answer


async def decide(request: Request) -> Response:
    """POST /alerts/{id}: 303 back to the alert; 409 when somebody else was first, with the words kept and what they did."""
    id = request.path_params["id"]
    form = await forms.read(request)
    said = {name: forms.said(form, name) for name in ("outcome", "reason", "note")}
    version, also = forms.number(forms.said(form, "version")), [pick for pick in forms.picks(form) if pick[0] != id]

    def land() -> Response:
        analyst, at = request.state.session.analyst, now()
        try:
            said["reason"] = steps.reason_of(settings(request), said["outcome"], said["reason"], forms.said(form, "ready"))
            decided = triage.record_first(store(request), (id, version), also, analyst=analyst, now=at, **said)
        except alert_store.Conflict as conflict:
            return _alert(request, id, 409, error=str(conflict), **said)
        except UserError as error:
            return _alert(request, id, 400, error=str(error), **said)
        return forms.back(form, f"/alerts/{id}", kept=str(len(decided.lost) or ""))

    return await run_in_threadpool(land)
