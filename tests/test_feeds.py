"""Feeds as outlets really send them: nothing refused for its form, every date read, no person taken over."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.feeds import FeedItem, parse_feed
from crawlers.sitemaps import parse_sitemap

NOW = datetime(2026, 9, 25, tzinfo=UTC)
URL = "https://example.org/feed.xml"

# Written down by hand from the files: what each feed says, on the wall clock of Hà Nội.
DATES = {
    "baochinhphu_us-mdy-cdata-link.rss": ["2026-09-14 18:44:00", "2026-09-13 20:01:00"],
    "nhandan_offset-with-colon.rss": ["2026-09-14 18:48:23", "2026-09-14 18:31:08"],
    "sggp_html-in-description_two-image-elements.rss": ["2026-09-23 17:02:29"],
    "thanhnien_2-digit-year.rss": ["2026-09-14 09:13:00", "2026-09-14 09:10:00"],
    "tuoitre_2026-09-14_rfc822.rss": ["2026-09-14 07:37:00", "2026-09-14 01:22:00"],
    "tuoitre_2026-09-16_us-mdy-ampm.rss": ["2026-09-16 10:30:00", "2026-09-16 22:17:00"],
    "vietnamnet_2026-08-09_double-escaped-apos.xml": ["2026-08-09 16:50:55"],
    "vietnamnet_untrimmed-items_raw-ampersand-in-cdata.rss": ["2026-09-24 09:13:34"],
    "vietnamplus_offset-with-colon.rss": ["2026-09-14 19:44:41", "2026-09-14 19:37:48"],
    "vnexpress_relative-link-utm_spaces-in-title.rss": ["2026-09-14 09:43:55", "2026-09-14 08:54:44", "2026-09-14 00:03:00"],
    "vov_plain.rss": ["2026-09-14 19:42:39", "2026-09-14 18:43:55"],
    "vtv_offset-hours-only.rss": ["2026-09-14 19:46:22", "2026-09-14 15:32:00"],
}


@pytest.mark.shared_data
def test_every_real_feed_ends_in_a_counted_outcome(shared_data: Path) -> None:
    outcomes: Counter[str] = Counter()
    files = [path for path in sorted((shared_data / "feeds").rglob("*")) if path.is_file()]
    for path in files:
        outcomes[parse_feed(path.read_bytes(), URL, NOW).outcome] += 1
    assert sum(outcomes.values()) == len(files) == 325
    # Only the one empty document is no feed; the small files of feedparser's suite have items without addresses.
    assert outcomes == {"feed": outcomes["feed"], "empty": outcomes["empty"], "not-a-feed": 1}
    assert outcomes["feed"] >= 60


@pytest.mark.shared_data
@pytest.mark.parametrize("name", DATES)
def test_dates_of_september_2026_are_all_right(shared_data: Path, name: str) -> None:
    body = (shared_data / "feeds" / "trimmed-2026-09" / name).read_bytes()
    found = [item.published for item in parse_feed(body, URL, NOW).items]
    assert [f"{when:%Y-%m-%d %H:%M:%S}" for when in found if when] == DATES[name]
    assert all(when is not None and when.utcoffset().total_seconds() == 7 * 3600 for when in found)  # type: ignore[union-attr]


@pytest.mark.shared_data
def test_quirks_of_real_feeds_are_cleaned(shared_data: Path) -> None:
    def items(name: str, url: str = URL) -> tuple[FeedItem, ...]:
        return parse_feed((shared_data / "feeds" / "trimmed-2026-09" / name).read_bytes(), url, NOW).items

    relative = items("vnexpress_relative-link-utm_spaces-in-title.rss", "https://vnexpress.net/rss/kinh-doanh.rss")
    assert relative[2].url == "https://vnexpress.net/gia-vang-duoc-du-bao-tang-tro-lai-vao-cuoi-nam-5119580.html"
    assert "  " not in relative[1].title and relative[1].title == relative[1].title.strip()
    assert "'Đất Bắc'" in items("vietnamnet_2026-08-09_double-escaped-apos.xml")[0].title
    summary = items("sggp_html-in-description_two-image-elements.rss")[0]
    assert "<" not in summary.sapo and "Đường Hồ Học Lãm" not in summary.sapo, "links to other articles are no summary"
    assert summary.modified is not None and summary.published is not None and summary.modified > summary.published


def test_a_web_page_in_place_of_a_feed_is_recognised() -> None:
    for page in (b"<!DOCTYPE html><html><body>RSS</body></html>", b'<?xml version="1.0"?><html xmlns="x"><p>a</p></html>', b""):
        assert parse_feed(page, URL, NOW).outcome == "not-a-feed"


def test_html_inside_of_a_real_feed_is_no_web_page() -> None:
    body = b"<rss version='2.0'><channel><item><title><![CDATA[<html>]]></title><link>https://a.vn/x</link></item></channel></rss>"
    assert parse_feed(body, URL, NOW).outcome == "feed"


def test_an_ill_formed_feed_still_gives_its_items() -> None:
    body = "<rss version='2.0'><channel><item><title>Cà phê & trà</title><link>https://a.vn/x?a=1&b=2</link></item></channel>"
    found = parse_feed(body.encode(), URL, NOW)
    assert [item.url for item in found.items] == ["https://a.vn/x?a=1&b=2"]
    assert found.items[0].title == "Cà phê & trà"


def test_json_feed() -> None:
    body = """{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"Nguyễn Văn Gieo"}],"items":[
      {"id":"1","url":"/a.html","title":"Tin","summary":"Tóm tắt","date_published":"2026-09-20T07:00:00+07:00",
       "authors":[{"name":"Nguyễn Văn Gieo"}]}, 7, {"id":"2"}]}"""
    found = parse_feed(body.encode(), "https://a.vn/feed.json", NOW)
    assert found.outcome == "feed" and found.dropped == 1
    assert found.items[0].url == "https://a.vn/a.html" and found.items[0].sapo == "Tóm tắt"
    assert "Gieo" not in repr(found)
    assert parse_feed(b'{"a":1}', URL, NOW).outcome == "not-a-feed"


def test_authors_and_creators_have_no_place() -> None:
    body = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><managingEditor>Trần Gieo</managingEditor>
      <item><title>Tin</title><link>https://a.vn/x</link><author>a@gieo.vn (Trần Gieo)</author><dc:creator>Trần Gieo</dc:creator>
      <description>Tóm tắt</description></item></channel></rss>"""
    assert "Gieo" not in repr(parse_feed(body.encode(), URL, NOW)) and "gieo" not in repr(parse_feed(body.encode(), URL, NOW))
    assert {field.name for field in fields(FeedItem)} == {"url", "title", "sapo", "published", "confidence", "note", "modified"}


