"""Real captured pages, feeds and texts, served again from loopback: one port per real site, real paths.

Article pages go out byte for byte, so their canonical addresses point to the real outlets: a reader may keep
such an address as `article.canonical`, nobody may fetch it. In lists and feeds the addresses of the served sites
are turned to loopback, and links to all other sites in lists are cut, so that nothing real is ever asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawlers.newsroom import captured, declare
from crawlers.newsroom.captured import CapturedFeed, CapturedPage, OldText, site_of_host
from crawlers.newsroom.dates import WEEKDAYS
from crawlers.newsroom.loopback import Hosts, Reply, Seen

_LANG = {"people.com.cn": "zh", "taipeitimes.com": "en", "yna.co.kr": "ko", "reddit.com": "en"}
_HREF = re.compile(rb"""(<a\b[^>]*?\bhref\s*=\s*)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_XML = "application/rss+xml; charset=utf-8"
_CAPTURED_FEED = "/replay/captured.rss"


@dataclass
class Shelf:
    """What one real site offers in the replay, by local path (with query)."""

    site: str
    pages: dict[str, CapturedPage] = field(default_factory=dict)
    lists: dict[str, CapturedPage] = field(default_factory=dict)
    feeds: dict[str, CapturedFeed] = field(default_factory=dict)
    texts: dict[str, OldText] = field(default_factory=dict)


@dataclass
class ReplaySite:
    """The running replay. `base` maps real site to local base URL."""

    shelves: dict[str, Shelf]
    folder: Path
    limit_news: int
    hosts: Hosts = field(default_factory=Hosts)
    base: dict[str, str] = field(default_factory=dict)
    sources: Path | None = None

    @property
    def seen(self) -> list[Seen]:
        """All requests so far, in order."""
        return self.hosts.seen

    def local(self, url: str) -> str | None:
        """Return the loopback address of a real one, or None when its site is not served."""
        parts = urlsplit(url)
        base = self.base.get(site_of_host(parts.hostname or ""))
        return None if base is None else base + urlunsplit(("", "", parts.path or "/", parts.query, ""))

    def real_urls(self) -> dict[str, str]:
        """Return loopback address → real address of every article page that is served."""
        shelves = self.shelves.values()
        urls = [page.url for shelf in shelves for page in shelf.pages.values()]
        urls += [text.url for shelf in shelves for text in shelf.texts.values()]
        return {local: url for url in urls if (local := self.local(url))}

    def expected(self) -> dict[str, dict[str, str | None]]:
        """Return loopback address → title and published, as `captured.expected` gives them for real addresses."""
        facts = captured.expected(self.folder, self.limit_news)
        return {local: facts[real] for local, real in self.real_urls().items() if real in facts}


def _shelves(folder: Path, limit_news: int) -> dict[str, Shelf]:
    shelves: dict[str, Shelf] = {}

    def shelf(site: str) -> Shelf:
        return shelves.setdefault(site, Shelf(site))

    for page in captured.pages(folder):
        parts = urlsplit(page.url)
        own = shelf(site_of_host(parts.hostname or ""))
        if page.is_list:
            own.lists[f"/replay/{page.name}.html"] = page
        else:
            own.pages[(parts.path or "/") + (f"?{parts.query}" if parts.query else "")] = page
    for feed in captured.feeds(folder):
        shelf(feed.site).feeds[f"/replay/{feed.name}.rss"] = feed
    for text in captured.old_texts(folder, limit_news):
        parts = urlsplit(text.url)
        shelf(site_of_host(parts.hostname or "")).texts[parts.path] = text
    return shelves


