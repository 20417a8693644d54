"""What analysts decide reaches the index while the desk runs alone: a thread of the server pushes what the outbox owes."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette

from pipelines import witness
from pipelines.clock import now
from pipelines.errors import UserError
from pipelines.settings import Settings
from pipelines.store import Store, outbox

# A round of collecting may owe thousands: they go in small parts, so that pages stay quick.
SECONDS, BATCH = 3.0, 200
# An engine that hangs must not hold up the end of the server.
LONGEST_END = 10.0
log = logging.getLogger("cotmoc.drain")


@asynccontextmanager
async def draining(app: Starlette) -> AsyncIterator[None]:
    """Run the thread while the application serves: the lifespan of the desk."""
    ending = threading.Event()
    thread = threading.Thread(target=_work, args=(app, ending), name="drain", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        await to_thread(thread.join, LONGEST_END)


def _work(app: Starlette, ending: threading.Event) -> None:
    said = ""
    while not ending.wait(SECONDS):
        try:
            drain(app.state.settings, app.state.store)
            said = ""
        except (UserError, SQLAlchemyError, OSError) as error:
            # Once, not every three seconds; pages go on, and what is owed stays owed.
            if str(error) != said:
                said = str(error)
                log.error("chưa chuyển được quyết định sang chỉ mục: %s", said)


def drain(settings: Settings, store: Store) -> int:
    """Push what is due, unless another desk on this data folder is at it; return how many messages arrived.

    An engine that is away is noted and told as by any delivery (pipelines.deliver).
    """
    with store.read() as conn:
        witness.note(conn, settings.data)
        if not outbox.pending(conn, "index", 1, now()):
            return 0
    with _alone(settings.data) as alone:
        if not alone:
            return 0
        from pipelines.deliver import deliver
        from pipelines.search import open_index

        with closing(open_index(settings, store)) as index:
            return deliver(store, index, batch=BATCH, batches=1, now=now()).outcomes.get("delivered", 0)


@contextmanager
def _alone(data: Path) -> Iterator[bool]:
    (data / "locks").mkdir(parents=True, exist_ok=True)
    handle = os.open(data / "locks" / "drain", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
