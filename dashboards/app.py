"""The triage desk as a Starlette application, rendered on the server and usable without JavaScript."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import DataError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from dashboards import steps
from dashboards.accounts.office import overlay
from dashboards.accounts.oidc import Provider
from dashboards.api import create_api
from dashboards.drain import draining
from dashboards.web import (
    account_pages,
    audit_pages,
    digest_pages,
    editor_pages,
    oidc_pages,
    pack_pages,
    session_pages,
    settings_pages,
    setup_pages,
    user_pages,
)
from dashboards.web.access import Access
from dashboards.web.desk_routes import desk_routes
from dashboards.web.guards import Guard, Hosts, SecurityHeaders
from dashboards.web.page_routes import page_routes
from dashboards.web.rights import At
from dashboards.web.view import page
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store

STATIC = Path(__file__).parent / "static"


def routes() -> list[At | Mount]:
    """Return all addresses of the desk, each with the right it takes (dashboards/web/rights.py)."""
    return [
        *page_routes(),
        At("/login", session_pages.login_form, "open"),
        At("/login", session_pages.login, "open", methods=["POST"]),
        At("/login/code", session_pages.login_code_form, "open"),
        At("/login/code", session_pages.login_code, "open", methods=["POST"]),
        At("/setup", setup_pages.setup_form, "open"),
        At("/setup", setup_pages.setup, "open", methods=["POST"]),
        At("/reset", setup_pages.reset_form, "open"),
        At("/reset", setup_pages.reset, "open", methods=["POST"]),
        At("/oidc", oidc_pages.begin, "open"),
        At("/oidc/callback", oidc_pages.callback, "open"),
        At("/account", account_pages.account, "read"),
        At("/account/password", account_pages.password, "read", methods=["POST"]),
        At("/account/totp", account_pages.enrol, "read", methods=["POST"]),
        At("/account/totp/on", account_pages.turn_on, "read", methods=["POST"]),
        At("/account/totp/off", account_pages.turn_off, "read", methods=["POST"]),
        At("/account/recovery", account_pages.recovery, "read", methods=["POST"]),
        At("/account/sessions", account_pages.end_sessions, "read", methods=["POST"]),
        At("/users", user_pages.listing, "administer"),
        At("/users", user_pages.add, "administer", methods=["POST"]),
        At("/users/{id}", user_pages.change, "administer", methods=["POST"]),
        At("/settings", settings_pages.show, "administer"),
        At("/settings", settings_pages.save, "administer", methods=["POST"]),
        At("/audit", audit_pages.listing, "administer"),
        At("/audit", audit_pages.verify, "administer", methods=["POST"]),
        At("/logout", session_pages.logout, "read", methods=["POST"]),
        *desk_routes(),
        At("/alerts/{id}/pack", pack_pages.make_pack, "export", methods=["POST"]),
        At("/packs", pack_pages.packs, "read"),
        At("/packs/reply", pack_pages.note_reply, "decide", methods=["POST"]),
        At("/packs/{id}", pack_pages.pack_file, "export"),
        At("/digests", digest_pages.digests, "read"),
        At("/digests/edit/{day}", editor_pages.editor, "decide"),
        At("/digests/edit/{day}", editor_pages.edit, "decide", methods=["POST"]),
        At("/digests/{id}", digest_pages.digest_file, "read", audited="digest.read"),
        # Packed here and nowhere else: pages hold form tokens, and packing those beside foreign words would leak them (BREACH).
        Mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1000)),
    ]


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "Không có trang này.", 405: "Không làm được việc này ở đây."}
    said = error.detail if not error.detail.isascii() else words.get(error.status_code, error.detail)
    return page(request, "error.html", error.status_code, code=error.status_code, said=said)


def _user_error(request: Request, error: Exception) -> Response:
    return page(request, "error.html", 503, code=503, said=str(error))


def _bad_words(request: Request, error: Exception) -> Response:
    """PostgreSQL refuses NUL in any text: an address or form that holds one asks for nothing that could be there."""
    return page(request, "error.html", 400, code=400, said="Địa chỉ hoặc biểu mẫu có ký tự không dùng được.")


def create_app(settings: Settings, store: Store) -> Starlette:
    """Return the desk over `store`; while it has no user, `app.state.access.setup_code` makes the first one."""
    steps.check(settings)
    settings = overlay(settings, store)
    access = Access.open(settings)
    app = Starlette(
        routes=[*routes(), Mount("/api", create_api(settings, store))],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Hosts, settings=settings),
            Middleware(Guard, access=access, store=store),
        ],
        exception_handlers={HTTPException: _http_error, UserError: _user_error, DataError: _bad_words},
        lifespan=draining,
    )
    app.state.settings, app.state.store, app.state.access = settings, store, access
    app.state.provider = Provider(settings, access.vault) if settings.oidc_issuer else None
    return app
