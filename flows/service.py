"""The running service: which processes make it up, and in which order they start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import typer

from flows.context import open_store, say_contact, settings
from flows.lock import held
from flows.supervisor import Child, Supervisor, quiet_prefect
from pipelines.clock import local, now
from pipelines.errors import UserError
from pipelines.settings import Settings, load_profile


def run_service(
    data: Path | None, *, profile: str | None, port: int | None, prefect_port: int, workers: int, round_seconds: int
) -> None:
    """Run until Ctrl-C or SIGTERM; UserError when data or ports are taken or a part does not come up."""
    config = settings(data, profile=profile, port=port)
    load_profile(config.profile)
    _check_sources(config)
    say_contact(config)
    with held(config.data, "start"):
        for taken in (config.port, prefect_port):
            free_port(config.host, taken)
        open_store(config).close()
        root = config.data.resolve()
        (root / "logs").mkdir(exist_ok=True)
        api = f"http://127.0.0.1:{prefect_port}/api"
        env = quiet_prefect(str(root / "prefect"), api)
        env |= {"COTMOC_DATA": str(root), "COTMOC_PROFILE": config.profile, "COTMOC_PORT": str(config.port)}
        supervisor = Supervisor(env, lambda name: str(root / "logs" / f"{name}.log"), lambda text: typer.echo(text, err=True))
        supervisor.handle_signals()
        try:
            _start_all(supervisor, config.host, config.port, prefect_port, workers, round_seconds)
            if not supervisor.stopping:
                typer.echo(f"dashboard: http://{config.host}:{config.port}/")
                _say_setup(config)
                typer.echo(f"hồ sơ {config.profile}; nhật ký ở {root / 'logs'}; dừng bằng Ctrl-C", err=True)
            supervisor.watch()
        finally:
            typer.echo("đang dừng …", err=True)
            supervisor.stop()
            typer.echo("đã dừng, không còn tiến trình nào", err=True)


def _say_setup(config: Settings) -> None:
    """The desk is another process, whose words go to its log: the code of the first run is said here too."""
    from dashboards.web.access import Access
    from flows.commands.serve import say_setup

    store = open_store(config)
    say_setup(Access.open(config), store, f"http://{config.host}:{config.port}")
    store.close()


def _start_all(
    supervisor: Supervisor, host: str, port: int, prefect_port: int, workers: int, round_seconds: int
) -> None:
    prefect = str(Path(sys.executable).with_name("prefect"))
    cotmoc = [sys.executable, "-m", "flows.cli"]
    typer.echo("khởi động máy chủ Prefect (lần đầu tới nửa phút) …", err=True)
    supervisor.start(
        Child(
            "prefect-server", [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(prefect_port)],
            ready=answers(f"http://127.0.0.1:{prefect_port}/api/health"),
        )
    )  # fmt: skip
    if supervisor.stopping:
        return
    supervisor.start(
        Child("dashboard", [*cotmoc, "serve", "--host", host, "--port", str(port)], ready=answers(f"http://{host}:{port}/healthz"))
    )
    if supervisor.stopping:
        return
    done = subprocess.run(
        [sys.executable, "-m", "flows.deploy", str(workers), str(round_seconds), "now"], env=dict(supervisor.env),
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["không rõ"])[-1]
        raise UserError(f"không đăng ký được lịch ở máy chủ Prefect: {last}")
    for number in range(workers):
        # Two runs at once: a round and, beside it, the digest or the upkeep.
        command = [prefect, "worker", "start", "--pool", "cotmoc", "--type", "process", "--limit", "2", "--install-policy", "never"]
        supervisor.start(Child(f"worker-{number + 1}", [*command, "--name", f"cotmoc-{os.getpid()}-{number + 1}"]))
    following = local(now() + timedelta(seconds=round_seconds))
    typer.echo(f"vòng đầu đang chạy; vòng tiếp theo lúc {following:%H:%M}", err=True)


def _check_sources(config: Settings) -> None:
    from crawlers.registry import sources_of

    sources_of(config)


def free_port(host: str, port: int) -> None:
    """UserError when something already listens on `port`."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(f"cổng {port} trên {host} đã có chương trình khác dùng ({error.strerror}); chọn cổng khác bằng --port") from error


def answers(url: str) -> Callable[[], bool]:
    """Return a check that says whether `url` answers 200."""

    def check() -> bool:
        try:
            with urlopen(url, timeout=2) as response:
                return response.status == 200
        except (URLError, OSError):
            return False

    return check
