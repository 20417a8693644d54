"""A bound on what is held in memory: only so many large bodies are between the wire and the disk at any time."""

from __future__ import annotations

import asyncio

# A body beyond this needs a permit before more of it is read; pages of the press stay below (html/meth04, March 2026).
LARGE = 1_000_000
# Eight bodies of 15 MB, raw and decoded, beside 128 small ones: below half a gigabyte whatever the servers send.
PERMITS = 8


class Hold:
    """One permit; given back by `release()`, and at the latest when the last exchange that carries it is dropped."""

    def __init__(self, permits: asyncio.Semaphore, loop: asyncio.AbstractEventLoop) -> None:
        self._permits: asyncio.Semaphore | None = permits
        self._loop = loop

    def release(self) -> None:
        """Give the permit back; from any thread, any number of times."""
        permits, self._permits = self._permits, None
        if permits is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(permits.release)

    def __del__(self) -> None:
        self.release()


class Flight:
    """The permits of one run."""

    def __init__(self, permits: int = PERMITS) -> None:
        self._permits = asyncio.Semaphore(permits)

    async def take(self) -> Hold:
        """Wait for a permit."""
        await self._permits.acquire()
        return Hold(self._permits, asyncio.get_running_loop())
