"""News sitemaps: plain or gzip, indexes of sitemaps, Google's news extension; limits on size, depth and count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from io import BytesIO

from crawlers.decode import TooLarge, decode
from crawlers.feeds import FeedItem, is_cut, made
from crawlers.urls import clean_url
from pipelines.dates import VIETNAM, parse_date

# A news sitemap holds two days (support.google.com, news sitemaps); one of an archive up to the protocol's 50,000 addresses:
# a month of VietnamPlus is about 9,000.
MAX_URLS = 5000
MAX_OLD_URLS = 50_000
MAX_BYTES = 50_000_000
# Elements of one file: an address with a dozen pictures has fifty.
MAX_NODES = 1_000_000


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """Articles and further sitemaps named by one file. `outcome`: `feed`, `empty`, `not-a-feed` or `too-large`.

    `changed`: when a named sitemap last changed, where the index says so. `cut`: the end of the file is missing.
    """

    outcome: str
    items: tuple[FeedItem, ...] = ()
    sitemaps: tuple[str, ...] = ()
    problem: str = ""
    cut: bool = False
    changed: dict[str, datetime] = field(default_factory=dict)


def parse_sitemap(body: bytes, url: str, now: datetime, zone: tzinfo = VIETNAM, most: int = MAX_URLS) -> ParsedSitemap:
    """Read a sitemap or an index of up to `most` addresses; never raises. Titles and dates come from the news extension,
    else `lastmod`.
    """
    from lxml import etree

    if body[:2] == b"\x1f\x8b":
        try:
            body = decode(body, "gzip", MAX_BYTES)
        except TooLarge as error:
            return ParsedSitemap("too-large", problem=str(error))
    items: dict[str, FeedItem] = {}
    maps: list[str] = []
    facts: dict[str, str] = {}
    dated: dict[str, datetime] = {}
    seen_root, nodes = False, 0
    stream = etree.iterparse(
        BytesIO(body), events=("start", "end"), recover=True, resolve_entities=False, no_network=True, huge_tree=False,
    )  # fmt: skip
    try:
        for event, node in stream:
            # A tag of a broken file may be no name at all ("<:"): etree.QName raises there.
            name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
            nodes += event == "end"
            if nodes > MAX_NODES:
                break
            if event == "start":
                seen_root = seen_root or name in {"urlset", "sitemapindex"}
                continue
            if name in {"loc", "lastmod", "publication_date", "title"} and node.text:
                # <image:loc> and <image:title> stand beside the article's own: the first one counts.
                facts.setdefault(name, node.text.strip())
            elif name in {"url", "sitemap"}:
                address = clean_url(facts.get("loc", ""), url)
                if address and name == "sitemap":
                    maps.append(address)
                    stated = parse_date(facts["lastmod"], now=now) if facts.get("lastmod") else None
                    if stated is not None:
                        dated[address] = stated.value
                elif address:
                    date = facts.get("publication_date") or facts.get("lastmod", "")
                    changed = facts.get("lastmod", "")
                    items.setdefault(address, made(address, facts.get("title", ""), "", date, now, changed, zone))
                facts = {}
                node.clear()
                while node.getprevious() is not None:
                    del node.getparent()[0]
            if len(items) + len(maps) >= most:
                break
    except etree.LxmlError as error:
        if not items and not maps:
            return ParsedSitemap("not-a-feed", problem=str(error)[:200])
    if not seen_root:
        return ParsedSitemap("not-a-feed", problem="không phải sơ đồ trang (sitemap)")
    whole = len(items) + len(maps) >= most or not is_cut(body)
    return ParsedSitemap("feed" if items or maps else "empty", tuple(items.values()), tuple(maps), "", not whole, dated)
