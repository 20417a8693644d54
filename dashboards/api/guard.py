"""Who may read the API and how fast: a bearer token, and a bucket of requests that refills by the minute."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.store import Store, clients

OPEN = ("/openapi.json",)
# Wrong tokens from one address are answered this often in a minute.
WRONG_PER_MINUTE = 20
# So many callers are remembered; beyond, the one not seen for longest is forgotten.
CALLERS = 10_000


@dataclass
class Buckets:
    """Tokens left per caller: `per_minute` at most, refilled evenly. Of this process alone."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, caller: str) -> float:
        """Take one; return 0 when it was there, else the seconds until the next."""
        at = self.clock()
        left, since = self._left.pop(caller, (float(self.per_minute), at))
        left = min(self.per_minute, left + (at - since) * self.per_minute / 60)
        wait = 0.0 if left >= 1 else (1 - left) * 60 / self.per_minute
        self._left[caller] = (left if wait else left - 1, at)
        while len(self._left) > CALLERS:
            self._left.popitem(last=False)
        return wait


class Tokens:
    """Lets a request with a known token pass, with `state.client` set to the program it belongs to."""

    def __init__(self, app: ASGIApp, store: Store, per_minute: int) -> None:
        self.app, self.store = app, store
        self.known, self.wrong = Buckets(per_minute), Buckets(WRONG_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 429."""
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in OPEN:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        client = await run_in_threadpool(self._client, token.strip()) if kind.lower() == "bearer" and token else None
        if client is None:
            wait = self.wrong.take(request.client.host if request.client else "")
        else:
            wait = self.known.take(client.id)
        if wait:
            answer = JSONResponse({"error": "quá nhiều yêu cầu; hãy chậm lại"}, 429, {"Retry-After": str(int(wait) + 1)})
        elif client is None:
            said = "cần tiêu đề “Authorization: Bearer MÃ”, mã do cotmoc clients add cấp và chưa bị thu hồi"
            answer = JSONResponse({"error": said}, 401, {"WWW-Authenticate": "Bearer"})
        else:
            scope.setdefault("state", {})["client"] = client
            await self.app(scope, receive, send)
            return
        await answer(scope, receive, send)

    def _client(self, token: str) -> clients.Client | None:
        with self.store.read() as conn:
            return clients.by_token(conn, token)
