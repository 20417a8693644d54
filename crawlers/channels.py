"""Public channels of organisations, by public protocol only, with every person taken out before anything is stored.

YouTube channel feed, Reddit subreddit feed, Mastodon account and tag feed, Bluesky profile feed, Telegram public
preview. Authors, handles, avatars and counters are never read; handles inside of a text become “[…]”.
"""

from __future__ import annotations

import html
import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from crawlers.feeds import FeedItem, ParsedFeed, made, parse_feed, plain
from crawlers.urls import clean_url

HIDDEN = "[…]"
# @name, @name@server, @did…; not e-mail addresses of an office, which have a word before the @.
_HANDLE = re.compile(r"(?<![\w.])@[\w](?:[\w.-]*[\w])?(?:@[\w.-]+\w)?")
_REDDIT_USER = re.compile(r"(?i)(?<![\w/])/?u(?:ser)?/[\w-]{2,30}")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SUBMITTED = re.compile(r"(?is)\bsubmitted by\b.*$")
_MENTION_LINK = re.compile(r'(?is)<a\b[^>]*class="[^"]*\bmention\b(?![^"]*hashtag)[^"]*"[^>]*>.*?</a>(?:</span>)?')
_PROFILE_LINK = re.compile(
    r"(?i)https?://(?:www\.|old\.|m\.)?(?:reddit\.com/u(?:ser)?/|t\.me/|bsky\.app/profile/|[\w.-]+/@|youtube\.com/@|"
    r"facebook\.com/|x\.com/|twitter\.com/|instagram\.com/|tiktok\.com/@)[^\s\"'<>]+"
)
TITLE_LENGTH = 120


def parse_channel(protocol: str, body: bytes, url: str, now: datetime, content_type: str = "") -> ParsedFeed:
    """Read one channel page or feed into items without people; never raises."""
    if protocol == "telegram":
        return _telegram(body, url, now)
    parsed = parse_feed(_without_mentions(body) if protocol == "mastodon" else body, url, now, content_type)
    items = tuple(item for item in (_cleaned(protocol, item) for item in parsed.items) if item is not None)
    return ParsedFeed(parsed.outcome, items, parsed.problem, parsed.dropped + len(parsed.items) - len(items))


def without_people(text: str) -> str:
    """Return `text` with handles, e-mail addresses and links to profiles hidden."""
    text = _PROFILE_LINK.sub(HIDDEN, text)
    text = _REDDIT_USER.sub(HIDDEN, _MAIL.sub(HIDDEN, text))
    return " ".join(_HANDLE.sub(HIDDEN, text).split())


def _without_mentions(body: bytes) -> bytes:
    """Take links of class “mention” out of Mastodon's HTML, which stands escaped inside the XML."""
    text = body.decode("utf-8", "replace")

    def hide(match: re.Match[str]) -> str:
        inner = html.unescape(match[1])
        return f"<description>{html.escape(_MENTION_LINK.sub(HIDDEN, inner), quote=False)}</description>"

    return re.sub(r"(?s)<description>(.{0,100000}?)</description>", hide, text).encode()


def _cleaned(protocol: str, item: FeedItem) -> FeedItem | None:
    url = _address(protocol, item.url)
    if url is None:
        return None
    sapo = _SUBMITTED.sub("", item.sapo) if protocol == "reddit" else item.sapo
    text, title = without_people(sapo), without_people(item.title)
    return FeedItem(url, title or _headline(text), text, item.published, item.confidence, item.note, item.modified)


def _address(protocol: str, url: str) -> str | None:
    """Return the address of a post without the name of an account where the platform allows it."""
    parts = urlsplit(url)
    if protocol == "mastodon":
        # /@name/123 and /users/name/statuses/123; the number alone identifies the post on its server.
        found = re.search(r"/(?:@[^/]+|users/[^/]+/statuses)/(\d+)", parts.path)
        return f"{parts.scheme}://{parts.netloc}/statuses/{found[1]}" if found else None
    if protocol == "reddit":
        found = re.search(r"/r/([^/]+)/comments/(\w+)", parts.path)
        return f"{parts.scheme}://{parts.netloc}/r/{found[1]}/comments/{found[2]}/" if found else None
    return url


def _headline(text: str) -> str:
    """Return the first sentence of a post that has no title, cut at a word."""
    first = re.split(r"(?<=[.!?…。！？])\s", text, maxsplit=1)[0]
    return first if len(first) <= TITLE_LENGTH else first[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def _telegram(body: bytes, url: str, now: datetime) -> ParsedFeed:
    """Read the public preview page t.me/s/CHANNEL: text and time of each post, nothing else."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        page = lxml_html.document_fromstring(body, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False))
    except (etree.LxmlError, ValueError):
        return ParsedFeed("not-a-feed", problem="trang xem trước không đọc được")
    items, dropped = [], 0
    posts = page.xpath('//*[@data-post][contains(concat(" ", @class, " "), " tgme_widget_message ")]')
    for post in posts:
        texts = post.xpath('.//*[contains(concat(" ", @class, " "), " js-message_text ")]') or post.xpath(
            './/*[contains(concat(" ", @class, " "), " tgme_widget_message_text ")]'
        )
        times = post.xpath(".//a[contains(@class, 'tgme_widget_message_date')]//time/@datetime") or post.xpath(
            ".//time/@datetime"
        )
        address = clean_url("/" + str(post.get("data-post")), url)
        if not texts or address is None:
            dropped += 1  # a photo or video alone: nothing to read
            continue
        # The last text is the post's own; one before it is the quoted message of somebody else.
        raw = etree.tostring(texts[-1], encoding="unicode", with_tail=False)
        text = without_people(plain(raw))
        item = made(address, "", "", str(times[-1]) if times else "", now)
        items.append(FeedItem(address, _headline(text), text, item.published, item.confidence, item.note))
    if not posts and b"tgme_" not in body:
        return ParsedFeed("not-a-feed", problem="không phải trang xem trước công khai của kênh")
    return ParsedFeed("feed" if items else "empty", tuple(items), "", dropped)


def as_page(url: str, title: str, text: str, published: datetime | None, lang: str, outlet: str) -> bytes:
    """Render a post as the small page that goes into the WARC in place of the platform's own."""
    when = published.isoformat() if published else ""
    facts = {"@context": "https://schema.org", "@type": "SocialMediaPosting", "headline": title, "url": url}
    facts |= {"datePublished": when} if when else {}
    data = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in re.split(r"\n+", text) if part.strip())
    return (
        f'<!DOCTYPE html><html lang="{html.escape(lang)}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<link rel="canonical" href="{html.escape(url)}"><meta property="og:title" content="{html.escape(title)}">'
        f'<meta property="og:site_name" content="{html.escape(outlet)}">'
        + (f'<meta property="article:published_time" content="{when}">' if when else "")
        + f'<script type="application/ld+json">{data}</script></head>'
        f"<body><article><h1>{html.escape(title)}</h1>{paragraphs}</article></body></html>"
    ).encode()
