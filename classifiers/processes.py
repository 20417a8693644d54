"""Training shared by two processes of one thread each: results come in the order of the jobs, the same on every machine.

joblib with loky, which scikit-learn brings along: it needs no guarded main module and works inside servers and flows.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

Made = TypeVar("Made")

PROCESSES = 2
# Seconds that a process may be idle: longer than any part of a training, or joblib warns that one went; `rest` ends them.
IDLE = 900


def each(work: Callable[..., Made], jobs: Iterable[tuple[Any, ...]]) -> Iterator[Made]:
    """Yield `work(*job)` of every job in order; what a job raises is raised here."""
    from joblib import Parallel, delayed, parallel_config

    # One thread a process: the order of additions, and with it the last digits, must not hang on the machine. Threads of one process
    # took 42 s for what two processes do in 25, and BLAS loaded after a limit was set took no notice of it (2026-11-21).
    with parallel_config(backend="loky", inner_max_num_threads=1, idle_worker_timeout=IDLE):
        yield from Parallel(n_jobs=PROCESSES, return_as="generator", max_nbytes=None, pre_dispatch="2*n_jobs")(
            delayed(_watched)(os.getpid(), work, job) for job in jobs
        )


def rest() -> None:
    """End the processes: they hold half a gigabyte each, and a server has no more work for them."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def _watched(parent: int, work: Callable[..., Made], job: tuple[Any, ...]) -> Made:
    if os.getpid() != parent:  # joblib works in the same process where it may not start others
        _watch(parent)
    return work(*job)


@cache
def _watch(parent: int) -> None:
    threading.Thread(target=_end_without, args=(parent,), daemon=True).start()


def _end_without(parent: int) -> None:
    """End this process when the one that asked is gone: it would wait for ever to hand over its result, with half a gigabyte (2026-11-22)."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
