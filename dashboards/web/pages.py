"""About, the switch of languages, and the probe."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from classifiers.models import folder_of
from classifiers.referencebase import load_references
from dashboards import queries
from dashboards.i18n import DEFAULT, LANGUAGES
from dashboards.web.guards import local_target
from dashboards.web.kept import kept
from dashboards.web.view import LANGUAGE_COOKIE, page, settings, store

YEAR = 365 * 24 * 3600


def about(request: Request) -> Response:
    """GET /about: scope, exclusions, error rates of the model in use, versions."""
    used = kept(request, "about", lambda conn, _now: queries.versions(conn))
    return page(
        request, "about.html", program=version("cotmoc"), base=load_references(), used=used["value"], card=_card(request, used["value"]),
        elasticsearch=bool(settings(request).elasticsearch_url),
    )  # fmt: skip


def _card(request: Request, used: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the card of the model in use, else the newest of the folders where models are kept; None when none is readable."""
    names = {str(row["model_version"]) for row in used}
    found: dict[str, Any] | None = None
    for folder in dict.fromkeys((folder_of(settings(request).data), folder_of(settings(request).model_home))):
        cards = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True) if folder.is_dir() else []
        for path in cards:
            try:
                card = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if isinstance(card, dict) and isinstance(card.get("cross_validated"), dict):
                if str(card.get("version")) in names:
                    return card
                found = found or card
    return found


def language(request: Request) -> Response:
    """GET /language?to=&next=: remember the reader's language in this browser and go back."""
    wanted = request.query_params.get("to", DEFAULT)
    answer = RedirectResponse(local_target(request.query_params.get("next", "/")), 303)
    answer.set_cookie(
        LANGUAGE_COOKIE, wanted if wanted in LANGUAGES else DEFAULT, max_age=YEAR, httponly=True, samesite="lax", path="/",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


def healthz(request: Request) -> Response:
    """GET /healthz: 200 when the store answers."""
    with store(request).read() as conn:
        conn.execute(select(1))
    return JSONResponse({"status": "ok"})
