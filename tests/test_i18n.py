"""Two languages: everything the desk says is in the catalogue, the switch holds, and an English page has no Vietnamese words of ours."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from lxml import html
from starlette.testclient import TestClient

from dashboards.i18n import LANGUAGES, LOCALE, catalogue
from dashboards.i18n.extract import HEARD, PAPERS, RULES, TEMPLATES, VIETNAMESE, gather, messages_of
from dashboards.labels import ACTION_VI
from pipelines.records import Places, Verdict
from pipelines.store import audit, feeds
from tests.desk import NOON, Desk, add_alert, add_article, add_capture, add_story, claim, make_desk, sign_in

FIELD = re.compile(r"%\((\w+)\)s")
# Proper names are the same in every language.
NAMES = re.compile(
    "×|tỉnh|Cột Mốc|Hoàng Sa|Trường Sa|Ninh Bình|Lào Cai|Quảng Trị|Thanh Hóa|Đà Nẵng|Khánh Hòa|Liên Minh|Tiếng Việt|Nguyễn Thị Hoa|Phú Quốc|Cốc Cốc|"
    "Cồn Cỏ|Lao Bảo|Cha Lo|Na Mèo|Nậm Xôi|Brévié|Bắc Bộ|cửa khẩu Cha Lo|vịnh|phân định|biê|Văn phòng|κ"
)  # fmt: skip
SENTENCE = "By the treaty, 53 % of the gulf belongs to China."


def test_every_message_has_english_with_the_same_fields() -> None:
    known = catalogue("en").messages
    found = gather()
    missing = [message for message, places in found.items() if message not in known and set(places) - {*HEARD, *RULES}]
    assert not missing, f"run `make messages`, then translate in dashboards/locale/en.po: {missing[:5]}"
    wrong = [message for message, english in known.items() if set(FIELD.findall(message)) != set(FIELD.findall(english))]
    assert not wrong
    left = [message for message, english in known.items() if VIETNAMESE.search(NAMES.sub("", english))]
    assert not left, "English that is still Vietnamese"
    with (LOCALE / "en.po").open("rb") as source:
        heard = {entry.id for entry in read_po(source, locale="en") if entry.locations and {place for place, _ in entry.locations} <= {*HEARD, *RULES}}
    stale = set(known) - set(found) - heard
    assert not stale, f"run `make messages`: {sorted(stale)[:3]}"


@pytest.mark.parametrize("path", [p for p in sorted(TEMPLATES.glob("*.html")) if p.name not in PAPERS], ids=lambda p: p.name)
def test_templates_say_nothing_outside_of_the_catalogue(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = re.sub(r"\{#.*?#\}|\{%-?\s*trans.*?endtrans\s*-?%\}", "", text, flags=re.DOTALL)
    loose = re.sub(r"_\((\"[^\"]*\"|'[^']*')", "", said)
    for literal in re.findall(r"\{[{%].*?[%}]\}", loose, re.DOTALL):
        # Strings inside of expressions are codes; the few with letters of Vietnamese are states of the store, shown by `step`.
        for string in re.findall(r"\"([^\"]*)\"\|(?!step)", literal):
            assert not VIETNAMESE.search(string), f"{path.name}: {string}"
    bare = NAMES.sub("", re.sub(r"\{[{%].*?[%}]\}", " ", said, flags=re.DOTALL))
    assert not VIETNAMESE.search(bare), f"{path.name}: {VIETNAMESE.search(bare)} in {bare[:0]}{bare[max(0, (VIETNAMESE.search(bare) or re.search('', bare)).start() - 40) :][:80]}"


def test_an_f_string_is_one_message_with_fields_and_docstrings_are_none() -> None:
    code = '"""Tài liệu."""\ndef f(x):\n    """Cũng thế."""\n    raise E(f"không có “{x.name}” ở {x.where}; " "hãy xem")\nWORDS = ("mới", "plain")\n'
    assert list(messages_of(code)) == ["mới", "không có “%(name)s” ở %(where)s; hãy xem"] or set(messages_of(code)) == {
        "mới", "không có “%(name)s” ở %(where)s; hãy xem",
    }  # fmt: skip


def test_a_finished_sentence_is_turned_over_with_what_stands_in_it() -> None:
    words = catalogue("en")
    assert words.said("Vai trò “khách” không làm được việc này; hãy hỏi người quản trị.") == "The role “guest” may not do this; ask the administrator."
    assert words.said("mới") == "new" and words.said("điều không ai nói") == "điều không ai nói"
    assert words.said("robots.txt trả lỗi 503, coi như chưa được phép (RFC 9309)") == "robots.txt answered with error 503, taken as not allowed (RFC 9309)"
    nested = "feed vẫn đáp, nhưng 3/5 bài mới nhất không tải được: máy chủ trả 503, xin nghỉ 60 giây"
    assert words.said(nested).endswith("could not be fetched: the server answered 503, asks for a pause of 60 seconds")
    several = "1/3 địa chỉ lỗi; https://x.example/feed: máy chủ trả 304 dù đã có tin mới; từ nay tải đầy đủ"
    assert words.said(several).startswith("1/3 addresses fail; https://x.example/feed: the server answered 304 although")
    assert words.said("13 mục, 0 mục mới") == "13 items, 0 new"
    assert words.said("13 mục, 0 mục mới; mọi tin gần đây đều ghi giờ sớm hơn lúc thấy khoảng 7 giờ: có thể nguồn ghi sai múi giờ (xem zone)").startswith("13 items, 0 new; every recent item")
    long = "x" * 5000
    assert words.said(long) == long and catalogue("vi").said("mới") == "mới" and catalogue("xx").messages == {}


def test_the_machines_reason_is_told_in_english_from_its_codes() -> None:
    from dashboards.spoken import why

    told = "Mâu thuẫn với tư liệu; GT-02: Tỷ lệ (Hiệp định); vai phát ngôn ASSERT (bài tự khẳng định): bài tự nói bằng lời của mình."
    found = claim(SENTENCE, SENTENCE, Verdict.CONTRADICTED, ("GT-02",), why=told)
    assert why("vi", found) == told
    english = why("en", found)
    assert english.startswith("Contradicts") and "GT-02: " in english and english.endswith("the text says it in its own words.")
    assert not VIETNAMESE.search(NAMES.sub("", english))
    assert why("en", found.model_copy(update={"why": "Lời khác hẳn."})) == "Lời khác hẳn."


@pytest.mark.parametrize(
    ("base", "english"),
    [("46,77 % cho Trung Quốc", "46.77 % for China"), ("1.449,566 km", "1,449.566 km"), ("ký 25/12/2000", "signed 25/12/2000"),
     ("các văn kiện 2019 ghi nhận khoảng 84 %, phần còn lại đang đàm phán", "the instruments of 2019 record about 84 %; the rest is being negotiated"),
     ("lời riêng của một cơ quan", "lời riêng của một cơ quan")],
)  # fmt: skip
def test_what_a_reference_says_of_a_difference_is_told_in_english(base: str, english: str) -> None:
    from dashboards import spoken
    from dashboards.highlight import sides

    two = sides(f"bài viết: x — tư liệu GT-02: {base}")
    assert two and spoken.base("en", two) == english and spoken.base("vi", two) == base


def test_every_figure_of_the_machine_has_english() -> None:
    from classifiers.instruments import EVENT_VI
    from classifiers.measures import UNIT_VI
    from classifiers.shares import PARTY_VI
    from dashboards.i18n import figures

    assert set(UNIT_VI.values()) <= set(figures.MEASURED) and set(EVENT_VI.values()) <= set(figures.EVENTS) and set(PARTY_VI.values()) <= set(figures.PARTIES)


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A desk whose news has no Vietnamese letters, so that any that are left are words of ours."""
    desk = make_desk(tmp_path / "data")
    return sign_in(Desk(desk.settings, desk.store, desk.ids), role="admin", name="Desk")


