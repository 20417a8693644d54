"""The archive of digests; a file is shown only when it is still the one that was noted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboards.web.guards import PAPER_CSP
from dashboards.web.view import page, settings, store
from pipelines.clock import local, now
from pipelines.store.papers import list_papers, months_of
from pipelines.store.schema import papers

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def digests(request: Request) -> Response:
    """GET /digests?month=2026-11: the newest issue by day, profile and kind, with its files; older ones folded."""
    month = request.query_params.get("month", "")
    chosen = month if re.fullmatch(r"\d{4}-\d{2}", month, re.ASCII) else ""
    with store(request).read() as conn:
        rows = list_papers(conn, "digest", limit=800, month=chosen)
        months = months_of(conn, "digest")
    today = local(now()).date().isoformat()
    return page(
        request, "digests.html", issues=_issues(rows), months=months, month=chosen, today=today, profile=settings(request).profile
    )


def _issues(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group files (newest first) into one issue per day, profile and kind (draft, approved): the newest, the rest in `older`."""
    made: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        issue = made.setdefault((row["day"], row["province"], str(Path(row["path"]).parent), row["status"]), {**row, "files": [], "older": []})
        issue["files"].append({**row, "ext": Path(row["path"]).suffix.lstrip(".").upper()})
    newest: dict[tuple[str, ...], dict[str, Any]] = {}
    for issue in made.values():
        issue["files"].sort(key=lambda file: ["HTML", "DOCX", "PDF", "EML"].index(file["ext"]))
        first = newest.setdefault((issue["day"], issue["province"], issue["status"].partition(",")[0]), issue)
        if first is not issue:
            first["older"].append(issue)
    return list(newest.values())


def digest_file(request: Request) -> Response:
    """GET /digests/{id}: the file; 410 when it is gone or altered since it was noted."""
    with store(request).read() as conn:
        row = conn.execute(
            select(papers).where(papers.c.id == request.path_params["id"], papers.c.kind == "digest")
        ).mappings().first()  # fmt: skip
    path = Path(row["path"]) if row else None
    if row is None or path is None or path.suffix not in TYPES:
        raise HTTPException(404, "Không có tệp này.")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise HTTPException(410, f"Tệp {path.name} không còn ở chỗ đã ghi; hãy lập lại điểm báo.") from error
    if hashlib.sha256(body).hexdigest() != row["sha256"]:
        raise HTTPException(410, f"Tệp {path.name} đã bị sửa sau khi lập; hãy lập lại điểm báo.")
    response = Response(body, headers={"Content-Type": TYPES[path.suffix], "Content-Security-Policy": PAPER_CSP})
    if path.suffix != ".html":
        response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response
