"""robots.txt by RFC 9309 (Protego): read once per host and day, obeyed with its Crawl-delay."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from protego import Protego

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.polite import Gate, Rules
from crawlers.robots_kept import MAX_ROBOTS, Book, directives
from crawlers.urls import clean_url, host_of
from pipelines.clock import local

MAX_HOPS = 5
Get = Callable[..., Awaitable[Exchange]]
_SILENT = {ex.UNREACHABLE, ex.CERTIFICATE, ex.TIMEOUT, ex.GUARD, ex.DEFERRED, ex.THROTTLED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this address be asked for? `failure` is set when the host itself did not answer."""

    allowed: bool = True
    reason: str = ""
    failure: Exchange | None = None


class Robots:
    """The rules of every host met in this run; `book` keeps them between runs."""

    def __init__(self, user_agent: str, gate: Gate, book: Book | None = None) -> None:
        self._agent = user_agent
        self._gate = gate
        self._book = book
        self._rules: dict[str, Protego] = {}
        self._refused: dict[str, Verdict] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        # Hosts whose kept copy is used because they do not give out a new one, with the reason.
        self.notes: dict[str, str] = {}

    async def check(self, url: str, rules: Rules, get: Get) -> Verdict:
        """Return the verdict for `url`; a robots.txt that is missing allows all, one with a server error forbids all.

        `get` makes one request without following redirects.
        """
        host = host_of(url)
        async with self._locks.setdefault(host, asyncio.Lock()):
            if host not in self._rules and host not in self._refused:
                failed = await self._learn(host, url, rules, get)
                if failed is not None:
                    return failed
        if host in self._refused:
            return self._refused[host]
        if self._rules[host].can_fetch(url, self._agent):
            return Verdict()
        return Verdict(False, "robots.txt của nguồn không cho phép địa chỉ này")

    async def _learn(self, host: str, url: str, rules: Rules, get: Get) -> Verdict | None:
        """Take the rules of a host from the book or from the host; a verdict when there are none to be had now."""
        kept = await asyncio.to_thread(self._book.get, host) if self._book else None
        if kept is not None and kept.fresh:
            self._take(host, kept.rules)
            return None
        answer = await self._ask(url, rules, get)
        if answer.outcome == ex.DEFERRED:
            # It was not asked at all (time is up, our own line is down): nothing is to be said of the host.
            return Verdict(False, answer.reason, answer)
        if answer.outcome not in _SILENT and answer.status < 500:
            text = directives(answer.body) if answer.outcome == ex.OK and answer.status < 300 else ""
            self._take(host, text)
            # What is no plain answer (too large, a loop) allows this run and is asked for again in the next.
            if self._book and answer.outcome in {ex.OK, ex.GONE, ex.HTTP_ERROR}:
                await asyncio.to_thread(self._book.put, host, text, answer)
            return None
        reason = answer.reason if answer.outcome in _SILENT else f"robots.txt trả lỗi {answer.status}"
        if kept is not None:
            # RFC 9309, 2.4: a copy may be used longer while the file is unreachable.
            self._take(host, kept.rules)
            self.notes[host] = f"robots.txt không đọc được ({reason}); đang theo bản lưu ngày {local(kept.checked):%d/%m}"
            return None
        if answer.outcome in _SILENT:
            return Verdict(False, answer.reason, answer)
        # RFC 9309, 2.3.1.4: as good as forbidden, but it will pass: the address is tried again.
        reason += ", coi như chưa được phép (RFC 9309)"
        refused = Verdict(False, reason, replace(answer, outcome=ex.HTTP_ERROR, reason=reason))
        self._refused[host] = refused
        return refused

    def _take(self, host: str, text: str) -> None:
        known = Protego.parse(text)
        delay = known.crawl_delay(self._agent)
        if delay:
            self._gate.crawl_delay(host, float(delay))
        self._rules[host] = known

    async def _ask(self, url: str, rules: Rules, get: Get) -> Exchange:
        parts = urlsplit(url)
        at = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(MAX_HOPS):
            answer = await get(at, rules, cut=MAX_ROBOTS)
            target = clean_url(answer.header("location"), at) if 300 <= answer.status < 400 else None
            if target is None:
                return answer
            at = target
        return replace(answer, outcome=ex.LOOP, body=b"")
