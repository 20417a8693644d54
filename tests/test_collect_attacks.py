"""Hostile servers, bytes and addresses: each ends in a named outcome, within limits of size, depth and time."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import socket
import tempfile
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from protego import Protego

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.feeds import MAX_ITEMS, parse_feed, plain
from crawlers.fetch import Fetcher
from crawlers.look import look
from crawlers.polite import Rules
from crawlers.robots_kept import MAX_ROBOTS, directives
from crawlers.sitemaps import MAX_URLS, parse_sitemap
from pipelines.settings import Settings
from tests.loopback import Answer, Site, office, serve, source

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
OPEN = Rules(delay=0, allow_private=True)
CLOSED = Rules(delay=0)


def fetch(url: str, rules: Rules = OPEN, **given: float) -> Exchange:
    async def run() -> Exchange:
        with tempfile.TemporaryDirectory() as data:
            settings = Settings(data=Path(data)).model_copy(update=given)
            async with Fetcher(settings) as fetcher:
                return await fetcher.fetch(url, rules)

    return asyncio.run(run())


@contextmanager
def raw(*chunks: bytes, endless: bytes = b"", pause: float = 0.0) -> Iterator[str]:
    """A server that answers every request with `chunks` and then `endless` for as long as somebody reads."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def answer(client: socket.socket) -> None:
        with client:
            try:
                asked = client.recv(65536)
                if b"/robots.txt" in asked:
                    client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                for chunk in itertools.chain(chunks, itertools.repeat(endless) if endless else ()):
                    client.sendall(chunk)
                    if stop.wait(pause):
                        return
            except OSError:
                return

    def run() -> None:
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/trang"
    finally:
        stop.set()
        listener.close()


@contextmanager
def memory_within(limit: int) -> Iterator[None]:
    """Fail when more than so many bytes are taken inside; by the kernel's high-water mark, because tracing costs four times the work."""
    process = Path("/proc/self")

    def held(name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+)", (process / "status").read_text())
        return int(found[1]) * 1024 if found else 0

    try:
        (process / "clear_refs").write_text("5")
    except OSError:
        tracemalloc.start()
        yield
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    else:
        before = held("VmRSS")
        yield
        peak = held("VmHWM") - before
    assert peak < limit, f"{peak / 1e6:.0f} MB, {limit / 1e6:.0f} MB allowed"


# ── servers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_retry_after_of_a_year_is_a_day_and_holds_up_nobody_else(site: Site, tmp_path: Path) -> None:
    for wait in ("31536000", "9" * 400, "Wed, 21 Nov 2027 00:00:00 GMT", "-5", "ngày mai", "1e9"):
        site.routes["/a"] = Answer("", 503, {"Retry-After": wait})
        found = fetch(site.url + "/a")
        assert found.outcome == ex.THROTTLED and (found.retry_after or 0) <= 86400
    with serve() as other:
        other.feed("/rss", ["/b"])
        other.page("/b", "Bài b")
        site.routes["/rss"] = Answer("", 429, {"Retry-After": "31536000"})
        desk = office(tmp_path, source(site), source(other, name="khac"))
        assert desk.collect(now=NOW)["pages"] == {"new": 1}


