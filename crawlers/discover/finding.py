"""Asking a site what it offers: home page, feeds, sitemaps, one list, three articles. At most MOST_REQUESTS requests.

Every request goes through the same Fetcher as collecting: guard, robots.txt, one pause per host, limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from protego import Protego

from crawlers import exchange as ex
from crawlers.discover.learning import Sample
from crawlers.discover.links import PageLinks, is_text_page, links_of_page
from crawlers.discover.naming import home_of, name_of
from crawlers.discover.platforms import refusal
from crawlers.discover.zones import DEFAULT, guess
from crawlers.exchange import Exchange
from crawlers.feeds import FeedItem, ParsedFeed, parse_feed
from crawlers.fetch import FEED, HTML, Fetcher
from crawlers.polite import Rules
from crawlers.sitemaps import parse_sitemap
from crawlers.urls import clean_url, site_of
from pipelines.charset import decode
from pipelines.errors import UserError
from pipelines.extract import Extracted, FeedHint, NotArticle, dom, extract
from pipelines.urls import is_front

MOST_REQUESTS = 40
MOST_FEEDS = 6
SAMPLES = 3
MOST_TRIES = 8
# Learning tries some dozens of selectors on each sample; real article pages stay below 0.6 MB (html/meth04, March 2026).
MOST_SAMPLE_BYTES = 1_500_000
MOST_SAMPLE_BODY = 60_000
# Where outlets keep their feeds when the home page does not say (register of sources, 2026-11-21).
FEED_PAGES = ("/rss", "/rss.html", "/rss.htm", "/rss.vnp", "/rss-feed")
FEED_PATHS = ("/rss/home.rss", "/rss/tin-moi-nhat.rss", "/rss/tin-moi.rss", "/rss/trang-chu.rss", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.rss", "/feed.json")
SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml")
Say = Callable[[str], None]


@dataclass
class Found:
    """What a site offers, as asked for; `unsure` in Vietnamese, for the person who reads the proposal."""

    home: str
    name: str = ""
    lang: str = ""
    zone: str = ""
    feeds: dict[str, ParsedFeed] = field(default_factory=dict)
    unread_feeds: list[str] = field(default_factory=list)
    sitemaps: dict[str, int] = field(default_factory=dict)
    plain_sitemaps: list[str] = field(default_factory=list)
    lists: dict[str, int] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    requests: int = 0


class Finder:
    """Discovers one site. `say` is told of every request; nothing is stored."""

    def __init__(self, fetcher: Fetcher, rules: Rules, zone: str, now: datetime, organisation: bool, say: Say) -> None:
        self._fetcher = fetcher
        self._rules = rules
        self._given = zone
        self._zone: tzinfo = ZoneInfo(zone or DEFAULT)
        self._now = now
        self._organisation = organisation
        self._say = say
        self._asked: dict[str, Exchange] = {}
        self._items: dict[str, FeedItem] = {}

    async def find(self, url: str) -> Found:
        """Return what the site at `url` offers; UserError when its home page cannot be read at all."""
        answer = await self._ask(url, HTML)
        if answer.outcome != ex.OK:
            raise UserError(f"{url}: không đọc được trang chủ ({answer.outcome}: {answer.reason})")
        if reason := refusal(answer.final_url, self._organisation):
            raise UserError(f"{url}: chuyển đến {answer.final_url}; {reason}")
        given = parse_feed(answer.body, answer.final_url, self._now, answer.header("content-type"), self._zone)
        home = answer.final_url
        if given.outcome == "feed":
            # The address of a feed was given: its site is that of its articles.
            home = given.items[0].url
        home = home_of(home)
        if reason := refusal(home, self._organisation):
            raise UserError(f"{url}: {reason}")
        section = answer if given.outcome != "feed" and answer.final_url != home and not is_front(answer.final_url) else None
        found = Found(home, zone=self._given or guess(home, ""))
        self._zone = ZoneInfo(found.zone)
        links: PageLinks | None = None
        if given.outcome == "feed":
            self._keep_feed(found, answer.final_url, given)
        if answer.final_url != home:
            answer = await self._ask(home, HTML)
        if answer.outcome == ex.OK:
            links = self._links(answer)
        if section is not None:
            links = self._with_section(found, links, section)
        if links is None and not found.feeds:
            raise UserError(f"{url}: trang chủ không phải HTML đọc được; hãy cho địa chỉ trang chủ hoặc địa chỉ feed")
        if links is not None:
            if links.person and not self._organisation:
                raise UserError(f"{url}: trang tự khai là trang của một cá nhân; chỉ thu nguồn của tổ chức")
            found.lang, found.articles = links.lang, dict(links.articles)
            found.zone = self._given or guess(home, links.lang)
            self._zone = ZoneInfo(found.zone)
            if site_of(home) != site_of(url):
                found.unsure.append(f"home: địa chỉ đã cho chuyển đến {home}")
            await self._feeds(found, links)
        await self._sitemaps(found)
        if links is not None:
            await self._lists(found, links)
        told = (links.name, links.title) if links is not None else ("", "")
        found.name = name_of(*told, [feed.title for feed in found.feeds.values()])
        await self._articles(found)
        found.requests = len(self._asked)
        return found

    async def _ask(self, url: str, accept: str) -> Exchange:
        known = self._asked.get(url)
        if known is not None:
            return known
        if len(self._asked) >= MOST_REQUESTS:
            return Exchange(url, url, ex.DEFERRED, f"đã hỏi {MOST_REQUESTS} lần, dừng cho lịch sự")
        answer = await self._fetcher.fetch(url, self._rules, accept=accept)
        self._asked[url] = answer
        self._say(f"hỏi {url}: {answer.outcome}" + (f" ({answer.reason})" if answer.reason else ""))
        return answer

    def _links(self, answer: Exchange) -> PageLinks | None:
        kind = answer.header("content-type").lower()
        if kind and not kind.startswith(("text/html", "application/xhtml")):
            return None
        try:
            return links_of_page(decode(answer.body, kind).text, answer.final_url)
        except dom.TooDeep:
            return None

    def _with_section(self, found: Found, links: PageLinks | None, section: Exchange) -> PageLinks | None:
        """A section's address was given: it is a list page of the outlet, whose home is the root; the links of both count."""
        given = self._links(section)
        if given is None:
            return links
        if len(given.articles) >= 5:
            found.lists[section.final_url] = len(given.articles)
        if links is None:
            return given
        return replace(links, feeds=tuple(dict.fromkeys((*links.feeds, *given.feeds))), articles=given.articles | links.articles, person=links.person or given.person)

    def _keep_feed(self, found: Found, url: str, feed: ParsedFeed) -> None:
        found.feeds[url] = feed
        for item in feed.items:
            self._items.setdefault(item.url, item)

    async def _feeds(self, found: Found, links: PageLinks) -> None:
        """Try the feeds that the home page names, then those of its RSS page, then the usual places."""
        named = list(links.feeds)
        await self._try_feeds(found, named)
        if len(found.feeds) >= 2:
            pages: list[str] = []
        else:
            pages = [*links.feed_pages[:3], *(urljoin(found.home, path) for path in FEED_PAGES)]
        for page in dict.fromkeys(pages):
            answer = await self._ask(page, HTML)
            if answer.outcome != ex.OK:
                continue
            feed = parse_feed(answer.body, answer.final_url, self._now, answer.header("content-type"), self._zone)
            if feed.outcome == "feed":
                self._accept(found, answer, feed)
                break
            inner = self._links(answer)
            if inner is not None and (inner.feeds or inner.feed_pages):
                await self._try_feeds(found, [*inner.feeds, *(url for url in inner.feed_pages if url != page)])
                if found.feeds:
                    break
        if not found.feeds:
            for path in FEED_PATHS:
                await self._try_feeds(found, [urljoin(found.home, path)])
                if found.feeds:
                    break

    async def _try_feeds(self, found: Found, urls: list[str]) -> None:
        failures = 0
        for number, url in enumerate(dict.fromkeys(urls)):
            if url in found.feeds or url in found.unread_feeds:
                continue
            if len(found.feeds) >= MOST_FEEDS or failures >= 4:
                found.unread_feeds += [rest for rest in list(dict.fromkeys(urls))[number:] if rest not in found.feeds][:60]
                return
            answer = await self._ask(url, FEED)
            if answer.outcome != ex.OK:
                failures += 1
                continue
            feed = parse_feed(answer.body, answer.final_url, self._now, answer.header("content-type"), self._zone)
            failures += 0 if feed.outcome == "feed" and self._accept(found, answer, feed) else 1

    def _accept(self, found: Found, answer: Exchange, feed: ParsedFeed) -> bool:
        """Keep a feed whose articles lie on the site itself; name one that leads elsewhere, or doubles another."""
        url = answer.url if answer.moved_to is None else answer.final_url
        if refusal(answer.final_url, self._organisation):
            return False
        own = [item for item in feed.items if _own(item.url, found.home)]
        if len(own) * 2 < len(feed.items):
            found.unsure.append(f"feeds: {url} phần lớn dẫn sang trang khác nên không lấy")
            return False
        links = {item.url for item in feed.items}
        if any(links <= {item.url for item in other.items} for other in found.feeds.values()):
            return False
        self._keep_feed(found, url, feed)
        return True

    async def _sitemaps(self, found: Found) -> None:
        """Read the sitemaps that robots.txt names, else the usual ones; a news sitemap is what is looked for."""
        robots = await self._ask(urljoin(found.home, "/robots.txt"), "text/plain,*/*;q=0.5")
        named: list[str] = []
        if robots.outcome == ex.OK and "html" not in robots.header("content-type"):
            rules = Protego.parse(robots.body[:512_000].decode("utf-8", "replace"))
            stated = [clean_url(url, found.home) for url in rules.sitemaps]
            named = [url for url in stated if url is not None and _own(url, found.home)]
        usual = [urljoin(found.home, path) for path in SITEMAPS]
        ordered = sorted(dict.fromkeys(named), key=lambda url: "news" not in url)[:4] or usual
        for url in ordered:
            answer = await self._ask(url, FEED)
            if answer.outcome != ex.OK:
                continue
            sitemap = parse_sitemap(answer.body, answer.final_url, self._now, self._zone)
            if sitemap.outcome != "feed":
                continue
            news = b"sitemap-news" in answer.body[:4000] or any("news" in inner for inner in sitemap.sitemaps)
            if not news:
                found.plain_sitemaps.append(url)
                continue
            found.sitemaps[url] = len(sitemap.items) or len(sitemap.sitemaps)
            for item in sitemap.items:
                if _own(item.url, found.home):
                    self._items.setdefault(item.url, item)
            break

    async def _lists(self, found: Found, links: PageLinks) -> None:
        """Look at the home page as a list, and at one section; both count as list pages when nothing else is offered."""
        if len(links.articles) >= 5 and self._asked[found.home].outcome == ex.OK:
            found.lists[found.home] = len(links.articles)
        for url, _label in links.sections[:2]:
            answer = await self._ask(url, HTML)
            inner = self._links(answer) if answer.outcome == ex.OK else None
            if inner is not None and len(inner.articles) >= 5:
                found.lists[url] = len(inner.articles)
                found.articles = inner.articles | found.articles
                break

    async def _articles(self, found: Found) -> None:
        """Read up to SAMPLES articles, those of the feeds first, texts before films."""
        offered = [url for url in self._items if _own(url, found.home)] + [url for url in found.articles if _own(url, found.home)]
        offered = [url for url in dict.fromkeys(offered) if not is_front(url)]
        offered.sort(key=lambda url: not is_text_page(url))
        # Neighbours in a feed are often of one section: take them apart.
        step = max(1, min(len(offered) // MOST_TRIES, 7))
        tries = list(dict.fromkeys([*offered[::step][:MOST_TRIES], *offered]))[:MOST_TRIES]
        seen: set[str] = set()
        for url in tries:
            if len(found.samples) >= SAMPLES:
                break
            answer = await self._ask(url, HTML)
            if answer.outcome != ex.OK or not _own(answer.final_url, found.home):
                continue
            if len(answer.body) > MOST_SAMPLE_BYTES:
                found.unsure.append(f"bài mẫu quá lớn, bỏ qua: {url}")
                continue
            sample = self.read(answer, self._items.get(url), found.articles.get(url, ""))
            if isinstance(sample, Sample) and sample.read.canonical not in seen and len(sample.read.body) <= MOST_SAMPLE_BODY:
                seen.add(sample.read.canonical)
                found.samples.append(sample)
        if len(found.samples) < SAMPLES:
            found.unsure.append(f"chỉ đọc được {len(found.samples)}/{SAMPLES} bài mẫu; bộ chọn học từ ít trang dễ sai")

    def read(self, answer: Exchange, item: FeedItem | None, label: str = "") -> Sample | NotArticle:
        """Read a fetched page as an article without any selector, or say why it is none; `label`: the words of its link."""
        kind = answer.header("content-type")
        hint = FeedHint(item.title, item.sapo, item.published) if item is not None else FeedHint(label) if label else None
        when = answer.fetched or self._now
        read = extract(answer.body, answer.final_url, content_type=kind, feed=hint, now=when, zone=self._zone)
        if not isinstance(read, Extracted):
            return read
        return Sample(answer.final_url, decode(answer.body, kind).text, read, hint, answer.body, kind, when)


def _own(url: str, home: str) -> bool:
    site, own = site_of(url), site_of(home)
    return site == own or site.endswith("." + own) or (urlsplit(url).netloc == urlsplit(home).netloc)
