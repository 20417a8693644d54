"""One's own account: password, second factor, recovery codes, and the browsers in which one is signed in."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import passwords, signin, totp
from dashboards.web.session_pages import access_of, browser_of, fields
from dashboards.web.view import page, settings, store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import audit, sessions, tickets, users
from pipelines.store.users import User

# So long the page with the picture waits for the first code.
ENROL_SECONDS = 900


def _me(request: Request) -> User:
    with store(request).read() as conn:
        found = users.by_id(conn, request.state.session.staff)
    assert found is not None, "a session has its user"
    return found


def account(request: Request) -> Response:
    """GET /account."""
    return _account(request)


def _account(request: Request, status: int = 200, error: str = "", done: str = "") -> Response:
    me = _me(request)
    with store(request).read() as conn:
        open_sessions = sessions.of_user(conn, me.id, now(), access_of(request).idle)
        left = tickets.left(conn, "recovery", me.id)
    return page(
        request, "account.html", status, me=me, sessions=open_sessions, sid=request.state.session.sid, left=left, error=error,
        done=done, confined=request.state.session.confined, shortest=passwords.SHORTEST,
        required=me.role in settings(request).totp_required, oidc=bool(settings(request).oidc_issuer),
    )  # fmt: skip


async def _work(request: Request, names: tuple[str, ...], work: Callable[..., Response]) -> Response:
    given = await fields(request, *names)

    def land() -> Response:
        try:
            return work(request, *given)
        except signin.Refused as refused:
            return _account(request, refused.status, str(refused))
        except UserError as error:
            return _account(request, 400, str(error))

    return await run_in_threadpool(land)


def _note(conn: Connection, request: Request, action: str, **details: object) -> None:
    session = request.state.session
    audit.append(conn, actor=session.analyst, action=action, thing=session.staff, details=details, now=now())


def _confirm(request: Request, password: str) -> User:
    """Ask for the password again before what would lock its owner out; one without a password (OIDC) is not asked."""
    me = _me(request)
    if not me.password:
        return me
    try:
        return signin.by_password(store(request), me.name, password, browser_of(request))
    except signin.Refused as refused:
        said = "Mật khẩu hiện tại không đúng." if refused.status == 403 else str(refused)
        raise signin.Refused(said, refused.status) from refused


async def password(request: Request) -> Response:
    """POST /account/password: all other sessions end."""

    def work(request: Request, current: str, new: str, again: str) -> Response:
        me = _confirm(request, current)
        if not me.password:
            raise UserError("tài khoản này vào bằng máy chủ đăng nhập của cơ quan, không có mật khẩu ở đây")
        if passwords.normal(new) != passwords.normal(again):
            raise UserError("hai lần ghi mật khẩu không giống nhau")
        signin.set_password(store(request), me, new, actor=me.name, keep=request.state.session.sid)
        return _account(request, done="Đã đổi mật khẩu; các phiên khác đã kết thúc.")

    return await _work(request, ("current", "password", "again"), work)


async def enrol(request: Request) -> Response:
    """POST /account/totp: the picture for the telephone; nothing is stored before its first code."""

    def work(request: Request, current: str) -> Response:
        me = _confirm(request, current)
        secret = totp.new_secret()
        return _enrol_page(request, me, secret)

    return await _work(request, ("current",), work)


def _enrol_page(request: Request, me: User, secret: str, error: str = "", status: int = 200) -> Response:
    sealed = access_of(request).vault.seal(json.dumps(["enrol", me.id, secret]))
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return page(request, "totp.html", status, picture=totp.picture(secret, me.name), secret=groups, sealed=sealed, error=error)


async def turn_on(request: Request) -> Response:
    """POST /account/totp/on: the first code proves that the telephone has the secret; recovery codes are shown once."""

    def work(request: Request, sealed: str, code: str) -> Response:
        me = _me(request)
        try:
            kind, id, secret = json.loads(access_of(request).vault.open(sealed, ENROL_SECONDS) or "null") or (None, None, None)
        except (ValueError, TypeError):
            kind = id = secret = None
        if kind != "enrol" or id != me.id or not secret:
            raise UserError("trang đã cũ; hãy bắt đầu lại việc bật xác thực hai bước")
        step = totp.step_of(secret, code, now(), me.totp_step)
        if step is None:
            return _enrol_page(request, me, secret, "Mã không đúng; xem lại giờ trên điện thoại rồi thử mã mới.", 400)
        with store(request).begin() as conn:
            codes = totp.turn_on(conn, access_of(request).vault, me, secret, step, now())
            sessions.end_all(conn, me.id, now(), but=request.state.session.sid)
            _note(conn, request, "user.totp", on=True)
        return page(request, "recovery.html", codes=codes)

    return await _work(request, ("sealed", "code"), work)


async def turn_off(request: Request) -> Response:
    """POST /account/totp/off."""

    def work(request: Request, current: str) -> Response:
        me = _confirm(request, current)
        if me.role in settings(request).totp_required:
            raise UserError("vai trò này bắt buộc xác thực hai bước; có thể bật lại với điện thoại khác chứ không tắt")
        with store(request).begin() as conn:
            totp.turn_off(conn, me)
            _note(conn, request, "user.totp", on=False)
        return _account(request, done="Đã tắt xác thực hai bước.")

    return await _work(request, ("current",), work)


async def recovery(request: Request) -> Response:
    """POST /account/recovery: new recovery codes, the old ones die."""

    def work(request: Request, current: str) -> Response:
        me = _confirm(request, current)
        if not me.totp:
            raise UserError("chưa bật xác thực hai bước")
        with store(request).begin() as conn:
            codes = totp.recovery_codes(conn, me, now())
            _note(conn, request, "user.recovery")
        return page(request, "recovery.html", codes=codes)

    return await _work(request, ("current",), work)


async def end_sessions(request: Request) -> Response:
    """POST /account/sessions: end one browser's session, or all of them, this one too."""

    def work(request: Request, one: str) -> Response:
        session = request.state.session
        with store(request).begin() as conn:
            if one:
                ended = int(sessions.end(conn, one, now(), user=session.staff))
            else:
                ended = sessions.end_all(conn, session.staff, now())
            _note(conn, request, "session.end", ended=ended)
        gone = not one or one == session.sid
        return RedirectResponse("/login" if gone else "/account", 303)

    return await _work(request, ("one",), work)