def test_headers_of_a_megabyte_are_no_answer() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-A: "
    with raw(head + b"a" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\nok") as url:
        assert fetch(url).outcome == ex.UNREACHABLE
    with raw(b"HTTP/1.1 200 OK\r\n", endless=b"X-A: 1\r\n" * 1000) as url:
        assert fetch(url).outcome == ex.UNREACHABLE


def test_an_endless_body_ends_at_the_limit_and_never_fills_the_memory() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    with memory_within(80_000_000), raw(head, endless=b"10000\r\n" + b"a" * 65536 + b"\r\n") as url:
        assert fetch(url).outcome == ex.TOO_LARGE, "at 15 MB"


def test_a_slow_drip_ends_with_the_time_of_a_request() -> None:
    drip = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"
    with raw(drip, endless=b"a", pause=0.05) as url:
        assert fetch(url, timeout=1.0).outcome == ex.TIMEOUT
    with raw(endless=b"H", pause=0.05) as url:
        assert fetch(url, timeout=1.0).outcome in {ex.TIMEOUT, ex.UNREACHABLE}


def test_interim_answers_without_end_are_no_answer() -> None:
    with raw(endless=b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.001) as url:
        assert fetch(url, timeout=1.0).outcome in {ex.TIMEOUT, ex.UNREACHABLE}


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────

INSIDE = [
    "http://127.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0/", "http://[::1]/", "http://[::]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://10.0.0.1/",
    "http://localhost/", "http://LOCALHOST./", "http://①②⑦.⓪.⓪.①/", "http://user:pass@127.0.0.1/", "http://bao.vn@127.0.0.1/",
    "http://127.0.0.1:80\\@bao.vn/", "http://[::1%25lo]/",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_no_spelling_of_an_inner_address_is_connected_to(url: str) -> None:
    found = fetch(url, CLOSED, timeout=5.0)
    assert found.outcome in {ex.GUARD, ex.UNREACHABLE} and not found.body
    if found.outcome == ex.UNREACHABLE:
        # A spelling that this system's resolver does not know as an address is a name that does not exist.
        assert "tên miền" in found.reason or "không kết nối" in found.reason


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "gopher://127.0.0.1/", "//169.254.169.254/", "data:text/html,a", "http://u:p@127.0.0.1/"],
)
def test_no_redirect_leads_inside_even_for_a_source_that_may_be_private(site: Site, target: str) -> None:
    site.routes["/a"] = Answer("", 302, {"Location": target})
    found = fetch(site.url + "/a")
    assert found.outcome == ex.GUARD and not found.body


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

LOL = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
)
RSS = b"<rss version='2.0'><channel>"


def test_a_feed_of_a_million_items_is_read_to_a_limit_and_says_so() -> None:
    few = RSS + b"".join(b"<item><title>Tin %d</title><link>http://a/%d</link></item>" % (n, n) for n in range(120_000)) + b"</channel></rss>"
    found = parse_feed(few, "https://a/", NOW)
    assert found.outcome == "feed" and len(found.items) == MAX_ITEMS and str(MAX_ITEMS) in found.problem and not found.cut
    assert parse_feed(RSS + b"<item/>" * 1_000_000 + b"</channel></rss>", "https://a/", NOW).outcome == "empty"
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"".join(b"<entry><title>T</title><link href='http://a/%d'/></entry>" % n for n in range(3000))
    assert len(parse_feed(atom + b"</feed>", "https://a/", NOW).items) == MAX_ITEMS


@pytest.mark.parametrize(
    "body",
    [
        RSS + b"<item>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</item></channel></rss>", RSS + b"<a>" * 2_000_000,
        LOL + b"]>" + RSS + b"<item><title>&a9;</title><link>http://a/1</link></item></channel></rss>",
        RSS + b"<item><link>http://a/1</link><description><![CDATA[" + b"<table " * 190_000 + b"]]></description></item></channel></rss>",
        RSS + b"<" * 7_900_000, RSS + b"&" * 7_900_000, RSS + b"<![CDATA[" * 190_000, b'{"items":' + b"[" * 3_000_000,
        b'{"version":"https://jsonfeed.org/version/1","items":[' + b"{}," * 1_000_000 + b"{}]}",
    ],
    ids=["deep", "deeper", "billion laughs", "tables never closed", "brackets", "ampersands", "cdata", "json depth", "json items"],
)
def test_hostile_feeds_end_in_an_outcome_and_in_bounded_memory(body: bytes) -> None:
    with memory_within(400_000_000):
        found = parse_feed(body, "https://a/rss", NOW)
    assert found.outcome in {"feed", "empty", "not-a-feed", "too-large"}
    assert all(len(item.title) <= 500 for item in found.items)


