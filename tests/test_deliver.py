"""Delivery from the outbox: at least once, one effect, in order; an engine that is away costs delay and one alarm."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.deliver import backoff, deliver
from pipelines.search import BulkResult, Change, Index, IndexUnavailable, ItemResult, Outcome
from pipelines.search.embedded import EmbeddedIndex
from pipelines.store import Store, outbox
from tests.searching import document, found

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    return EmbeddedIndex(tmp_path / "index.sqlite3")


def owe(store: Store, key: str, version: int, title: str = "x", payload: str | None = None) -> None:
    with store.begin() as conn:
        body = json.dumps(document(key, title), ensure_ascii=False) if payload is None else payload
        outbox.put(conn, "index", key, version, body)


def owed(store: Store) -> int:
    with store.read() as conn:
        return outbox.owed(conn, "index")


class Flaky(EmbeddedIndex):
    """The embedded engine with faults: away while `away` is set, and items in `sick` end as told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.away: IndexUnavailable | None = None
        self.sick: dict[str, Outcome] = {}
        self.seen: list[list[str]] = []

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        self.seen.append([change.id for change in changes])
        if self.away:
            raise self.away
        well = super().bulk([change for change in changes if change.id not in self.sick])
        results = {item.id: item for item in well.items}
        results |= {c.id: ItemResult(c.id, c.version, self.sick[c.id], "đau") for c in changes if c.id in self.sick}
        return BulkResult(tuple(results[change.id] for change in changes))


@pytest.fixture
def flaky(tmp_path: Path) -> Flaky:
    return Flaky(tmp_path / "index.sqlite3")


def test_everything_that_is_owed_arrives_and_is_counted(store: Store, index: Index) -> None:
    for number in range(7):
        owe(store, f"a{number}", 1)
    count = deliver(store, index, batch=3, now=NOW)
    assert (count.step, count.entered, count.outcomes) == ("deliver", 7, {"delivered": 7})
    assert index.count() == 7
    assert owed(store) == 0
    assert deliver(store, index, now=NOW).outcomes == {}


def test_only_the_newest_state_is_pushed(store: Store, flaky: Flaky) -> None:
    owe(store, "a", 1, "một")
    owe(store, "b", 1)
    owe(store, "a", 2, "hai")
    assert deliver(store, flaky, now=NOW).outcomes == {"delivered": 2, "superseded": 1}
    assert flaky.seen == [["b", "a"]]
    assert found(flaky, "hai") == ["a"]


def test_an_old_message_never_overwrites_a_newer_state(store: Store, index: Index) -> None:
    index.bulk([Change("a", 9, document("a", "mới"))])
    owe(store, "a", 3, "cũ")
    assert deliver(store, index, now=NOW).outcomes == {"superseded": 1}
    assert found(index, "mới") == ["a"]


def test_an_empty_payload_deletes(store: Store, index: Index) -> None:
    owe(store, "a", 1)
    deliver(store, index, now=NOW)
    owe(store, "a", 2, payload="")
    assert deliver(store, index, now=NOW).outcomes == {"delivered": 1}
    assert index.count() == 0


