"""Two worker processes on a Prefect work pool share PostgreSQL and Elasticsearch; the sources are sharded by host."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from crawlers.newsroom.server import serve_newsroom
from crawlers.registry import load_sources
from flows.service import answers
from flows.supervisor import quiet_prefect
from pipelines.settings import load_settings
from pipelines.store import Store, alerts, outbox

pytestmark = [pytest.mark.postgresql, pytest.mark.elasticsearch, pytest.mark.servers, pytest.mark.timeout(420)]
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the Prefect server; its SQLite answers 503 “database is locked” on a busy machine (seen 2026-11-21), so ask again, and when it takes its time."""
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"})
    end = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > end:
                raise
        except TimeoutError:
            if time.monotonic() > end:
                raise
        time.sleep(1)


def wait(what: str, seconds: float, check: Any) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not happen within {seconds} s")


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    tree = [p for process in started if psutil.pid_exists(process.pid) for p in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]]
    for process in tree:
        if process.is_running():
            process.terminate()
    _gone, alive = psutil.wait_procs(tree, timeout=15)
    for process in alive:
        process.kill()


def test_two_workers_share_the_work(
    tmp_path: Path, fresh_database: str, elasticsearch_url: str, processes: list[subprocess.Popen[bytes]]
) -> None:
    port = free()
    api = f"http://127.0.0.1:{port}/api"
    with serve_newsroom(slow_seconds=0.2, huge_bytes=16_000_000, sources=tmp_path / "nguon") as site:
        prefix = f"test-workers-{os.getpid()}"
        env = quiet_prefect(str(tmp_path / "prefect"), api) | {
            "COTMOC_DATABASE_URL": fresh_database, "COTMOC_ELASTICSEARCH_URL": elasticsearch_url,
            "COTMOC_INDEX_PREFIX": prefix, "COTMOC_SOURCES": str(site.sources),
        }  # fmt: skip
        log = (tmp_path / "log.txt").open("ab")
        processes.append(subprocess.Popen([PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)], env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        wait("Prefect server", 120, answers(f"{api}/health"))
        # A long interval: the test starts the rounds itself, and each only once.
        subprocess.run([sys.executable, "-m", "flows.deploy", "2", "86400"], env=env, check=True, stdout=log, stderr=log)
        for number in (1, 2):
            own = env | {"COTMOC_DATA": str(tmp_path / f"machine-{number}")}
            command = [PREFECT, "worker", "start", "--pool", "cotmoc", "--type", "process", "--limit", "1", "--install-policy", "never", "--name", f"machine-{number}"]
            processes.append(subprocess.Popen(command, env=own, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        deployments = [d for d in ask(f"{api}/deployments/filter", {}) if d["name"].startswith("vong-")]
        assert len(deployments) == 2
        runs = [ask(f"{api}/deployments/{d['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}, "idempotency_key": d["id"]})["id"] for d in deployments]

        def states() -> list[str] | None:
            found = [ask(f"{api}/flow_runs/{run}") for run in runs]
            ended = [run["state"]["type"] for run in found if run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]
            return ended if len(ended) == len(runs) else None

        assert wait("both rounds", 240, states) == ["COMPLETED", "COMPLETED"], (tmp_path / "log.txt").read_text()[-4000:]
        registry = load_sources(site.sources)

    parts = [set(registry.shard(number, 2).ids()) for number in (0, 1)]
    assert parts[0] and parts[1] and not parts[0] & parts[1]
    # Both machines worked, and no host was asked by both of them.
    machines = [{path.name for path in (tmp_path / f"machine-{number}" / "warc").rglob("*.warc.gz")} for number in (1, 2)]
    assert machines[0] and machines[1]
    settings = load_settings(database_url=fresh_database, elasticsearch_url=elasticsearch_url, index_prefix=prefix)
    store = Store.open(settings.store_url)
    from sqlalchemy import func, select

    from pipelines.search import open_index
    from pipelines.store.schema import articles, captures

    with store.read() as conn:
        by_file = {tuple(row) for row in conn.execute(select(captures.c.warc_file, captures.c.source).distinct())}
        # One machine a source: it may fill several files there, as on a slow machine a source's turn comes twice.
        for source in {source for _file, source in by_file}:
            holders = [[Path(name).name in held for name, other in by_file if other == source] for held in machines]
            assert sorted(map(all, holders)) == [False, True] and sorted(map(any, holders)) == [False, True], source
        current = conn.execute(select(func.count()).select_from(articles).where(articles.c.current == 1)).scalar_one()
        assert alerts.count_alerts(conn, tier="flag") > 0
        assert outbox.owed(conn, "index") == 0
    index = open_index(settings, store)
    assert index.count() == current > 50
    index.close()
    store.close()
    from elasticsearch import Elasticsearch

    client = Elasticsearch(elasticsearch_url)
    for name in client.indices.get(index=f"{prefix}*"):
        client.indices.delete(index=name)
    client.close()
