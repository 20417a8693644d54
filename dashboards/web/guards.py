"""Guards in front of every page: security headers, size of forms, same-site posts, and the login."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.web.access import COOKIE, Access

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A stored paper is shown alone: no script, no address of its own, only its own styles.
PAPER_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
MAX_FORM = 64 * 1024
# The API asks for a token of its own (dashboards/api/guard.py).
OPEN_PATHS = ("/login", "/healthz", "/static/", "/api/")


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
                headers["X-Frame-Options"] = "DENY"
                # Not no-referrer: with it browsers send `Origin: null` on our own forms, which Guard refuses.
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
                if not scope.get("path", "").startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


class Guard:
    """Refuses foreign and oversized posts, and sends those without a session to the login."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with `state.session`, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        session = self.access.read(request.cookies.get(COOKIE))
        scope.setdefault("state", {})["session"] = session
        path, posting = scope["path"], scope["method"] not in ("GET", "HEAD")
        if posting:
            refused = _refused(request.headers)
            if refused:
                await PlainTextResponse(refused, status_code=403)(scope, receive, send)
                return
        if path.startswith(OPEN_PATHS) or (session and session.analyst):
            await self.app(scope, receive, send)
        elif posting:
            await PlainTextResponse("Phiên làm việc đã hết; hãy vào lại.", 403)(scope, receive, send)
        else:
            wanted = path + (f"?{request.url.query}" if request.url.query else "")
            await RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)(scope, receive, send)


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
