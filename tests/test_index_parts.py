"""The index is kept in parts by data class and month first seen: a document stands in one of them, and a month goes as a whole."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from pipelines.deliver import deliver
from pipelines.records import Article
from pipelines.search import Change, Index, Outcome
from pipelines.search.document import document_of, part_of, shelf_of
from pipelines.search.dsl import compile_dsl
from pipelines.search.elastic import ElasticIndex
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.hits import tree_of
from pipelines.search.port import MISPLACED
from pipelines.settings import Settings
from pipelines.store import Store, articles, outbox
from pipelines.store.migrate import configuration
from tests.searching import START, document, found, put

ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
OCTOBER = "2026-10-12"


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    if request.param == "embedded":
        embedded = EmbeddedIndex(tmp_path / "index.sqlite3")
        yield embedded
        embedded.close()
        return
    elastic = ElasticIndex.open(Settings(elasticsearch_url=request.getfixturevalue("elasticsearch_url"), index_prefix=f"test-{uuid.uuid4().hex[:12]}"))
    yield elastic
    for name in elastic.client.indices.get(index=f"{elastic.prefix}*"):
        elastic.client.indices.delete(index=name)
    elastic.client.options(ignore_status=404).indices.delete_index_template(name=elastic.alias)
    elastic.close()


def test_the_class_is_by_alert_and_the_month_by_first_sight() -> None:
    assert part_of(document("a", seen="2026-10-31")) == "article-2026-10"
    early = datetime.fromisoformat("2026-11-01T06:00:00+07:00")  # days and months are those of UTC, as in the store
    assert document_of(Article(id="a", url="u", canonical="u", source="s", outlet="Báo", title="t", body="b"), None, None, seen=early)["seen"] == "2026-10-31"
    assert part_of(document("a", seen=OCTOBER, status=["mới"])) == "alert"


def test_elasticsearch_keeps_three_months_in_one_index() -> None:
    assert [shelf_of(f"article-2026-{month:02d}") for month in (1, 3, 4, 10, 12)] == [f"article-2026-q{quarter}" for quarter in (1, 1, 2, 4, 4)]
    assert shelf_of("alert") == "alert"


def test_every_document_stands_in_one_part(index: Index) -> None:
    put(index, document("a", "mốc"), document("b", "mốc", seen=OCTOBER), document("c", "mốc", seen=OCTOBER, status=["mới"]))
    assert index.parts() == {"alert": 1, "article-2026-10": 1, "article-2026-11": 1}
    assert sorted(found(index, "mốc")) == ["a", "b", "c"] and index.count() == 3


def test_an_alert_moves_an_article_and_old_messages_change_nothing(index: Index) -> None:
    plain, flagged = document("a", "trước", seen=OCTOBER), document("a", "sau", seen=OCTOBER, status=["mới"])
    put(index, plain, version=3)
    put(index, flagged, version=5)
    assert {name: held for name, held in index.parts().items() if held} == {"alert": 1}
    for late in (plain, flagged):
        assert index.bulk([Change("a", 4, late)]).items[0].outcome is Outcome.STALE
    assert (found(index, "sau"), index.count()) == (["a"], 1)
    put(index, plain, version=6)  # the alert went over to another story
    assert {name: held for name, held in index.parts().items() if held} == {"article-2026-10": 1}
    assert index.bulk([Change("a", 5, flagged)]).items[0].outcome is Outcome.STALE
    assert index.bulk([Change("a", 7, None), Change("a", 8, flagged), Change("a", 9, plain)]).count(Outcome.DELIVERED) == 3
    assert (found(index, "trước"), index.count()) == (["a"], 1)


def test_a_month_is_dropped_as_a_whole(index: Index) -> None:
    put(index, *(document(f"o{n}", "mốc", seen=OCTOBER) for n in range(5)), document("n", "mốc"), document("f", "mốc", seen=OCTOBER, status=["mới"]))
    assert index.drop("article-2026-10") == 5
    assert sorted(found(index, "mốc")) == ["f", "n"]
    assert dict(index.facets("", ["tier"])["tier"]) == {"none": 2}
    assert index.drop("article-2026-10") == 0 and index.drop("article-1999-01") == 0
    put(index, document("o1", "mốc", seen=OCTOBER), version=2)  # a capture of that month is read late
    assert "o1" in found(index, "mốc")


def test_parts_live_through_a_new_version_and_a_drop_reaches_it_too(index: Index) -> None:
    put(index, document("a", "mốc", seen=OCTOBER), document("b", "mốc"))
    index.start_version()
    index.fill([Change("a", 1, document("a", "mốc", seen=OCTOBER))])
    put(index, document("c", "mốc", seen="2026-12-01"), document("d", "mốc", status=["mới"]))
    index.drop("article-2026-10")
    index.fill([Change("b", 1, document("b", "mốc"))])
    index.switch_version()
    assert {name: held for name, held in index.parts().items() if held} == {"alert": 1, "article-2026-11": 1, "article-2026-12": 1}
    assert sorted(found(index, "mốc")) == ["b", "c", "d"]


@pytest.fixture
def elastic(elasticsearch_url: str) -> Iterator[ElasticIndex]:
    index = ElasticIndex.open(Settings(elasticsearch_url=elasticsearch_url, index_prefix=f"test-{uuid.uuid4().hex[:12]}"))
    yield index
    for name in index.client.indices.get(index=f"{index.alias}*"):
        index.client.indices.delete(index=name)
    index.client.indices.delete_index_template(name=index.alias)
    index.close()


@pytest.mark.elasticsearch
def test_an_index_goes_with_the_last_month_of_its_quarter(elastic: ElasticIndex) -> None:
    put(elastic, document("a", "mốc", seen="2026-08-31"), document("b", "mốc", seen="2026-09-01"), document("c", "mốc", seen="2026-09-30"))
    summer = f"{elastic.alias}-v000001-article-2026-q3"
    assert (elastic.drop("article-2026-08"), found(elastic, "mốc")) == (1, ["b", "c"])
    assert summer in elastic.layout.there()
    # Killed in the middle of a drop: the next try finds no write alias, and mends it or goes on.
    gone = {"index": summer, "alias": f"{summer}-write"}
    for again in range(2):
        elastic.client.indices.update_aliases(actions=[{"remove": gone}])
        assert elastic.drop("article-2026-08") == 0
        put(elastic, document("b", "mốc", seen="2026-09-01"), version=2 + again)
    elastic.client.indices.update_aliases(actions=[{"remove": gone}])
    assert (elastic.drop("article-2026-09"), elastic.count()) == (2, 0)
    assert summer not in elastic.layout.there()


@pytest.mark.elasticsearch
def test_a_question_with_a_date_asks_only_the_indices_that_hold_such_dates(elastic: ElasticIndex) -> None:
    put(elastic, *(document(f"d{month:02d}", "mốc", published=START.replace(month=month), seen=f"2026-{month:02d}-01") for month in (1, 4, 7, 10)))
    for question, skipped in (("mốc", 0), ("mốc since:2026-09-01", 4), ("mốc since:2026-06-01 before:2026-09-01", 4), ("mốc OR since:2026-09-01", 0)):
        answer = elastic.client.search(index=elastic.alias, query=compile_dsl(tree_of(question).lowered), sort=[{"rank": "desc"}])
        assert answer["_shards"]["skipped"] == skipped, question
    assert found(elastic, "mốc since:2026-06-01 before:2026-09-01") == ["d07"]


@pytest.mark.elasticsearch
def test_a_copy_in_a_wrong_part_is_found_out(elastic: ElasticIndex) -> None:
    put(elastic, document("a", "mốc"), document("b", "mốc", seen="2026-09-30"))
    source = elastic.client.get(index=f"{elastic.alias}-v000001-article-2026-q4", id="a")["_source"]
    elastic.client.index(index=f"{elastic.alias}-v000001-article-2026-q3", id="a", document=dict(source), refresh=True)
    assert [sum_ for _id, sum_ in elastic.checksums()].count(MISPLACED) == 1


def test_documents_owed_by_the_older_program_learn_their_month(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    engine = create_engine(url)
    command.upgrade(configuration(engine), "0005")
    article = Article(id="a", url="u", canonical="u", source="s", outlet="Báo", title="Mốc", body="b", first_seen=START)
    old = {name: value for name, value in document("a", "Mốc").items() if name != "seen"}
    with engine.begin() as conn:
        articles.save(conn, article)
        outbox.put(conn, "index", "a", 1, json.dumps(old))
        outbox.put(conn, "index", "weg", 1, json.dumps({**old, "id": "weg"}))
        outbox.put(conn, "index", "weg", 2, "")
    engine.dispose()
    store = Store.open(url)
    with closing(EmbeddedIndex(tmp_path / "index.sqlite3")) as index:
        assert deliver(store, index, now=START).outcomes == {"delivered": 2}
        assert index.parts() == {"article-2026-11": 1}
    store.close()
