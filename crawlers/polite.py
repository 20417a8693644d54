"""One connection and one pause per host, shared by feeds, robots.txt, list pages and article pages of a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crawlers.exchange import DEFERRED, THROTTLED, UNREACHABLE
from pipelines.store.host_pauses import Pause

# After so many refusals of service in a row the host is left alone until the next run.
GIVE_UP_AFTER = 3
LONGEST_PAUSE = 3600.0
# Who wants a longer pause between two requests than this is asked again in a later run: one host must not hold up all others.
LONGEST_WAIT = 300.0
# A Crawl-delay from this length on outlives the run.
KEPT_PAUSE = 60.0


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
    blocked: tuple[str, float] | None = None  # why, and until when (the loop's clock)
    failures: int = 0


class Gate:
    """Lets one request at a time through to each host, `delay` seconds after the last one ended."""

    def __init__(self, budget: float | None = None) -> None:
        self._hosts: dict[str, _Host] = {}
        self._budget = budget
        self._started: float | None = None
        # Called whenever there is a new pause that is to outlive the run.
        self.on_pause: Callable[[], None] = _nothing

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
            if wait > LONGEST_WAIT:
                raise NotNow(DEFERRED, f"robots.txt của máy chủ buộc nghỉ lâu giữa hai lần hỏi: còn {wait / 60:.0f} phút, để lượt sau", wait)
            if self._budget is not None and loop.time() + wait - self._started > self._budget:
                raise NotNow(DEFERRED, "hết thời gian của lượt này")
            await asyncio.sleep(wait)
            try:
                yield
            finally:
                state.free_at = loop.time() + max(delay, state.crawl_delay)
                if state.crawl_delay >= KEPT_PAUSE:
                    self.on_pause()

    def _check(self, state: _Host) -> None:
        if state.blocked:
            reason, until = state.blocked
            raise NotNow(THROTTLED, reason, max(until - asyncio.get_running_loop().time(), 1.0))
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
        """Leave the host alone for the rest of the run, and so many seconds at least (Retry-After)."""
        until = asyncio.get_running_loop().time() + seconds
        self._hosts.setdefault(host, _Host()).blocked = (reason, until)
        self.on_pause()

    def pause(self, host: str, seconds: float) -> None:
        """Let the next request to the host wait at least `seconds` from now."""
        state = self._hosts.setdefault(host, _Host())
        state.free_at = max(state.free_at, asyncio.get_running_loop().time() + seconds)

    def pauses(self) -> dict[str, Pause]:
        """Return the hosts that are to be left alone beyond this run."""
        time, found = asyncio.get_running_loop().time(), {}
        for host, state in self._hosts.items():
            if state.blocked:
                found[host] = Pause(state.blocked[1] - time, True, state.blocked[0])
            elif state.crawl_delay >= KEPT_PAUSE and state.free_at > time:
                found[host] = Pause(state.free_at - time, False, f"Crawl-delay {state.crawl_delay:.0f} giây")
        return found

    def restore(self, pauses: Mapping[str, Pause]) -> None:
        """Take over what earlier runs kept."""
        for host, pause in pauses.items():
            if pause.seconds > 0 and pause.blocked:
                self.block(host, pause.reason, pause.seconds)
            elif pause.seconds > 0:
                self.pause(host, pause.seconds)


def _nothing() -> None:
    return None
