"""One supervisor for Prefect server, workers and dashboard: it starts them in order, restarts what dies, and on
Ctrl-C or SIGTERM ends them all, so that no process is left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

import psutil

from pipelines.errors import UserError

PR_SET_PDEATHSIG = 1
# Prefect's server needs up to 24 s on a fresh home (seen 2026-11-21 on two cores); twice that and more on an old PC.
READY_SECONDS = 120
STOP_SECONDS = 20


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, so that a killed supervisor leaves no orphan."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process: its name, command, and the check that says it is ready."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0


@dataclass
class Supervisor:
    """Starts children in order, watches them, and stops them in reverse order."""

    env: Mapping[str, str]
    log: Callable[[str], str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self, child: Child) -> None:
        """Start `child` and wait until it is ready; UserError with the place of its log when it is not."""
        path = self.log(child.name)
        with open(path, "ab") as output:
            child.process = subprocess.Popen(
                child.command, env=dict(self.env), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        child.started = time.monotonic()
        if child not in self.children:
            self.children.append(child)
        while child.ready and not child.ready() and not self.stopping:
            if child.process.poll() is not None:
                raise UserError(f"{child.name} dừng ngay khi khởi động (mã {child.process.returncode}); xem {path}")
            if time.monotonic() - child.started > READY_SECONDS:
                raise UserError(f"{child.name} chưa sẵn sàng sau {READY_SECONDS} giây; xem {path}")
            time.sleep(0.2)

    def watch(self) -> None:
        """Restart children that die, waiting longer each time, until a signal asks to stop."""
        while not self.stopping:
            for child in self.children:
                if child.process is not None and child.process.poll() is not None and not self.stopping:
                    child.failures = 1 if time.monotonic() - child.started > 300 else child.failures + 1
                    pause = min(2**child.failures, 60)
                    self.say(f"{child.name} đã dừng (mã {child.process.returncode}); khởi động lại sau {pause} giây, xem {self.log(child.name)}")
                    self._pause(pause)
                    if not self.stopping:
                        self.start(child)
            self._pause(0.5)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.1)

    def handle_signals(self) -> None:
        """Stop on SIGINT and SIGTERM."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)

    def stop(self) -> None:
        """End all children and whatever they started, politely first."""
        self.stopping = True
        running = [child for child in reversed(self.children) if child.process is not None]
        tree: list[psutil.Process] = []
        for child in running:
            assert child.process is not None
            try:
                parent = psutil.Process(child.process.pid)
                tree += [parent, *parent.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        for process in tree:
            _signal(process, signal.SIGTERM)
        _gone, alive = psutil.wait_procs(tree, timeout=STOP_SECONDS)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)
        for child in running:
            assert child.process is not None
            child.process.wait()


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def quiet_prefect(home: str, api: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for Prefect processes: own home, telemetry off, no questions, no update checks."""
    return {
        **(base if base is not None else os.environ),
        "PREFECT_HOME": home,
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOG_RETENTION_DAYS": "14",
    }
