"""One question, two engines, the same answer: more than 200 questions over 5,000 real articles."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.search import Change, Index
from pipelines.search.dsl import compile_dsl
from pipelines.search.elastic import ElasticIndex, _order
from pipelines.search.embedded import EmbeddedIndex, _ranks
from pipelines.search.fts import compile_fts
from pipelines.search.query import parse
from pipelines.search.query_errors import QueryError
from pipelines.search.tree import Node, lower
from pipelines.settings import Settings
from tests.questions import QUESTIONS
from tests.searching import START, document, put, real_documents

pytestmark = [pytest.mark.elasticsearch]

Pair = tuple[Index, Index]


def _pair(folder: Path, url: str) -> Iterator[Pair]:
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    embedded = EmbeddedIndex(folder / "index.sqlite3")
    elastic = ElasticIndex.open(Settings(elasticsearch_url=url, index_prefix=prefix))
    yield embedded, elastic
    for name in elastic.client.indices.get(index=f"{prefix}*"):
        elastic.client.indices.delete(index=name)
    elastic.client.options(ignore_status=404).indices.delete_index_template(name=elastic.alias)
    embedded.close()
    elastic.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, shared_data: Path, elasticsearch_url: str) -> Iterator[Pair]:
    """Both engines with 5,000 real articles, written in another order and with a rewritten part."""
    for pair in _pair(tmp_path_factory.mktemp("parity"), elasticsearch_url):
        changes = [Change(d["id"], 2, d) for d in real_documents(shared_data, 5000)]
        for index, order in zip(pair, (changes, changes[::-1]), strict=True):
            old = [Change(c.id, 1, {**c.document, "body": "bản cũ"}) for c in order[:300] if c.document]
            index.bulk(old)
            for start in range(0, len(order), 500):
                index.bulk(order[start : start + 500])
            index.bulk(old)
        yield pair


def test_enough_questions_and_articles() -> None:
    assert len(set(QUESTIONS)) >= 200


@pytest.mark.shared_data
def test_both_hold_the_same(filled: Pair) -> None:
    assert filled[0].count() == filled[1].count() == 5000
    assert list(filled[0].checksums()) == list(filled[1].checksums())


@pytest.fixture(scope="module")
def ids(filled: Pair) -> Callable[[Node], tuple[list[str], list[str]]]:
    """All ids that answer, in order, from both: asked below the port, which would read and cut up every document for its hit."""
    embedded, elastic = filled
    assert isinstance(embedded, EmbeddedIndex) and isinstance(elastic, ElasticIndex)
    with closing(sqlite3.connect(embedded.path)) as db:
        names = dict(db.execute("SELECT rank, id FROM docs_1").fetchall())

    def ask(tree: Node) -> tuple[list[str], list[str]]:
        lowered = lower(tree)
        with closing(sqlite3.connect(embedded.path)) as db:
            ours = [names[rank] for rank in _ranks(db, compile_fts(lowered), 1, -1)]
        # The id as it was sorted by: `_id` would be read out of the same stored blocks as the documents, five thousand of them a question.
        answer = elastic.client.search(
            index=elastic.alias, query=compile_dsl(lowered), sort=_order(), size=5000, source=False, stored_fields="_none_",
            track_total_hits=False, filter_path="hits.hits.sort",
        )  # fmt: skip
        return ours, [found["sort"][-1] for found in answer.get("hits", {}).get("hits", [])]

    return ask


@pytest.mark.shared_data
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_gives_the_same_answer(filled: Pair, ids: Callable[[Node], tuple[list[str], list[str]]], question: str) -> None:
    """All ids in order, and the first hits whole."""
    tree = parse(question, START)
    ours, theirs = (index.search(tree, limit=5) for index in filled)
    assert (ours.total, ours.more) == (theirs.total, theirs.more)
    assert ours.hits == theirs.hits
    mine, others = ids(tree)
    assert mine == others
    assert (len(mine), mine[:5]) == (ours.total, [hit.id for hit in ours.hits])


@pytest.mark.shared_data
@pytest.mark.parametrize("question", ["", "biên giới", "tier:flag OR covid*", "since:2016-03-01 NOT Hà Nội", "xyzzy"])
def test_the_same_counts(filled: Pair, question: str) -> None:
    ours, theirs = (index.facets(question) for index in filled)
    assert ours == theirs


@pytest.mark.shared_data
def test_the_same_pages_and_the_same_scan(filled: Pair) -> None:
    whole = [hit.id for hit in filled[0].search("biên OR bão", limit=120).hits]
    for index in filled:
        assert [hit.id for start in range(0, 120, 30) for hit in index.search("biên OR bão", 30, start).hits] == whole
        assert [d["id"] for d in index.scan("biên OR bão")][:120] == whole


def test_the_questions_find_something(filled: Pair) -> None:
    """A parity of empty answers would prove nothing."""
    answered = sum(filled[0].search(parse(question, START), limit=1).total > 0 for question in QUESTIONS)
    assert answered > len(QUESTIONS) * 0.8


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str) -> Iterator[Pair]:
    """Both engines with texts that try the edges of analysis."""
    texts = (
        "İstanbul ẞ ſ K Å ﬁ ǅ Ꭰ ß µ σας ϕ ẛ", "𠀀𠀁 越南 한국어 ประเทศไทย ຊາຍແດນ ខ្មែរ မြန်မာ", "a b c a b", "b a", "biên giới hạn", "Thanh Hoá thanh hoa thành hóa",
        "x" * 300, "_a_b_ c'd e-f g.h 1,5 2.000", "\u0000 \ufeff \u200b tên​miền", "Đ đ Ð ð D d", "é e\u0301 ê\u0323 ệ", "😀 ☎ № ½ ² Ⅳ ①", "¶ a ¶ b",
    )  # fmt: skip
    for pair in _pair(tmp_path_factory.mktemp("odd"), elasticsearch_url):
        for index in pair:
            put(index, *(document(f"t{n:02d}", text, text[::-1]) for n, text in enumerate(texts)))
        yield pair


PIECES = ["a", "b", "c", '"a b"', '"b c"', "biên", "bien", "giới", "thanh", "hóa", "hoa", "越", "南", "ß", "ss", "s", "ſ", "µ", "Σας", "i", "İ", "k", "å", "Ꭰ", "ꭰ", "½", "Ⅳ", "4",
          "한국어", "ຊາ", "𠀀", "x" * 100, "x" * 101, "x" * 300, "đ", "d", "é", "e", "AND", "OR", "NOT", "(", ")", "near/1", "near/3", "bi*", "xx*", "ss*"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map(" ".join) | st.text(min_size=1, max_size=6))
def test_any_question_gives_the_same_answer(odd: Pair, question: str) -> None:
    try:
        tree = parse(question)
    except QueryError:
        return
    ours, theirs = ([hit.id for hit in index.search(tree, limit=50).hits] for index in odd)
    assert ours == theirs
