"""Users of the desk: add, change the role, close and open, one-time link, take the second factor away, end sessions."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.accounts import signin, staff
from dashboards.web.rights import ROLE_VI
from dashboards.web.session_pages import fields
from dashboards.web.view import page, settings, store
from pipelines.errors import UserError
from pipelines.store import users


def listing(request: Request) -> Response:
    """GET /users."""
    return _page(request)


def _page(request: Request, status: int = 200, error: str = "", link: str = "", whom: str = "") -> Response:
    with store(request).read() as conn:
        found = users.listed(conn)
    return page(
        request, "users.html", status, users=found, roles=ROLE_VI, error=error, link=link, whom=whom,
        me=request.state.session.staff, oidc=bool(settings(request).oidc_issuer),
    )  # fmt: skip


async def add(request: Request) -> Response:
    """POST /users: a new user without a password, and the one-time link to hand over, shown this once."""
    name, role = await fields(request, "name", "role")

    def land() -> Response:
        actor = request.state.session.analyst
        try:
            user = staff.add(store(request), name, role, actor=actor)
        except UserError as error:
            return _page(request, 400, str(error))
        link = signin.one_time_link(store(request), user, actor=actor, base=settings(request).desk_url)
        return _page(request, link=link, whom=user.name)

    return await run_in_threadpool(land)


async def change(request: Request) -> Response:
    """POST /users/{id}: one change, named by the button."""
    action, role = await fields(request, "action", "role")

    def land() -> Response:
        actor, id = request.state.session.analyst, request.path_params["id"]
        with store(request).read() as conn:
            user = users.by_id(conn, id)
        if user is None:
            raise HTTPException(404, "Không có người dùng này.")
        try:
            if action == "link":
                link = signin.one_time_link(store(request), user, actor=actor, base=settings(request).desk_url)
                return _page(request, link=link, whom=user.name)
            staff.change(store(request), user, action, role, actor=actor)
        except UserError as error:
            return _page(request, 400, str(error))
        return RedirectResponse("/users", 303)

    return await run_in_threadpool(land)