def _charset(body: bytes) -> str:
    """Name utf-8 in the header only where it is true: some captures were converted and kept their old meta."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "text/html"
    return "text/html; charset=utf-8"


def _render(text: OldText) -> str:
    """Return a plain page for a text: title, day (and the minute where the address tells it), category."""
    year, month, day = (int(part) for part in text.day.split("-"))
    digits = re.search(r"(\d{8})(\d{2})(\d{2})\d{2,}", urlsplit(text.url).path)
    clock = f" - {digits[2]}:{digits[3]}" if digits and digits[1] == text.day.replace("-", "") else ""
    weekday = WEEKDAYS[datetime(year, month, day).weekday()]
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in text.paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{escape(text.title)}</title>'
        f'<link rel="canonical" href="{escape(text.url)}"></head>\n'
        f'<body><div class="breadcrumb"><a href="/">Trang chủ</a> / <a href="/{text.category}.htm">{text.category}</a>'
        f'</div>\n<article><h1 class="title-page detail">{escape(text.title)}</h1>\n'
        f'<time class="author-time">{weekday}, {day:02}/{month:02}/{year}{clock}</time>\n'
        f'<div class="singular-content">\n{body}</div></article></body></html>\n'
    )


class _Desk:
    """Answers for one real site."""

    def __init__(self, site: ReplaySite, shelf: Shelf) -> None:
        self.site, self.shelf = site, shelf

    def __call__(self, target: str) -> Reply:
        shelf = self.shelf
        if target == "/robots.txt":
            return Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")
        if target in shelf.pages:
            body = shelf.pages[target].body
            return Reply(body=body, content_type=_charset(body))
        if target in shelf.texts:
            return Reply(body=_render(shelf.texts[target]).encode())
        if target in shelf.lists:
            body = self._list(shelf.lists[target])
            return Reply(body=body, content_type=_charset(body))
        if target in shelf.feeds:
            return Reply(body=self._feed(shelf.feeds[target].body), content_type="text/xml")
        if target == _CAPTURED_FEED:
            return Reply(body=self._index().encode(), content_type=_XML)
        return Reply(404, b"<html><body><h1>404</h1></body></html>")

    def _list(self, page: CapturedPage) -> bytes:
        def turn(found: re.Match[bytes]) -> bytes:
            link = found[3].decode("utf-8", "replace").strip()
            try:
                full = urljoin(page.url, link)
                local = self.site.local(full) if full.startswith(("http:", "https:")) else None
            except ValueError:
                local = None
            return found[1] + found[2] + (local or "#").encode() + found[2]

        return _HREF.sub(turn, page.body)

    def _feed(self, body: bytes) -> bytes:
        def turn(found: re.Match[bytes]) -> bytes:
            base = self.site.base.get(site_of_host(found[1].decode("ascii")))
            return base.encode() if base else found[0]

        return re.sub(rb"https?://([A-Za-z0-9.-]+)", turn, body)

    def _index(self) -> str:
        """A feed of all articles of this site; the dates are true, the titles of captured pages only their addresses."""
        base = self.site.base[self.shelf.site]
        rows = [(path, path.rsplit("/", 1)[-1], "") for path in self.shelf.pages]
        rows += [(path, text.title, text.day) for path, text in self.shelf.texts.items()]
        items = ""
        for path, title, day in rows:
            date = f"<pubDate>{day}</pubDate>" if day else ""
            items += f"<item><title>{escape(title)}</title><link>{escape(base + path)}</link>{date}</item>\n"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
            f"<title>{self.shelf.site}</title><link>{base}/</link><description>replay</description>\n{items}</channel></rss>\n"
        )


def declarations(site: ReplaySite) -> list[dict[str, Any]]:
    """Return the source declarations of the replay; real feeds apart, as sources of which only summaries are kept."""
    out: list[dict[str, Any]] = []
    for name, shelf in sorted(site.shelves.items()):
        base, slug = site.base[name], name.replace(".", "-")
        common: dict[str, Any] = {"home": base + "/", "kind": "press", "owner_class": "portal"}
        common |= {"lang": [_LANG.get(name, "vi")], "delay": 0, "allow_private": True}
        if shelf.pages or shelf.texts or shelf.lists:
            # only what was captured: the other links of a list lead to pages that nobody stored
            match = "|".join(f"{re.escape(path)}$" for path in shelf.pages) or r"^\b$"
            lists = [{"url": base + path, "link": "a[href]", "match": match} for path in shelf.lists]
            row = {"id": f"phat-lai-{slug}", "name": f"Phát lại {name}"} | common
            out.append(row | {"feeds": [base + _CAPTURED_FEED], "lists": lists})
        if shelf.feeds:
            row = {"id": f"phat-lai-tin-{slug}", "name": f"Phát lại luồng tin {name}"} | common
            out.append(row | {"feeds": [base + path for path in shelf.feeds], "pages": False})
    return out


@contextmanager
def serve_replay(
    folder: Path, limit_news: int = 500, *, base_port: int = 0, sources: Path | None = None
) -> Iterator[ReplaySite]:
    """Serve the captured material of `folder` on 127.0.0.1; UserError if there is none.

    With `sources` (a folder) the declarations are written there as YAML.
    """
    captured.check(folder)
    site = ReplaySite(_shelves(folder, limit_news), folder, limit_news)
    try:
        for place, (name, shelf) in enumerate(sorted(site.shelves.items())):
            site.base[name] = site.hosts.start(name, _Desk(site, shelf), base_port + place if base_port else 0)
        if sources is not None:
            site.sources = declare.write(declarations(site), sources, "phat-lai-")
        yield site
    finally:
        site.hosts.stop()
