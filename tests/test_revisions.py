"""The step read: new, copy, revision, unchanged; what was published first stays as evidence; run twice, same tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pipelines.diff import DELETED, EQUAL, INSERTED, diff_articles, diff_text
from pipelines.duplicates import are_copies, copies, sign
from pipelines.read import read_capture, read_line
from pipelines.records import Article, Capture, DateOrigin, TextLine, content_id
from pipelines.revisions import says_the_same
from pipelines.store import Store, articles
from pipelines.store.captures import SHARED_CANONICAL, Hint
from pipelines.store.schema import metadata

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "https://bao.example/thoi-su/dien-tich-xa-dao-con-co-123456.html"
TEXT = [
    "Theo số liệu mới công bố, xã đảo có diện tích 230 ha với hơn 400 hộ dân sinh sống bằng nghề biển và dịch vụ.",
    "Trong năm qua, xã đã hoàn thành tuyến đường quanh đảo dài 9 km và đưa vào dùng trạm cấp nước ngọt mới.",
    "Bà con mong sớm có thêm chuyến tàu khách mỗi tuần để việc đi lại, học hành, khám bệnh được thuận tiện hơn.",
]


@dataclass
class Source:
    id: str = "bao-mau"
    name: str = "Báo Mẫu"
    kind: str = "press"
    lang: tuple[str, ...] = ("vi",)
    selectors: tuple[Any, ...] = field(default=())
    clock: Any = None


def page(parts: list[str], title: str = "Xã đảo công bố diện tích và số hộ dân") -> bytes:
    data = json.dumps({"@type": "NewsArticle", "headline": title, "datePublished": "2026-11-20T07:30:00+07:00"}, ensure_ascii=False)
    text = "".join(f"<p>{part}</p>" for part in parts)
    return f'<html><head><script type="application/ld+json">{data}</script></head><body><h1>{title}</h1><div>{text}</div></body></html>'.encode()


def capture(body: bytes, hours: int = 0, url: str = URL, **given: Any) -> Capture:
    facts = {"content_type": "text/html; charset=utf-8", "status": 200} | given
    return Capture(
        id=content_id(url, body), url=url, final_url=url, source="bao-mau", fetched=NOW + timedelta(hours=hours),
        body_sha256="0" * 64, size=len(body), warc_file="w", warc_offset=0, warc_length=1, **facts,
    )  # fmt: skip


def read(store: Store, body: bytes, hours: int = 0, hint: Hint | None = None, **given: Any) -> tuple[str, str]:
    source = given.pop("source", Source())
    with store.begin() as conn:
        return read_capture(conn, capture(body, hours, **given), {}, body, source, hint, NOW + timedelta(days=1))


def tables(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as conn:
        return {table.name: sorted(tuple(map(str, row)) for row in conn.execute(select(table))) for table in metadata.sorted_tables}


def current(store: Store) -> Article:
    with store.read() as conn:
        found = articles.by_canonical(conn, URL)
    assert found is not None
    return found


def test_a_page_becomes_an_article(store: Store) -> None:
    assert read(store, page(TEXT)) == ("new", "")
    found = current(store)
    assert (found.id, found.revision, found.outlet, found.lang) == (content_id(URL), 1, "Báo Mẫu", "vi")
    assert (found.date_origin, found.first_seen) == (DateOrigin.JSON_LD, NOW)
    assert found.body == "\n".join(TEXT)


def test_one_changed_figure_is_a_revision_and_the_first_text_stays(store: Store) -> None:
    read(store, page(TEXT))
    assert read(store, page([TEXT[0].replace("230", "220"), *TEXT[1:]]), 2)[0] == "revision"
    with store.read() as conn:
        first, second = articles.revisions(conn, content_id(URL))
    assert (first.revision, second.revision, current(store).revision) == (1, 2, 2)
    assert "230 ha" in first.body and "220 ha" in second.body
    assert [part for part in diff_articles(first, second)["body"] if part[0] != EQUAL] == [(DELETED, "230"), (INSERTED, "220")]


@pytest.mark.parametrize(
    "parts",
    [
        [*TEXT, "1.204 lượt xem"],
        [*TEXT, "Cập nhật lúc 10:35 21/11/2026"],
        ["Chia sẻ", *TEXT],
        [part.replace(" ", "  ") for part in TEXT],
        [f"{TEXT[0]} {TEXT[1]}", TEXT[2]],
        [part.replace(",", "\u200b,").replace("dịch vụ.", "dịch vụ") for part in TEXT],
    ],
    ids=["view counter", "update line", "share button", "blanks", "paragraphs joined", "invisible marks"],
)  # fmt: skip
def test_blanks_and_boilerplate_are_no_edit(store: Store, parts: list[str]) -> None:
    read(store, page(TEXT))
    assert read(store, page(parts), 2)[0] == "unchanged"
    assert current(store).revision == 1


def test_reading_all_captures_again_changes_no_table(store: Store) -> None:
    bodies = [page(TEXT), page([TEXT[0].replace("230", "220"), *TEXT[1:]]), page(TEXT) + b" ", page([*TEXT, "Thêm một đoạn mới ở cuối bài."])]
    first = [read(store, body, hours)[0] for hours, body in enumerate(bodies)]
    before = tables(store)
    again = [read(store, body, hours)[0] for hours, body in enumerate(bodies)]
    assert first == ["new", "revision", "revision", "revision"]
    assert again[0] == "new" and again[3] == "revision"
    assert tables(store) == before


def test_an_older_capture_read_afterwards_does_not_become_current(store: Store) -> None:
    read(store, page([TEXT[0].replace("230", "220"), *TEXT[1:]]), 5)
    assert read(store, page(TEXT), 1)[0] == "revision"
    assert "220 ha" in current(store).body


def test_a_copy_in_another_outlet_says_so(store: Store) -> None:
    read(store, page(TEXT))
    other = "https://trang-khac.example/tin-dang-lai-654321.html"
    assert read(store, page(TEXT), 1, url=other, source=Source(id="khac", name="Trang Khác"))[0] == "copy"
    assert read(store, page(TEXT), 1, url=other, source=Source(id="khac", name="Trang Khác"))[0] == "copy"


def test_a_better_date_is_taken_over_without_a_revision(store: Store) -> None:
    body = page(TEXT).replace(b"2026-11-20T07:30:00+07:00", b"")
    listed = Hint("Xã đảo", "", datetime(2026, 11, 20, 1, 0, tzinfo=UTC), "feed")
    read(store, body, hint=Hint("Xã đảo", ""))
    assert current(store).published is None
    assert read(store, body + b" ", 1, hint=listed)[0] == "unchanged"
    assert (current(store).published, current(store).revision) == (listed.published, 1)


@pytest.mark.parametrize(
    ("body", "facts", "outcome"),
    [
        (page(TEXT), {"status": 404}, "not-article"),
        (b"%PDF-1.7", {"content_type": "application/pdf"}, "not-html"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', {"content_type": "text/html"}, "not-html"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', {"content_type": ""}, "not-html"),
        (b"", {}, "not-article"),
        (b"<div>" * 100_000, {}, "unreadable"),
        (b"a" * 15_000_001, {}, "unreadable"),
    ],
    ids=["404", "pdf", "feed", "json feed", "empty", "too deep", "too large"],
)  # fmt: skip
def test_everything_else_ends_in_a_named_outcome_with_a_reason(store: Store, body: bytes, facts: dict[str, Any], outcome: str) -> None:
    found, reason = read(store, body, **facts)
    assert found == outcome and reason
    with store.read() as conn:
        assert articles.count(conn) == 0


class TestTextLines:
    def test_become_articles_with_or_without_an_address(self, store: Store) -> None:
        with store.begin() as conn:
            plain = TextLine.model_validate({"id": "7", "title": "Tít", "text": "\n".join(TEXT), "published": "2026-11-20"})
            assert read_line(conn, plain, NOW) == "new"
            assert read_line(conn, plain, NOW) == "unchanged"
            found = articles.by_canonical(conn, "urn:cotmoc:line:7")
        assert found is not None and found.published == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)

    def test_without_any_text_are_counted_as_empty(self, store: Store) -> None:
        with store.begin() as conn:
            assert read_line(conn, TextLine(id="8", text="  "), NOW) == "empty"


class TestDiff:
    def test_shows_words_not_letters(self) -> None:
        assert diff_text("đảo rộng 230 ha", "đảo rộng hơn 220 ha") == [
            (EQUAL, "đảo rộng "), (DELETED, "230"), (INSERTED, "hơn 220"), (EQUAL, " ha"),
        ]  # fmt: skip

    @given(st.text(alphabet="ab \n1.đ", max_size=60), st.text(alphabet="ab \n1.đ", max_size=60))
    def test_gives_both_texts_back(self, old: str, new: str) -> None:
        parts = diff_text(old, new)
        assert "".join(text for op, text in parts if op != INSERTED) == old
        assert "".join(text for op, text in parts if op != DELETED) == new

    def test_leaves_out_parts_that_did_not_change(self) -> None:
        one = Article(id="a", url="u", canonical="u", source="s", outlet="o", title="Tít", body="Thân")
        assert diff_articles(one, one) == {}
        assert set(diff_articles(one, one.model_copy(update={"title": "Tít mới"}))) == {"title"}
        assert not says_the_same(one, one.model_copy(update={"title": "Tít mới", "text_hash": ""}))


def _declaring(name: str, number: int) -> tuple[bytes, str]:
    body = page(_story(number), f"{name}, bài số {number}")
    return body.replace(b"<head>", b'<head><link rel="canonical" href="https://bao.example/tin/bai-mau-1.html">'), f"https://bao.example/tin/bai-that-{number}.html"


def _story(number: int) -> list[str]:
    """Return a text of its own: no sentence stands in two of them."""
    words = ["biển", "đảo", "cảng", "tàu", "lưới", "chợ", "trường", "trạm", "đường", "cầu", "nước", "điện", "cá", "muối", "rừng", "đồi", "suối", "ruộng", "lúa", "vườn"]
    return [" ".join(words[(number * 7 + line * 3 + n * (number + 2)) % len(words)] + f" {number}{line}{n}" for n in range(18)) + "." for line in range(4)]


def test_one_canonical_address_on_all_pages_does_not_fold_their_stories_into_one(store: Store) -> None:
    """Seen in hostile play, 2026-11-21: a template that prints one rel=canonical made all stories revisions of one article."""
    outcomes = [read(store, *_declaring("Tin xã đảo", number)[:1], hours=number, url=_declaring("Tin xã đảo", number)[1]) for number in range(1, 5)]
    assert [outcome for outcome, _ in outcomes] == ["new"] * 4
    assert [reason for _, reason in outcomes] == [""] + [SHARED_CANONICAL] * 3
    before = tables(store)
    body, url = _declaring("Tin xã đảo", 3)
    assert read(store, body, hours=3, url=url)[0] == "new" and tables(store) == before


def test_a_copy_of_the_article_under_another_address_stays_that_article(store: Store) -> None:
    """`/amp/…` declares the article's own address; edited in a sentence, it is a revision."""
    head = f'<head><link rel="canonical" href="{URL}">'.encode()
    assert read(store, page(TEXT))[0] == "new"
    amp = page([*TEXT, "Bài được bổ sung một câu vào buổi chiều."]).replace(b"<head>", head)
    assert read(store, amp, hours=1, url=URL.replace("/thoi-su/", "/amp/thoi-su/")) == ("revision", "")


def test_an_article_cut_and_wrapped_under_another_address_is_known_by_its_sentences(store: Store) -> None:
    """The signatures alone leave doubt here (`DOUBT_CONTAINED`): the texts are compared, as they are between outlets."""
    whole = [f"Ngày thứ {n} của đợt ra quân, tổ {n} trồng thêm {n * 7} cây phi lao dọc bờ biển và dọn sạch {n + 3} bãi rác tự phát." for n in range(1, 17)]
    letters = [f"Bạn đọc số {n} góp ý về chuyện {chr(97 + n)}{n} trong thư bạn đọc, tòa soạn đã chuyển thư tới phòng {n * 3} để trả lời." for n in range(1, 17)]
    cut = [*whole[:8], *letters]
    one, other = sign("\n".join(whole)), sign("\n".join(cut))
    assert not are_copies(one, other) and copies(one, other, lambda: ("\n".join(whole), "\n".join(cut)))
    head = f'<head><link rel="canonical" href="{URL}">'.encode()
    assert read(store, page(whole))[0] == "new"
    assert read(store, page(cut).replace(b"<head>", head), hours=1, url=URL.replace("/thoi-su/", "/amp/thoi-su/")) == ("revision", "")
