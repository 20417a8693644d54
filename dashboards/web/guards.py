"""Guards in front of every page: security headers, known host names, size of forms, same-site posts, and the sign-in."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.web.access import COOKIE, Access, Session
from pipelines.settings import Settings
from pipelines.store import Store

CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
# A stored paper is shown alone: no script, no address of its own, only its own styles.
PAPER_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
MAX_FORM = 64 * 1024
# Open without a session; the routes of the right `open` are these and no others (tests/test_accounts_threats.py).
OPEN_PATHS = ("/login", "/login/code", "/setup", "/reset", "/oidc", "/oidc/callback", "/language", "/healthz")
# Styles and pictures are the same for all; the API asks for a token of its own (dashboards/api/guard.py).
OPEN_FOLDERS = ("/static/", "/api/")
# All that a user sees who must first set a second factor.
OWN_PATHS = ("/account", "/logout")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SecurityHeaders:
    """Adds the headers to every response; a page that set its own policy keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the response."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", CSP)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("X-Frame-Options", "DENY")
                # Not no-referrer: with it browsers send `Origin: null` on our own forms, which Guard refuses.
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                if not scope.get("path", "").startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


class Hosts:
    """Answers only to names of this desk, so that a foreign page cannot rebind its own name to us.

    On a loopback address only loopback names; else also numeric addresses, the machine's name, `host` and `dashboard_url`.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        own = urlsplit(settings.dashboard_url).hostname
        self.names = {*LOOPBACK, settings.host.strip("[]").lower(), *([own] if own else [])}
        self.open = settings.host.strip("[]") not in LOOPBACK
        if self.open:
            self.names.add(socket.gethostname().lower())

    def known(self, given: str) -> bool:
        """Tell whether a Host header names this desk."""
        try:
            name = urlsplit(f"//{given}").hostname or ""
        except ValueError:
            return False
        return name in self.names or (self.open and _numeric(name))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400."""
        if scope["type"] == "http" and not self.known(Headers(scope=scope).get("host", "")):
            said = "Tên máy không phải của bàn làm việc này; người quản trị đặt dashboard_url trong cotmoc.toml."
            await PlainTextResponse(said, 400)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _numeric(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Refuses foreign and oversized posts, and sends those without a session to the sign-in (or to the first run)."""

    def __init__(self, app: ASGIApp, access: Access, store: Store) -> None:
        self.app, self.access, self.store = app, access, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with `state.session`, or answer it here."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if scope["method"] not in ("GET", "HEAD"):
            if path.startswith("/api/"):
                # Whatever is posted there, a program gets the answer in the shape of all others (docs/clients.md).
                await JSONResponse({"error": "API chỉ đọc"}, 405, {"Allow": "GET, HEAD"})(scope, receive, send)
                return
            refused = _refused(request.headers)
            if refused:
                await PlainTextResponse(refused, status_code=403)(scope, receive, send)
                return
        if path.startswith("/api/"):
            await self.app(scope, receive, send)
            return
        session = await run_in_threadpool(self.access.read, request.cookies.get(COOKIE), self.store)
        scope.setdefault("state", {})["session"] = session
        answer = await self._door(request, path, session)
        await (answer or self.app)(scope, receive, send)

    async def _door(self, request: Request, path: str, session: Session | None) -> Response | None:
        """Return where a request is sent instead, or None when it may pass."""
        posting = request.method not in ("GET", "HEAD")
        if session and session.analyst:
            if not session.confined or path in OWN_PATHS or path.startswith("/account/"):
                return None
            said = "Vai trò này cần xác thực hai bước; hãy bật ở trang Tài khoản trước."
            return PlainTextResponse(said, 403) if posting else RedirectResponse("/account", 303)
        if path in OPEN_PATHS:
            return None
        if posting:
            return PlainTextResponse("Phiên làm việc đã hết; hãy vào lại.", 403)
        if await run_in_threadpool(self.access.waiting, self.store):
            return RedirectResponse("/setup", 303)
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)


def _refused(headers: Headers) -> str | None:
    size = headers.get("content-length", "")
    if not size.isdigit() or int(size) > MAX_FORM:
        return "Biểu mẫu quá lớn hoặc không rõ độ dài."
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "Yêu cầu đến từ trang khác."
    origin = headers.get("origin")
    if origin and urlsplit(origin).netloc != headers.get("host"):
        return "Yêu cầu đến từ trang khác."
    return None


def local_target(given: str) -> str:
    """Return `given` when it is a path on this site, else `/` (no open redirect)."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and "\\" not in given
    return given if plain and given.isprintable() else "/"
