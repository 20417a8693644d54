"""Coming in with name and password, the second factor, the first administrator, a one-time link, and leaving."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import signin
from dashboards.accounts.signin import Browser, Refused
from dashboards.web.access import COOKIE, Access, new_session
from dashboards.web.guards import local_target
from dashboards.web.view import page, settings, store
from pipelines.clock import now
from pipelines.store import audit, sessions
from pipelines.store.users import User


def access_of(request: Request) -> Access:
    """Return the door of the application."""
    found: Access = request.app.state.access
    return found


def browser_of(request: Request) -> Browser:
    """Return where the request comes from."""
    return Browser(request.client.host if request.client else "", request.headers.get("user-agent", "")[:200])


async def fields(request: Request, *names: str) -> list[str]:
    """Return the named fields of a form, at most 2,000 characters each."""
    form = await request.form(max_files=0, max_fields=30)
    return [str(form.get(name, ""))[:2000] for name in names]


def give_cookie(response: Response, request: Request, value: str) -> Response:
    """Set the session's cookie: not for scripts, not for other sites' posts, over https only where https is spoken."""
    config = settings(request)
    secure = request.url.scheme == "https" or config.dashboard_url.startswith("https://")
    response.set_cookie(
        COOKIE, value, max_age=int(config.session_hours * 3600), httponly=True, samesite="lax", secure=secure, path="/"
    )
    return response


def stranger_page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """Return a page for one who has not signed in, with a cookie that binds its form to the browser."""
    session = request.state.session
    if session is None:
        session = request.state.session = new_session()
    response = page(request, template, status, **values)
    return response if session.analyst else give_cookie(response, request, access_of(request).seal(session))


def let_in(request: Request, user: User, way: str, target: str) -> Response:
    """Return the way into the desk, with a new session."""
    before = request.state.session
    old = before.sid if before and before.analyst else ""
    cookie = signin.start(store(request), user, way, settings(request).session_hours, browser_of(request), instead_of=old)
    return give_cookie(RedirectResponse(target, 303), request, cookie)


def login_form(request: Request) -> Response:
    """GET /login; to the first run while there is no user, to the desk for one who is in."""
    target = local_target(request.query_params.get("next", "/"))
    if request.state.session and request.state.session.analyst:
        return RedirectResponse(target, 303)
    if access_of(request).waiting(store(request)):
        return RedirectResponse("/setup", 303)
    return _login_page(request, target)


def _login_page(request: Request, target: str, error: str = "", status: int = 200) -> Response:
    return stranger_page(request, "login.html", status, target=target, error=error, oidc=bool(settings(request).oidc_issuer))


async def login(request: Request) -> Response:
    """POST /login: name and password open a session, or the page of the second factor."""
    name, password, wanted = await fields(request, "name", "password", "next")
    target = local_target(wanted)

    def land() -> Response:
        try:
            user = signin.by_password(store(request), name, password, browser_of(request))
        except Refused as refused:
            return _login_page(request, target, str(refused), refused.status)
        if user.totp:
            ticket = signin.pending(access_of(request).vault, user, request.state.session.sid)
            return stranger_page(request, "login_code.html", ticket=ticket, target=target, error="")
        return let_in(request, user, "password", target)

    return await run_in_threadpool(land)


async def login_code(request: Request) -> Response:
    """POST /login/code: the telephone's code, or one of the recovery codes."""
    ticket, code, wanted = await fields(request, "ticket", "code", "next")
    target = local_target(wanted)

    def land() -> Response:
        vault, sid = access_of(request).vault, request.state.session.sid
        try:
            user, way = signin.by_code(store(request), vault, ticket, sid, code, browser_of(request))
        except Refused as refused:
            return stranger_page(request, "login_code.html", refused.status, ticket=ticket, target=target, error=str(refused))
        return let_in(request, user, way, "/account" if way == "recovery" else target)

    return await run_in_threadpool(land)


def login_code_form(request: Request) -> Response:
    """GET /login/code: only the form before it leads there."""
    return RedirectResponse("/login", 303)


async def logout(request: Request) -> Response:
    """POST /logout: the session ends on the server, not only in this browser."""

    def land() -> Response:
        session = request.state.session
        with store(request).begin() as conn:
            sessions.end(conn, session.sid, now())
            audit.append(conn, actor=session.analyst, action="session.end", thing=session.staff, details={}, now=now())
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response

    return await run_in_threadpool(land)
