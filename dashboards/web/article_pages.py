"""One article with its revisions and claims, and the search."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboards import queries
from dashboards.highlight import cut, marked
from dashboards.web.view import PAGE, page, page_number, settings, store
from pipelines.errors import UserError
from pipelines.store import alerts as alert_store


def article_page(request: Request) -> Response:
    """GET /articles/{id}?revision=N: the text as read, every claim marked."""
    id = request.path_params["id"]
    wanted = request.query_params.get("revision", "")
    revision = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else None
    with store(request).read() as conn:
        article = queries.article(conn, id, revision)
        if article is None:
            raise HTTPException(404, "Không có bài này.")
        assessment = queries.assessment(conn, id, article["revision"])
        story = queries.story_of(conn, id)
        values: dict[str, Any] = {
            "revisions": queries.revisions(conn, id),
            "copies": queries.copies(conn, story) if story else [],
            "provinces": queries.provinces_of(conn, id),
            "capture": queries.capture(conn, article["capture"]),
            "alerts": alert_store.list_alerts(conn, story=story) if story else [],
        }
    claims = assessment["claims"] if assessment else []
    return page(
        request, "article.html", article=article, assessment=assessment, claims=claims,
        pieces=marked(article, claims), **values,
    )  # fmt: skip


def search_page(request: Request) -> Response:
    """GET /search?q=: through the index, embedded or Elasticsearch, whichever the settings name."""
    query = request.query_params.get("q", "").strip()[:400]
    number = page_number(request)
    found, total, more, error, status = [], 0, False, "", 200
    if query:
        from pipelines.search import IndexUnavailable, open_index

        try:
            with closing(open_index(settings(request), store(request))) as index:
                result = index.search(query, limit=PAGE, offset=(number - 1) * PAGE)
            found = [(hit, cut(hit.snippet, [(start, end, 0) for start, end in hit.marks])) for hit in result.hits]
            total, more = result.total, result.more
        except UserError as problem:
            error, status = str(problem), 503 if isinstance(problem, IndexUnavailable) else 400
    return page(
        request, "search.html", status, q=query, hits=found, total=total, more=more, error=error,
        number=number, pages=max(1, -(-total // PAGE)),
    )  # fmt: skip
