"""Pauses of hosts that outlive a run: read before it, written after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from crawlers.polite import Gate
from pipelines.store import Store, host_pauses
from pipelines.store.host_pauses import Pause


@asynccontextmanager
async def kept_pauses(store: Store, gate: Gate, now: datetime) -> AsyncIterator[dict[str, Pause]]:
    """Give the pauses at the moment `now` of a run, and within the block let the gate hold them; at its end they are kept.

    What was given then holds the new ones, in seconds from `now`.
    """
    began = asyncio.get_running_loop().time()
    with store.read() as conn:
        pauses = host_pauses.load(conn, now)
    gate.restore(pauses)
    try:
        yield pauses
    finally:
        gone = asyncio.get_running_loop().time() - began
        pauses.clear()
        pauses |= {host: pause._replace(seconds=pause.seconds + gone) for host, pause in gate.pauses().items()}
        with store.begin() as conn:
            host_pauses.save(conn, pauses, now)
