"""Where fetched pages end: WARC first, synced, then one transaction for captures and frontier of a whole batch."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from crawlers import exchange as ex
from crawlers.channels import as_page
from crawlers.exchange import Exchange
from crawlers.registry import Registry
from crawlers.warc import WarcFile
from pipelines.errors import UserError
from pipelines.records import Capture, content_id
from pipelines.settings import Settings
from pipelines.store import Store, captures, frontier
from pipelines.store.frontier import Due

# One sync and one transaction for so many pages, or for what came in meanwhile. More would be faster by little, and
# each page waiting here may hold 15 MB.
BATCH = 16
_FINAL = {ex.GONE, ex.GUARD, ex.TOO_LARGE, ex.LOOP, "not-a-page"}
_DAY = 86400.0
_READABLE = ("text/", "application/xhtml", "application/xml")


@dataclass(frozen=True, slots=True)
class _Result:
    item: Due
    exchange: Exchange | None


class Sink:
    """Takes results from many tasks and stores them in batches; `failure` is set when the disk or store gave up."""

    def __init__(
        self, settings: Settings, store: Store, registry: Registry, now: datetime, done: Callable[[int], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._registry = registry
        self._now = now
        self._done = done
        self._warc = WarcFile(settings.data, now, settings.user_agent)
        self._queue: asyncio.Queue[_Result | None] = asyncio.Queue(maxsize=BATCH)
        self._task: asyncio.Task[None] | None = None
        self.outcomes: Counter[str] = Counter()
        self.by_source: dict[str, Counter[str]] = {}
        self.failure: UserError | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *details: object) -> None:
        assert self._task is not None
        await self._queue.put(None)
        await self._task

    async def put(self, item: Due, exchange: Exchange | None) -> None:
        """Hand over one result; None for a channel's post, which is rendered instead of fetched."""
        if self.failure is not None:
            raise self.failure
        await self._queue.put(_Result(item, exchange))

    async def _run(self) -> None:
        last = False
        while not last:
            batch: list[_Result] = []
            got = await self._queue.get()
            while got is not None:
                batch.append(got)
                if len(batch) >= BATCH or self._queue.empty():
                    break
                got = self._queue.get_nowait()
            last = got is None
            if batch and self.failure is None:
                try:
                    await asyncio.to_thread(self._store_batch, batch)
                except UserError as error:
                    self.failure = error
            self._done(len(batch))
        try:
            await asyncio.to_thread(self._warc.close)
        except OSError as error:
            self.failure = self.failure or UserError(f"{self._settings.data}: không đóng được WARC ({error.strerror})")

    def _store_batch(self, batch: list[_Result]) -> None:
        """Write the records, sync, then commit the rows: a kill between the two leaves a tail that `mend` cuts."""
        judged: list[tuple[_Result, str, str, Capture | None]] = []
        ids: dict[str, _Result] = {}
        bodies: dict[int, tuple[str, bytes]] = {}
        for number, result in enumerate(batch):
            outcome, reason = judge(result.item, result.exchange)
            if outcome == "new":
                body = result.exchange.body if result.exchange else self._rendered(result.item)
                key = content_id(result.item.url, body)
                bodies[number] = (key, body)
                ids.setdefault(key, result)
            judged.append((result, outcome, reason, None))
        with self._store.read() as conn:
            known = captures.known(conn, list(ids)) if ids else set()
        for number, (key, body) in bodies.items():
            result, _, reason, _ = judged[number]
            if key in known:
                judged[number] = (result, "same", reason, None)
                continue
            known.add(key)
            judged[number] = (result, "new", reason, self._capture(key, result, body))
        self._warc.commit()
        with self._store.begin() as conn:
            captures.add(conn, [capture for *_, capture in judged if capture is not None])
            for result, outcome, reason, _ in judged:
                self._close(conn, result, outcome, reason)
        for result, outcome, _, _ in judged:
            self.outcomes[outcome] += 1
            self.by_source.setdefault(result.item.source, Counter())[outcome] += 1

    def _rendered(self, item: Due) -> bytes:
        source = self._registry.describe(item.source)
        return as_page(item.url, item.title, item.sapo, item.published, source.lang[0], source.name)

    def _capture(self, key: str, result: _Result, body: bytes) -> Capture:
        item, answer = result.item, result.exchange
        if answer is None:
            kind = "text/html; charset=utf-8"
            name, offset, length = self._warc.write_resource(item.url, kind, body, self._now)
            final, fetched, status, etag, modified = item.url, self._now, 200, "", ""
        else:
            name, offset, length = self._warc.write(answer)
            final, fetched, status = answer.final_url, answer.fetched or self._now, answer.status
            kind, etag, modified = answer.header("content-type"), answer.header("etag"), answer.header("last-modified")
        return Capture(
            id=key, url=item.url, final_url=final, source=item.source, fetched=fetched, status=status,
            content_type=kind, body_sha256=hashlib.sha256(body).hexdigest(), size=len(body), warc_file=name,
            warc_offset=offset, warc_length=length, etag=etag or None, last_modified=modified or None,
        )  # fmt: skip

    def _close(self, conn: frontier.Connection, result: _Result, outcome: str, reason: str) -> None:
        item, answer = result.item, result.exchange
        if outcome == ex.DEFERRED:
            return
        if outcome in {"new", "same", ex.UNCHANGED}:
            # A truthful 304 often comes without its validators: keep the ones that were sent.
            kept = (item.etag, item.last_modified) if outcome == ex.UNCHANGED else (None, None)
            etag = (answer.header("etag") if answer else "") or kept[0]
            modified = (answer.header("last-modified") if answer else "") or kept[1]
            frontier.done(conn, item, outcome, self._now, etag, modified)
            return
        wait = _DAY if outcome == ex.ROBOTS else answer.retry_after if answer else None
        frontier.failed(conn, item, outcome, reason, self._now, final=outcome in _FINAL, wait=wait)


def judge(item: Due, answer: Exchange | None) -> tuple[str, str]:
    """Return outcome and reason of a page before it is compared with what is stored."""
    if answer is None:
        return "new", ""
    if answer.outcome != ex.OK:
        return answer.outcome, answer.reason
    kind = answer.header("content-type").lower().strip()
    if kind and not kind.startswith(_READABLE):
        return "not-a-page", f"nội dung là {kind[:80]}, không phải trang đọc được"
    if not answer.body.strip():
        return ex.HTTP_ERROR, "máy chủ trả trang rỗng"
    if urlsplit(answer.final_url).path in {"", "/"} and urlsplit(item.url).path not in {"", "/"}:
        return ex.GONE, "bài bị chuyển về trang chủ: địa chỉ không còn"
    return "new", ""
