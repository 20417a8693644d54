"""Reports at the desk: those that were written, a new one for a period, and their files, handed out only unaltered."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.reports.deadlines import upcoming
from dashboards.web import forms
from dashboards.web.view import page, settings, store
from pipelines.clock import local, now
from pipelines.errors import UsageError, UserError
from pipelines.settings import load_profile, profile_names
from pipelines.store import audit
from pipelines.store.papers import list_papers
from pipelines.store.schema import audit as log
from pipelines.store.schema import papers

KINDS = {"weekly": "Tuần", "monthly": "Tháng", "annual": "Năm", "five-year": "Năm năm", "adhoc": "Hai ngày bất kỳ"}
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}  # fmt: skip


def listing(request: Request) -> Response:
    """GET /reports: what was written, newest first, and the form for another."""
    return _page(request)


def _page(request: Request, status: int = 200, error: str = "") -> Response:
    with store(request).read() as conn:
        rows = list_papers(conn, "report", limit=300)
    today = local(now()).date()
    chosen = load_profile(settings(request).profile)
    return page(
        request, "reports.html", status, rows=[{**row, **_named(row)} for row in rows], kinds=KINDS, profiles=profile_names(), chosen=chosen.name,
        dues=upcoming([chosen], today, 400, far=True)[:8], today=today.isoformat(), error=error,
    )  # fmt: skip


def _named(row: dict[str, Any]) -> dict[str, str]:
    """Return kind and first day out of a report's file name (`bao-cao_KIND_PROFILE_FROM_TO.docx`)."""
    parts = Path(row["path"]).stem.split("_")
    return {"report": parts[1] if len(parts) > 4 else "", "start": parts[-2] if len(parts) > 4 else row["day"]}


async def make(request: Request) -> Response:
    """POST /reports: write the report of a period; 303 to the list, or the list with what is wrong."""
    form = await forms.read(request)
    return await run_in_threadpool(_make, request, {name: forms.said(form, name, 80) for name in ("profile", "kind", "start", "end")})


def _make(request: Request, given: dict[str, str]) -> Response:
    from dashboards.reports import period_of, write_report

    try:
        first, last = _period(given) if given["kind"] == "adhoc" else period_of(given["kind"], local(now()).date())
        config = settings(request)
        write_report(
            store(request), config, given["profile"], given["kind"], first, last, config.data / "reports",
            owners=getattr(request.app.state, "owners", {}), actor=request.state.session.analyst,
        )  # fmt: skip
    except UserError as wrong:
        return _page(request, 400, str(wrong))
    return RedirectResponse("/reports", 303)


def _period(given: dict[str, str]) -> tuple[date, date]:
    try:
        return date.fromisoformat(given["start"]), date.fromisoformat(given["end"])
    except ValueError as error:
        raise UsageError("báo cáo đột xuất cần cả ngày đầu và ngày cuối") from error


def report_file(request: Request) -> Response:
    """GET /reports/{id}/{form}: the file; 410 when it is gone or altered since it was written."""
    form = request.path_params["form"]
    with store(request).read() as conn:
        row = conn.execute(select(papers).where(papers.c.id == request.path_params["id"], papers.c.kind == "report")).mappings().first()
        expected = _sum(conn, dict(row), form) if row and form in TYPES else None
    if row is None or form not in TYPES:
        raise HTTPException(404, "Không có báo cáo này.")
    path = Path(row["path"]).with_suffix(f".{form}")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise HTTPException(410, f"Tệp {path.name} không còn ở chỗ đã ghi; hãy lập lại báo cáo.") from error
    if hashlib.sha256(body).hexdigest() != expected:
        raise HTTPException(410, f"Tệp {path.name} đã bị sửa sau khi lập; hãy lập lại báo cáo.")
    with store(request).begin() as conn:
        audit.append(conn, actor=request.state.session.analyst, action="export", thing=path.name, details={"sha256": expected}, now=now())
    return Response(body, headers={"Content-Type": TYPES[form], "Content-Disposition": f'attachment; filename="{path.name}"'})


def _sum(conn: Connection, row: dict[str, Any], form: str) -> str | None:
    """Return the SHA-256 under which a file of the report was written: the DOCX in `papers`, the others in the audit log."""
    if form == "docx":
        return str(row["sha256"])
    query = select(log.c.details).where(log.c.action == "report.write", log.c.at == row["made"]).order_by(log.c.seq.desc()).limit(20)
    for details in conn.execute(query).scalars():
        if details.get("docx") == row["sha256"]:
            return str(details.get(form))
    return None
