"""Coming in by the office's own sign-in server."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import oidc_users
from dashboards.accounts.oidc import STATE_SECONDS, OidcError, Provider
from dashboards.web.guards import local_target
from dashboards.web.rights import STALE
from dashboards.web.session_pages import access_of, let_in, stranger_page
from dashboards.web.view import settings, store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import audit, users

# Only this address sees it, and only for the minutes of one sign-in.
STATE_COOKIE = "cotmoc_oidc"


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.provider
    if found is None:
        raise HTTPException(404, "Bàn làm việc này không dùng máy chủ đăng nhập của cơ quan.")
    return found


def begin(request: Request) -> Response:
    """GET /oidc?next=: to the office's server; with `link` (the form token) to join one's own account to it."""
    provider, session, link = _provider(request), request.state.session, request.query_params.get("link", "")
    staff = ""
    if link:
        if not (session and session.analyst and access_of(request).token_fits(session, link)):
            raise HTTPException(403, STALE)
        staff = session.staff
    elif access_of(request).waiting(store(request)):
        return RedirectResponse("/setup", 303)
    try:
        url, sealed = provider.begin(local_target(request.query_params.get("next", "/")), staff)
    except OidcError as error:
        return _refused(request, error)
    response = RedirectResponse(url, 303)
    secure = provider.settings.desk_url.startswith("https://")
    response.set_cookie(
        STATE_COOKIE, sealed, max_age=STATE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/oidc"
    )
    return response


def callback(request: Request) -> Response:
    """GET /oidc/callback: the claims open a session; whatever happens, this state is spent."""
    response = _callback(request, _provider(request))
    response.delete_cookie(STATE_COOKIE, path="/oidc", httponly=True, samesite="lax")
    return response


def _callback(request: Request, provider: Provider) -> Response:
    try:
        claims, target, staff = provider.finish(request.cookies.get(STATE_COOKIE, ""), request.query_params)
        if not staff:
            return let_in(request, oidc_users.come_in(store(request), claims, settings(request)), "oidc", target)
        session = request.state.session
        with store(request).read() as conn:
            user = users.by_id(conn, staff)
        if user is None or not session or session.staff != staff:
            raise OidcError("phiên đã đổi trong lúc nối tài khoản; hãy làm lại ở trang Tài khoản")
        oidc_users.link(store(request), claims, user)
        return RedirectResponse("/account", 303)
    except UserError as error:
        return _refused(request, error)


def _refused(request: Request, error: UserError) -> Response:
    with store(request).begin() as conn:
        audit.append(
            conn, actor="người lạ", action="session.refused", thing="", now=now(),
            details={"step": "oidc", "address": request.client.host if request.client else "", "why": str(error)[:200]},
        )  # fmt: skip
    said = str(error)
    return stranger_page(request, "login.html", 403, target="/", error=said[:1].upper() + said[1:] + ".", oidc=True)
