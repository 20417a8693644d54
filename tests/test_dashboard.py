"""The triage desk: lists, shows with reasons, takes decisions, and shows hostile text harmlessly."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from httpx2 import Response
from lxml import html
from starlette.testclient import TestClient

from dashboards.app import create_app
from dashboards.highlight import cut, locate, sides
from dashboards.shown import safe_url, visible
from pipelines.records import Claim, Role, Verdict
from pipelines.store import alerts as alert_store
from pipelines.store import audit
from pipelines.store.schema import outbox
from tests.desk import HOSTILE, WRONG, Desk, make_desk, sign_in

HOST = "http://127.0.0.1:8710"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path / "data")


def token(text: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', text)
    assert found
    return found[1]


def enter(desk: Desk, analyst: str = "Bàn 1", role: str = "admin") -> TestClient:
    return sign_in(desk, role, analyst)


def decide(client: TestClient, alert: str, **said: str) -> Response:
    page = client.get(f"/alerts/{alert}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"token": token(page), "version": version[1], "reason": "đã đối chiếu", "note": "", **said}
    return client.post(f"/alerts/{alert}", data=form, follow_redirects=False)


# --- lists ---------------------------------------------------------------------------------------------------


def test_the_overview_counts_articles_and_alerts_by_the_same_day(desk: Desk) -> None:
    from datetime import timedelta

    from dashboards import queries
    from tests.desk import NOON, add_alert, add_article, add_story, claim

    old = add_article(desk.store, "https://cu.example/a", "Báo Cũ", "Bài cũ", f"Mở đầu.\n{WRONG}", NOON - timedelta(days=3))
    add_alert(
        desk.store, old, add_story(desk.store, old), claim(old.body, WRONG, Verdict.CONTRADICTED, ("GT-02",), type="D05"), raised=NOON
    )
    with desk.store.read() as conn:
        days = queries.days(conn, NOON + timedelta(hours=1))
    assert days[3]["articles"] == days[3]["flag"] == 1, "raised today, counted with the day of its article"
    assert all(day["flag"] + day["watch"] <= day["articles"] for day in days)
    assert "theo ngày đăng" in enter(desk).get("/").text


def test_the_sources_page_names_outlets_as_people_know_them(desk: Desk) -> None:
    from pipelines.store import feeds

    with desk.store.begin() as conn:
        feeds.save_source(conn, "bao-x", status="gone")
        feeds.save_source(conn, "bao-y", status="ok")
    client = enter(desk)
    client.app.state.outlets = {"bao-x": "Báo Biển & Đảo"}  # type: ignore[attr-defined]
    text = client.get("/health").text
    assert "Báo Biển &amp; Đảo" in text and "bao-x" not in text
    assert "bao-y" in text, "a source without a declaration keeps its id"


def test_the_sources_page_lists_those_never_asked_last(desk: Desk) -> None:
    from pipelines.store import feeds

    with desk.store.begin() as conn:
        feeds.save_source(conn, "bao-x", status="gone")
        feeds.save_source(conn, "bao-y", status="ok")
    client = enter(desk)
    client.app.state.followed = ["bao-x", "bao-moi"]  # type: ignore[attr-defined]
    text = client.get("/health").text
    assert text.index("bao-x") < text.index("bao-y") < text.index("bao-moi") and text.count(">bao-x<") == 1
    assert "chưa hỏi lần nào" in text and "bao-moi" in client.get("/health?status=new").text
    assert "bao-moi" not in client.get("/health?status=gone").text


def test_a_source_that_nobody_asks_any_more_is_not_called_well(desk: Desk) -> None:
    """As `cotmoc health` says it: only of those that are to be asked."""
    from pipelines.store import feeds

    with desk.store.begin() as conn:
        for name in ("bao-x", "bao-cu"):
            feeds.save_source(conn, name, status="ok", last_attempt="2026-01-01T00:00:00Z", next_poll="2026-01-01T01:00:00Z")
    client = enter(desk)
    client.app.state.followed = ["bao-x"]  # type: ignore[attr-defined]
    assert "bao-x" in client.get("/health?status=overdue").text and "bao-cu" in client.get("/health?status=ok").text
    assert "status=overdue" in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/alerts", "/search", "/digests", "/health", "/references", "/references/GT-02", "/about"])
def test_every_page_answers(desk: Desk, path: str) -> None:
    answer = enter(desk).get(path)
    assert answer.status_code == 200
    assert '<html lang="vi">' in answer.text


def test_the_inbox_puts_flags_first_and_filters_by_the_address(desk: Desk) -> None:
    client = enter(desk)
    text = client.get("/alerts").text
    assert text.index("Vịnh Bắc Bộ chia thế nào?") < text.index("A view on the islands")
    assert "3 câu chuyện" in text
    watch = client.get("/alerts", params={"tier": "watch"}).text
    assert "A view on the islands" in watch and "Vịnh Bắc Bộ" not in watch
    for params in ({"status": "trùng"}, {"province": "lao-cai"}, {"outlet": "không có"}, {"claim_type": "D18"}):
        assert "Không có cảnh báo nào khớp bộ lọc" in client.get("/alerts", params=params).text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²"])
def test_nonsense_in_the_page_number_is_page_one_or_an_empty_page(desk: Desk, page: str) -> None:
    assert enter(desk).get("/alerts", params={"page": page}).status_code == 200


# --- one alert -----------------------------------------------------------------------------------------------


def test_an_alert_shows_sentence_role_reference_difference_reason_and_copies(desk: Desk) -> None:
    text = enter(desk).get(f"/alerts/{desk.ids['flag']}").text
    assert f'<mark id="claim-0" class="raised" title="đã nêu cảnh báo">{WRONG}</mark>' in text
    assert "Bài tự khẳng định" in text and "Mâu thuẫn với tư liệu" in text and "93 %" in text
    assert 'href="/references/GT-02"' in text and "67.203" in text
    assert "<del>53 % cho Trung Quốc</del>" in text and "<ins>53,23 % cho Việt Nam</ins>" in text
    assert "Tỷ lệ bị đảo cho hai bên." in text
    assert text.index("đăng đầu tiên") < text.index("Tin Mẫu")
    # The evidence stands before the verdict, against clicking through (DUTIES 7.1).
    assert text.index("Tư liệu đối chiếu") < text.index("Máy nhận định")


def test_a_contested_reference_shows_that_it_is_contested(desk: Desk) -> None:
    text = enter(desk).get(f"/alerts/{desk.ids['watch']}").text
    assert "Còn tranh luận" in text and "LTR-01" in text


def test_unknown_things_are_404(desk: Desk) -> None:
    client = enter(desk)
    for path in ("/alerts/x", "/articles/x", "/references/XX-99", "/digests/x", "/nope"):
        assert client.get(path).status_code == 404


def test_the_article_page_shows_revisions_and_claims(desk: Desk) -> None:
    text = enter(desk).get(f"/articles/{desk.ids['first']}").text
    assert "bản 1" in text and WRONG in text and "về Tỉnh Ninh Bình" in text


# --- deciding ------------------------------------------------------------------------------------------------


def test_a_decision_needs_a_reason_and_lands_with_audit_and_delivery(desk: Desk) -> None:
    client = enter(desk)
    refused = decide(client, desk.ids["flag"], outcome="không sai lệch", reason="  ")
    assert refused.status_code == 400 and "lý do" in refused.text
    assert decide(client, desk.ids["flag"], outcome="không sai lệch").status_code == 303
    with desk.store.read() as conn:
        found = alert_store.get_alert(conn, desk.ids["flag"])
        assert found and (found[0].status, found[1]) == ("không sai lệch", 2)
        assert audit.verify(conn)[1] is None
        assert len(alert_store.decisions_of(conn, desk.ids["flag"])) == 1
    text = client.get(f"/alerts/{desk.ids['flag']}").text
    assert "đã đối chiếu" in text and "Bàn 1" in text


def test_a_decision_owes_the_index_the_new_state(desk: Desk) -> None:
    from sqlalchemy import update

    from pipelines.store.schema import articles

    with desk.store.begin() as conn:
        conn.execute(update(articles).values(assessed_with="m1/r1"))
    decide(enter(desk), desk.ids["flag"], outcome="theo dõi")
    with desk.store.read() as conn:
        owed = [row.payload for row in conn.execute(outbox.select())]
    assert len(owed) == 2 and all("theo dõi" in payload for payload in owed)
    assert not any("Bàn 1" in payload for payload in owed)


def test_needs_a_reply_takes_two_different_persons(desk: Desk) -> None:
    id = desk.ids["flag"]

    def status() -> str:
        with desk.store.read() as conn:
            found = alert_store.get_alert(conn, id)
        assert found
        return found[0].status

    decide(enter(desk, "Bàn 1"), id, outcome="cần phản hồi")
    assert status() == alert_store.WAITING
    again = decide(enter(desk, "bàn 1"), id, outcome="cần phản hồi")
    assert again.status_code == 400 and "đang chờ người thứ hai" in again.text
    assert status() == alert_store.WAITING
    second = enter(desk, "Bàn 2")
    assert "Cần người thứ hai" in second.get(f"/alerts/{id}").text
    decide(second, id, outcome="cần phản hồi")
    assert status() == "cần phản hồi"


def test_the_later_of_two_analysts_sees_the_conflict_and_keeps_the_words(desk: Desk) -> None:
    one, two, id = enter(desk, "Bàn 1"), enter(desk, "Bàn 2"), desk.ids["flag"]
    page = two.get(f"/alerts/{id}").text
    decide(one, id, outcome="theo dõi")
    form = {"token": token(page), "version": "1", "outcome": "trùng", "reason": "lời của bàn hai", "note": ""}
    late = two.post(f"/alerts/{id}", data=form)
    assert late.status_code == 409
    assert "người khác" in late.text and "lời của bàn hai" in late.text and 'value="2"' in late.text


def test_a_post_without_token_or_from_another_site_changes_nothing(desk: Desk) -> None:
    client, id = enter(desk), desk.ids["flag"]
    form = {"outcome": "trùng", "reason": "x", "version": "1", "note": ""}
    assert client.post(f"/alerts/{id}", data=form).status_code == 403
    good = {**form, "token": token(client.get(f"/alerts/{id}").text)}
    assert client.post(f"/alerts/{id}", data=good, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(f"/alerts/{id}", data=good, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(f"/alerts/{id}", data={**good, "reason": "x" * 70_000}).status_code == 403
    with desk.store.read() as conn:
        assert alert_store.decisions_of(conn, id) == []


def test_an_unknown_outcome_or_version_is_refused(desk: Desk) -> None:
    client = enter(desk)
    assert decide(client, desk.ids["flag"], outcome="xử phạt").status_code == 400
    assert decide(client, desk.ids["flag"], outcome="trùng", version="abc").status_code == 409


# --- hostile text --------------------------------------------------------------------------------------------


def test_hostile_text_is_shown_harmlessly_everywhere(desk: Desk) -> None:
    client = enter(desk)
    paths = ("/", "/alerts", f"/alerts/{desk.ids['hostile']}", f"/articles/{desk.ids['bad']}", f"/search?q={HOSTILE}",
             f"/alerts?outlet={HOSTILE}", f"/references?q={HOSTILE}", f"/login?next={HOSTILE}")  # fmt: skip
    for path in paths:
        text = re.sub(r'<script src="/static/[\w/.]+" defer></script>', "", client.get(path).text)
        assert "<script" not in text and "<svg onload" not in text, path
        assert 'href="javascript' not in text and "\u202e" not in text and "\x00" not in text, path
    text = client.get(f"/alerts/{desk.ids['hostile']}").text
    assert "&lt;script&gt;" in text and "địa chỉ không an toàn" in text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " https://a.example", "https://a.example/\"onclick=x", "data:text/html,x", "//a.example",
     "https://user@a.example", "https://", "ftp://a.example", "https://a.example/" + "x" * 3000, "https://[::1", None],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(url: str | None) -> None:
    assert safe_url(url) is None


def test_visible_keeps_every_offset() -> None:
    text = "a\x00b\u202ec\nd\ud800ế"
    assert visible(text) == "a\ufffdb\ufffdc\nd\ufffdế"


def test_headers_forbid_scripts_frames_and_caching(desk: Desk) -> None:
    client = enter(desk)
    for path in ("/", "/alerts", "/nope", "/static/app.css"):
        headers = client.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert client.get("/").headers["cache-control"] == "no-store"
    for path in ("/", "/alerts", f"/alerts/{desk.ids['hostile']}", f"/articles/{desk.ids['bad']}"):
        for element in html.fromstring(client.get(path).content).iter():
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_a_foreign_host_name_is_not_answered(desk: Desk) -> None:
    app = create_app(desk.settings, desk.store)
    assert TestClient(app, base_url="http://evil.example").get("/healthz").status_code == 400


# --- search --------------------------------------------------------------------------------------------------


def test_search_asks_the_index_marks_the_words_and_explains_a_bad_question(desk: Desk) -> None:
    from sqlalchemy import update

    from pipelines.search import open_index
    from pipelines.search.rebuild import rebuild
    from pipelines.store.schema import articles

    with desk.store.begin() as conn:
        conn.execute(update(articles).values(assessed_with="m1/r1"))
    index = open_index(desk.settings, desk.store)
    index.setup()
    rebuild(desk.store, index)
    index.close()
    client = enter(desk)
    text = client.get("/search", params={"q": "cang ca"}).text
    assert "1 kết quả" in text and f"/articles/{desk.ids['news']}" in text and "<mark>Cảng" in text
    # What many hits are spread over narrows the question; the question may become a watch.
    wide = client.get("/search", params={"q": "vịnh OR cảng"}).text
    assert "/search?q=%28v%E1%BB%8Bnh%20OR%20c%E1%BA%A3ng%29%20tier%3A" in wide and "Phân bố kết quả" in wide
    assert "/watches/preview?query=v%E1%BB%8Bnh%20OR" in wide and "Cách viết câu tìm" in wide
    assert "index_words đang tắt" in client.get("/search", params={"q": 'word:"vịnh bắc bộ"'}).text and "index_words đang tắt" not in wide
    bad = client.get("/search", params={"q": '"'})
    assert bad.status_code == 400 and "ngoặc kép" in bad.text
    assert "Không thấy bài nào" in client.get("/search", params={"q": "khongcotrongkho"}).text


# --- cutting text --------------------------------------------------------------------------------------------


def test_cut_marks_exactly_the_spans_and_loses_nothing() -> None:
    pieces = cut("abcdef", [(1, 3, 0), (2, 4, 1), (4, 6, 2), (5, 99, 3)])
    assert [(piece.text, piece.mark) for piece in pieces] == [("a", None), ("bc", 0), ("d", None), ("ef", 2)]


def test_a_sentence_that_moved_is_found_again_and_one_that_went_is_not() -> None:
    claim = Claim(sentence="Câu.", start=0, end=4, type="D05", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
    row = {"title": "x", "sapo": "", "body": "Trước. Câu.", "captions": ["Câu."]}
    place = locate(row, claim)
    assert place and (place.field, place.start, place.end) == ("body", 7, 11)
    assert locate({**row, "body": "khác", "captions": []}, claim) is None


def test_a_sentence_read_from_cleaned_text_is_marked_in_the_original() -> None:
    body = unicodedata.normalize("NFD", "Mở đầu. Vịnh\u200b Bắc Bộ rộng. Hết.")
    claim = Claim(sentence="Vịnh Bắc Bộ rộng.", start=0, end=0, type="D05", role=Role.ASSERT, verdict=Verdict.CONTRADICTED, refs=("GT-02",))
    place = locate({"title": "x", "sapo": "", "body": body, "captions": []}, claim)
    assert place and unicodedata.normalize("NFC", body[place.start : place.end]) == "Vịnh\u200b Bắc Bộ rộng."


def test_sides_reads_the_difference_and_leaves_other_wording_alone() -> None:
    found = sides("bài viết: 53 % cho A — tư liệu GT-02: 53,23 % cho B")
    assert found and (found.text, found.base, found.ref) == ("53 % cho A", "53,23 % cho B", "GT-02")
    assert sides("khác hẳn") is None
