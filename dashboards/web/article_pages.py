"""One article with its revisions and claims, their differences, its archived copy."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboards import queries
from dashboards.archived import archived
from dashboards.geo import spots_of
from dashboards.highlight import marked
from dashboards.web.view import page, settings, store
from pipelines.diff import diff_articles
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store
from pipelines.store import articles as article_store
from pipelines.store import second_looks

# Framed by our own pages only; `sandbox` without allowances: no script, form, popup, plug-in, and an origin of its own.
ARCHIVE_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"


def _revision(request: Request, name: str) -> int | None:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else None


def article_page(request: Request) -> Response:
    """GET /articles/{id}?revision=N: the text as read, every claim marked."""
    id = request.path_params["id"]
    with store(request).read() as conn:
        article = queries.article(conn, id, _revision(request, "revision"))
        if article is None:
            raise HTTPException(404, "Không có bài này.")
        assessment = queries.assessment(conn, id, article["revision"])
        story = queries.story_of(conn, id)
        values: dict[str, Any] = {
            "revisions": queries.revision_list(conn, id),
            "copies": queries.copy_list(conn, story) if story else [],
            "provinces": queries.provinces_of(conn, id),
            "capture": queries.capture(conn, article["capture"]),
            "alerts": alert_store.list_alerts(conn, story=story) if story else [],
            "hidden": second_looks.hidden_from(conn, request.state.session.analyst),
        }
    claims = assessment["claims"] if assessment else []
    spots = spots_of(article["places"], f"{article['title']}\n{article['sapo']}\n{article['body']}")
    return page(
        request, "article.html", article=article, assessment=assessment, claims=claims, spots=spots,
        pieces=marked(article, claims), **values,
    )  # fmt: skip


def diff_page(request: Request) -> Response:
    """GET /articles/{id}/diff?from=N&to=M: what changed between two revisions, word by word (default: the last two)."""
    id = request.path_params["id"]
    with store(request).read() as conn:
        numbers = [row["revision"] for row in queries.revision_list(conn, id)]
        if len(numbers) < 2:
            raise HTTPException(404, "Bài này chưa có lần sửa nào.")
        new = _revision(request, "to") or numbers[-1]
        old = _revision(request, "from") or max([n for n in numbers if n < new], default=numbers[0])
        before, after = article_store.get(conn, id, old), article_store.get(conn, id, new)
    if before is None or after is None:
        raise HTTPException(404, "Không có bản này của bài.")
    parts = diff_articles(before, after)
    return page(request, "diff.html", article=after, before=before, parts=parts, numbers=numbers, old=old, new=new)


async def archived_page(request: Request) -> Response:
    """GET /articles/{id}/archived?revision=N: the page from the WARC, harmless."""

    def read() -> Response:
        id = request.path_params["id"]
        with store(request).read() as conn:
            article = queries.article(conn, id, _revision(request, "revision"))
            capture = queries.capture(conn, article["capture"]) if article else None
        if article is None or capture is None:
            raise HTTPException(404, "Không có bản lưu của bài này.")
        try:
            text = archived(settings(request).data, capture)
        except UserError as error:
            raise HTTPException(410, str(error)) from error
        return HTMLResponse(text, headers={"Content-Security-Policy": ARCHIVE_CSP, "X-Frame-Options": "SAMEORIGIN"})

    return await run_in_threadpool(read)
