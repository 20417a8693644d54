"""Elasticsearch behind a password, TLS and an API key, full, overloaded, with a foreign mapping: one alarm, nothing lost, in order."""

from __future__ import annotations

import json
import logging
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import select

from pipelines.deliver import AWAY, deliver
from pipelines.search import BulkResult, Change, IndexUnavailable
from pipelines.search.elastic import ElasticIndex
from pipelines.search.rebuild import rebuild
from pipelines.settings import Settings
from pipelines.store import Store, outbox
from pipelines.store.schema import meta
from tests.elasticnodes import Authority, proxy, secured_node
from tests.searching import document, found

pytestmark = [pytest.mark.elasticsearch, pytest.mark.servers]

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
USER, PASSWORD = "cotmoc", "mat-khau-của-bàn"
PRESSURE = "1mb"
KEY = b64encode(b"ma-so:bi-mat").decode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("ca"), "CA của cơ quan")


@pytest.fixture(scope="module")
def node(authority: Authority) -> Iterator[str]:
    """A real node that asks for TLS and the password."""
    # A change of the interval later on waits for the one that is running: it must be short from the start.
    more = f"indexing_pressure.memory.limit: {PRESSURE}\ncluster.info.update.interval: 10s"
    with secured_node(authority, USER, PASSWORD, more) as url:
        yield url


@pytest.fixture
def office(node: str, authority: Authority) -> Iterator[Settings]:
    """The right settings, with a prefix of this test alone."""
    settings = Settings(
        elasticsearch_url=node, elasticsearch_user=USER, elasticsearch_password=PASSWORD, elasticsearch_ca=authority.ca,
        index_prefix=f"test-{uuid.uuid4().hex[:12]}",
    )  # fmt: skip
    yield settings
    index = ElasticIndex.open(settings)
    for name in index.client.indices.get(index=f"{settings.index_prefix}*"):
        index.client.indices.delete(index=name)
    index.close()


def owe(store: Store, first: int, last: int) -> None:
    with store.begin() as conn:
        for number in range(first, last):
            one = document(f"a{number}", f"Bài {number}", "nội dung " * 200)
            outbox.put(conn, "index", one["id"], number + 1, json.dumps(one, ensure_ascii=False))


def opened(stack: ExitStack, settings: Settings, **other: Any) -> ElasticIndex:
    index = ElasticIndex.open(settings.model_copy(update=other))
    index._sleep = lambda _seconds: None
    stack.callback(index.close)
    return index


def away_then_back(store: Store, sick: ElasticIndex, well: ElasticIndex, cause: str, says: str, caplog: pytest.LogCaptureFixture,
                   mend: Callable[[], object] = lambda: None) -> None:  # fmt: skip
    """Deliver thrice to `sick`: one alarm and nothing lost; after `mend`, `well` gets everything in order."""
    caplog.clear()
    caplog.set_level(logging.WARNING, logger="cotmoc.deliver")
    owe(store, 0, 20)
    for hours in range(3):
        assert deliver(store, sick, now=NOW + timedelta(hours=hours)).outcomes == {"waiting": 20}
    said = [record.getMessage() for record in caplog.records if record.name == "cotmoc.deliver"]
    assert len(said) == 1 and says in said[0] and "\n" not in said[0]
    assert not any(secret in said[0] for secret in (PASSWORD, KEY, "sai-rồi"))
    with store.read() as conn:
        assert json.loads(conn.execute(select(meta.c.value).where(meta.c.key == AWAY)).scalar_one())["cause"] == cause
    mend()
    seen: list[str] = []
    bulk = well.bulk

    def watched(changes: Sequence[Change]) -> BulkResult:
        seen.extend(change.id for change in changes)
        return bulk(changes)

    well.bulk = watched  # type: ignore[method-assign]
    assert deliver(store, well, batch=7, now=NOW + timedelta(hours=9)).outcomes == {"delivered": 20}
    assert seen == [f"a{number}" for number in range(20)]
    assert well.count() == 20


