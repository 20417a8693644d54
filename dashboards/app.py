"""The triage desk as a Starlette application, rendered on the server and usable without JavaScript."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from dashboards.api import create_api
from dashboards.web import (
    alert_pages,
    article_pages,
    digest_pages,
    editor_pages,
    pack_pages,
    pages,
    session_pages,
)
from dashboards.web.access import Access
from dashboards.web.guards import Guard, SecurityHeaders
from dashboards.web.rights import At
from dashboards.web.view import environment, page
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store

STATIC = Path(__file__).parent / "static"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "::1"]


def routes() -> list[At | Mount]:
    """Return all addresses of the desk, each with the right it takes (dashboards/web/rights.py)."""
    return [
        At("/", pages.overview, "read"),
        At("/login", session_pages.login_form, "open"),
        At("/login", session_pages.login, "open", methods=["POST"]),
        At("/logout", session_pages.logout, "read", methods=["POST"]),
        At("/alerts", alert_pages.inbox, "read"),
        At("/alerts/{id}", alert_pages.alert_page, "read"),
        At("/alerts/{id}", alert_pages.decide, "decide", methods=["POST"]),
        At("/alerts/{id}/pack", pack_pages.make_pack, "export", methods=["POST"]),
        At("/packs", pack_pages.packs, "read"),
        At("/packs/{id}", pack_pages.pack_file, "export"),
        At("/articles/{id}", article_pages.article_page, "read"),
        At("/search", article_pages.search_page, "read"),
        At("/digests", digest_pages.digests, "read"),
        At("/digests/edit/{day}", editor_pages.editor, "decide"),
        At("/digests/edit/{day}", editor_pages.edit, "decide", methods=["POST"]),
        At("/digests/{id}", digest_pages.digest_file, "read"),
        At("/health", pages.health, "read"),
        At("/references", pages.references, "read"),
        At("/references/{id}", pages.reference, "read"),
        At("/about", pages.about, "read"),
        At("/healthz", pages.healthz, "open"),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "Không có trang này.", 405: "Không làm được việc này ở đây."}
    said = error.detail if not error.detail.isascii() else words.get(error.status_code, error.detail)
    return page(request, "error.html", error.status_code, code=error.status_code, said=said)


def _user_error(request: Request, error: Exception) -> Response:
    return page(request, "error.html", 503, code=503, said=str(error))


def create_app(settings: Settings, store: Store) -> Starlette:
    """Return the desk over `store`; the access code is `app.state.access.code`.

    On a loopback address only loopback names are answered, so that a foreign page cannot rebind its name to us.
    """
    access = Access.open(settings.data)
    hosts = LOOPBACK if settings.host in LOOPBACK else ["*"]
    app = Starlette(
        routes=[*routes(), Mount("/api", create_api(settings, store))],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            Middleware(Guard, access=access),
        ],
        exception_handlers={HTTPException: _http_error, UserError: _user_error},
    )
    app.state.settings, app.state.store, app.state.access, app.state.jinja = settings, store, access, environment()
    return app
