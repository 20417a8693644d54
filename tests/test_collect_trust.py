"""A 304 and a robots.txt are believed only as far as they have been verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from pipelines.store import feeds
from pipelines.store import schema as tables
from tests.loopback import (
    Answer,
    Site,
    office,
    publish,
    source,
    state,
    urls,
)


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


def test_a_304_that_nobody_asked_for_is_not_believed(site: Site, tmp_path: Path) -> None:
    site.feed("/rss", ["/a"])
    site.routes["/a"] = Answer(status=304)
    desk = office(tmp_path, source(site))
    assert desk.collect()["pages"] == {"http-error": 1}
    site.page("/a", "Bài")
    assert desk.collect(now=datetime.now(UTC) + timedelta(hours=1))["pages"] == {"new": 1}


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
