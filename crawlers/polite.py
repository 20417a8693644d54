"""One connection and one pause per host, shared by feeds, robots.txt, list pages and article pages of a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crawlers.exchange import DEFERRED, THROTTLED, UNREACHABLE

# After so many refusals of service in a row the host is left alone until the next run.
GIVE_UP_AFTER = 3
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How one source wants to be asked: seconds between requests, whether private addresses are let through."""

    delay: float = 5.0
    allow_private: bool = False


class NotNow(Exception):
    """The host is not asked again in this run: `outcome` says why, `seconds` how long to leave it alone."""

    def __init__(self, outcome: str, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.seconds = seconds


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    crawl_delay: float = 0.0
    blocked: tuple[str, float] | None = None
    failures: int = 0


class Gate:
    """Lets one request at a time through to each host, `delay` seconds after the last one ended."""

    def __init__(self, budget: float | None = None) -> None:
        self._hosts: dict[str, _Host] = {}
        self._budget = budget
        self._started: float | None = None

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Wait for the host's turn; NotNow when it is blocked or the run's time is up."""
        loop = asyncio.get_running_loop()
        if self._started is None:
            self._started = loop.time()
        state = self._hosts.setdefault(host, _Host())
        async with state.lock:
            self._check(state)
            wait = max(0.0, state.free_at - loop.time())
            if self._budget is not None and loop.time() + wait - self._started > self._budget:
                raise NotNow(DEFERRED, "hết thời gian của lượt này")
            await asyncio.sleep(wait)
            try:
                yield
            finally:
                state.free_at = loop.time() + max(delay, state.crawl_delay)

    def _check(self, state: _Host) -> None:
        if state.blocked:
            raise NotNow(THROTTLED, *state.blocked)
        if state.failures >= GIVE_UP_AFTER:
            raise NotNow(UNREACHABLE, f"máy chủ không đáp {GIVE_UP_AFTER} lần liền trong lượt này", 600)

    def answered(self, host: str, alive: bool) -> None:
        """Note whether the host gave any answer at all."""
        state = self._hosts.setdefault(host, _Host())
        state.failures = 0 if alive else state.failures + 1

    def crawl_delay(self, host: str, seconds: float) -> None:
        """Keep the Crawl-delay of the host's robots.txt: it can only make the pause longer (at most an hour)."""
        if 0 < seconds < float("inf"):
            self._hosts.setdefault(host, _Host()).crawl_delay = min(seconds, LONGEST_PAUSE)

    def block(self, host: str, reason: str, seconds: float) -> None:
        """Leave the host alone for the rest of the run (Retry-After)."""
        self._hosts.setdefault(host, _Host()).blocked = (reason, seconds)

    def pause(self, host: str, seconds: float) -> None:
        """Let the next request to the host wait at least `seconds` from now."""
        state = self._hosts.setdefault(host, _Host())
        state.free_at = max(state.free_at, asyncio.get_running_loop().time() + seconds)