def test_user_and_password_open_and_a_wrong_one_is_one_alarm(office: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        sick = opened(stack, office, elasticsearch_password="sai-rồi")
        away_then_back(store, sick, opened(stack, office), "password", "sai tên, mật khẩu", caplog)


def test_a_server_that_our_authority_did_not_sign_gets_nothing(
    office: Settings, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = Authority.make(tmp_path / "ca", "CA khác")
    with ExitStack() as stack:
        sick = opened(stack, office, elasticsearch_ca=other.ca)
        away_then_back(store, sick, opened(stack, office), "tls", "chứng chỉ không được tin", caplog)
        with pytest.raises(IndexUnavailable, match="ELASTICSEARCH_CA") as caught:
            opened(stack, office, elasticsearch_ca="").search("x")  # the system's own authorities do not know it either
        assert caught.value.cause == "tls"


def test_an_expired_certificate_is_one_alarm(
    office: Settings, authority: Authority, elasticsearch_url: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    upstream = elasticsearch_url.removeprefix("http://")
    with ExitStack() as stack:
        url = stack.enter_context(proxy(upstream, authority.issue("old", expired=True), lambda _header: 200))
        away_then_back(store, opened(stack, office, elasticsearch_url=url), opened(stack, office), "tls", "expired", caplog)


def test_an_api_key_opens_until_it_is_revoked(
    office: Settings, authority: Authority, elasticsearch_url: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    known = {f"ApiKey {KEY}"}
    upstream = elasticsearch_url.removeprefix("http://")
    keyed = {"elasticsearch_user": "", "elasticsearch_password": "", "elasticsearch_api_key": KEY}
    with ExitStack() as stack:
        url = stack.enter_context(proxy(upstream, authority.issue("gate"), lambda header: 200 if header in known else 401))
        index = opened(stack, office, elasticsearch_url=url, **keyed)
        index.setup()
        known.clear()
        away_then_back(store, index, index, "password", "khóa API", caplog, mend=lambda: known.add(f"ApiKey {KEY}"))
        assert found(index, '"bài 3"') == ["a3"]
        _drop(elasticsearch_url, office.index_prefix)


def test_a_cloud_id_and_a_key_open(office: Settings, authority: Authority, elasticsearch_url: str) -> None:
    """The id of Elastic Cloud names host and port: `name:base64(domain:port$host$)`."""
    upstream = elasticsearch_url.removeprefix("http://")
    with ExitStack() as stack:
        url = stack.enter_context(proxy(upstream, authority.issue("cloud"), lambda header: 200 if header == f"ApiKey {KEY}" else 401))
        cloud = "co-quan:" + b64encode(f"0.0.1:{url.rsplit(':', 1)[1]}$127$".encode()).decode()
        index = opened(stack, office, elasticsearch_url="", elasticsearch_cloud_id=cloud, elasticsearch_api_key=KEY)
        assert index.where == "co-quan"
        index.setup()
        assert index.count() == 0
        with pytest.raises(IndexUnavailable, match="Elasticsearch co-quan: sai tên"):
            opened(stack, office, elasticsearch_url="", elasticsearch_cloud_id=cloud, elasticsearch_api_key="eDp5").count()
        _drop(elasticsearch_url, office.index_prefix)


def test_a_gateway_that_is_overloaded_is_one_alarm(
    office: Settings, authority: Authority, elasticsearch_url: str, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    state = {"status": 429}
    upstream = elasticsearch_url.removeprefix("http://")
    with ExitStack() as stack:
        url = stack.enter_context(proxy(upstream, authority.issue("busy"), lambda _header: state["status"]))
        index = opened(stack, office, elasticsearch_url=url)
        away_then_back(store, index, index, "busy", "quá tải (429)", caplog, mend=lambda: state.update(status=200))
        _drop(elasticsearch_url, office.index_prefix)


def _drop(url: str, prefix: str) -> None:
    with Elasticsearch(url) as client:
        for name in client.indices.get(index=f"{prefix}*"):
            client.indices.delete(index=name)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-articles")


def test_a_server_that_takes_only_small_requests_gets_them(office: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """429 by Elasticsearch itself, for the memory that indexing may take: the request is offered again in halves."""
    with store.begin() as conn:
        for number in range(40):
            one = document(f"a{number}", f"Bài {number}", "nội dung dài " * 1000)
            outbox.put(conn, "index", one["id"], number + 1, json.dumps(one, ensure_ascii=False))
    pauses: list[float] = []
    with ExitStack() as stack:
        index = opened(stack, office)
        index._sleep = pauses.append
        assert deliver(store, index, now=NOW).outcomes == {"delivered": 40}
        assert pauses and index.count() == 40
        assert not caplog.records


def test_a_disk_that_is_full_locks_the_index_and_one_alarm_says_so(office: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """The flood stage of the disk watermark for real: more free space is asked for than any disk has."""
    mark = "cluster.routing.allocation.disk."
    with ExitStack() as stack:
        index = opened(stack, office)
        index.setup()
        put = index.client.cluster.put_settings
        full = {f"{mark}watermark.{name}": "900tb" for name in ("low", "high", "flood_stage")}
        put(persistent={**full, f"{mark}threshold_enabled": True})
        lift = {**dict.fromkeys(full), f"{mark}threshold_enabled": False}
        stack.callback(put, persistent=lift)
        _until(lambda: index.layout.locked())

        def mend() -> None:
            put(persistent={**dict.fromkeys(full, "1mb"), f"{mark}threshold_enabled": True})
            _until(lambda: not index.layout.locked())  # Elasticsearch lifts its own block once there is room

        away_then_back(store, index, index, "read-only", "khóa ghi", caplog, mend=mend)


def test_a_cluster_without_room_for_a_new_month_is_one_alarm(office: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        index = opened(stack, office)
        index.setup()
        put, name = index.client.cluster.put_settings, "cluster.max_shards_per_node"
        put(persistent={name: 1})
        stack.callback(put, persistent={name: None})
        away_then_back(store, index, index, "no-room", "max_shards_per_node", caplog, mend=lambda: put(persistent={name: None}))


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end
        time.sleep(0.5)


def test_a_field_of_another_type_refuses_one_by_one_with_one_alarm(office: Settings, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody made the index by hand with a number where we write a word: every document is refused, kept, and goes in after a rebuild."""
    with ExitStack() as stack:
        index = opened(stack, office)
        index.setup()
        month = f"{index.alias}-v000001-article-2026-q4"
        body = index.client.indices.get_mapping(index=index.alias).body[f"{index.alias}-v000001-alert"]["mappings"]
        body["properties"]["outlet"] = {"type": "long"}
        index.client.indices.create(index=month, mappings=body, aliases={index.alias: {}, f"{month}-write": {}})
        caplog.set_level(logging.WARNING, logger="cotmoc.deliver")
        owe(store, 0, 20)
        assert deliver(store, index, now=NOW).outcomes == {"rejected": 20}
        for hours in range(1, 24):
            deliver(store, index, now=NOW + timedelta(hours=hours))
        said = [record.getMessage() for record in caplog.records if record.name == "cotmoc.deliver"]
        assert len(said) == 1 and "20 tài liệu" in said[0] and "không hợp ánh xạ" in said[0]
        assert index.count() == 0
        rebuild(store, index)
        assert deliver(store, index, now=NOW + timedelta(days=3)).outcomes == {"delivered": 20}
        assert index.count() == 20
