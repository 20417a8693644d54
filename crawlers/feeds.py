"""Feeds as they are: RSS, Atom, JSON Feed, never refused for being ill-formed, never mistaken for a web page.

Authors and creators are not read at all: `FeedItem` has no place for them.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from crawlers.markup import TAG, without
from crawlers.urls import clean_url
from pipelines.charset import decode
from pipelines.dates import DOUBTFUL, VIETNAM, parse_date
from pipelines.text import normalize
from pipelines.urls import is_front

# VTV gives 500 items and VietNamNet 1,000 (2026); more than this is not a feed of news.
MAX_ITEMS = 2000
MAX_SAPO = 2000
# A thousand items with summaries take 2 MB (VietNamNet, 2026); beyond this a parser is only kept busy.
MAX_BYTES = 8_000_000
# What feedparser has raised on hostile bytes, beside its own bozo mark.
_CRASHES = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError, OverflowError)
# Of a thousand items with pictures in their summaries come 30,000 tags (VietNamNet, 2026).
MAX_TAGS = 200_000
MAX_ENTITIES = 1_000_000
_GONE = ("script", "style", "ul", "ol", "table", "iframe", "figure")
_BREAK = re.compile(r"(?i)<(?:br|/p|/div|/li)\b[^<>]{0,2000}>|</br>")
_ITEM = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)(?:\s(?:[^>]*[^/>])?)?>", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\s*>", re.IGNORECASE)
_ENDS_ITEM = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>\s*$", re.IGNORECASE)
_DECLARED = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>")
_ADDRESS = re.compile(r"(?i)^https?://")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item: clean absolute URL, title, summary as text, date with its confidence."""

    url: str
    title: str
    sapo: str = ""
    published: datetime | None = None
    confidence: float = 0.0
    note: str = ""
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """The items of one feed. `outcome`: `feed`, `empty`, `not-a-feed` or `too-large`; `problem` says what was odd.

    `cut`: the end is missing. `older`: where the feed says that its older items are (RFC 5005). `title`: its own.
    `failed`: a part of it (one sitemap of an index) could not be read, as `problem` says.
    `index`: the items stand in further files, so that a 304 of the address itself says nothing of them.
    """

    outcome: str
    items: tuple[FeedItem, ...] = ()
    problem: str = ""
    dropped: int = 0
    cut: bool = False
    older: str = ""
    title: str = ""
    failed: bool = False
    index: bool = False


def parse_feed(body: bytes, url: str, now: datetime, content_type: str = "", zone: tzinfo = VIETNAM) -> ParsedFeed:
    """Read a feed body; never raises. Items without a usable address are dropped and counted.

    `zone` is that of times that are written without one.
    """
    if len(body) > MAX_BYTES:
        return ParsedFeed("too-large", problem=f"feed lớn hơn {MAX_BYTES / 1e6:.0f} MB")
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        return _json_feed(body, url, now, zone)
    if _is_web_page(head):
        return ParsedFeed("not-a-feed", problem="máy chủ trả trang HTML thay cho feed")
    body, more = _first_items(body)
    if body.count(b"<") > MAX_TAGS or body.count(b"&") > MAX_ENTITIES:
        return ParsedFeed("too-large", problem=f"feed có hơn {MAX_TAGS} thẻ hay {MAX_ENTITIES} ký hiệu &")
    try:
        parsed = _parsed(body, url, content_type)
    except _CRASHES as error:
        return ParsedFeed("not-a-feed", problem=f"trình đọc feed không hiểu ({type(error).__name__})")
    odd = str(parsed.get("bozo_exception", ""))[:200] if parsed.get("bozo") else ""
    if not parsed.get("version") and not parsed.entries:
        return ParsedFeed("not-a-feed", problem=odd or "không nhận ra RSS, Atom hay JSON Feed")
    items, dropped = [], 0
    entries, cut = parsed.entries[:MAX_ITEMS], is_cut(body)
    if cut and 1 < len(entries) == len(parsed.entries) and not _ENDS_ITEM.search(body[-200:]):
        # The last item broke off: its address may be half of one.
        entries, dropped = entries[:-1], 1
    for entry in entries:
        item = _item(entry, url, now, zone)
        if item is None:
            dropped += 1
        else:
            items.append(item)
    if len(items) > 1 and len({item.url for item in items}) == 1 or (items and all(is_front(item.url) for item in items)):
        return ParsedFeed("feed", (), f"cả {len(items)} mục dẫn về cùng một địa chỉ ({items[0].url}): feed không nêu bài nào", len(items), cut, failed=True)
    return ParsedFeed("feed" if items else "empty", tuple(_unique(items)), more or odd, dropped, cut, _older(parsed, url), plain(str(parsed.feed.get("title") or ""))[:200])


def _first_items(body: bytes) -> tuple[bytes, str]:
    """Return a feed of far too many items as its first MAX_ITEMS, closed again, with a note; any other as it came."""
    starts = [match.start() for match in islice(_ITEM.finditer(body), MAX_ITEMS + 1)]
    if len(starts) <= MAX_ITEMS:
        return body, ""
    root = _ROOT.search(body[:4096])
    name = root[0].lower() if root else b""
    end = b"</feed>" if b"feed" in name else b"</rdf:RDF>" if b"rdf" in name else b"</channel></rss>"
    return body[: starts[MAX_ITEMS]] + end, f"feed có hơn {MAX_ITEMS} mục, chỉ đọc {MAX_ITEMS} mục đầu"


