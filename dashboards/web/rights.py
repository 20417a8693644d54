"""What each role may do, and addresses that say which right they need: an address without one cannot be declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from pipelines.clock import now
from pipelines.store import audit

RIGHTS = ("read", "decide", "approve", "export", "administer")
ALLOWED: dict[str, frozenset[str]] = {
    "guest": frozenset({"read"}),
    "viewer": frozenset({"read", "export"}),
    "analyst": frozenset({"read", "export", "decide"}),
    "approver": frozenset({"read", "export", "decide", "approve"}),
    "admin": frozenset(RIGHTS),
}
ROLE_VI = {
    "guest": "khách", "viewer": "xem", "analyst": "phân tích", "approver": "duyệt", "admin": "quản trị",
}  # fmt: skip
# `open` is no right but the absence of the question: sign-in, first run, the probe.
OPEN = "open"
STALE = "Trang đã cũ hoặc biểu mẫu không đến từ trang này; hãy tải lại trang."


def may(role: str, right: str) -> bool:
    """Tell whether `role` has `right`; an unknown role has none."""
    return right in ALLOWED.get(role, frozenset())


def require(request: Request, right: str) -> None:
    """Let those with `right` pass; HTTPException 403 in one Vietnamese line for all others."""
    session = getattr(request.state, "session", None)
    role = session.role if session else ""
    if not may(role, right):
        raise HTTPException(403, f"Vai trò “{ROLE_VI.get(role, 'chưa vào')}” không làm được việc này; hãy hỏi người quản trị.")


class At(Route):
    """A route with the right that it takes; posts must carry the session's form token (`token` or `X-CSRF-Token`).

    `audited` names the action under which an answer of 200 enters the audit log, with the path's `id` as its object.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], right: str, methods: Sequence[str] = ("GET",), *, audited: str = ""
    ) -> None:
        if right not in (*RIGHTS, OPEN):
            raise ValueError(f"{path}: no right {right!r}")
        super().__init__(path, endpoint, methods=list(methods))
        self.right, self.audited = right, audited

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check right and form token, then answer."""
        request = Request(scope)
        if self.right != OPEN:
            require(request, self.right)
        if scope["method"] in (self.methods or ()) and scope["method"] not in ("GET", "HEAD"):
            body, receive = await _read(receive)
            if not _token_fits(request, body):
                raise HTTPException(403, STALE)
        if not self.audited:
            await super().handle(scope, receive, send)
            return
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 200:
                    # Before the text leaves: what was read is in the log even when the program is killed now.
                    await run_in_threadpool(self._note, request)
            await send(message)

        await super().handle(scope, receive, seen)

    def _note(self, request: Request) -> None:
        session = request.state.session
        with request.app.state.store.begin() as conn:
            thing = str(request.path_params.get("id", request.url.path))
            audit.append(conn, actor=session.analyst, action=self.audited, thing=thing, details={}, now=now())


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Return the body (its length is limited by the guard) and a channel that gives it again."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again


def _token_fits(request: Request, body: bytes) -> bool:
    session = getattr(request.state, "session", None)
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        try:
            given = parse_qs(body.decode("utf-8", "replace"), max_num_fields=2000).get("token", [""])[0]
        except ValueError:
            return False
    return session is not None and bool(request.app.state.access.token_fits(session, given))
