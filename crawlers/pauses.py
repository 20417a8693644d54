"""Pauses of hosts that outlive a run: read before it, written as they arise and after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from crawlers.polite import Gate
from pipelines.errors import UserError
from pipelines.store import Store, host_pauses
from pipelines.store.host_pauses import Pause


@asynccontextmanager
async def kept_pauses(store: Store, gate: Gate, now: datetime) -> AsyncIterator[dict[str, Pause]]:
    """Give the pauses at the moment `now` of a run, and within the block let the gate hold them.

    New ones are in the store moments after they arise, so that a run that is killed has not forgotten them. At the
    end what was given holds all of them, in seconds from `now`.
    """
    kept = _Kept(store, gate, now)
    with store.read() as conn:
        pauses = host_pauses.load(conn, now)
    gate.restore(pauses)
    gate.on_pause = kept.changed.set
    writer = asyncio.create_task(kept.write_as_they_come())
    try:
        yield pauses
    finally:
        kept.ended = True
        kept.changed.set()
        await writer
        pauses.clear()
        pauses |= kept.current()
        kept.save(pauses)


class _Kept:
    def __init__(self, store: Store, gate: Gate, now: datetime) -> None:
        self._store = store
        self._gate = gate
        self._now = now
        self._began = asyncio.get_running_loop().time()
        self.changed = asyncio.Event()
        self.ended = False

    def current(self) -> dict[str, Pause]:
        gone = asyncio.get_running_loop().time() - self._began
        return {host: pause._replace(seconds=pause.seconds + gone) for host, pause in self._gate.pauses().items()}

    def save(self, pauses: dict[str, Pause]) -> None:
        with self._store.begin() as conn:
            host_pauses.save(conn, pauses, self._now)

    async def write_as_they_come(self) -> None:
        while True:
            await self.changed.wait()
            self.changed.clear()
            if self.ended:
                return
            try:
                await asyncio.to_thread(self.save, self.current())
            except UserError:
                # The disk or the store: the end of the run writes again, and says so when that fails too.
                return
