"""robots.txt by RFC 9309 (Protego): read once per host and run, obeyed with its Crawl-delay."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from protego import Protego

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.polite import Gate, Rules
from crawlers.urls import clean_url, host_of

# RFC 9309, 2.5: at least 500 KiB must be read.
MAX_ROBOTS = 512_000
MAX_HOPS = 5
Get = Callable[..., Awaitable[Exchange]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this address be asked for? `failure` is set when the host itself did not answer."""

    allowed: bool = True
    reason: str = ""
    failure: Exchange | None = None


class Robots:
    """The rules of every host met in this run; `get` makes one request without following redirects."""

    def __init__(self, user_agent: str, gate: Gate) -> None:
        self._agent = user_agent
        self._gate = gate
        self._rules: dict[str, Protego | Verdict] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: str, rules: Rules, get: Get) -> Verdict:
        """Return the verdict for `url`; a robots.txt that is missing allows all, one with a server error forbids all."""
        host = host_of(url)
        async with self._locks.setdefault(host, asyncio.Lock()):
            if host not in self._rules:
                found = await self._read(url, rules, get)
                if isinstance(found, Verdict) and found.failure is not None:
                    return found
                self._rules[host] = found
        known = self._rules[host]
        if isinstance(known, Verdict):
            return known
        if known.can_fetch(url, self._agent):
            return Verdict()
        return Verdict(False, "robots.txt của nguồn không cho phép địa chỉ này")

    async def _read(self, url: str, rules: Rules, get: Get) -> Protego | Verdict:
        parts = urlsplit(url)
        at = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(MAX_HOPS):
            answer = await get(at, rules)
            target = clean_url(answer.header("location"), at) if 300 <= answer.status < 400 else None
            if target is None:
                break
            at = target
        if answer.outcome == ex.OK and answer.status < 300:
            known = Protego.parse(answer.body[:MAX_ROBOTS].decode("utf-8", "replace"))
            delay = known.crawl_delay(self._agent)
            if delay:
                self._gate.crawl_delay(host_of(url), float(delay))
            return known
        if answer.outcome in {ex.UNREACHABLE, ex.TIMEOUT, ex.GUARD, ex.DEFERRED, ex.THROTTLED}:
            return Verdict(False, answer.reason, answer)
        if answer.status >= 500:
            # RFC 9309, 2.3.1.4: as good as forbidden, but it will pass: the address is tried again.
            reason = f"robots.txt trả lỗi {answer.status}, coi như chưa được phép (RFC 9309)"
            return Verdict(False, reason, replace(answer, outcome=ex.HTTP_ERROR, reason=reason))
        return Verdict()
