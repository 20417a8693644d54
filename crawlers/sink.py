"""Where fetched pages end: WARC first, synced, then one transaction for captures and frontier of a whole batch."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from crawlers import exchange as ex
from crawlers.alike import DOUBT, Recent, doubtful, strangers
from crawlers.belongs import sent_off
from crawlers.channels import as_page
from crawlers.exchange import Exchange
from crawlers.look import look
from crawlers.memory import EVERY, give_back
from crawlers.network import certificate_row, facts_row
from crawlers.registry import Registry, Source
from crawlers.warc import WarcFile
from pipelines.errors import UserError
from pipelines.records import Capture, content_id
from pipelines.retention import POSTS, POSTS_WARC
from pipelines.settings import Settings
from pipelines.store import Store, captures, frontier, page_marks
from pipelines.store.frontier import Due, Fetched
from pipelines.store.page_marks import Shown

# One sync and one transaction for so many pages, or for what came in meanwhile. More would be faster by little, and
# each page waiting here may hold 15 MB.
BATCH = 16
# A picture or a PDF stays one. All other faults may pass with the next repair of the site: asked for again for days.
_FINAL = {"not-a-page"}
_PATIENCE = {ex.GONE: frontier.GIVE_UP_GONE}
THIN = "thin"
_FETCHED = {"new", "same", ex.UNCHANGED}
_DAY = 86400.0
_READABLE = ("text/", "application/xhtml", "application/xml")


@dataclass(frozen=True, slots=True)
class _Result:
    item: Due
    exchange: Exchange | None
    stored: asyncio.Future[None]


@dataclass(slots=True)
class _Judged:
    result: _Result
    outcome: str
    reason: str
    odd: str = ""
    capture: Capture | None = None
    shown: Shown | None = None


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
        # Posts are kept for days, pages for months: a file goes as a whole.
        self._posts = WarcFile(settings.data, now, settings.user_agent, POSTS_WARC)
        self._queue: asyncio.Queue[_Result | None] = asyncio.Queue(maxsize=BATCH)
        self._task: asyncio.Task[None] | None = None
        self._certificates: set[str] = set()
        self._recent = Recent(store, now)
        self.outcomes: Counter[str] = Counter()
        self.failure: UserError | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *details: object) -> None:
        assert self._task is not None
        await self._queue.put(None)
        await self._task

    async def put(self, item: Due, exchange: Exchange | None) -> None:
        """Hand over one result and wait until it is stored; None for a channel's post, which is rendered instead of fetched.

        UserError when the disk or the store has given up.
        """
        if self.failure is not None:
            raise self.failure
        stored = asyncio.get_running_loop().create_future()
        await self._queue.put(_Result(item, exchange, stored))
        try:
            # Whoever fetched it carries the page until it is on the disk: so many are in memory, and no more.
            await stored
        finally:
            if exchange is not None:
                exchange.release()
        if self.failure is not None:
            raise self.failure

    async def _run(self) -> None:
        last, batches = False, 0
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
                finally:
                    _settle(batch)
            else:
                _settle(batch)
            batches += 1
            if batches % EVERY == 0:
                await asyncio.to_thread(give_back)
            self._done(len(batch))
        for warc in (self._warc, self._posts):
            try:
                await asyncio.to_thread(warc.close)
            except OSError as error:
                self.failure = self.failure or UserError(f"{self._settings.data}: không đóng được WARC ({error.strerror})")

    def _store_batch(self, batch: list[_Result]) -> None:
        """Write the records, sync, then commit the rows: a kill between the two leaves a tail that `mend` cuts."""
        judged = [_judged(result, self._registry.get(result.item.source)) for result in batch]
        reopened = self._compare(judged)
        bodies: dict[int, tuple[str, bytes]] = {}
        for number, each in enumerate(judged):
            if each.outcome == "new":
                answer = each.result.exchange
                body = answer.body if answer else self._rendered(each.result.item)
                bodies[number] = (content_id(each.result.item.url, body), body)
        with self._store.read() as conn:
            known = captures.known(conn, [key for key, _ in bodies.values()]) if bodies else set()
            for number, (key, body) in bodies.items():
                if key in known:
                    bodies[number] = (_returned(conn, judged[number].result.item.url, key, body), body)
        taken: set[str] = set()
        for number, (key, body) in bodies.items():
            each = judged[number]
            if not key or key in taken:
                each.outcome = "same"
                continue
            taken.add(key)
            each.capture = self._capture(key, each.result, body)
        self._warc.commit()
        self._posts.commit()
        with self._store.begin() as conn:
            captures.add(conn, [each.capture for each in judged if each.capture is not None])
            self._note(conn, judged)
            frontier.done(conn, [done for each in judged if (done := _fetched(each)) is not None], self._now)
            page_marks.save(conn, [each.shown for each in judged if each.shown is not None])
            for reason, urls in reopened.items():
                page_marks.reopen(conn, urls, ex.WRONG_PAGE, reason, self._now)
            for each in judged:
                self._fail(conn, each)
        self._recent.add((each.result.item.source, each.shown) for each in judged if each.shown is not None)
        for each in judged:
            self.outcomes[each.outcome] += 1

    def _compare(self, judged: list[_Judged]) -> dict[str, list[str]]:
        """Refuse pages that stand for several articles at once; return the addresses of earlier ones, by the reason.

        A page that does not carry its headline is looked at twice before it is taken.
        """
        reopened: dict[str, list[str]] = {}
        came: dict[str, dict[str, _Judged]] = {}
        for each in judged:
            if each.shown is not None and not each.shown.named:
                came.setdefault(each.result.item.source, {})[each.shown.url] = each
        for source, mine in came.items():
            shown = {url: each.shown for url, each in mine.items() if each.shown is not None}
            last: dict[str, Shown] = {}
            if unnamed := [url for url, page in shown.items() if page.named is False]:
                with self._store.read() as conn:
                    last = page_marks.at(conn, unnamed)
            pages = [*shown.values(), *(page for page in self._recent.of(source) if page.url not in mine)]
            refused = {url: DOUBT for url, page in shown.items() if doubtful(page, last.get(url), pages)} | strangers(pages)
            for url, reason in refused.items():
                if url not in mine:
                    reopened.setdefault(reason, []).append(url)
                elif mine[url].outcome == "new":
                    mine[url].outcome, mine[url].reason, mine[url].odd = ex.WRONG_PAGE, reason, ""
        return reopened

    def _note(self, conn: frontier.Connection, judged: list[_Judged]) -> None:
        """Keep what the network told of the captures of a batch, and of each certificate once per run."""
        rows: dict[str, dict[str, Any]] = {}
        shown = []
        for each in judged:
            answer = each.result.exchange
            facts = facts_row(answer) if each.capture is not None and answer is not None else None
            if facts is None or each.capture is None or answer is None:
                continue
            rows[each.capture.id] = facts
            print_of = facts["certificate"]
            if print_of and print_of not in self._certificates:
                self._certificates.add(print_of)
                found = certificate_row(answer.network)
                shown += [found] if found else []
        captures.add_all_facts(conn, rows, shown)

    def _rendered(self, item: Due) -> bytes:
        source = self._registry.describe(item.source)
        return as_page(item.url, item.title, item.sapo, item.published, source.lang[0], source.name)

    def _capture(self, key: str, result: _Result, body: bytes) -> Capture:
        item, answer = result.item, result.exchange
        if answer is None:
            kind = "text/html; charset=utf-8"
            name, offset, length = self._posts.write_resource(item.url, kind, body, self._now)
            final, fetched, status, etag, modified = item.url, self._now, 200, "", ""
        else:
            file = self._posts if self._registry.describe(item.source).kind in POSTS else self._warc
            name, offset, length = file.write(answer)
            final, fetched, status = answer.final_url, answer.fetched or self._now, answer.status
            kind, etag, modified = answer.header("content-type"), answer.header("etag"), answer.header("last-modified")
        return Capture(
            id=key, url=item.url, final_url=final, source=item.source, fetched=fetched, status=status,
            content_type=kind, body_sha256=hashlib.sha256(body).hexdigest(), size=len(body), warc_file=name,
            warc_offset=offset, warc_length=length, etag=etag or None, last_modified=modified or None,
        )  # fmt: skip

    def _fail(self, conn: frontier.Connection, judged: _Judged) -> None:
        item, answer = judged.result.item, judged.result.exchange
        outcome, reason = judged.outcome, judged.reason
        if outcome == ex.DEFERRED or outcome in _FETCHED:
            return
        wait = _DAY if outcome == ex.ROBOTS else answer.retry_after if answer else None
        patience = _PATIENCE.get(outcome, frontier.GIVE_UP)
        frontier.failed(
            conn, item, outcome, reason, self._now, final=outcome in _FINAL, wait=wait, patience=patience, soon=reason == DOUBT
        )


def _fetched(judged: _Judged) -> Fetched | None:
    """Return what closes an address in the frontier, or None for one that was not fetched."""
    item, answer, outcome = judged.result.item, judged.result.exchange, judged.outcome
    if outcome not in _FETCHED:
        return None
    # A truthful 304 often comes without its validators: keep the ones that were sent.
    kept = (item.etag, item.last_modified) if outcome == ex.UNCHANGED else (None, None)
    etag = (answer.header("etag") if answer else "") or kept[0]
    modified = (answer.header("last-modified") if answer else "") or kept[1]
    shown = THIN if judged.odd and outcome != ex.UNCHANGED else outcome
    # A page without words is asked for in full the next time.
    return Fetched(item, shown, None if judged.odd else etag, None if judged.odd else modified, judged.odd)


def _settle(batch: list[_Result]) -> None:
    for each in batch:
        if not each.stored.done():
            each.stored.set_result(None)


def _judged(result: _Result, source: Source | None) -> _Judged:
    """Judge one result, and look at what stands on its page."""
    item, answer = result.item, result.exchange
    outcome, reason = judge(item, answer)
    if outcome != "new" or answer is None:
        return _Judged(result, outcome, reason)
    seen = look(answer.body, item.url, answer.final_url, answer.header("content-type"), item.title)
    marks = seen.marks
    shown = Shown(item.url, item.title, marks.title, marks.text, marks.sent, marks.named) if marks else None
    if seen.wrong:
        return _Judged(result, ex.WRONG_PAGE, seen.reason, shown=shown)
    if source is not None and shown is not None and shown.named is False and sent_off(source, item.url, answer.final_url):
        host = urlsplit(answer.final_url).hostname
        return _Judged(result, ex.WRONG_PAGE, f"bị chuyển tới máy chủ khác ({host}), trang ở đó không mang nhan đề của bài", shown=shown)
    return _Judged(result, outcome, reason, seen.reason, shown=shown)


def _returned(conn: frontier.Connection, url: str, key: str, body: bytes) -> str:
    """Return the id of a body that was captured before: none while it is the newest, a new one when it has come back.

    An article edited from A to B and back to A is at A again, and that is a revision too.
    """
    newest = captures.latest(conn, url)
    if newest is None or newest[1] == hashlib.sha256(body).hexdigest():
        return ""
    return content_id(key, newest[0])


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
