"""The supervisor starts children in order, restarts what dies, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from flows.service import free_port
from flows.supervisor import Child, Supervisor, quiet_prefect
from pipelines.errors import UserError

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A child that starts a grandchild and ignores SIGTERM.
STUBBORN = [sys.executable, "-c", "import subprocess, signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\ntime.sleep(60)"]


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    said: list[str] = []
    made = Supervisor(dict(os.environ), lambda name: str(tmp_path / f"{name}.log"), said.append)
    made.said = said  # type: ignore[attr-defined]
    return made


def test_stop_ends_children_and_grandchildren(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.supervisor.STOP_SECONDS", 1)
    for number, command in enumerate((SLEEP, STUBBORN)):
        supervisor.start(Child(f"c{number}", command))
    time.sleep(1)
    started = [psutil.Process(child.process.pid) for child in supervisor.children if child.process]
    tree = started + [grandchild for process in started for grandchild in process.children(recursive=True)]
    assert len(tree) == 3
    supervisor.stop()
    assert [process for process in tree if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []


def test_a_child_that_dies_at_once_is_one_line_with_its_log(supervisor: Supervisor) -> None:
    child = Child("gãy", [sys.executable, "-c", "raise SystemExit(3)"], ready=lambda: False)
    with pytest.raises(UserError, match=r"gãy dừng ngay khi khởi động \(mã 3\); xem .*gãy.log"):
        supervisor.start(child)


def test_a_dead_child_is_started_again(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child("worker", SLEEP)
    supervisor.start(child)
    assert child.process is not None
    first = child.process.pid
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (child.process.pid == first or child.process.poll() is not None):
        time.sleep(0.1)
    second = child.process.pid
    supervisor.stopping = True
    watcher.join()
    supervisor.stop()
    assert second != first
    assert any("khởi động lại" in line for line in supervisor.said)  # type: ignore[attr-defined]


def test_a_killed_supervisor_leaves_no_child(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from flows.supervisor import Child, Supervisor\n"
        f"s = Supervisor(dict(os.environ), lambda n: {str(tmp_path / 'log')!r}, print)\n"
        "c = Child('x', [sys.executable, '-c', 'import time; time.sleep(60)']); s.start(c); print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_taken_port_is_one_line() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="đã có chương trình khác dùng"):
            free_port("127.0.0.1", taken.getsockname()[1])


def test_prefect_is_told_to_be_quiet() -> None:
    env = quiet_prefect("/x", "http://127.0.0.1:1/api", {})
    assert env["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert env["DO_NOT_TRACK"] == "1"
