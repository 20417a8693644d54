"""The reference base: by area, by words, due for review, and one entry."""

from __future__ import annotations

from collections import Counter

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from classifiers.referencebase import load_references
from dashboards.web.view import page
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.text import fold


def references(request: Request) -> Response:
    """GET /references?q=&area=&due=1&open=1: entries that hold every word of `q` (marks do not matter), narrowed by the rest."""
    query = request.query_params.get("q", "").strip()[:200]
    area = request.query_params.get("area", "")[:60]
    due, contested = bool(request.query_params.get("due")), bool(request.query_params.get("contested"))
    base, today, words = load_references(), local(now()).date(), fold(query).split()
    found = [
        entry for entry in base
        if (not area or entry.area == area) and (not due or entry.due(today)) and (not contested or entry.contested)
        and all(word in fold(f"{entry.id} {entry.statement_vi} {entry.statement_en} {entry.source.title}") for word in words)
    ]  # fmt: skip
    areas = Counter(entry.area for entry in base)
    return page(
        request, "references.html", entries=found, base=base, q=query, area=area, areas=areas, due=due, contested=contested, today=today,
        due_count=len(base.due(today)), contested_count=sum(entry.contested for entry in base),
    )  # fmt: skip


def reference(request: Request) -> Response:
    """GET /references/{id}."""
    try:
        entry = load_references().get(request.path_params["id"])
    except UserError as error:
        raise HTTPException(404, str(error)) from error
    return page(request, "reference.html", entry=entry, today=local(now()).date())