def is_cut(body: bytes) -> bool:
    """Tell whether an XML document that has begun with a root never closes it."""
    end = body[-2000:].rstrip()
    return bool(_ROOT.search(body[:4096])) and not _CLOSED.search(end)


def _older(parsed: Any, base: str) -> str:
    """Return the page with the older items that a feed links (RFC 5005: next, prev-archive), or an empty string."""
    for link in parsed.feed.get("links", [])[:20]:
        if link.get("rel") in {"next", "prev-archive"}:
            return clean_url(str(link.get("href", "")), base) or ""
    return ""


def _is_web_page(head: bytes) -> bool:
    # The first element decides; a doctype alone does not (seen: a feed declared as HTML).
    root = re.search(rb"<(?:\w+:)?([a-z]\w*)", head, re.IGNORECASE)
    return root is not None and root[1].lower() in {b"html", b"head", b"body"}


def _parsed(body: bytes, url: str, content_type: str) -> Any:
    import feedparser

    body, content_type = _recoded(body, content_type)
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    # A stream and never bytes or text: feedparser would take those for an address or a file name.
    parsed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and b"&#" not in body[:200] and parsed.get("bozo"):
        # Ill-formed beyond the strict parser and declared as something else: once more, as plain XML.
        again = feedparser.parse(
            BytesIO(body), response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False
        )
        return again if again.entries else parsed
    return parsed


def _recoded(body: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a feed that lies about its encoding as what it is, in UTF-8; any other as it came."""
    if body.isascii():
        return body, content_type
    found = decode(body, content_type)
    if not found.note or found.encoding.startswith("utf-16"):
        return body, content_type
    return _DECLARED.sub("", found.text).encode(), "application/xml; charset=utf-8"


def _item(entry: Any, base: str, now: datetime, zone: tzinfo) -> FeedItem | None:
    link = str(entry.get("link") or "")
    if not link:
        links = [str(each.get("href", "")) for each in entry.get("links", [])]
        identity = str(entry.get("id") or "")
        link = next((each for each in links if each), identity if _ADDRESS.match(identity.strip()) else "")
    address = clean_url(link, base) if link else None
    if address is None:
        return None
    summary = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", [])), "")
    raw = next((str(entry[name]) for name in ("published", "updated", "created") if name in entry and entry[name]), "")
    changed = str(entry["updated"]) if "updated" in entry and entry.get("published") else ""
    return made(address, str(entry.get("title") or ""), str(summary or ""), raw, now, changed, zone)


def made(
    url: str, title: str, summary: str, date: str, now: datetime, changed: str = "", zone: tzinfo = VIETNAM
) -> FeedItem:
    """Build an item out of raw strings: text without markup, date read as Vietnamese outlets write it."""
    when = parse_date(date, now=now, zone=zone) if date else None
    edit = parse_date(changed, now=now, zone=zone) if changed else None
    return FeedItem(
        url, plain(title)[:500], plain(summary)[:MAX_SAPO],
        when.value if when else None, when.confidence if when else 0.0, when.note if when else "không có ngày",
        edit.value if edit and edit.confidence > DOUBTFUL else None,
    )  # fmt: skip


def plain(text: str) -> str:
    """Return `text` without tags and lists of links, entities undone as often as they were doubled, blanks as one."""
    for _ in range(3):
        # VietNamNet writes &amp;apos; inside CDATA (2026-08-09).
        undone = html.unescape(text)
        if undone == text:
            break
        text = undone
    if "<" in text:
        text = without(text[:200_000], _GONE)
        text = TAG.sub(" ", _BREAK.sub("\n", text))
    return " ".join(normalize(text.replace("\x00", " ")).split())


def _unique(items: list[FeedItem]) -> list[FeedItem]:
    seen: dict[str, FeedItem] = {}
    for item in items:
        seen.setdefault(item.url, item)
    return list(seen.values())


def _json_feed(body: bytes, url: str, now: datetime, zone: tzinfo) -> ParsedFeed:
    """Read JSON Feed 1.0 and 1.1 (jsonfeed.org); feedparser 6.0 does not."""
    try:
        raw = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return ParsedFeed("not-a-feed", problem="JSON không đọc được")
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        return ParsedFeed("not-a-feed", problem="JSON nhưng không phải JSON Feed")
    items, dropped = [], 0
    for entry in raw["items"][:MAX_ITEMS]:
        if not isinstance(entry, dict):
            dropped += 1
            continue
        link = str(entry.get("url") or entry.get("external_url") or entry.get("id") or "")
        address = clean_url(link, urljoin(url, str(raw.get("home_page_url") or url))) if link else None
        if address is None:
            dropped += 1
            continue
        summary = str(entry.get("summary") or entry.get("content_text") or entry.get("content_html") or "")
        changed = str(entry.get("date_modified") or "")
        date = str(entry.get("date_published") or changed)
        items.append(made(address, str(entry.get("title") or ""), summary, date, now, changed, zone))
    return ParsedFeed("feed" if items else "empty", tuple(_unique(items)), "", dropped, title=plain(str(raw.get("title") or ""))[:200])
