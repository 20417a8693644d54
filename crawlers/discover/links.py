"""What a home page points to: feeds, pages that list feeds, sections and articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawlers.discover.platforms import is_platform
from crawlers.urls import clean_url, looks_like_article, site_of
from pipelines.extract import dom

MOST_LINKS = 5000
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json|rdf\+xml|json)|text/xml", re.I)
_FEED_PATH = re.compile(r"(?:^|[/._-])(?:rss|feed|feeds|atom)(?:[/._-]|$)|\.(?:rss|rdf|atom)$|[?&](?:feed|format)=(?:rss|atom)", re.I)
_COMMENTS = re.compile(r"comment|binh-luan|phan-hoi|replies", re.I)
_NOT_TEXT = re.compile(r"/(?:video|videos|photo|photos|anh|infographics?|podcasts?|emagazine|gallery|multimedia|tv|live|audio|quiz)(?:/|-|$)", re.I)
# Words of the sections that an office of sovereignty and border affairs reads first.
_SECTIONS = re.compile(
    r"thời sự|chính trị|trong nước|tin tức|tin mới|biển đảo|biên giới|thế giới|quốc tế|xã hội|đối ngoại|quốc phòng|"
    r"news|politic|world|asia|nation|时政|国际|中国|要闻|新闻|ຂ່າວ|ព័ត៌មាន|ข่าว",
    re.I,
)


@dataclass(frozen=True)
class PageLinks:
    """What one page offers, addresses clean and in the order of the page; articles with the words of their link."""

    name: str
    title: str
    feeds: tuple[str, ...]
    feed_pages: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    articles: dict[str, str]
    person: bool
    lang: str


def links_of_page(text: str, url: str) -> PageLinks:
    """Read a home, section or RSS page; TooDeep beyond the bounds of `dom.parse`."""
    tree = dom.parse(text)
    root = tree.document
    feeds: dict[str, None] = {}
    pages: dict[str, None] = {}
    sections: dict[str, str] = {}
    articles: dict[str, str] = {}
    for node in dom.select(root, "link[rel~=alternate][href]")[:200]:
        target = clean_url(node.getattr("href") or "", url)
        if target and _FEED_TYPE.search(node.getattr("type") or "") and _wanted_feed(target, url):
            feeds[target] = None
    for node in dom.select(root, "a[href]")[:MOST_LINKS]:
        target = clean_url(node.getattr("href") or "", url)
        if target is None or target == url:
            continue
        label = dom.text_of(node)[:300]
        if _FEED_PATH.search(urlsplit(target).path + "?" + urlsplit(target).query) and _wanted_feed(target, url):
            (feeds if re.search(r"\.(?:rss|xml|rdf|atom)$|/feed/?$", urlsplit(target).path) else pages)[target] = None
        elif looks_like_article(target, url):
            # A picture links first, with no words; the headline comes after it.
            articles[target] = max(articles.get(target, ""), label, key=len)
        elif site_of(target) == site_of(url) and _is_section(target) and 2 <= len(label) <= 30:
            sections.setdefault(target, label)
    # Pictures, films and photo series come last: their pages say little about how the outlet's texts look.
    ordered = sorted(articles, key=lambda link: bool(_NOT_TEXT.search(urlsplit(link).path)))
    return PageLinks(
        _name(root), dom.clean_text(tree.title or "")[:200], tuple(feeds), tuple(pages), tuple(sorted(sections.items(), key=lambda item: not _SECTIONS.search(item[1]))),
        {link: articles[link] for link in ordered}, _is_person(root), _lang(root),
    )  # fmt: skip


def tail_pattern(urls: list[str]) -> str:
    """Return a pattern that the ends of most article addresses share, such as `-\\d{5,}\\.htm$`; empty when there is none."""
    shapes: dict[str, int] = {}
    for url in urls:
        found = re.search(r"([-_./](?:post|d|a|i|p|c|art|n)?)(\d{4,})((?:\.\w{2,5})?)/?$", urlsplit(url).path)
        if found:
            shape = f"{re.escape(found[1])}\\d{{4,}}{re.escape(found[3])}$".replace("\\-", "-").replace("\\/", "/")
            shapes[shape] = shapes.get(shape, 0) + 1
    if not shapes:
        return ""
    best = max(shapes, key=lambda shape: shapes[shape])
    return best if shapes[best] >= 3 and shapes[best] >= 0.7 * len(urls) else ""


def is_text_page(url: str) -> bool:
    """Tell whether the address does not look like that of a film, a photo series or a broadcast."""
    return not _NOT_TEXT.search(urlsplit(url).path)


def _wanted_feed(target: str, url: str) -> bool:
    return not _COMMENTS.search(target) and not is_platform(target) and _same_family(target, url)


def _same_family(target: str, url: str) -> bool:
    """Tell whether both lie on one registered domain, or the feed on a well-known host of feeds."""
    from pipelines.urls import site

    return site(target) == site(url) or site(target) in {"feedburner.com", "feedblitz.com"}


def _is_section(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return bool(path) and path.count("/") <= 1 and not parts.query and not re.search(
        r"(?i)\.(?:jpg|png|pdf|xml|apk|mp4)$|(?:^|/)(?:login|dang-nhap|dang-ky|search|tim-kiem|tag|tags|lien-he|contact|about|gioi-thieu|rss|privacy|terms|video|podcast|author|tac-gia)(?:$|[/.-])",
        path,
    )  # fmt: skip


def _name(root: Any) -> str:
    for node in dom.select(root, "meta[property='og:site_name'], meta[name='application-name']")[:4]:
        if text := dom.clean_text(node.getattr("content") or "")[:120]:
            return text
    return ""


def _is_person(root: Any) -> bool:
    """Tell whether the page says of itself that it is a person's: og:type profile, JSON-LD Person at its head."""
    if any((node.getattr("content") or "").strip().lower() == "profile" for node in dom.select(root, "meta[property='og:type']")[:3]):
        return True
    texts = [script.text_content[:2000] for script in dom.select(root, 'script[type="application/ld+json"]')[:10]]
    return any(re.match(r'\s*\{\s*(?:"@context"\s*:\s*"[^"]*"\s*,\s*)?"@type"\s*:\s*"(?:Person|ProfilePage)"', text) for text in texts)


def _lang(root: Any) -> str:
    node = root.query_selector("html")
    stated = (node.getattr("lang") or "").strip().lower() if node is not None and node.hasattr("lang") else ""
    return re.split(r"[-_,]", stated)[0] if re.match(r"^[a-z]{2,3}(?:[-_,]|$)", stated) else ""