def test_hostile_sitemaps_end_in_an_outcome() -> None:
    deep = b"<urlset>" + b"<url>" * 10_000 + b"</url>" * 10_000 + b"</urlset>"
    assert parse_sitemap(deep, "https://a/", NOW).outcome in {"empty", "not-a-feed"}
    laughs = LOL + b"]><urlset><url><loc>http://a/&a9;</loc></url></urlset>"
    assert all(len(item.url) < 2000 for item in parse_sitemap(laughs, "https://a/", NOW).items)
    outer = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>http://a/b</loc><title>&x;</title></url></urlset>'
    assert "root:" not in str(parse_sitemap(outer, "https://a/", NOW))
    many = b"<urlset>" + b"".join(b"<url><loc>http://a/%d</loc></url>" % n for n in range(60_000)) + b"</urlset>"
    assert len(parse_sitemap(many, "https://a/", NOW).items) == MAX_URLS
    assert parse_sitemap(b"<urlset>" + b"<x/>" * 300_000, "https://a/", NOW).outcome == "empty"


def test_a_sitemap_index_that_names_itself_is_read_once_more_at_most(site: Site, tmp_path: Path) -> None:
    named = f"<sitemapindex><sitemap><loc>{site.url}/map.xml</loc></sitemap></sitemapindex>"
    site.routes["/map.xml"] = Answer(named, headers={"Content-Type": "application/xml"})
    desk = office(tmp_path, source(site, (), sitemaps=(site.url + "/map.xml",)))
    assert desk.collect(now=NOW)["sitemaps"] == {"empty": 1}
    assert site.seen.count("/map.xml") <= 2


def test_a_robots_txt_of_a_million_lines_is_read_to_the_limit_and_holds() -> None:
    long = b"User-agent: *\nDisallow: /kin\n" + b"".join(b"Disallow: /x%d\n" % n for n in range(1_000_000))
    kept = directives(long)
    assert len(kept) <= MAX_ROBOTS
    assert not Protego.parse(kept).can_fetch("https://a/kin/b", "CotMoc/0.1") and Protego.parse(kept).can_fetch("https://a/tin", "CotMoc/0.1")
    stars = "User-agent: *\n" + ("Disallow: /" + "*a" * 30 + "b$\n") * 2000
    assert Protego.parse(stars).can_fetch("https://a/" + "a" * 2000, "CotMoc/0.1")


@pytest.mark.parametrize("part", ["<script ", "<script>", "<!--", "<meta ", "<h1>", '"headline" : "', "<", "&", "</script", "không tìm thấy "])
def test_a_page_of_nothing_but_markup_never_closed_is_looked_at_in_one_pass(part: str) -> None:
    body = (part * 400_000).encode()[:2_000_000]
    assert look(body, "https://a/b", "https://a/b", "text/html", "Tin").kind in {"", "empty", "needs-script", "soft-404"}
    assert isinstance(plain(part * 100_000), str)


def test_this_process_reads_no_file_for_an_address() -> None:
    """feedparser opens what looks like a path: it is never given one."""
    assert parse_feed(os.fsencode(__file__), "https://a/", NOW).outcome == "not-a-feed"


def test_a_robots_txt_beyond_all_limits_still_forbids(site: Site) -> None:
    long = "User-agent: *\nDisallow: /kin\n" + "".join(f"Disallow: /x{n}\n" for n in range(1_000_000))
    site.routes["/robots.txt"] = Answer(long, headers={"Content-Type": "text/plain"})
    site.page("/kin", "Kín")
    site.page("/tin", "Tin")
    assert len(long) > 15_000_000
    assert fetch(site.url + "/kin").outcome == ex.ROBOTS and fetch(site.url + "/tin").outcome == ex.OK