def test_an_engine_away_for_a_day_costs_delay_and_one_alarm(store: Store, flaky: Flaky, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="cotmoc.deliver")
    flaky.away = IndexUnavailable("Elasticsearch x: không kết nối được", "unreachable")
    for number in range(50):
        owe(store, f"a{number}", 1)
    moment, tried = NOW, 0
    while moment < NOW + timedelta(days=1):
        before = len(flaky.seen)
        assert deliver(store, flaky, batch=10, now=moment).outcomes == {"waiting": 50}
        tried += len(flaky.seen) - before
        moment += timedelta(minutes=5)
    assert len(caplog.records) == 1
    assert tried < 300  # every ten minutes at most, once the delay has grown
    owe(store, "a0", 2, "sau")
    flaky.away, flaky.seen = None, []
    assert deliver(store, flaky, batch=10, now=moment + timedelta(minutes=10)).outcomes == {"delivered": 51}
    assert [key for batch in flaky.seen for key in batch] == [*(f"a{n}" for n in range(50)), "a0"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert flaky.count() == 50 and found(flaky, "sau") == ["a0"]


def test_another_cause_is_another_alarm(store: Store, flaky: Flaky, caplog: pytest.LogCaptureFixture) -> None:
    owe(store, "a", 1)
    for cause in ("unreachable", "unreachable", "password"):
        flaky.away = IndexUnavailable(cause, cause)
        deliver(store, flaky, now=NOW + timedelta(hours=len(flaky.seen)))
    assert [record.message for record in caplog.records] == ["unreachable", "password"]


def test_the_engine_goes_away_in_the_middle(store: Store, flaky: Flaky) -> None:
    for number in range(4):
        owe(store, f"a{number}", 1)
    flaky.sick["a1"] = Outcome.RETRY
    bulk = Flaky.bulk

    def once(changes: Sequence[Change]) -> BulkResult:
        if flaky.seen:
            flaky.away = IndexUnavailable("đi rồi", "unreachable")
        return bulk(flaky, changes)

    flaky.bulk = once  # type: ignore[method-assign]
    count = deliver(store, flaky, batch=2, now=NOW)
    assert count.outcomes == {"delivered": 1, "retry": 1, "waiting": 2}
    assert owed(store) == 3


def test_one_sick_item_waits_alone_longer_and_longer(store: Store, flaky: Flaky) -> None:
    for key in "abc":
        owe(store, key, 1)
    flaky.sick = {"a": Outcome.RETRY, "b": Outcome.REJECTED}
    assert deliver(store, flaky, now=NOW).outcomes == {"delivered": 1, "retry": 1, "rejected": 1}
    assert deliver(store, flaky, now=NOW).outcomes == {}  # not due yet
    assert deliver(store, flaky, now=NOW + timedelta(seconds=15)).outcomes == {"retry": 1, "rejected": 1}
    assert deliver(store, flaky, now=NOW + timedelta(seconds=30)).outcomes == {}
    flaky.sick = {}
    assert deliver(store, flaky, now=NOW + timedelta(minutes=1)).outcomes == {"delivered": 2}
    assert flaky.count() == 3 and owed(store) == 0


def test_a_refused_message_stays_and_is_one_alarm(store: Store, index: Index, caplog: pytest.LogCaptureFixture) -> None:
    owe(store, "a", 1, payload="{không phải JSON")
    owe(store, "b", 1, payload="[]")
    owe(store, "c", 1, payload='{"id": "c"}')
    owe(store, "d", 1)
    assert deliver(store, index, now=NOW).outcomes == {"rejected": 3, "delivered": 1}
    for hours in range(1, 24):
        deliver(store, index, now=NOW + timedelta(hours=hours))
    assert len(caplog.records) == 1 and "3 tài liệu" in caplog.records[0].message
    assert owed(store) == 3
    owe(store, "c", 2)  # mended: the newer state arrives, and the broken message no longer matters
    assert deliver(store, index, now=NOW + timedelta(days=3)).outcomes == {"delivered": 1, "superseded": 1, "rejected": 2}


def test_the_delay_doubles_up_to_its_limit() -> None:
    longest = timedelta(minutes=10)
    assert [backoff(n, longest).total_seconds() for n in (0, 1, 2, 5, 6, 1000)] == [15, 30, 60, 480, 600, 600]


class Dying(EmbeddedIndex):
    """Indexes one batch and then dies as by kill -9: before anything could be marked."""

    def bulk(self, changes: Sequence[Change]) -> BulkResult:
        super().bulk(changes)
        os._exit(137)


def _die(url: str, path: Path) -> None:
    deliver(Store.open(url), Dying(path), batch=3, now=NOW)


def test_killed_between_index_and_mark_then_run_again(tmp_path: Path, store: Store, index: EmbeddedIndex) -> None:
    for number in range(7):
        owe(store, f"a{number}", 1)
    worker = multiprocessing.get_context("spawn").Process(
        target=_die, args=(f"sqlite:///{tmp_path / 'store.sqlite3'}", index.path)
    )
    worker.start()
    worker.join()
    assert worker.exitcode == 137
    assert index.count() == 3 and owed(store) == 7
    assert deliver(store, index, batch=3, now=NOW).outcomes == {"delivered": 7}
    assert index.count() == 7 and owed(store) == 0


@pytest.mark.elasticsearch
def test_a_real_server_that_is_read_only_for_a_while(store: Store, elasticsearch_url: str, caplog: pytest.LogCaptureFixture) -> None:
    from pipelines.search.elastic import ElasticIndex
    from pipelines.settings import Settings

    prefix = f"test-{uuid.uuid4().hex[:12]}"
    index = ElasticIndex.open(Settings(elasticsearch_url=elasticsearch_url, index_prefix=prefix))
    client: Any = index.client
    index.setup()
    try:
        client.indices.put_settings(index=index.alias, settings={"index.blocks.read_only_allow_delete": True})
        for number in range(20):
            owe(store, f"a{number}", 1)
        for minutes in range(0, 60, 20):
            assert deliver(store, index, now=NOW + timedelta(minutes=minutes)).outcomes == {"waiting": 20}
        assert [r.levelname for r in caplog.records if r.name == "cotmoc.deliver"] == ["ERROR"]
        client.indices.put_settings(index=index.alias, settings={"index.blocks.read_only_allow_delete": None})
        assert deliver(store, index, now=NOW + timedelta(hours=2)).outcomes == {"delivered": 20}
        assert index.count() == 20
    finally:
        for name in client.indices.get(index=f"{prefix}*"):
            client.indices.delete(index=name)
        client.indices.delete_index_template(name=index.alias)
        index.close()
