"""Who may read the API and how fast: a bearer token, and a bucket of requests that refills by the minute (pipelines.store.rates)."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.store import Store, clients
from pipelines.store.rates import Rates

OPEN = ("/openapi.json",)
# Wrong tokens from one address are answered this often in a minute.
WRONG_PER_MINUTE = 20

class Tokens:
    """Lets a request with a known token pass, with `state.client` set to the program it belongs to."""

    def __init__(self, app: ASGIApp, store: Store, folder: Path, per_minute: int) -> None:
        self.app, self.store, self.per_minute = app, store, per_minute
        self.rates = Rates(store, folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 429."""
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in OPEN:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        client = await run_in_threadpool(self._client, token.strip()) if kind.lower() == "bearer" and token else None
        if client is None:
            address = request.client.host if request.client else ""
            wait = await run_in_threadpool(self.rates.take, f"wrong {address}", WRONG_PER_MINUTE)
        else:
            wait = await run_in_threadpool(self.rates.take, f"client {client.id}", self.per_minute)
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
