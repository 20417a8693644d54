"""Collecting over real HTTP on loopback: every feed and page ends in one named outcome, no story is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.collect import collect
from crawlers.health import own_outage
from crawlers.health_report import report
from crawlers.warc import read_body
from pipelines.errors import UsageError
from pipelines.store import captures, feeds, frontier
from pipelines.store import schema as tables
from pipelines.store.frontier import Found
from tests.loopback import Answer, Office, Site, by_step, office, rss, serve, source, truthful


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


def urls(desk: Office) -> list[str]:
    with desk.store.read() as conn:
        return sorted(capture.url for capture in captures.unread(conn))


def state(desk: Office, name: str = "mau") -> dict[str, Any]:
    with desk.store.read() as conn:
        return feeds.source_state(conn, name) or {}


def publish(site: Site, count: int, path: str = "/rss", etag: str | None = None) -> list[str]:
    links = [f"/bai-{number}.html" for number in range(count)]
    for link in links:
        site.page(link, f"Bài {link}")
    site.feed(path, links, etag=etag)
    return links


def test_from_a_feed_to_captures_and_nothing_twice(site: Site, tmp_path: Path) -> None:
    links = publish(site, 5)
    desk = office(tmp_path, source(site))
    assert desk.collect() == {"feeds": {"new": 1}, "pages": {"new": 5}}
    assert urls(desk) == [site.url + link for link in links]
    assert desk.collect() == {"feeds": {"unchanged": 1}, "pages": {}}
    assert len(urls(desk)) == 5
    with desk.store.read() as conn:
        capture = captures.unread(conn)[0]
        hint = captures.hint(conn, capture)
    assert hint is not None and hint.title == "Tin /bai-0.html" and hint.date_origin == "feed"
    assert hint.published == datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
    assert state(desk)["status"] == "ok"


def test_a_truthful_304_is_verified_then_trusted(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    desk = office(tmp_path, source(site))
    for _ in range(4):
        desk.collect()
    with desk.store.read() as conn:
        row = feeds.state(conn, site.url + "/rss")
    assert row["trust"] >= 0.8
    before = len(site.seen)
    desk.collect()
    asked = [path for path in site.seen[before:] if path == "/rss"]
    assert asked == ["/rss"], "once trusted, one conditional request and no full one"


def test_an_outlet_that_lies_with_304_loses_no_story(site: Site, tmp_path: Path) -> None:
    publish(site, 2, etag='"khong-doi"')
    desk = office(tmp_path, source(site))
    desk.collect()
    publish(site, 4, etag='"khong-doi"')
    assert desk.collect() == {"feeds": {"lied": 1}, "pages": {"new": 2}}
    assert state(desk)["status"] == "lying"
    publish(site, 6, etag='"khong-doi"')
    assert desk.collect() == {"feeds": {"new": 1}, "pages": {"new": 2}}
    assert not [seen for seen in site.requests[-4:] if seen["path"] == "/rss" and "if-none-match" in seen]
    assert len(urls(desk)) == 6


def test_a_lie_told_after_trust_was_earned_is_found_by_the_periodic_probe(site: Site, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    publish(site, 2, etag='"khong-doi"')
    desk = office(tmp_path, source(site))
    for minutes in range(5):
        desk.collect(now=start + timedelta(minutes=minutes))
    publish(site, 3, etag='"khong-doi"')
    assert desk.collect(now=start + timedelta(minutes=30))["feeds"] == {"unchanged": 1}
    found = desk.collect(now=start + timedelta(hours=7))
    assert found["feeds"] == {"lied": 1} and found["pages"]["new"] == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "status"),
    [
        (Answer(status=410), "gone", "gone"),
        (Answer(status=404), "gone", "gone"),
        (Answer(status=403), "http-error", "blocked"),
        (Answer(status=500), "http-error", "failing"),
        (Answer(status=429, headers={"Retry-After": "7200"}), "throttled", "blocked"),
        (Answer("<!DOCTYPE html><html><p>Trang chủ</p></html>", headers={"Content-Type": "text/html"}), "not-a-feed", "not a feed"),
        (Answer(rss("", []), headers={"Content-Type": "text/xml"}), "empty", "empty"),
        (Answer(b"x" * 200_000), "too-large", "failing"),
        (Answer(status=302, headers={"Location": "http://169.254.169.254/"}), "refused by guard", "blocked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_misery_of_a_feed_has_a_name_and_a_reason(
    site: Site, tmp_path: Path, answer: Answer, outcome: str, status: str
) -> None:
    site.routes["/rss"] = answer
    desk = office(tmp_path, source(site), max_bytes=100_000)
    assert desk.collect() == {"feeds": {outcome: 1}, "pages": {}}
    found = state(desk)
    assert found["status"] == status and found["reason"]
    if outcome == "throttled":
        assert found["interval"] >= 7200


def test_a_304_that_nobody_asked_for_is_not_believed(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"])
    site.routes["/a"] = Answer(status=304)
    desk = office(tmp_path, source(site))
    assert desk.collect()["pages"] == {"http-error": 1}
    site.page("/a", "Bài")
    assert desk.collect(now=datetime.now(UTC) + timedelta(hours=1))["pages"] == {"new": 1}


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


def test_time_that_is_up_defers_and_loses_nothing(site: Site, tmp_path: Path) -> None:
    publish(site, 4)
    desk = office(tmp_path, source(site, delay=0.3))
    first = desk.collect(budget=1.0)["pages"]
    assert first["deferred"] >= 1 and sum(first.values()) == 4
    assert sum(desk.collect()["pages"].values()) == first["deferred"]
    assert len(urls(desk)) == 4


def test_a_feed_that_moved_is_read_at_its_new_place_and_said_so(site: Site, tmp_path: Path) -> None:
    publish(site, 2, "/feed-moi")
    site.routes["/rss"] = Answer(status=301, headers={"Location": "/feed-moi"})
    desk = office(tmp_path, source(site))
    assert desk.collect() == {"feeds": {"moved": 1}, "pages": {"new": 2}}
    with desk.store.read() as conn:
        assert feeds.state(conn, site.url + "/rss")["moved_to"] == site.url + "/feed-moi"
    assert state(desk)["status"] == "moved" and "/feed-moi" in state(desk)["reason"]


def test_every_page_ends_in_exactly_one_outcome(site: Site, tmp_path: Path) -> None:
    site.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /cam\n")
    site.page("/tot", "Tốt")
    site.routes["/cu"] = Answer(status=301, headers={"Location": "/tot"})
    site.routes["/mat"] = Answer(status=410)
    site.routes["/ve-nha"] = Answer(status=302, headers={"Location": "/"})
    site.page("/", "Trang chủ")
    site.routes["/lon"] = Answer(b"x" * 200_000, headers={"Content-Type": "text/html"})
    site.routes["/pdf"] = Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"})
    site.routes["/hong"] = Answer(status=502)
    site.routes["/rong"] = Answer("", headers={"Content-Type": "text/html"})
    links = ["/tot", "/cu", "/mat", "/ve-nha", "/lon", "/pdf", "/hong", "/rong", "/cam/1"]
    site.feed("/rss", links)
    desk = office(tmp_path, source(site), max_bytes=100_000)
    assert desk.collect()["pages"] == {
        "new": 2, "gone": 2, "too-large": 1, "not-a-page": 1, "http-error": 2, "refused by robots": 1,
    }  # fmt: skip
    with desk.store.read() as conn:
        assert frontier.counts(conn) == {"done": 2, "dead": 1, "pending": 6}
        # Only what is no page is given up at once; the rest may pass with the next repair of the site.
        reasons = conn.execute(select(tables.frontier.c.reason).where(tables.frontier.c.state != "done")).scalars().all()
        moved = [capture for capture in captures.unread(conn) if capture.url.endswith("/cu")][0]
    assert all(reasons) and moved.final_url == site.url + "/tot"


def test_a_page_that_failed_is_tried_again_later_and_then_taken(site: Site, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    site.feed("/rss", ["/a"])
    site.routes["/a"] = Answer(status=500)
    desk = office(tmp_path, source(site))
    assert desk.collect(now=start)["pages"] == {"http-error": 1}
    assert desk.collect(now=start + timedelta(minutes=1))["pages"] == {}
    site.page("/a", "Bài")
    assert desk.collect(now=start + timedelta(minutes=6))["pages"] == {"new": 1}


def test_an_edited_article_is_captured_again(site: Site, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    site.feed("/rss", ["/a"])
    site.page("/a", "Mốc 92")
    desk = office(tmp_path, source(site))
    desk.collect(now=start)
    assert desk.collect(now=start + timedelta(hours=2))["pages"] == {"unchanged": 1}
    site.page("/a", "Mốc 93 (sửa)")
    assert desk.collect(now=start + timedelta(hours=7))["pages"] == {"new": 1}
    assert urls(desk) == [site.url + "/a"] * 2


def test_a_changed_headline_in_the_feed_sends_us_there_at_once(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"])
    site.page("/a", "Mốc 92")
    desk = office(tmp_path, source(site))
    desk.collect()
    site.page("/a", "Mốc 93")
    site.routes["/rss"] = truthful(rss(site.url, ["/a"]).replace("Tin /a", "Tin /a (sửa)"), "text/xml")
    assert desk.collect()["pages"] == {"new": 1}


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


def test_single_addresses(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    site.page("/rieng", "Riêng")
    desk = office(tmp_path, source(site))
    assert desk.collect(urls=[site.url + "/rieng"]) == {"feeds": {}, "pages": {"new": 1}}
    with desk.store.read() as conn:
        assert captures.unread(conn)[0].source == "mau", "an address of a known outlet belongs to it"
    assert desk.collect(urls=[site.url + "/rieng"])["pages"] == {"unchanged": 1}, "asked for again by hand: looked at again"
    with pytest.raises(UsageError, match="không phải địa chỉ"):
        desk.collect(urls=["ftp://x"])
    with pytest.raises(UsageError, match="không có"):
        desk.collect(sources=["ai-do"])


def test_summaries_behind_a_paywall_are_kept_without_fetching_pages(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    desk = office(tmp_path, source(site, pages=False))
    assert desk.collect()["pages"] == {"new": 2}
    assert [path for path in site.seen if path.startswith("/bai")] == []
    with desk.store.read() as conn:
        capture = captures.unread(conn)[0]
    assert b"Tin /bai-" in read_body(desk.settings, capture)[1]


def test_two_sources_that_name_one_address_capture_it_once(site: Site, tmp_path: Path) -> None:
    publish(site, 3)
    publish(site, 3, "/rss2")
    desk = office(tmp_path, source(site), source(site, ("/rss2",), name="hai"))
    found = desk.collect()
    assert found["pages"] == {"new": 3} and sorted(found["feeds"]) == ["new", "same"]


def test_it_works_inside_of_a_running_event_loop_and_in_threads(site: Site, tmp_path: Path) -> None:
    """As in a Prefect task: no reactor is installed, any number of runs per process."""
    publish(site, 3)
    desk = office(tmp_path, source(site))

    async def task() -> dict[str, dict[str, int]]:
        direct = by_step(collect(desk.settings, desk.store, desk.registry))
        await asyncio.to_thread(collect, desk.settings, desk.store, desk.registry)
        return direct

    assert asyncio.run(task())["pages"] == {"new": 3}
    assert len(urls(desk)) == 3


def test_an_outage_of_our_own_marks_no_source(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import socket

    async def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    from crawlers.registry import Source

    sources = [
        Source(id=f"bao-{n}", name="Báo", home=f"http://bao{n}.example/", owner_class="portal", feeds=(f"http://bao{n}.example/rss",))
        for n in range(4)
    ]
    desk = office(tmp_path, *sources)
    assert desk.collect(resolver=nothing)["feeds"] == {"unreachable": 4}
    with desk.store.read() as conn:
        rows = feeds.source_rows(conn)
    assert len(rows) == 4
    for row in rows.values():
        # Asked, and the fault is ours: neither a fault of the source nor a false "ok".
        assert row["status"] == "offline" and not row["failures"] and row["last_success"] is None
        assert row["reason"].startswith("mạng của ta không tới được nguồn nào: không phân giải được tên miền")
        assert row["last_attempt"] < row["next_poll"]
    assert "mạng của ta" in caplog.text
    seen = report(desk.store, list(desk.registry), datetime.now(UTC))
    assert {row["status_vi"] for row in seen} == {"mạng của ta hỏng"}
    assert desk.collect(resolver=nothing, sources=["bao-1"])["feeds"] == {"unreachable": 1}
    assert state(desk, "bao-1")["status"] == "unreachable", "one source alone: it may well be the source"
    assert not own_outage([])


@pytest.mark.postgresql
def test_the_same_on_a_real_postgresql(site: Site, tmp_path: Path, fresh_database: str) -> None:
    publish(site, 5)
    desk = office(tmp_path, source(site), database_url=fresh_database)
    assert desk.collect() == {"feeds": {"new": 1}, "pages": {"new": 5}}
    assert desk.collect() == {"feeds": {"unchanged": 1}, "pages": {}}
    site.routes["/rss"] = truthful(rss(site.url, ["/bai-0.html", "/moi"]).replace("Tin /bai-0", "Sửa /bai-0"), "text/xml")
    site.page("/moi", "Mới")
    site.page("/bai-0.html", "Sửa")
    assert desk.collect() == {"feeds": {"new": 1}, "pages": {"new": 2}}
    assert len(urls(desk)) == 7
    desk.store.close()


def test_only_what_is_due_is_polled(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    desk = office(tmp_path, source(site))
    assert desk.collect(now=start, only_due=True)["feeds"] == {"new": 1}
    assert desk.collect(now=start + timedelta(minutes=1), only_due=True)["feeds"] == {}
    assert desk.collect(now=start + timedelta(days=2), only_due=True)["feeds"] == {"unchanged": 1}


def test_a_source_that_dries_up_is_reported_after_a_day(site: Site, tmp_path: Path) -> None:
    """Ten stories a day for two weeks, then none: the alarm comes on the next day, with numbers."""
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    desk = office(tmp_path, source(site))
    for day in range(14):
        site.feed("/rss", [f"/ngay-{day}-{number}" for number in range(10)])
        with desk.store.begin() as conn:
            stories = [Found(f"http://mau.example/{day}-{number}", "mau", "mau.example") for number in range(10)]
            frontier.add(conn, stories, start + timedelta(days=day))
            conn.execute(tables.frontier.update().values(state=frontier.DONE))
    site.feed("/rss", ["/ngay-13-0"])
    desk.collect(now=start + timedelta(days=13, hours=2))
    desk.collect(now=start + timedelta(days=15))
    found = state(desk)
    assert found["status"] == "drying" and "bình thường 9 tin" in found["reason"]


def test_politeness_holds_unless_a_source_is_private(site: Site) -> None:
    private = source(site)
    assert private.rules(5.0).delay == 0
    with pytest.raises(ValueError, match="allow_private"):
        source(site, allow_private=False)
    public = source(site, allow_private=False, delay=9)
    assert public.rules(5.0).delay == 9 and source(site, delay=None).rules(5.0).delay == 5


def test_an_article_that_goes_back_to_what_it_was_is_captured_as_a_revision(site: Site, tmp_path: Path) -> None:
    """A, B, and A again: three captures; A a second time in a row is one."""
    desk = office(tmp_path, source(site))
    seen = []
    for text in ("Mốc 92", "Mốc 93", "Mốc 92", "Mốc 92", "Mốc 93", "Mốc 92"):
        site.page("/a", text)
        seen.append(desk.collect(urls=[site.url + "/a"])["pages"])
    assert [next(iter(found)) for found in seen] == ["new", "new", "new", "unchanged", "new", "new"]
    assert len(urls(desk)) == 5
    with desk.store.read() as conn:
        ids = [capture.id for capture in captures.unread(conn)]
    assert len(set(ids)) == 5


def test_robots_txt_is_kept_for_a_day_and_longer_only_while_it_fails(site: Site, tmp_path: Path) -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    publish(site, 1)
    site.routes["/robots.txt"] = Answer("# hỏi nguoi@bao.example\nUser-agent: *\nDisallow: /cam\n")
    desk = office(tmp_path, source(site))
    desk.collect(now=start)
    desk.collect(now=start + timedelta(hours=23))
    assert site.seen.count("/robots.txt") == 1
    with desk.store.read() as conn:
        assert "@" not in conn.execute(select(tables.robots.c.rules)).scalar_one(), "comments may name people"
    site.routes["/robots.txt"] = Answer(status=500)
    assert desk.collect(now=start + timedelta(hours=25))["feeds"] != {"http-error": 1}, "the kept copy holds"
    assert state(desk)["status"] == "failing" and "bản lưu ngày 21/11" in state(desk)["reason"]
    assert desk.collect(urls=[site.url + "/cam/1"], now=start + timedelta(hours=26))["pages"] == {"refused by robots": 1}
    assert desk.collect(now=start + timedelta(days=8))["feeds"] == {"http-error": 1}, "a week old, it is nobody's word"
    assert state(desk)["status"] == "blocked by robots"


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
