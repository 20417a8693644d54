"""What several pages together tell, and where an outlet's articles lie: no strange page is filed under its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.alike import doubtful, nowhere_named, strangers
from crawlers.belongs import own_sites, sent_off
from crawlers.feeds import parse_feed
from crawlers.look import look
from crawlers.registry import Source
from pipelines.store import feeds, frontier, page_marks
from pipelines.store.frontier import Found
from pipelines.store.page_marks import Shown
from tests.loopback import FILLER, Site, office, rss, source, state, truthful, urls

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LONG = "".join(f"<p>Thư viện tỉnh mở cửa trở lại với hàng nghìn đầu sách mới, bạn đọc đến từ sớm, đoạn {n}.</p>" for n in range(30))


def seen(title: str, heading: str, headline: str, text: str = LONG) -> Any:
    page = f"<html lang=vi><title>{title}</title><h1>{heading}</h1>{text}</html>".encode()
    return look(page, "https://bao.vn/a", "https://bao.vn/a", "text/html", headline)


def shown(number: int, *, headline: str = "tin", title: str = "", text: str = "", sent: str = "", named: bool | None = False) -> Shown:
    return Shown(f"https://bao.vn/{number}", f"{headline} {number}" if headline else "", title, text, sent, named)


@pytest.mark.parametrize(
    ("title", "heading", "kind"),
    [
        ("Just a moment...", "Xác minh bạn là con người", "captcha"),
        ("Đăng nhập", "Vui lòng đăng nhập để đọc tiếp", "login"),
        ("Báo Mẫu", "Rất tiếc, nội dung bạn tìm hiện chưa sẵn sàng", "soft-404"),
    ],
)
def test_a_wall_on_a_long_page_is_a_wall_unless_it_carries_the_headline(title: str, heading: str, kind: str) -> None:
    found = seen(title, heading, "Bộ đội biên phòng tuần tra cột mốc 1116")
    assert (found.kind, found.wrong) == (kind, True)
    assert not seen(title, heading, heading).wrong, "an article about walls"
    assert not seen(title, heading, "").wrong, "nobody named a headline"
    assert not seen(title, heading, "B? ??i biên ph?ng tu?n tra").wrong, "a garbled headline says nothing"
    assert not seen(title, heading, "tuan-tra-cot-moc-1116-20260307.htm").wrong, "nor does the name of a file"
    teaser = "Giá lúa ở các xã ven sông tiếp tục giảm, xuống mức thấp nhất từ đầu năm, theo thương lái. Tuy nhiên, nhiều hộ vẫn chưa muốn bán."
    assert not seen(title, heading, teaser).wrong, "nor a teaser of whole sentences in its place"
    told = "<p>Sáng nay, bộ đội biên phòng tuần tra cột mốc 1116 cùng dân quân.</p>"
    assert not seen(title, heading, "Bộ đội biên phòng tuần tra cột mốc 1116", LONG + told).wrong, "it stands in the text"


def test_one_page_for_three_articles_is_no_article() -> None:
    same = [shown(n, title="t", text="x") for n in range(3)]
    assert set(strangers(same)) == {page.url for page in same}
    assert strangers(same[:2]) == {}, "two may be one story under two addresses"
    assert strangers([shown(n, title="t", text="x", named=True) for n in range(5)]) == {}, "each carries its headline"
    assert strangers([shown(n, title=f"t{n}", text="x", named=None, headline="") for n in range(5)]) == {}, "one box, many titles"
    assert strangers([shown(n, title="t", text=f"x{n}", named=None, headline="") for n in range(5)]) == {}, "the outlet's name on all"
    assert len(strangers([shown(n, title="t", text=f"x{n}") for n in range(4)])) == 4, "one title, and no headline anywhere"
    assert len(strangers([shown(n, title=f"t{n}", sent="s", named=None, headline="") for n in range(3)])) == 3, "all sent to one address"
    assert nowhere_named([shown(n) for n in range(3)]) and not nowhere_named([shown(1), shown(2), shown(3, named=True)])
    assert not nowhere_named([shown(n, named=None) for n in range(9)])


def test_a_feed_whose_items_lead_to_one_address_names_no_article() -> None:
    def feed(*links: str) -> bytes:
        items = "".join(f"<item><title>Tin {n}</title><link>{link}</link></item>" for n, link in enumerate(links))
        return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()

    now = datetime(2026, 11, 21, tzinfo=UTC)
    for links in (["https://bao.vn/"] * 3, ["https://bao.vn/moi.html"] * 2, ["https://bao.vn/", "https://bao.vn/index.html"]):
        found = parse_feed(feed(*links), "https://bao.vn/rss", now)
        assert found.failed and not found.items and "một địa chỉ" in found.problem
    assert len(parse_feed(feed("https://bao.vn/", "https://bao.vn/a.html"), "https://bao.vn/rss", now).items) == 2
    assert not parse_feed(feed("https://bao.vn/a.html"), "https://bao.vn/rss", now).failed


def test_hosts_that_are_declared_belong_to_the_outlet() -> None:
    bao = Source(id="bao", name="Báo", home="https://bao.vn/", owner_class="portal", feeds=("https://rss.bao-feed.vn/x",), hosts=("bao-moi.vn",))
    assert own_sites(bao) == {"bao.vn", "bao-feed.vn", "bao-moi.vn"}
    assert sent_off(bao, "https://bao.vn/a", "https://khac.vn/a") and not sent_off(bao, "https://m.bao.vn/a", "https://bao-moi.vn/a")
    assert not sent_off(bao, "https://khac.vn/a", "https://khac.vn/a"), "not sent: the feed itself named it"


def test_new_items_elsewhere_wait_until_the_host_is_declared_or_the_feed_lives(site: Site, tmp_path: Path) -> None:
    elsewhere = [f"https://khac.vn/tin-{n}.html" for n in range(4)]
    site.routes["/rss"] = truthful(rss("", elsewhere), "application/rss+xml")
    desk = office(tmp_path, source(site))
    desk.collect(now=NOW)
    desk.collect(now=NOW + timedelta(hours=2))
    with desk.store.read() as conn:
        state = feeds.source_state(conn, "mau") or {}
        assert state["status"] == "moved" and "khac.vn" in state["reason"]
        assert frontier.unknown(conn, elsewhere) == set(elsewhere), "nothing of it is taken"


def test_pages_sent_back_are_asked_for_in_full(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path, source(site))
    with desk.store.begin() as conn:
        frontier.add(conn, [Found("https://bao.vn/1", "mau", "bao.vn", "Tin 1")], NOW)
        item = frontier.named(conn, ["https://bao.vn/1"])[0]
        frontier.done(conn, [frontier.Fetched(item, "new", '"tag"', None)], NOW)
        page_marks.save(conn, [Shown("https://bao.vn/1", "Tin 1", "t", "x", "", False)])
        assert page_marks.newest(conn, "mau", NOW, 5) == [Shown("https://bao.vn/1", "Tin 1", "t", "x", "", False)]
        page_marks.reopen(conn, ["https://bao.vn/1"], "wrong-page", "vì sao", NOW)
        again = frontier.named(conn, ["https://bao.vn/1"])[0]
    assert not again.again and again.etag is None


def test_pages_that_declare_one_address_are_said() -> None:
    from crawlers.judging import Known, status_of
    from tests.test_health import poll

    assert status_of([poll("same")], [], Known(shared=3), NOW)[0] == "unstable"
    assert status_of([poll("same")], [], Known(shared=2), NOW)[0] == "ok"


def test_stories_that_are_all_seven_hours_old_when_found_are_remarked(site: Site, tmp_path: Path) -> None:
    from crawlers.judging import known_of, status_of
    from tests.test_health import poll

    desk = office(tmp_path, source(site))
    for slip, said in ((7, True), (0, False)):
        with desk.store.begin() as conn:
            for n in range(12):
                at = NOW + timedelta(days=10 * slip, hours=n)
                story = Found(f"https://bao.vn/{slip}-{n}", "mau", "bao.vn", "", "", at - timedelta(hours=slip, minutes=n), "feed")
                frontier.add(conn, [story], at)
            known = known_of(conn, source(site), NOW + timedelta(days=10 * slip, hours=12))
        found = status_of([poll("same")], [], known, NOW)
        assert found[0] == "ok" and ("sai múi giờ" in found[1]) == said


def test_a_page_without_its_headline_is_taken_at_the_second_look_only_and_not_where_it_has_a_twin() -> None:
    told = "Bộ đội tuần tra cột mốc"
    one, other = shown(1, headline=told, title="t", text="x"), shown(2, headline=told, title="t", text="x")
    assert doubtful(one, None, [one]) and not doubtful(one, one, [one]), "headlines are rewritten"
    assert doubtful(one, one, [one, other]) and not doubtful(one, one, [one, replace(other, named=True)])
    assert doubtful(one, replace(one, named=True), [one]), "an article that was itself at the last look"
    assert not any(doubtful(page, None, []) for page in (replace(one, named=True), replace(one, named=None), replace(one, headline="Tin vắn")))


WALL = f"<html><title>Báo Mẫu</title><h1>Mời quý vị chờ trong giây lát</h1>{FILLER}</html>"


def test_the_first_pages_of_a_wall_in_unknown_words_are_no_articles(site: Site, tmp_path: Path) -> None:
    """Until 2026-11-21 the first two stood as articles until the third gave them away, and were mended as "edited"."""
    good = {f"/tin-{n}": f"Tin số {n} về chợ phiên ngày {n}" for n in range(4)}

    def publish(count: int) -> None:
        items = "".join(f"<item><title>{title}</title><link>{site.url}{path}</link></item>" for path, title in list(good.items())[:count])
        site.routes["/rss"] = truthful(f"<rss version='2.0'><channel>{items}</channel></rss>", "application/rss+xml")

    for path in good:
        site.routes[path] = truthful(WALL, "text/html")
    desk = office(tmp_path, source(site))
    for count in (2, 4):
        publish(count)
        for minutes in (0, 6):
            assert "new" not in desk.collect(now=NOW + timedelta(hours=count, minutes=minutes)).get("pages", {})
    assert urls(desk) == [] and state(desk)["status"] == "wrong page"
    for path, title in good.items():
        site.page(path, title)
    desk.collect(now=NOW + timedelta(days=1))
    assert urls(desk) == [site.url + path for path in good]


def test_a_rewritten_headline_costs_minutes_and_loses_no_story_and_no_edit(site: Site, tmp_path: Path) -> None:
    items = f"<item><title>Mùa gặt đến sớm ở vùng cao</title><link>{site.url}/a</link></item>"
    site.routes["/rss"] = truthful(f"<rss version='2.0'><channel>{items}</channel></rss>", "application/rss+xml")
    site.page("/a", "Nông dân phấn khởi")
    desk = office(tmp_path, source(site))
    assert desk.collect(now=NOW)["pages"] == {"wrong-page": 1}
    assert desk.collect(now=NOW + timedelta(minutes=6))["pages"] == {"new": 1}
    site.page("/a", "Lúa được mùa, giá xuống")
    assert desk.collect(now=NOW + timedelta(hours=73))["pages"] == {"new": 1}, "seen without its headline before: no new doubt"


def test_an_edit_under_another_headline_is_taken_five_minutes_later(site: Site, tmp_path: Path) -> None:
    items = f"<item><title>Mùa gặt đến sớm ở vùng cao</title><link>{site.url}/a</link></item>"
    site.routes["/rss"] = truthful(f"<rss version='2.0'><channel>{items}</channel></rss>", "application/rss+xml")
    site.page("/a", "Mùa gặt đến sớm ở vùng cao")
    desk = office(tmp_path, source(site))
    assert desk.collect(now=NOW)["pages"] == {"new": 1}
    site.page("/a", "Nhan đề khác hẳn")
    last = NOW + timedelta(hours=73)
    assert desk.collect(now=last)["pages"] == {"wrong-page": 1}
    assert desk.collect(now=last + timedelta(minutes=6))["pages"] == {"new": 1}, "after the last regular look, too"
