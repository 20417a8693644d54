"""The replay of captured material: real pages, feeds and texts from loopback, nothing real is ever asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import httpx
import pytest
import yaml

from crawlers.newsroom import captured
from crawlers.newsroom.captured import site_of_host
from crawlers.newsroom.replay import ReplaySite, declarations, serve_replay
from pipelines.errors import UserError


@pytest.fixture(scope="module")
def site(shared_data: Path) -> Iterator[ReplaySite]:
    """The replay of the shared data with 40 of the old texts."""
    with serve_replay(shared_data, limit_news=40) as running:
        yield running


def test_a_folder_without_captures_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="DATA="), serve_replay(tmp_path):
        pass


@pytest.mark.parametrize(
    ("host", "site"),
    [("kinhdoanh.vnexpress.net", "vnexpress.net"), ("www.sggp.org.vn", "sggp.org.vn"), ("nld.com.vn", "nld.com.vn")],
)
def test_subdomains_belong_to_their_site(host: str, site: str) -> None:
    assert site_of_host(host) == site


def test_a_small_folder_of_ones_own(tmp_path: Path) -> None:
    """Any folder with `html/*.html` will do: the address is read from the page."""
    page = '<html><head><link rel="canonical" href="https://bao.example/tin-a-12345.htm"></head><body>a</body></html>'
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "a.html").write_text(page, encoding="utf-8")
    with serve_replay(tmp_path) as running:
        assert running.base.keys() == {"bao.example"}
        answer = httpx.get(running.base["bao.example"] + "/tin-a-12345.htm")
        assert answer.text == page


@pytest.mark.shared_data
def test_captured_pages_go_out_byte_for_byte_under_their_real_paths(site: ReplaySite, shared_data: Path) -> None:
    stored = [page for page in captured.pages(shared_data) if not page.is_list]
    assert len(stored) >= 12
    for page in stored:
        local = site.local(page.url)
        assert local is not None
        assert httpx.get(local).content == page.body


@pytest.mark.shared_data
def test_old_texts_are_rendered_with_title_date_category_and_paragraphs(site: ReplaySite, shared_data: Path) -> None:
    texts = captured.old_texts(shared_data, 40)
    assert len(texts) == 40
    assert len({text.category for text in texts}) == 10
    for text in texts[:5]:
        page = httpx.get(site.local(text.url) or "").text
        year, month, day = text.day.split("-")
        assert f"{day}/{month}/{year}" in page
        assert page.count("<p>") == len(text.paragraphs)
        assert text.category in page


@pytest.mark.shared_data
def test_five_hundred_old_texts_by_default(shared_data: Path) -> None:
    assert len(captured.old_texts(shared_data, 500)) == 500


@pytest.mark.shared_data
def test_every_article_is_reached_from_a_feed_or_a_list(site: ReplaySite) -> None:
    reached: set[str] = set()
    for row in declarations(site):
        if row.get("pages") is False:
            continue
        for url in row["feeds"]:
            reached |= {entry.link for entry in feedparser.parse(httpx.get(url).content).entries}
    assert set(site.real_urls()) <= reached


@pytest.mark.shared_data
def test_lists_lead_to_their_captured_article(site: ReplaySite) -> None:
    for row in declarations(site):
        for item in row.get("lists", []):
            links = set(re.findall(r'<a\b[^>]*?href="([^"]*)"', httpx.get(item["url"]).text))
            matched = {link for link in links if re.search(item["match"], link)}
            assert matched & set(site.real_urls()), item["url"]


@pytest.mark.shared_data
def test_no_link_of_a_list_or_of_a_served_feed_leaves_loopback(site: ReplaySite) -> None:
    for name, shelf in site.shelves.items():
        for path in shelf.lists:
            for link in re.findall(r"""<a\b[^>]*?href=["'](.*?)["']""", httpx.get(site.base[name] + path).text):
                assert link == "#" or link.startswith("http://127.0.0.1:"), link
        for path in shelf.feeds:
            for entry in feedparser.parse(httpx.get(site.base[name] + path).content).entries:
                assert entry.get("link", "/").startswith(("http://127.0.0.1:", "/")), entry.link


@pytest.mark.shared_data
def test_real_feeds_are_sources_of_summaries_only(site: ReplaySite) -> None:
    rows = [row for row in declarations(site) if row.get("pages") is False]
    assert len([url for row in rows for url in row["feeds"]]) >= 15
    assert all(httpx.get(url).status_code == 200 for row in rows for url in row["feeds"])


@pytest.mark.shared_data
def test_expectations_cover_the_captures_and_the_old_texts(site: ReplaySite) -> None:
    facts = site.expected()
    assert len(facts) >= 50
    assert all(url.startswith("http://127.0.0.1:") for url in facts)
    assert sum(fact["published"] is not None for fact in facts.values()) >= 49
    assert all(set(fact) == {"title", "published"} for fact in facts.values())


@pytest.mark.shared_data
def test_declarations_are_written_as_yaml(shared_data: Path, tmp_path: Path) -> None:
    with serve_replay(shared_data, limit_news=0, sources=tmp_path) as running:
        rows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(tmp_path.glob("*.yaml"))]
        assert {row["id"] for row in rows} == {row["id"] for row in declarations(running)}
        assert all(row["allow_private"] and row["delay"] == 0 for row in rows)
