"""More published between two polls than the feed holds: said, filled where there is another way, asked for more often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawlers.feeds import FeedItem
from crawlers.gaps import find_gap
from crawlers.registry import ListPage
from pipelines.store import feeds
from pipelines.store.rows import moment, stamp
from tests.loopback import Answer, Site, office, source, state, urls

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def feed(site: Site, first: int, last: int, more: str = "") -> Answer:
    """Serve the stories `first` to `last`, one every six minutes, newest first, as a feed; pages of all of them stand."""
    items = ""
    for number in range(last, first - 1, -1):
        site.page(f"/tin-{number}", f"Tin số {number}")
        when = NOW + number * HOUR / 10
        items += f"<item><title>Tin số {number}</title><link>{site.url}/tin-{number}</link><pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
    body = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Mẫu</title>{more}{items}</channel></rss>'
    return Answer(body, headers={"Content-Type": "application/rss+xml"})


def links(site: Site, first: int, last: int) -> Answer:
    rows = "".join(f'<h3><a href="/tin-{number}">Tin số {number}</a></h3>' for number in range(last, first - 1, -1))
    return Answer(f"<html><title>Mới</title>{rows}</html>", headers={"Content-Type": "text/html"})


def test_an_answer_without_a_known_item_is_said_until_it_overlaps_again_and_a_day_longer(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path, source(site, rhythm=180))
    site.routes["/rss"] = feed(site, -10, 0)
    desk.collect(now=NOW)
    assert state(desk)["status"] == "ok"
    site.routes["/rss"] = feed(site, 20, 30)
    desk.collect(now=NOW + 3 * HOUR)
    row = state(desk)
    assert row["status"] == "slow" and "có thể sót tin từ 08:00 21/11 đến 10:00 21/11" in row["reason"], row
    assert row["interval"] <= 1800
    site.routes["/rss"] = feed(site, 22, 32)
    desk.collect(now=NOW + 3.5 * HOUR)
    assert state(desk)["status"] == "slow"
    site.routes["/rss"] = feed(site, 290, 300)
    with desk.store.begin() as conn:
        feeds.save(conn, site.url + "/rss", "mau", missed_to=stamp(NOW - 30 * HOUR))
    site.routes["/rss"] = feed(site, 24, 34)
    desk.collect(now=NOW + 4 * HOUR)
    assert state(desk)["status"] == "ok"


def test_a_backup_list_fills_the_gap_in_the_same_round(site: Site, tmp_path: Path) -> None:
    spare = ListPage(url=site.url + "/moi", link="h3 a", match="/tin-", when="backup")
    declared = source(site, rhythm=180).model_copy(update={"lists": (spare,)})
    desk = office(tmp_path, declared)
    site.routes["/rss"] = feed(site, -10, 0)
    feed(site, 1, 30)
    site.routes["/moi"] = links(site, -5, 30)
    desk.collect(now=NOW)
    assert "/moi" not in site.seen
    site.routes["/rss"] = feed(site, 25, 30)
    desk.collect(now=NOW + 3 * HOUR)
    assert {f"{site.url}/tin-{number}" for number in range(-10, 31)} == set(urls(desk))
    row = state(desk)
    assert row["status"] == "slow" and "đã lấy bù" in row["reason"]
    site.routes["/rss"] = feed(site, 26, 31)
    desk.collect(now=NOW + 3.5 * HOUR)
    assert state(desk)["status"] == "ok"


def test_the_archive_of_the_outlet_fills_the_gap_in_the_same_round(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path, source(site, rhythm=180, archives=(site.url + "/kho.xml",)))
    site.routes["/rss"] = feed(site, -10, 0)
    feed(site, 1, 30)
    rows = "".join(f"<url><loc>{site.url}/tin-{n}</loc><lastmod>{NOW + n * HOUR / 10:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>" for n in range(-40, 31))
    site.routes["/kho.xml"] = Answer(f"<urlset>{rows}</urlset>", headers={"Content-Type": "application/xml"})
    desk.collect(now=NOW)
    assert "/kho.xml" not in site.seen, "an archive is not asked without need"
    site.routes["/rss"] = feed(site, 25, 30)
    counts = desk.collect(now=NOW + 3 * HOUR)
    assert counts["sitemaps"] == {"new": 1} and counts["pages"]["new"] == 30, counts
    assert {f"{site.url}/tin-{number}" for number in range(-10, 31)} == set(urls(desk)), "what came between, and nothing older"
    assert "đã lấy bù" in state(desk)["reason"]
    site.routes["/rss"] = feed(site, 26, 31)
    assert "sitemaps" not in desk.collect(now=NOW + 3.5 * HOUR) and state(desk)["status"] == "ok"


def test_the_older_pages_of_the_feed_itself_fill_it_without_a_word(site: Site, tmp_path: Path) -> None:
    desk = office(tmp_path, source(site))
    site.routes["/rss"] = feed(site, -10, 0)
    desk.collect(now=NOW)
    older = f'<atom:link rel="next" href="{site.url}/rss2"/>'
    site.routes["/rss2"] = feed(site, -2, 24)
    site.routes["/rss"] = feed(site, 25, 30, older)
    desk.collect(now=NOW + 3 * HOUR)
    assert len(urls(desk)) == 41 and state(desk)["status"] == "ok", state(desk)


def test_one_pinned_item_hides_no_gap_and_one_shared_newest_item_is_none() -> None:
    state = {"checked": stamp(NOW), "item_count": 10, "newest": stamp(NOW - HOUR)}
    fresh = [FeedItem(f"http://a.example/{n}", "t", "", NOW + n * HOUR / 10, 0.9) for n in range(10)]
    pinned = FeedItem("http://a.example/ghim", "t", "", NOW - 90 * HOUR, 0.9)
    later = NOW + 2 * HOUR
    gap = find_gap(state, [pinned, *fresh], {pinned.url}, later)
    assert gap is not None and gap.begin == NOW - HOUR and gap.end == NOW
    assert find_gap(state, [*fresh, replace(pinned, published=NOW - HOUR)], {pinned.url}, later) is None
    assert find_gap(state, [*fresh, replace(pinned, published=None)], {pinned.url}, later) is None
    assert find_gap(state, fresh, {item.url for item in fresh[:3]}, later) is None
    assert find_gap({**state, "item_count": 0}, fresh, (), later) is None
    assert find_gap(state, fresh, (), moment(stamp(NOW)) or NOW) is None
