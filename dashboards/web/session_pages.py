"""Coming in with the access code, and leaving."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.web.access import COOKIE, MAX_AGE, Access, Session, desk_name, new_session
from dashboards.web.guards import local_target
from dashboards.web.view import page


def _give(response: Response, request: Request, session: Session) -> Response:
    access: Access = request.app.state.access
    response.set_cookie(
        COOKIE, access.seal(session), max_age=MAX_AGE, httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip
    return response


def login_form(request: Request) -> Response:
    """GET /login."""
    return _login_page(request, local_target(request.query_params.get("next", "/")))


def _login_page(request: Request, target: str, error: str = "", status: int = 200) -> Response:
    if request.state.session is None:
        request.state.session = new_session()
    return _give(page(request, "login.html", status, target=target, error=error), request, request.state.session)


async def login(request: Request) -> Response:
    """POST /login: the code and the desk's name open a session with a new id."""
    access: Access = request.app.state.access
    form = await request.form(max_files=0, max_fields=10)
    target = local_target(str(form.get("next", "/")))
    session = request.state.session
    if session is None or not access.token_fits(session, str(form.get("token", ""))):
        return _login_page(request, target, "Trang đã cũ, hãy thử lại (cần bật cookie).", 403)
    analyst = desk_name(str(form.get("analyst", "")))
    if not analyst:
        return _login_page(request, target, "Hãy ghi tên bàn trực hoặc chữ viết tắt của người trực.", 400)
    right = access.right(str(form.get("code", "")))
    if right is None:
        return _login_page(request, target, "Sai mã quá nhiều lần; hãy chờ một phút.", 429)
    if not right:
        return _login_page(request, target, "Mã truy cập không đúng.", 403)
    return _give(RedirectResponse(target, 303), request, new_session(analyst, "admin"))


async def logout(request: Request) -> Response:
    """POST /logout."""
    form = await request.form(max_files=0, max_fields=10)
    access: Access = request.app.state.access
    if not access.token_fits(request.state.session, str(form.get("token", ""))):
        return Response("Trang đã cũ.", 403)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response
