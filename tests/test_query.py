"""The language of questions: what each form means, and mistakes pointed at with the number of the character."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.advice import unknown_codes
from pipelines.clock import HANOI
from pipelines.search.query import parse, small_connectives
from pipelines.search.query_errors import QueryError
from pipelines.search.tree import (
    And,
    Close,
    Dates,
    Everything,
    Match,
    Near,
    Node,
    Not,
    Or,
    Tag,
    Text,
    lower,
    texts,
)

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def word(*words: str) -> Text:
    return Text(words)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("biên", word("biên")),
        ("Biên GIỚI", And((word("biên"), word("giới")))),
        ('"biên giới"', word("biên", "giới")),
        ("“biên giới”", word("biên", "giới")),
        ("a AND b", And((word("a"), word("b")))),
        ("a and b", And((word("a"), word("and"), word("b")))),
        ("a OR b c", Or((word("a"), And((word("b"), word("c")))))),
        ("(a OR b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("a NOT b", And((word("a"), Not(word("b"))))),
        ("NOT NOT a", word("a")),
        ("NOT (a OR b)", Not(Or((word("a"), word("b"))))),
        ("mốc near/5 biên", Near(word("mốc"), word("biên"), 5)),
        ('"cột mốc" NEAR/12 "biên giới"', Near(word("cột", "mốc"), word("biên", "giới"), 12)),
        ("a near/2 b near/3 c", And((Near(word("a"), word("b"), 2), Near(word("b"), word("c"), 3)))),
        ("biê*", Text(("biê",), prefix=True)),
        ("Covid-19", word("covid", "19")),
        ("16:30", word("16", "30")),
        ("a — b", And((word("a"), word("b")))),
        ("tier:flag", Tag("tier:flag")),
        ("TIER:Flag", Tag("tier:flag")),
        ("verdict:needs_image_review", Tag("verdict:needs-image-review")),
        ("type:d06", Tag("type:d06")),
        ("ref:PCA-05", Tag("ref:pca-05")),
        ("about:thanh-hoa", Tag("about:thanh-hoa")),
        ('about:"Thanh Hoá"', Tag("about:thanh-hoa")),
        ('about:"Tỉnh Ninh Bình"', Tag("about:ninh-binh")),
        ('about:"TP. Hồ Chí Minh"', Tag("about:ho-chi-minh")),
        ("mention:lao-cai lang:vi", And((Tag("mention:lao-cai"), Tag("lang:vi")))),
        ('status:"cần phản hồi"', Tag("status:can-phan-hoi")),
        ('outlet:"Tuổi Trẻ"', Or((Tag("outlet:tuoi-tre"), Tag("source:tuoi-tre")))),
        ('status:"chờ người thứ hai"', Tag("status:cho-nguoi-thu-hai")),
        ("mention:ninh-binh/lien-minh", Tag("mention:ninh-binh-lien-minh")),
        ("a - b", And((word("a"), word("b")))),
        ("national:có", Tag("national:yes")),
        ("since:2026-11-01", Dates(since=datetime(2026, 11, 1, tzinfo=HANOI))),
        ("before:01/11/2026", Dates(before=datetime(2026, 11, 1, tzinfo=HANOI))),
        ("since:7d", Dates(since=datetime(2026, 11, 14, 3, 0, tzinfo=UTC))),
        ("越南领土", word("越", "南", "领", "土")),
    ],
)
def test_forms(query: str, tree: Node) -> None:
    assert parse(query, NOW) == tree


@pytest.mark.parametrize(
    ("query", "position", "says"),
    [
        ("biên giới)", 10, "không có ngoặc mở"),
        ("(biên giới", 1, "không có ngoặc đóng"),
        ("a (b (c) d", 3, "không có ngoặc đóng"),
        ('mốc "biên giới', 5, "không đóng"),
        ("mốc ”", 5, "không có ngoặc mở"),
        ("a ()", 4, "trong ngoặc chưa có gì"),
        ("AND a", 1, "cần một vế ở mỗi bên"),
        ("a AND", 3, "còn thiếu một vế"),
        ("a OR OR b", 6, "cần một vế ở mỗi bên"),
        ("(a AND) b", 7, "thiếu một vế"),
        ("NOT", 1, "còn thiếu một vế"),
        ("outlet:", 1, "thiếu giá trị"),
        ("outlet: AND b", 9, "phải là một giá trị"),
        ("bien author:x", 6, "không có trường “author:”"),
        ("a tier:red", 8, "có: flag, watch, none"),
        ("verdict:wrong", 9, "CONTRADICTED"),
        ("type:x1", 6, "D06"),
        ("since:hôm-qua", 7, "7d"),
        ("before:2026-13-40", 8, "không có trên lịch"),
        ("near/5 a", 1, "mỗi bên một"),
        ("a near/5", 3, "còn thiếu một vế"),
        ("a near/5 (b)", 10, "phải là một từ hoặc cụm từ"),
        ("tier:flag near/5 b", 11, "mỗi bên một"),
        ("a near/0 b", 3, "từ 1 đến 100"),
        ("a near/5 a", 3, "phải khác nhau"),
        ("b*", 1, "ít nhất hai chữ cái"),
        ("covid-19*", 1, "ngay sau một từ"),
        ('"chủ quy*"', 9, "ngoài ngoặc"),
        ("x bi*n", 5, "chỉ đứng cuối một từ"),
        ("*biên", 1, "chỉ đứng cuối một từ"),
        ("biên -giới", 6, "viết NOT"),
        ('biên -"biển đông"', 6, "viết NOT"),
        ("biên -(a OR b)", 6, "viết NOT"),
        ("-outlet:dan-tri", 1, "viết NOT"),
        ("about:thanh-hoa-x", 7, "địa phương"),
        ("about:tinh-paris", 7, "địa phương"),
        ("biên –giới", 6, "viết NOT"),
        ("−giới", 1, "dấu “−”"),
        ("mention:paris", 9, "địa phương"),
        ("x status:xong", 10, "có: mới, chờ người thứ hai, đang xem"),
        ("ref:PCA", 5, "như PCA-05"),
        ("—", 1, "không có từ nào"),
        ("about:thanh*", 7, "không nhận dấu *"),
        ("a" * 3000, 2001, "dài quá"),
        ("(" * 40 + "a" + ")" * 40, 25, "lồng quá"),
        (" ".join(["a"] * 300), 1, "quá 200 vế"),
    ],
)
def test_mistakes_point_at_the_character(query: str, position: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, NOW)
    assert caught.value.position == position
    assert says in caught.value.reason
    assert str(caught.value).startswith(f"câu tìm, ký tự {position}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("query", "told"), [
    ("ref:PCA-05 type:D06 biên", []), ("NOT (ref:pca-99 OR mốc)", [("ref", "PCA-99", ("PCA-06", "PCA-05", "PCA-04"))]),
    ("ref:PAC-05", [("ref", "PAC-05", ("PCA-05",))]), ("ref:XQJZ-77", [("ref", "XQJZ-77", ())]),
    ("type:D19 ref:LTR-09", [("ref", "LTR-09", ("LTR-02", "LTR-01")), ("type", "D19", ("D18", "D17", "D16"))]),
])  # fmt: skip
def test_codes_that_are_none_are_told_with_near_ones(query: str, told: list[tuple[str, str, tuple[str, ...]]]) -> None:
    found = [(one.field, one.code, one.near) for one in unknown_codes(query)]
    assert [one[:2] for one in found] == [one[:2] for one in told]
    for (_field, _code, near), (_f, _c, wanted) in zip(found, told, strict=True):
        assert set(wanted) <= set(near) and bool(near) == bool(wanted)


def test_connectives_in_small_letters_are_words_and_can_be_told() -> None:
    assert small_connectives('a and b Or c NOT d "x not y" and (not e)') == ("and", "Or", "not")
    assert small_connectives("a AND b") == small_connectives("") == ()


PIECES = ["biên", "giới", '"cột mốc"', "(", ")", "AND", "OR", "NOT", "near/5", "tier:", "flag", "since:7d", "x*", "“", "”", "\"", "=", ":", "越南"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=80))
def test_any_text_is_a_tree_or_one_clear_line(query: str) -> None:
    try:
        tree = parse(query, NOW)
    except QueryError as error:
        assert 1 <= error.position <= len(query) + 1
        assert error.reason
        assert "\n" not in str(error)
    else:
        lower(tree)
        list(texts(tree))


def test_marks_matter_when_typed_and_not_when_absent() -> None:
    assert lower(word("bien", "gioi")) == Match("folded", ("bien", "gioi"))
    assert lower(word("biên", "giới")) == Match("exact", ("biên", "giới"))
    assert lower(word("dao")) == Match("folded", ("dao",))
    assert lower(word("đao")) == Match("exact", ("đao",))


def test_a_complete_syllable_in_a_marked_phrase_is_meant_as_typed() -> None:
    # "trở thành hoa hậu … văn hóa" must not answer to "Thanh Hóa".
    assert lower(word("thanh", "hóa")) == Match("exact", ("thanh", "hóa"))
    # "bien" is no complete syllable, so its marks are absent: folded there, while "giới" stands as typed.
    assert lower(word("bien", "giới")) == And((Match("folded", ("bien", "gioi")), Match("exact", ("giới",))))


def test_near_is_asked_in_one_field() -> None:
    assert lower(Near(word("mốc"), word("biên"), 5)) == Close("exact", ("mốc",), ("biên",), 5)
    assert lower(Near(word("moc"), word("biên"), 5)) == And(
        (Close("folded", ("moc",), ("bien",), 5), Match("folded", ("moc",)), Match("exact", ("biên",)))
    )
    assert lower(Near(word("ha"), word("hà"), 5)) == And((Match("folded", ("ha",)), Match("exact", ("hà",))))


def test_what_is_excluded_is_not_highlighted() -> None:
    assert list(texts(parse("a NOT b NOT (c NOT d)", NOW))) == [word("a"), word("d")]
