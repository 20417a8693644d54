"""Three Elasticsearch nodes, one killed with SIGKILL while 50,000 documents are pushed: nothing lost, nothing twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

from pipelines.deliver import deliver
from pipelines.search import BulkResult, Change
from pipelines.search.elastic import ElasticIndex
from pipelines.settings import Settings
from pipelines.store import Store, outbox
from pipelines.store import schema as tables
from tests.elasticnodes import SCRIPT, SERVERS, free_ports, kill
from tests.searching import document

pytestmark = [pytest.mark.elasticsearch, pytest.mark.servers]

NODES = ("one", "two", "three")
DOCUMENTS = 50_000
BATCH = 2_500
KILL_AT = 8
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass
class Cluster:
    """Addresses and launchers by name of node."""

    urls: dict[str, str]
    launchers: dict[str, subprocess.Popen[bytes]]

    def kill(self, name: str) -> None:
        """End a node as a power cut does."""
        kill(self.launchers[name])


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Three nodes that have found one another; ended and removed afterwards."""
    folder = SERVERS / f"cluster-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    ports = free_ports(6)
    seeds = ",".join(f"127.0.0.1:{port}" for port in ports[3:])
    made = Cluster({}, {})
    try:
        for name, http, transport in zip(NODES, ports[:3], ports[3:], strict=True):
            made.urls[name] = f"http://127.0.0.1:{http}"
            with (folder / f"{name}.out").open("wb") as said:
                made.launchers[name] = subprocess.Popen(
                    [str(SCRIPT), "node", str(folder), name, str(http), str(transport), seeds],
                    stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                )  # fmt: skip
        _wait(made, folder)
        yield made
    finally:
        for name, launcher in made.launchers.items():
            if launcher.poll() is None:
                made.kill(name)
        shutil.rmtree(folder)


def _wait(made: Cluster, folder: Path) -> None:
    until = time.monotonic() + 150
    with Elasticsearch(made.urls["one"], request_timeout=5, max_retries=0) as client:
        while time.monotonic() < until:
            for name, launcher in made.launchers.items():
                assert launcher.poll() is None, (folder / f"{name}.out").read_text(errors="replace")[-2000:]
            try:
                if client.cluster.health(wait_for_nodes="3", timeout="3s")["number_of_nodes"] == 3:
                    return
            except (ApiError, TransportError):
                time.sleep(0.5)
    raise AssertionError("the three nodes did not find one another")


class Cut(ElasticIndex):
    """The engine, with a power cut in the middle of the bulk request number KILL_AT."""

    cluster: Cluster
    calls = 0
    victim = ""

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        self.calls += 1
        if self.calls == KILL_AT:
            # The node with the primary shard that is written to: the worst one to lose.
            shards = self.client.search_shards(index=f"{self.alias}-v000001-article-*")
            node = next(shard["node"] for copies in shards["shards"] for shard in copies if shard["primary"])
            self.victim = shards["nodes"][node]["name"]
            threading.Timer(0.15, self.cluster.kill, (self.victim,)).start()
        return super().bulk(changes)


def _owe(store: Store) -> None:
    rows = []
    one = document("x", "", "Tin về biên giới, cột mốc và cửa khẩu.")
    for number in range(DOCUMENTS):
        key = f"{number:032x}"
        body = json.dumps({**one, "id": key, "story": key, "title": f"Bài số {number}"}, ensure_ascii=False)
        rows.append({"topic": "index", "key": key, "version": number + 1, "payload": body, "created": NOW.isoformat()})
    with store.begin() as conn:
        conn.execute(tables.outbox.insert(), rows)


def test_a_node_killed_while_50000_documents_are_pushed(cluster: Cluster, store: Store) -> None:
    _owe(store)
    index = Cut.open(Settings(elasticsearch_url=",".join(cluster.urls.values()), index_prefix="cut"))
    assert isinstance(index, Cut)
    index.cluster = cluster
    index.setup()
    index.client.cluster.health(index=index.alias, wait_for_status="green", timeout="60s")
    moment, arrived = NOW, 0
    for _round in range(20):
        arrived += deliver(store, index, batch=BATCH, now=moment).outcomes.get("delivered", 0)
        with store.read() as conn:
            if outbox.owed(conn, "index") == 0:
                break
        moment += timedelta(hours=7)
        time.sleep(1)
    assert index.victim and cluster.launchers[index.victim].poll() is not None
    assert arrived == DOCUMENTS
    assert index.count() == DOCUMENTS
    found = [id_ for id_, _sum in index.checksums()]
    assert found == [f"{number:032x}" for number in range(DOCUMENTS)]
    assert index.search(f'"Bài số {DOCUMENTS - 1}"').total == 1
    index.close()
