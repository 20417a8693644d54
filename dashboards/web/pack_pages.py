"""Evidence packs from the desk: made by a post, listed, and handed out; both are audited under the desk's name."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.reports.replies import ANSWERS, note_answer, note_sent, replies
from dashboards.web import forms
from dashboards.web.access import Access
from dashboards.web.view import page, settings, store
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.papers import list_papers
from pipelines.store.schema import papers


def packs(request: Request) -> Response:
    """GET /packs: all packs, newest first, each story with what became of its request for correction."""
    return _packs(request)


def _packs(request: Request, status: int = 200, error: str = "") -> Response:
    with store(request).read() as conn:
        rows = list_papers(conn, "evidence", limit=500)
        said = replies(conn)
        titles = {story: one.title for story in {row["story"] for row in rows} for one in alert_store.list_alerts(conn, story=story, limit=1)}
    found = [{**row, "name": Path(row["path"]).name, "complete": not row["path"].endswith("_chua-du.zip"), "reply": said.get(row["story"])} for row in rows]
    # One form for each story, at its newest pack.
    stories = list({row["story"]: row for row in reversed(found) if row["story"]}.values())[::-1]
    return page(request, "packs.html", status, packs=found, stories=stories, titles=titles, answers=ANSWERS, today=local(now()).date().isoformat(), error=error)


async def note_reply(request: Request) -> Response:
    """POST /packs/reply: note the day a request was sent (`what` sent) or how the outlet answered; 303 to the list."""
    form = await forms.read(request)
    given = {name: forms.said(form, name, 80) for name in ("story", "what", "day", "answer")}

    def land() -> Response:
        moment, by = now(), request.state.session.analyst
        try:
            day = date.fromisoformat(given["day"])
            with store(request).begin() as conn:
                if not alert_store.list_alerts(conn, story=given["story"], limit=1):
                    raise HTTPException(404, "Không có câu chuyện này.")
                if given["what"] == "sent":
                    note_sent(conn, given["story"], day, by, local(moment))
                else:
                    note_answer(conn, given["story"], day, given["answer"], by, local(moment))
        except UserError as wrong:
            return _packs(request, 400, str(wrong))
        except ValueError:
            return _packs(request, 400, "chưa ghi ngày")
        return RedirectResponse("/packs", 303)

    return await run_in_threadpool(land)


async def make_pack(request: Request) -> Response:
    """POST /alerts/{id}/pack: build the pack of the alert's story; 303 to the list."""
    form = await request.form(max_files=0, max_fields=4)
    access: Access = request.app.state.access
    if not access.token_fits(request.state.session, str(form.get("token", ""))):
        raise HTTPException(403, "Trang đã cũ hoặc biểu mẫu không đến từ trang này; hãy tải lại trang.")

    def build() -> Response:
        from dashboards.evidence import build_pack

        with store(request).read() as conn:
            found = alert_store.get_alert(conn, request.path_params["id"])
        if found is None:
            raise HTTPException(404, "Không có cảnh báo này.")
        config = settings(request)
        try:
            build_pack(
                store(request), config, found[0].story, config.data / "evidence", actor=request.state.session.analyst,
                owners=getattr(request.app.state, "owners", {}),
            )  # fmt: skip
        except UserError as error:
            return page(request, "error.html", 409, code=409, said=str(error))
        return RedirectResponse("/packs", 303)

    return await run_in_threadpool(build)


def pack_file(request: Request) -> Response:
    """GET /packs/{id}: the ZIP, noted in the audit log; 410 when it is gone or altered since it was noted."""
    with store(request).read() as conn:
        query = select(papers).where(papers.c.id == request.path_params["id"], papers.c.kind == "evidence")
        row = conn.execute(query).mappings().first()
    if row is None:
        raise HTTPException(404, "Không có hồ sơ này.")
    path = Path(row["path"])
    try:
        body = path.read_bytes()
    except OSError as error:
        raise HTTPException(410, f"Hồ sơ {path.name} không còn ở chỗ đã ghi; hãy lập lại.") from error
    if hashlib.sha256(body).hexdigest() != row["sha256"]:
        raise HTTPException(410, f"Hồ sơ {path.name} đã bị sửa sau khi lập; hãy lập lại.")
    with store(request).begin() as conn:
        audit.append(
            conn, actor=request.state.session.analyst, action="evidence.export", thing=str(row["story"]),
            details={"zip": row["sha256"], "name": path.name}, now=now(),
        )  # fmt: skip
    headers = {"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{path.name}"'}
    return Response(body, headers=headers)
