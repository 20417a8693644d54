"""Sitemaps, list pages and older pages: what was published before we came, bounded by --since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.exchange import OK, Exchange
from crawlers.history import ends
from crawlers.lists import links_in
from crawlers.registry import ListPage
from pipelines.store import captures
from tests.loopback import (
    Answer,
    Site,
    office,
    source,
    state,
    urls,
)


def test_sitemaps_with_an_index_and_old_news_left_out_unless_asked_for(site: Site, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    rows = "".join(f"<url><loc>/bai-{day}</loc><lastmod>2026-11-{day}T07:00:00+07:00</lastmod></url>" for day in ("20", "19", "01"))
    site.routes["/map.xml"] = Answer(f"<sitemapindex><sitemap><loc>{site.url}/news-1.xml</loc></sitemap></sitemapindex>")
    site.routes["/news-1.xml"] = Answer(f"<urlset>{rows}</urlset>", headers={"Content-Type": "text/xml"})
    for day in ("20", "19", "01"):
        site.page(f"/bai-{day}", day)
    desk = office(tmp_path, source(site, (), sitemaps=(site.url + "/map.xml",)))
    assert desk.collect(now=start) == {"feeds": {}, "sitemaps": {"new": 1}, "pages": {"new": 2}}
    found = desk.collect(now=start + timedelta(minutes=1), since=datetime(2026, 10, 1, tzinfo=UTC))
    assert found["pages"] == {"new": 1}


def test_history_follows_the_older_pages_of_a_feed_and_the_dated_sitemaps(site: Site, tmp_path: Path) -> None:
    since = datetime(2026, 10, 1, tzinfo=UTC)
    for number in range(4):
        site.page(f"/bai-{number}", f"Bài {number}")
        link = f'<link rel="next" href="{site.url}/rss?trang={number + 1}"/>'
        day = f"2026-{11 - number:02}-05T00:00:00Z"
        site.routes["/rss" if not number else f"/rss?trang={number}"] = Answer(
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{link}<entry><title>Bài {number}</title>'
            f'<link href="{site.url}/bai-{number}"/><published>{day}</published></entry></feed>'
        )
    site.page("/cu", "Cũ")
    site.page("/xua", "Xưa")
    row = "<sitemap><loc>{0}/{1}.xml</loc><lastmod>{2}</lastmod></sitemap>"
    site.routes["/map.xml"] = Answer("<sitemapindex>" + row.format(site.url, "t10", "2026-10-31") + row.format(site.url, "t5", "2026-05-31") + "</sitemapindex>")
    site.routes["/t10.xml"] = Answer("<urlset><url><loc>/cu</loc><lastmod>2026-10-20</lastmod></url></urlset>")
    site.routes["/t5.xml"] = Answer("<urlset><url><loc>/xua</loc><lastmod>2026-05-20</lastmod></url></urlset>")
    desk = office(tmp_path, source(site, sitemaps=(site.url + "/map.xml",)))
    assert desk.collect(since=since)["pages"] == {"new": 3}, "November and October of the feed, October of the sitemap"
    assert site.seen.count("/rss?trang=3") == 0 and "/t5.xml" not in site.seen
    assert state(desk)["status"] == "ok", "old stories are no flood"


def test_a_list_gives_only_articles_of_its_own_outlet() -> None:
    page = ListPage(url="https://bao.example/moi", match=r"-\d{6}\.htm$")
    body = "".join(f'<a href="https://{host}/tin-{number}-12345{number}.htm">Tin</a>' for number, host in enumerate(("bao.example", "thethao.bao.example", "baokhac.example")))
    answer = Exchange(page.url, page.url, OK, "", body=body.encode())
    assert [item.url for item in links_in(answer, page, "https://www.bao.example/").items] == [
        "https://bao.example/tin-0-123450.htm", "https://thethao.bao.example/tin-1-123451.htm",
    ]  # fmt: skip


def test_archives_are_asked_for_history_only_and_dated_by_their_names(site: Site, tmp_path: Path) -> None:
    names = ("news-2026-11.xml", "sitemaps-2026-10-21-25.xml", "2026/9/article.xml", "categories.xml", "news-2026-13.xml")
    index = "".join(f"<sitemap><loc>{site.url}/{name}</loc></sitemap>" for name in names)
    site.routes["/kho.xml"] = Answer(f"<sitemapindex>{index}</sitemapindex>")
    for number, name in enumerate(names):
        site.routes[f"/{name}"] = Answer(f"<urlset><url><loc>/bai-{number}</loc><lastmod>2026-10-30</lastmod></url></urlset>")
        site.page(f"/bai-{number}", f"Bài {number}")
    site.feed("/rss", ["/moi"])
    site.page("/moi", "Mới")
    desk = office(tmp_path, source(site, archives=(site.url + "/kho.xml",)))
    desk.collect()
    assert "/kho.xml" not in site.seen
    desk.collect(since=datetime(2026, 10, 20, tzinfo=UTC))
    assert {f"/{name}" for name in names} & set(site.seen) == {"/news-2026-11.xml", "/sitemaps-2026-10-21-25.xml"}
    ended = [ends(f"https://a.example/{name}") for name in names]
    assert [moment and f"{moment:%d/%m/%Y}" for moment in ended] == ["01/12/2026", "26/10/2026", "01/10/2026", None, None]


def test_a_backup_list_is_read_when_every_other_way_failed(site: Site, tmp_path: Path) -> None:
    slug = "/xa-hoi/bien-phong-trao-tang-co-to-quoc-cho-ngu-dan-102260914184713458.htm"
    site.feed("/rss", ["/a"])
    site.page("/a", "A")
    site.page(slug, "Bài")
    site.routes["/moi"] = Answer(f'<h3><a href="{slug}">Trao cờ</a></h3>', headers={"Content-Type": "text/html; charset=utf-8"})
    page = ListPage(url=site.url + "/moi", when="backup")
    desk = office(tmp_path, source(site).model_copy(update={"lists": (page,)}))
    assert "lists" not in desk.collect() and "/moi" not in site.seen
    site.routes["/rss"] = Answer(status=410)
    assert desk.collect()["lists"] == {"new": 1} and len(urls(desk)) == 2
    assert state(desk)["status"] == "gone" and "1/2 địa chỉ lỗi" in state(desk)["reason"], "the dead feed is still said"
    with pytest.raises(ValueError, match="không có gì để thu"):
        source(site, (), ()).model_validate(source(site).model_dump() | {"feeds": (), "lists": (page,)})


def test_list_pages_give_the_articles_of_an_outlet_without_a_feed(site: Site, tmp_path: Path) -> None:
    slug = "/bien-phong-trao-tang-co-to-quoc-cho-ngu-dan-102260914184713458.htm"
    site.page(slug, "Bài")
    body = f'<a href="/chinh-tri">Chính trị</a><a href="{slug}"><img></a><h3><a href="{slug}?utm_source=x">Trao cờ</a></h3><a href="#">x</a>'
    site.routes["/moi"] = Answer(body, headers={"Content-Type": "text/html; charset=utf-8"})
    desk = office(tmp_path, source(site, (), ("/moi",)))
    assert desk.collect() == {"feeds": {}, "lists": {"new": 1}, "pages": {"new": 1}}
    with desk.store.read() as conn:
        hint = captures.hint(conn, captures.unread(conn)[0])
    assert hint is not None and hint.title == "Trao cờ" and hint.published is None
    site.routes["/moi"] = Answer("<p>Trang đổi giao diện</p>", headers={"Content-Type": "text/html"})
    assert desk.collect()["lists"] == {"empty": 1}
    assert "giao diện" in state(desk)["reason"]


def test_further_pages_of_a_list_are_read_for_history_only_and_end_by_themselves(site: Site, tmp_path: Path) -> None:
    def listing(*links: str) -> Answer:
        anchors = "".join(f'<a href="{link}">Tin dài {link}</a>' for link in links)
        return Answer(f"<html><body>{anchors}</body></html>", headers={"Content-Type": "text/html; charset=utf-8"})

    days = {1: "20261120", 2: "20261110", 3: "20261101", 4: "20261020", 5: "20261001"}
    for number, day in days.items():
        links = [f"/{day}/tin-{part}.html" for part in range(3)]
        site.routes["/thoi-su" if number == 1 else f"/thoi-su/trang-{number}"] = listing(*links)
        for link in links:
            site.page(link, link)
    page = ListPage(url=site.url + "/thoi-su", match=r"/\d{8}/tin-", older=site.url + "/thoi-su/trang-{n}")
    declared = source(site, (), ("/thoi-su",)).model_copy(update={"lists": (page,)})
    desk = office(tmp_path / "a", declared)
    desk.collect(now=datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert len(urls(desk)) == 3 and not any("trang-" in path for path in site.seen)
    desk.collect(now=datetime(2026, 11, 21, 9, tzinfo=UTC), since=datetime(2026, 11, 1, tzinfo=UTC))
    assert "/thoi-su/trang-4" in site.seen and "/thoi-su/trang-5" not in site.seen, "page 4 lies wholly before the date"
    assert len(urls(desk)) == 12
    site.routes["/thoi-su/trang-3"] = site.routes["/thoi-su"]
    site.seen.clear()
    office(tmp_path / "b", declared).collect(now=datetime(2026, 11, 21, 8, tzinfo=UTC), since=datetime(2026, 1, 1, tzinfo=UTC))
    assert "/thoi-su/trang-4" not in site.seen, "the first page again: there are no more"
    with pytest.raises(ValueError, match="đúng một"):
        ListPage(url=site.url, older=site.url + "/trang")