@given(st.binary(max_size=400))
@example(b"<:")
def test_no_bytes_make_the_parsers_raise(body: bytes) -> None:
    assert parse_feed(body, URL, NOW).outcome in {"feed", "empty", "not-a-feed"}
    assert parse_sitemap(body, URL, NOW).outcome in {"feed", "empty", "not-a-feed", "too-large"}


SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://a.vn/bai-1.html</loc><image:image><image:loc>https://a.vn/1.jpg</image:loc></image:image>
<news:news><news:publication_date>2026-09-20T07:00:00+07:00</news:publication_date><news:title>T\xc3\xb4m</news:title></news:news></url>
<url><loc>/bai-2.html</loc><lastmod>2026-09-19</lastmod></url></urlset>"""


def test_news_sitemaps_plain_and_packed() -> None:
    for body in (SITEMAP, gzip.compress(SITEMAP)):
        found = parse_sitemap(body, "https://a.vn/news.xml", NOW)
        assert [item.url for item in found.items] == ["https://a.vn/bai-1.html", "https://a.vn/bai-2.html"]
        assert found.items[0].title == "Tôm" and f"{found.items[0].published:%d/%m %H:%M}" == "20/09 07:00"


def test_an_index_names_further_sitemaps_and_a_bomb_is_refused() -> None:
    index = b"<sitemapindex xmlns='x'><sitemap><loc>https://a.vn/s1.xml</loc></sitemap></sitemapindex>"
    assert parse_sitemap(index, "https://a.vn/s.xml", NOW).sitemaps == ("https://a.vn/s1.xml",)
    assert parse_sitemap(gzip.compress(b" " * 60_000_000), URL, NOW).outcome == "too-large"
    laughs = b'<!DOCTYPE u [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>https://a.vn/&b;</loc></url></urlset>'
    assert "haha" not in repr(parse_sitemap(laughs, URL, NOW))
