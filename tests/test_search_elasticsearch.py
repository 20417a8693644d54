"""The Elasticsearch engine on a real server: versions, aliases, item by item, and one clear line for every complaint."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from elasticsearch import Elasticsearch

from pipelines.errors import UsageError, UserError
from pipelines.search import Change, IndexUnavailable, ItemResult, Outcome
from pipelines.search.document import checksum
from pipelines.search.elastic import PAUSES, ElasticIndex
from pipelines.search.elastic_writes import entry_of, insertion
from pipelines.search.port import MISPLACED
from pipelines.settings import Settings, load_settings
from tests.searching import START, document, found, put

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix of this test alone; everything under it is dropped afterwards."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    with Elasticsearch(elasticsearch_url) as client:
        for index in client.indices.get(index=f"{name}*"):
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{name}-articles")


@pytest.fixture
def index(elasticsearch_url: str, prefix: str) -> Iterator[ElasticIndex]:
    opened = ElasticIndex.open(Settings(elasticsearch_url=elasticsearch_url, index_prefix=prefix))
    yield opened
    opened.close()


def test_nothing_indexed_yet_is_no_mistake(index: ElasticIndex) -> None:
    assert index.search("biên giới").hits == []
    assert index.count() == 0
    assert list(index.checksums()) == []
    assert list(index.scan("x")) == []
    assert index.facets("", ["tier", "day"]) == {"tier": [], "day": []}


def test_marks_fields_and_order(index: ElasticIndex) -> None:
    put(
        index,
        document("a", "Tuyến biên giới", tier="flag", published=START + timedelta(hours=2)),
        document("b", "Biến đổi giới hạn", published=START + timedelta(hours=1)),
        document("c", "Ở Thanh Hóa"),
        document("d", "Trở thành hoa hậu", "văn hóa", published=START - timedelta(hours=1)),
    )
    assert found(index, "bien gioi") == ["a", "b"]
    assert found(index, '"bien giới"') == ["a"]
    assert found(index, '"Thanh Hoá"') == ["c"]
    assert found(index, "tier:flag OR hóa") == ["a", "c", "d"]
    assert [hit.id for hit in index.search("", limit=2, offset=1).hits] == ["b", "c"]
    hit = index.search("giới").hits[0]
    assert (hit.title, hit.tier, hit.published) == ("Tuyến biên giới", "flag", "2026-11-01T07:00:00+00:00")


def test_shards_and_replicas_are_the_offices_and_counts_stay_exact(elasticsearch_url: str, prefix: str) -> None:
    """Values that are rare on every shard would be lost or miscounted if each shard sent only its own most frequent."""
    settings = Settings(elasticsearch_url=elasticsearch_url, index_prefix=prefix, index_shards=3, index_replicas=0)
    index = ElasticIndex.open(settings)
    try:
        names = [f"Báo {number}" for number in range(120) for _ in range(1 + number % 4)]
        put(index, *(document(f"{at:04d}", "Tuyến biên giới", outlet=name) for at, name in enumerate(names)))
        for body in index.client.indices.get_settings(index=index.alias, flat_settings=True).body.values():
            assert (body["settings"]["index.number_of_shards"], body["settings"]["index.number_of_replicas"]) == ("3", "0")
        right = sorted(Counter(f"bao-{name.split()[1]}" for name in names).items(), key=lambda one: (-one[1], one[0]))[:5]
        assert index.facets("bien gioi", ["outlet"], 5)["outlet"] == right
        assert sorted(found(index, "biên giới")) == [f"{at:04d}" for at in range(len(names))] and index.count() == len(names)
    finally:
        index.close()


def test_an_old_message_never_overwrites_a_newer_state(index: ElasticIndex) -> None:
    put(index, document("a", "mới"), version=5)
    assert index.bulk([Change("a", 4, document("a", "cũ"))]).items[0].outcome is Outcome.STALE
    put(index, document("a", "mới"), version=5)
    index.delete([("a", 7)])
    assert index.bulk([Change("a", 6, document("a", "sống lại"))]).items[0].outcome is Outcome.STALE
    assert index.count() == 0
    assert index.delete([("không có", 1)]).items[0].outcome is Outcome.DELIVERED


def test_one_bad_document_stops_no_other(index: ElasticIndex) -> None:
    missing = {name: value for name, value in document("b").items() if name != "title"}
    # Passes our own check, but not the server's: an index of integers takes no number beyond 32 bits.
    too_big = {**document("c"), "revision": 2**40}
    result = index.bulk([Change("a", 1, document("a")), Change("b", 1, missing), Change("c", 1, too_big), Change("d", 1, document("d"))])
    assert [item.outcome.value for item in result.items] == ["delivered", "rejected", "rejected", "delivered"]
    assert "ánh xạ" in result.items[2].reason
    assert sorted(found(index, "")) == ["a", "d"]


def test_checksums_scan_and_facets(index: ElasticIndex) -> None:
    documents = [document(f"d{n}", "x", types=["D06"], published=START + timedelta(hours=6 * n)) for n in range(7)]
    put(index, *documents)
    assert list(index.checksums()) == [(d["id"], checksum(d)) for d in documents]
    assert list(index.scan("x")) == documents[::-1]
    assert index.facets("x", ["type", "day"], limit=0) == {"type": [], "day": []}
    assert index.facets("x", ["type", "day"]) == {"type": [("d06", 7)], "day": [("2026-11-03", 1), ("2026-11-02", 4), ("2026-11-01", 2)]}


def test_what_was_changed_by_hand_is_named(index: ElasticIndex) -> None:
    """An update writes the document anew from what is kept, without tokens, tags and rank: no question finds it."""
    put(index, *(document(f"d{n}", "x" if n else "", captions=["y"] if n == 4 else []) for n in range(5)), document("e"))
    assert index.faults() == [] and MISPLACED not in dict(index.checksums()).values()
    for id_, fields in (("d1", {"day": "1999-01-01"}), ("d2", {"seen": 7}), ("d3", {"status": None}), ("e", {"sum": "0"})):
        where = index.client.search(index=index.alias, query={"ids": {"values": [id_]}})["hits"]["hits"][0]["_index"]
        index.client.update(index=where, id=id_, doc=fields, refresh=True)
    assert {id_ for id_, said in index.checksums() if said == MISPLACED} == {"d1", "d2", "d3", "e"}
    assert index.faults() == ["1 bài mất phần toàn văn, không câu hỏi bằng chữ nào tìm thấy"]


def test_what_is_kept_is_the_document_and_no_tokens(index: ElasticIndex) -> None:
    put(index, document("a", "Biên giới"))
    source = index.client.search(index=index.alias)["hits"]["hits"][0]["_source"]
    assert not {"exact", "folded", "tags", "rank"} & set(source)
    assert source["title"] == "Biên giới"


def test_a_scan_sees_one_moment(index: ElasticIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.search.elastic.SCAN_PART", 2)
    put(index, *(document(f"d{n}", "x", published=START + timedelta(hours=n)) for n in range(6)))
    reading = index.scan("x")
    seen = [next(reading)["id"]]
    index.delete([("d1", 2)])
    put(index, document("neu", "x"))
    seen += [d["id"] for d in reading]
    assert seen == ["d5", "d4", "d3", "d2", "d1", "d0"]


def test_reading_on_lives_through_a_rebuild(index: ElasticIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The indices of its point in time are gone after the switch: it goes on in the new version from where it was."""
    monkeypatch.setattr("pipelines.search.elastic.SCAN_PART", 2)
    documents = [document(f"d{n}", "x", published=START + timedelta(hours=n), seen=f"2026-0{n + 1}-01") for n in range(6)]
    put(index, *documents)
    reading = index.scan("x")
    seen = [next(reading)["id"]]
    index.start_version()
    index.fill([Change(d["id"], 1, d) for d in documents])
    index.switch_version()
    index.drop("article-2026-02")
    assert seen + [d["id"] for d in reading] == ["d5", "d4", "d3", "d2", "d0"]


