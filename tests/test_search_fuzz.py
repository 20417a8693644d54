"""Whatever is typed into the search box: an answer, or one line in Vietnamese that points at the character."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.search.dsl import compile_dsl
from pipelines.search.embedded import EmbeddedIndex
from pipelines.search.query import parse
from pipelines.search.query_errors import QueryError
from pipelines.search.tree import lower
from tests.questions import QUESTIONS
from tests.searching import START, document, found, put


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    opened = EmbeddedIndex(Path(tmp_path_factory.mktemp("fuzz")) / "index.sqlite3")
    put(
        opened,
        document("a", "Biên giới Thanh Hóa", "Đường đi qua cột mốc số 1.116, U23 và Covid-19; 越南 ประเทศไทย ຊາຍແດນ"),
        document("b", "Thủy điện", "Hoà bình ở Hòa Bình; thuỷ lợi, khỏe mạnh, quý vị"),
    )
    yield opened
    opened.close()


# The language's own signs, marks that stand alone, halves of pairs, NUL, signs of direction, other scripts, long runs.
SIGNS = st.sampled_from([*string.punctuation, "“", "”", "¶", "\x00", "\u202e", "\u0301", "\u0323", "\ud800", "\udcff", "\ufeff", "😀", "越", "ກ", "İ", "ẞ", " "])
WORDS = st.sampled_from([
    "AND", "OR", "NOT", "near/5", "near/", "near/0", "NEAR/99999", "tier:", "tier:flag", "since:", "since:7d", "since:9999y", "since:0d", "before:0000-01-01",
    "before:31/02/2026", "since:9999-12-31", "since:0001-01-01", "before:0001-01-01 OR x", "outlet:", 'outlet:""', "status:“”", "author:x", "biê*", "*", "b*", "**", '"biên giới"', '"', "(", ")", "x" * 300, "Đ", "ð", "a:b:c",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(SIGNS | WORDS | st.sampled_from(QUESTIONS) | st.text(max_size=8), max_size=12).flatmap(lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))))
def test_an_answer_or_one_line_that_points_at_the_character(index: EmbeddedIndex, question: str) -> None:
    try:
        tree = parse(question)
    except QueryError as error:
        assert 1 <= error.position <= len(question) + 1
        assert str(error).startswith(f"câu tìm, ký tự {error.position}: ")
        assert "\n" not in str(error)
        return
    for hit in index.search(tree).hits:
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
    index.facets(tree, limit=5)
    compile_dsl(lower(tree))


DAYS = [START + timedelta(days=day) for day in range(12)]
# Question → whether the article of that day answers, by plain evaluation.
Asked = tuple[str, Callable[[int], bool]]
LEAVES: st.SearchStrategy[Asked] = st.one_of(
    st.integers(0, 12).map(lambda day: (f"since:{START + timedelta(days=day):%Y-%m-%d}", lambda at: at >= day)),
    st.integers(0, 12).map(lambda day: (f"before:{START + timedelta(days=day):%Y-%m-%d}", lambda at: at < day)),
    st.sampled_from([("chẵn", lambda at: at % 2 == 0), ("ba", lambda at: at % 3 == 0), ("tier:flag", lambda at: at % 4 == 0), ("xyz", lambda at: False)]),
)


def _joined(parts: list[Asked], glue: str) -> Asked:
    every = all if glue == "AND" else any
    return "(" + f" {glue} ".join(text for text, _ in parts) + ")", lambda at: every(true(at) for _, true in parts)


ANY_DATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(parts, "AND")),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(parts, "OR")),
        inner.map(lambda one: (f"NOT {one[0]}", lambda at: not one[1](at))),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    opened = EmbeddedIndex(Path(tmp_path_factory.mktemp("days")) / "index.sqlite3")
    for at, day in enumerate(DAYS):
        words = ("chẵn " if at % 2 == 0 else "") + ("ba" if at % 3 == 0 else "")
        put(opened, document(f"d{at}", words, published=day, tier="flag" if at % 4 == 0 else "none"))
    yield opened
    opened.close()


@settings(max_examples=150, deadline=None)
@given(ANY_DATES, st.integers(0, 4), st.integers(0, 4))
def test_dates_mean_the_same_wherever_they_stand(days: EmbeddedIndex, asked: Asked, offset: int, limit: int) -> None:
    """Under OR and NOT, in brackets, several at once: as plain evaluation says, page by page, counted and scanned alike."""
    question, true = asked
    right = [f"d{at}" for at in reversed(range(len(DAYS))) if true(at)]
    answer = days.search(question, limit=limit, offset=offset)
    assert ([hit.id for hit in answer.hits], answer.total) == (right[offset : offset + limit], len(right))
    assert [one["id"] for one in days.scan(question)] == right
    assert sum(number for _day, number in days.facets(question, ["day"])["day"]) == len(right)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(QUESTIONS))
def test_how_a_question_is_encoded_does_not_matter(index: EmbeddedIndex, question: str) -> None:
    """NFD, as macOS types it, is the same question as NFC."""
    assert lower(parse(unicodedata.normalize("NFD", question), START)) == lower(parse(unicodedata.normalize("NFC", question), START))


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("dien", ["b"]), ("thuy dien", ["b"]), ("THỦY ĐIỆN", ["b"]), ("thuỷ", ["b"]), ("hoà", ["b"]), ('"Hoà Bình"', ["b"]), ('"hòa bình"', ["b"]),
        ("khoẻ", ["b"]), ("quí", []), ("duong", ["a"]), ("Đường", ["a"]), ("đuong", []), ("moc", ["a"]), ("covid 19", ["a"]), ('"1.116"', ["a"]), ("u23", ["a"]),
        ("ประเทศ", ["a"]), ("ແດນ", ["a"]), ("越南", ["a"]), ("南越", []),
    ],
)  # fmt: skip
def test_how_vietnamese_is_typed(index: EmbeddedIndex, question: str, ids: list[str]) -> None:
    assert found(index, question) == ids


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("duong", ["Đường"]), ('"cot moc"', ["cột mốc"]), ("Covid-19", ["Covid-19"]), ("19 covid", ["Covid", "19"]), ('"covid 19"', ["Covid-19"]), ("越南", ["越南"]),
        ("cộ* NOT xyz", ["cột"]), ("moc near/3 1", ["mốc", "1"]), ("u23 OR xyz", ["U23"]),
    ],
)  # fmt: skip
def test_the_passage_shows_what_was_found(index: EmbeddedIndex, question: str, marked: list[str]) -> None:
    (hit,) = index.search(question).hits
    assert [hit.snippet[start:end] for start, end in hit.marks] == marked