def _plain(desk_client: TestClient) -> str:
    from pipelines.store.schema import alerts, articles

    store = desk_client.app.state.store  # type: ignore[attr-defined]
    article = add_article(
        store, "https://plain.example/a", "Plain Times", "Who got how much of the gulf", f"Opening.\n{SENTENCE}", NOON + timedelta(hours=5), lang="en",
        places=Places(about=("ninh-binh",)),
    )  # fmt: skip
    add_capture(store, desk_client.app.state.settings.data, article, b"<p>x</p>")  # type: ignore[attr-defined]
    alert = add_alert(
        store, article, add_story(store, article),
        claim(article.body, SENTENCE, Verdict.CONTRADICTED, ("GT-02", "LTR-01"), confidence=0.6, why="The share is turned round."),
    )  # fmt: skip
    with store.begin() as conn:
        feeds.save_source(conn, "plain-times", status="gone", reason="máy chủ trả 410: địa chỉ không còn")
        for action in ACTION_VI:
            audit.append(conn, actor="cotmoc", action=action, thing="x", details={}, now=NOON)
        conn.execute(alerts.delete().where(alerts.c.id != alert))
        conn.execute(articles.update().where(articles.c.id != article.id).values(title="Plain", sapo="", body="Plain", source="plain", outlet="Plain", captions=[]))
    return alert


