"""A new index version while others write and search, and reading on past 10,000 hits: no gap, nothing lost, nothing twice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from pipelines.deliver import deliver
from pipelines.errors import UserError
from pipelines.search import Change, Index
from pipelines.search.elastic import ElasticIndex
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.rebuild import rebuild, verify
from pipelines.settings import Settings
from pipelines.store import Store, outbox
from tests.searching import START, document
from tests.test_index_rebuild import land

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]


@pytest.fixture
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    if request.param == "embedded":
        embedded = EmbeddedIndex(tmp_path / "index.sqlite3")
        yield embedded
        embedded.close()
        return
    url = request.getfixturevalue("elasticsearch_url")
    elastic = ElasticIndex.open(Settings(elasticsearch_url=url, index_prefix=f"test-{uuid.uuid4().hex[:12]}"))
    yield elastic
    for name in elastic.client.indices.get(index=f"{elastic.prefix}*"):
        elastic.client.indices.delete(index=name)
    elastic.client.options(ignore_status=404).indices.delete_index_template(name=elastic.alias)
    elastic.close()


@pytest.mark.parametrize("index", ENGINES, indirect=True)
def test_rebuilt_twice_while_others_write_and_search(store: Store, index: Index) -> None:
    for number in range(60):
        land(store, f"k{number}", f"bài {number}")
    deliver(store, index, now=NOW)
    failures: list[BaseException] = []
    fewest: list[int] = []
    stop = threading.Event()

    def write() -> None:
        for number in range(60, 120):
            land(store, f"k{number}", f"bài {number}")
            land(store, f"k{number - 50}", f"bài {number - 50} sửa", revision=2)
            if number % 3 == 0:
                deliver(store, index, batch=20, now=NOW + timedelta(seconds=number))

    def search() -> None:
        while not stop.is_set():
            fewest.append(index.search("bài", limit=5).total)
            fewest.append(sum(number for _tier, number in index.facets("bài", ["tier"])["tier"]))
            fewest.append(index.count())

    def guarded(work: object) -> threading.Thread:
        def run() -> None:
            try:
                work()  # type: ignore[operator]
            except (UserError, SQLAlchemyError, ValueError, AssertionError) as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    writer, searcher = guarded(write), guarded(search)
    for _ in range(2):
        assert rebuild(store, index).refused == []
    writer.join()
    rebuild(store, index)
    stop.set()
    searcher.join()
    assert failures == []
    assert min(fewest) >= 60  # no moment without an answer, or with a part of it
    deliver(store, index, now=NOW + timedelta(hours=1))
    with store.read() as conn:
        assert outbox.owed(conn, "index") == 0
    result = verify(store, index)
    assert (result.same, result.in_index) == (True, 120), result
    assert index.search("sửa").total == 60


@pytest.mark.parametrize("index", ENGINES, indirect=True)
def test_reading_on_past_ten_thousand_hits(index: Index) -> None:
    """One point in time, page after page, while others are written, changed and deleted."""
    count = 12_500
    for start in range(0, count, 2_500):
        # Ten articles a second: ties must not be lost at the border of two pages.
        index.bulk([Change(f"d{n:05d}", 1, document(f"d{n:05d}", "x", published=START + timedelta(seconds=n // 10))) for n in range(start, start + 2_500) if n < count])
    reading = index.scan("x")
    seen = [next(reading)["id"]]
    index.bulk([Change(f"neu{n}", 1, document(f"neu{n}", "x")) for n in range(50)])
    index.delete([(f"d{n:05d}", 2) for n in range(0, 400, 2)])
    seen += [one["id"] for one in reading]
    assert len(seen) == len(set(seen)) == count
    assert sorted(seen) == [f"d{n:05d}" for n in range(count)]
    seconds = [int(id_[1:]) // 10 for id_ in seen]
    assert seconds == sorted(seconds, reverse=True)
    assert index.count() == count + 50 - 200
