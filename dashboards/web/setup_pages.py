"""The first run, which makes the first administrator, and the one-time link that sets a password."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import passwords, signin
from dashboards.accounts.signin import slow_down
from dashboards.web.session_pages import access_of, browser_of, fields, let_in, stranger_page
from dashboards.web.view import store
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.store import audit, throttles, tickets, users
from pipelines.store.users import User

CLOSED = "Bàn làm việc này đã có người quản trị; hãy vào bằng tài khoản của mình."


def setup_form(request: Request) -> Response:
    """GET /setup?code=: the wizard; closed for ever once there is a user."""
    if not access_of(request).waiting(store(request)):
        raise HTTPException(410, CLOSED)
    return _setup_page(request, request.query_params.get("code", "")[:40])


def _setup_page(request: Request, code: str, name: str = "", error: str = "", status: int = 200) -> Response:
    return stranger_page(request, "setup.html", status, code=code, name=name, error=error, shortest=passwords.SHORTEST)


async def setup(request: Request) -> Response:
    """POST /setup: the code of the first run, a name and a password make the first administrator, who is then in."""
    code, name, password, again = await fields(request, "code", "name", "password", "again")

    def land() -> Response:
        try:
            user = _first(request, code, name, password, again)
        except signin.Refused as refused:
            return _setup_page(request, code, name, str(refused), refused.status)
        except UserError as error:
            return _setup_page(request, code, name, str(error), 400)
        return let_in(request, user, "setup", "/account")

    return await run_in_threadpool(land)


def _first(request: Request, code: str, name: str, password: str, again: str) -> User:
    access, address = access_of(request), browser_of(request).address
    with store(request).begin() as conn:
        wait = throttles.take(conn, "setup", address, now())
    if wait:
        raise slow_down(wait)
    if not access.setup_fits(code):
        raise signin.Refused("Mã lập quản trị không đúng; xem mã ở cửa sổ đang chạy cotmoc.", 403)
    with store(request).begin() as conn:
        throttles.came_in(conn, "setup", address)
    sealed = passwords.seal(_same(password, again, name))
    with store(request).begin() as conn:
        # Two who send the form at once: the second waits for the first here, then finds the door closed.
        users.lock(conn)
        if users.count(conn):
            raise HTTPException(410, CLOSED)
        user = users.add(conn, name, "admin", now(), password=sealed)
        audit.append(conn, actor=user.name, action="user.first", thing=user.id, details={"role": "admin"}, now=now())
    access.settled = True
    return user


def _same(password: str, again: str, name: str) -> str:
    if not users.plain_name(name):
        raise UserError("hãy ghi tên của mình")
    if passwords.normal(password) != passwords.normal(again):
        raise UserError("hai lần ghi mật khẩu không giống nhau")
    return passwords.check(password, name)


def reset_form(request: Request) -> Response:
    """GET /reset?code=: set a password with a one-time link."""
    return stranger_page(
        request, "reset.html", code=request.query_params.get("code", "")[:40], error="", shortest=passwords.SHORTEST
    )


async def reset(request: Request) -> Response:
    """POST /reset: the password is set, all sessions end, the link dies; the user then signs in."""
    code, password, again = await fields(request, "code", "password", "again")

    def land() -> Response:
        try:
            redeem(request, code, password, again)
        except signin.Refused as refused:
            return stranger_page(request, "reset.html", refused.status, code=code, error=str(refused), shortest=passwords.SHORTEST)
        except UserError as error:
            return stranger_page(request, "reset.html", 400, code=code, error=str(error), shortest=passwords.SHORTEST)
        return RedirectResponse("/login", 303)

    return await run_in_threadpool(land)


def redeem(request: Request, code: str, password: str, again: str) -> None:
    """Set the password of the link's user; Refused or UserError otherwise, and the link lives on."""
    address = browser_of(request).address
    dead = signin.Refused(signin.DEAD_LINK, 403)
    with store(request).begin() as conn:
        wait = throttles.take(conn, "reset", address, now())
        holder = tickets.holder(conn, "reset", code, now()) if not wait else None
        user = users.by_id(conn, holder) if holder else None
        if user:
            throttles.came_in(conn, "reset", address)
    if wait:
        raise slow_down(wait)
    if user is None or user.disabled:
        raise dead
    _same(password, again, user.name)
    signin.set_password(store(request), user, password, actor=user.name, ticket=code)