def test_an_answer_is_whole_or_none(index: ElasticIndex) -> None:
    """A month whose shard no node holds must not pass for a month in which nothing was found."""
    put(index, document("a", "x"))
    index._sleep = lambda _seconds: None
    lost = f"{index.alias}-v000001-article-2020-q1"
    index.client.indices.create(
        index=lost, aliases={index.alias: {}}, settings={"index.routing.allocation.require.name": "nobody"}, wait_for_active_shards="0"
    )
    for call in (lambda: index.search("x"), lambda: index.facets("x"), lambda: list(index.scan("x"))):
        with pytest.raises(IndexUnavailable, match="chưa sẵn sàng"):
            call()


def test_a_new_version_is_filled_and_switched_while_the_old_one_answers(index: ElasticIndex) -> None:
    put(index, document("a", "cũ"), document("z", "không còn trong kho"))
    index.start_version()
    index.fill([Change("a", 1, document("a", "cũ"))])
    put(index, document("b", "đến giữa chừng"), version=7)
    assert index.fill([Change("b", 3, document("b", "bản cũ hơn"))]).items[0].outcome is Outcome.STALE
    assert sorted(found(index, "")) == ["a", "b", "z"]
    index.switch_version()
    assert sorted(found(index, "")) == ["a", "b"]
    assert found(index, '"đến giữa chừng"') == ["b"]
    assert sorted(index.client.indices.get(index=f"{index.alias}*")) == [f"{index.alias}-v000002-alert", f"{index.alias}-v000002-article-2026-q4"]
    with pytest.raises(UserError, match="rebuild"):
        index.switch_version()