def _own_words(page: str) -> str:
    """Return the visible text and attributes of a page, without what is marked as Vietnamese, chosen values and proper names."""
    tree = html.fromstring(page)
    for node in tree.xpath("//*[@lang='vi' or contains(@class, 'statement') or self::script or self::style or self::code or self::textarea]"):
        node.drop_tree()
    words = [tree.text_content()]
    for name in ("title", "aria-label", "placeholder", "alt"):
        words += tree.xpath(f"//@{name}")
    return NAMES.sub("", " ".join(words))


PAGES = (
    "/", "/today", "/alerts", "/mine", "/search?q=gulf", "/search?q=%22", "/digests", "/packs", "/health", "/references", "/references/GT-02", "/references/LTR-01",
    "/map", "/quality", "/reports", "/watches", "/watches/preview?query=gulf", "/watches/preview?query=%28", "/about", "/account", "/users", "/audit",
    "/second-looks", "/nowhere", "/digests/edit/2026-11-20",
)  # fmt: skip


def test_an_english_page_has_no_vietnamese_words_of_ours(client: TestClient) -> None:
    alert = _plain(client)
    with client.app.state.store.read() as conn:  # type: ignore[attr-defined]
        from pipelines.store import alerts as alert_store

        found = alert_store.get_alert(conn, alert)
    assert found
    assert client.get("/language", params={"to": "en", "next": "/about"}, follow_redirects=False).headers["location"] == "/about"
    wrong = {}
    for path in (*PAGES, f"/alerts/{alert}", f"/articles/{found[0].article}"):
        answer = client.get(path)
        assert '<html lang="en">' in answer.text, path
        left = [word for word in _own_words(answer.text).split() if VIETNAMESE.search(word)]
        if left:
            wrong[path] = left[:12]
    assert not wrong


def test_the_switch_is_a_link_without_script_and_stays_on_the_site(client: TestClient) -> None:
    page = client.get("/alerts?tier=flag").text
    assert '<html lang="vi">' in page and 'href="/language?to=en&amp;next=/alerts%3Ftier%3Dflag"' in page
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = client.get("/language", params={"to": "en", "next": target}, follow_redirects=False)
        assert answer.headers["location"] == "/"
    given = client.get("/language?to=en", follow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in given and "samesite=lax" in given.lower()
    assert "Sign in" in TestClient(client.app, cookies={"cotmoc_lang": "en"}, base_url="http://127.0.0.1:8710").get("/login").text
    client.cookies.delete("cotmoc_lang")
    client.cookies.set("cotmoc_lang", "xx")
    assert '<html lang="vi">' in client.get("/about").text
    assert set(LANGUAGES) == {"vi", "en"}


def test_the_digest_is_vietnamese_whoever_reads_it(client: TestClient) -> None:
    from dashboards.web.view import environment

    assert environment().globals["lang"] == "vi" and environment("en").globals["lang"] == "en"
