"""Training in two processes: results in order, errors where they are asked for, one thread each, nothing left behind by a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from classifiers.processes import PROCESSES, each, rest

SLEEPING = "import time; from classifiers.processes import each; list(each(time.sleep, [(90,), (90,)]))"


def _threads() -> int:
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_info

    return max(int(pool["num_threads"]) for pool in threadpool_info())


def test_results_come_in_the_order_of_the_jobs() -> None:
    assert list(each(divmod, [(number, 3) for number in range(20)])) == [divmod(number, 3) for number in range(20)]


def test_what_a_job_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(each(divmod, [(1, 1), (1, 0)]))


def test_each_process_reckons_with_one_thread() -> None:
    assert set(each(_threads, [(), ()])) == {1}


def test_after_the_work_no_process_is_kept() -> None:
    assert list(each(abs, [(-1,)])) == [1]
    assert _workers(os.getpid())
    rest()
    assert not _workers(os.getpid())
    assert list(each(abs, [(-2,)])) == [2], "and the next work starts others"


def test_a_killed_training_leaves_no_process_behind() -> None:
    asking = subprocess.Popen([sys.executable, "-c", SLEEPING], cwd=os.getcwd())
    until = time.monotonic() + 60
    while len(working := _workers(asking.pid)) < PROCESSES and time.monotonic() < until:
        time.sleep(0.1)
    assert len(working) == PROCESSES
    asking.kill()
    asking.wait()
    _, left = psutil.wait_procs(working, timeout=20)
    assert not left


def _workers(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children() if "popen_loky" in " ".join(child.cmdline())]