def test_an_interrupted_rebuild_is_dropped_by_the_next(index: ElasticIndex) -> None:
    put(index, document("a", "x"))
    index.start_version()
    index.fill([Change("b", 1, document("b", "y"))])
    assert index.start_version().endswith("v000003") or index.start_version()
    index.switch_version()
    assert len(list(index.client.indices.get(index=f"{index.alias}*"))) == 1  # only `…-alert`, which every version has


def test_a_late_bulk_does_not_bring_a_dropped_version_back(index: ElasticIndex) -> None:
    put(index, document("a", "x"))
    late = index._write(f"{index.alias}-v000099", [Change("a", 9, document("a", "y"))])
    assert late.items[0].outcome is Outcome.RETRY
    assert not any("v000099" in name for name in index.client.indices.get(index=f"{index.alias}*"))


def test_an_index_deleted_by_hand_is_begun_again(index: ElasticIndex) -> None:
    put(index, document("a", "x"))
    for name in index.client.indices.get(index=f"{index.alias}*"):
        index.client.indices.delete(index=name)
    assert index.search("x").hits == []
    put(index, document("b", "x"))
    assert found(index, "x") == ["b"]


def test_a_read_only_index_is_one_alarm(index: ElasticIndex) -> None:
    put(index, document("a", "x"))
    index.client.indices.put_settings(index=index.alias, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(IndexUnavailable, match="khóa ghi") as caught:
        index.bulk([Change("b", 1, document("b"))])
    assert caught.value.cause == "read-only"
    assert found(index, "x") == ["a"]
    index.client.indices.put_settings(index=index.alias, settings={"index.blocks.read_only_allow_delete": None})
    put(index, document("b", "x"))


def test_an_index_of_another_mapping_asks_for_a_rebuild(index: ElasticIndex) -> None:
    index.client.indices.create(index=f"{index.alias}-v000001", mappings={"_meta": {"mapping": 0}}, aliases={index.alias: {}})
    with pytest.raises(UserError, match="index rebuild"):
        index.bulk([Change("a", 1, document("a"))])
    index.start_version()
    index.fill([Change("a", 1, document("a", "x"))])
    index.switch_version()
    assert found(index, "x") == ["a"]


class _Grumpy(BaseHTTPRequestHandler):
    """Answers every request with the status and body that the test set; speaks like Elasticsearch."""

    status, body = 401, "{}"
    calls = 0

    def _answer(self) -> None:
        type(self).calls += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        raw = self.body.encode()
        self.send_response(self.status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_HEAD = _answer

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def grumpy() -> Iterator[tuple[type[_Grumpy], ElasticIndex]]:
    handler = type("Handler", (_Grumpy,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index = ElasticIndex.open(
        Settings(elasticsearch_url=f"http://127.0.0.1:{server.server_port}", elasticsearch_user="desk", elasticsearch_password="bí mật")
    )
    yield handler, index
    index.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "error", "cause", "says"),
    [
        (401, "security_exception", "password", "mật khẩu"),
        (403, "security_exception", "forbidden", "không đủ quyền"),
        (403, "cluster_block_exception", "read-only", "khóa ghi"),
        (429, "es_rejected_execution_exception", "busy", "quá tải"),
        (503, "no_shard_available_action_exception", "unready", "chưa sẵn sàng"),
        (500, "something", "status-500", "trả lời 500"),
    ],
)
def test_a_complaint_is_one_clear_line(grumpy: tuple[type[_Grumpy], ElasticIndex], status: int, error: str, cause: str, says: str) -> None:
    handler, index = grumpy
    index._sleep = lambda _seconds: None
    handler.status, handler.body = status, json.dumps({"error": {"type": error, "reason": "because"}, "status": status})
    for call in (lambda: index.search("x"), lambda: index.bulk([Change("a", 1, document("a"))]), index.count):
        with pytest.raises(IndexUnavailable, match=says) as caught:
            call()
        assert caught.value.cause == cause
        assert "\n" not in str(caught.value)
        assert "bí mật" not in str(caught.value)


def test_what_is_refused_for_load_is_offered_again_then_left_to_the_outbox(grumpy: tuple[type[_Grumpy], ElasticIndex]) -> None:
    handler, index = grumpy
    pauses: list[float] = []
    index._sleep = pauses.append
    busy = {"index": {"_id": "a", "status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}}
    handler.status, handler.body = 200, json.dumps({"errors": True, "items": [busy]})
    change = Change("a", 1, document("a"))
    results: list[ItemResult | None] = [None]
    index._send([(0, insertion("v-article-2026-11", change, entry_of(change))[0])], [change], results)
    assert results[0] and results[0].outcome is Outcome.RETRY
    assert tuple(pauses) == PAUSES
    assert handler.calls == len(PAUSES) + 1


def test_an_engine_that_is_away_is_one_clear_line() -> None:
    index = ElasticIndex.open(Settings(elasticsearch_url="http://desk:pass@127.0.0.1:9"))
    with pytest.raises(IndexUnavailable, match="không kết nối được") as caught:
        index.search("x")
    assert "pass" not in str(caught.value)
    assert caught.value.cause == "unreachable"


@pytest.mark.parametrize(
    ("name", "value"), [("url", "máy chủ"), ("url", "http://127.0.0.1"), ("cloud_id", "a:b"), ("ca", "/không/có.pem"), ("ca", "/etc/hostname"), ("ca", "/")]
)
def test_a_bad_setting_is_wrong_use_and_names_itself(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"COTMOC_ELASTICSEARCH_{name.upper()}: "):
        ElasticIndex.open(Settings(**{"elasticsearch_url": "https://127.0.0.1:9", f"elasticsearch_{name}": value}))  # type: ignore[arg-type]


def test_addresses_may_be_written_with_blanks_and_a_prefix_must_be_one_of_an_index(elasticsearch_url: str) -> None:
    assert ElasticIndex.open(Settings(elasticsearch_url="http://a:1, http://b:2,")).where == "a:1,b:2"
    with pytest.raises(UsageError, match="index_prefix"):
        load_settings(index_prefix="Hoa/")
    with pytest.raises(IndexUnavailable, match="không dùng TLS; đổi https:// thành http://"):
        ElasticIndex.open(Settings(elasticsearch_url=elasticsearch_url.replace("http:", "https:"))).count()
