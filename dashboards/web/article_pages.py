"""One article with its revisions and claims, and the search."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboards import queries
from dashboards.highlight import marked
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
    hits, total, error = [], 0, ""
    if query and find_spec("pipelines.search") is None:
        error = "Bản cài đặt này chưa có bộ tìm kiếm."
    elif query:
        from pipelines.search import open_index

        try:
            index = open_index(settings(request), store(request))
            result = index.search(query, limit=PAGE, offset=(number - 1) * PAGE)
            hits, total = list(result.hits), result.total
        except UserError as problem:
            error = str(problem)
    return page(
        request, "search.html", 200 if not error else 503, q=query, hits=hits, total=total, error=error,
        number=number, pages=max(1, -(-total // PAGE)),
    )  # fmt: skip
