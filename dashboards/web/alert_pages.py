"""The inbox, one alert with its reasons, and the decision on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifiers.referencebase import Reference, load_references
from dashboards import queries, triage
from dashboards.highlight import locate, marked
from dashboards.web.access import Access
from dashboards.web.view import PAGE, page, page_number, store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.settings import profile_names
from pipelines.store import alerts as alert_store

FILTERS = ("tier", "province", "claim_type", "status", "outlet")


def inbox(request: Request) -> Response:
    """GET /alerts: flags and watches, filtered by the address, in pages of 50."""
    chosen = {name: request.query_params.get(name, "").strip()[:200] for name in FILTERS}
    given: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    number = page_number(request)
    with store(request).read() as conn:
        total = alert_store.count_alerts(conn, **given)
        found = alert_store.list_alerts(conn, **given, limit=PAGE, offset=(number - 1) * PAGE)
        facets = {name: queries.tally(conn, name) for name in ("tier", "claim_type", "status", "outlet")}
    return page(
        request, "alerts.html", alerts=found, total=total, chosen=chosen, facets=facets, profiles=profile_names(),
        number=number, pages=max(1, -(-total // PAGE)), query=urlencode(given),
    )  # fmt: skip


def known_references(ids: tuple[str, ...]) -> list[Reference]:
    """Return the entries for `ids` that the reference base still holds."""
    base = load_references()
    return [base.get(id) for id in ids if id in base]


def alert_page(request: Request) -> Response:
    """GET /alerts/{id}."""
    return _alert(request, request.path_params["id"])


def _alert(request: Request, id: str, status: int = 200, **said: str) -> Response:
    with store(request).read() as conn:
        found = alert_store.get_alert(conn, id)
        if found is None:
            raise HTTPException(404, "Không có cảnh báo này.")
        alert, version = found
        article = queries.article(conn, alert.article, alert.revision)
        values: dict[str, Any] = {
            "copies": queries.copies(conn, alert.story),
            "story": queries.story(conn, alert.story),
            "history": alert_store.decisions_of(conn, id),
            "others": [a for a in alert_store.list_alerts(conn, story=alert.story) if a.id != id],
            "latest": queries.article(conn, alert.article),
            "capture": queries.capture(conn, article["capture"]) if article else None,
        }
    references = known_references(alert.claim.refs)
    return page(
        request, "alert.html", status, alert=alert, version=version, article=article,
        pieces=marked(article, [alert.claim]) if article else {},
        place=locate(article, alert.claim) if article else None,
        references=references, missing=[id for id in alert.claim.refs if id not in {r.id for r in references}],
        outcomes=alert_store.OUTCOMES, waiting=alert_store.WAITING,
        error=said.get("error", ""), reason=said.get("reason", ""), note=said.get("note", ""),
        picked=said.get("outcome", ""), **values,
    )  # fmt: skip


async def decide(request: Request) -> Response:
    """POST /alerts/{id}: 303 back to the alert; 409 when somebody else was first, with the words kept."""
    id = request.path_params["id"]
    form = await request.form(max_files=0, max_fields=10)
    said = {name: str(form.get(name, "")) for name in ("outcome", "reason", "note")}
    access: Access = request.app.state.access
    if not access.token_fits(request.state.session, str(form.get("token", ""))):
        raise HTTPException(403, "Trang đã cũ hoặc biểu mẫu không đến từ trang này; hãy tải lại trang.")
    given = str(form.get("version", ""))
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0

    def land() -> Response:
        try:
            triage.record(
                store(request), id, analyst=request.state.session.analyst, version=version, now=now(), **said
            )
        except alert_store.Conflict as conflict:
            return _alert(request, id, 409, error=str(conflict), **said)
        except UserError as error:
            return _alert(request, id, 400, error=str(error), **said)
        return RedirectResponse(f"/alerts/{id}", 303)

    return await run_in_threadpool(land)
