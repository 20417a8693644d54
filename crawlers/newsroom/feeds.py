"""Feeds and sitemaps of the sample newsroom, each in the dialect of its outlet."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from crawlers.newsroom import dates


@dataclass(frozen=True)
class Item:
    """One entry of a feed: absolute URL, what the feed says of it, and when."""

    url: str
    title: str
    sapo: str
    section: str
    published: datetime
    modified: datetime
    lang: str
    video: str = ""


def rss(name: str, home: str, items: list[Item], date: Callable[[datetime], str], *, markup: bool = False) -> str:
    """RSS 2.0; with `markup` the description holds an image and HTML in CDATA, as many Vietnamese feeds do."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<rss version="2.0"><channel>']
    out.append(f"<title>{escape(name)} - RSS</title><link>{escape(home)}</link><description>{escape(name)}</description>")
    for item in items:
        summary = escape(item.sapo)
        if markup:
            inner = f'<a href="{escape(item.url)}"><img src="/anh/thumb.jpg" alt=""></a></br>{summary}'
            summary = f"<![CDATA[{inner}]]>"
        out.append(
            f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
            f'<guid isPermaLink="true">{escape(item.url)}</guid><category>{escape(item.section)}</category>'
            f"<pubDate>{date(item.published)}</pubDate><description>{summary}</description></item>"
        )
    out.append("</channel></rss>\n")
    return "\n".join(out)


def atom(name: str, home: str, items: list[Item]) -> str:
    """Atom 1.0 with updated and published in UTC."""
    newest = max((item.modified for item in items), default=None)
    out = ['<?xml version="1.0" encoding="utf-8"?>', '<feed xmlns="http://www.w3.org/2005/Atom">']
    out.append(f'<title>{escape(name)}</title><id>{escape(home)}/</id><link href="{escape(home)}/"/>')
    out.append(f"<updated>{dates.iso_z(newest) if newest else ''}</updated>")
    for item in items:
        out.append(
            f'<entry><title type="text">{escape(item.title)}</title><link rel="alternate" href="{escape(item.url)}"/>'
            f"<id>{escape(item.url)}</id><published>{dates.iso_z(item.published)}</published>"
            f"<updated>{dates.iso_z(item.modified)}</updated><category term=\"{escape(item.section)}\"/>"
            f'<summary type="text">{escape(item.sapo)}</summary></entry>'
        )
    return "\n".join([*out, "</feed>\n"])


def video_atom(name: str, home: str, items: list[Item]) -> str:
    """Atom as a large video platform serves it for one channel: yt: and media: elements."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns="http://www.w3.org/2005/Atom">',
        f"<id>yt:channel:biencuongxanh</id><title>{escape(name)}</title><link rel=\"alternate\" href=\"{escape(home)}\"/>",
    ]
    for item in items:
        stamp = dates.iso_z(item.published).replace("Z", "+00:00")
        out.append(
            f"<entry><id>yt:video:{item.video}</id><yt:videoId>{item.video}</yt:videoId>"
            f"<title>{escape(item.title)}</title><link rel=\"alternate\" href=\"{escape(item.url)}\"/>"
            f"<published>{stamp}</published><updated>{stamp}</updated><media:group>"
            f"<media:title>{escape(item.title)}</media:title>"
            f'<media:thumbnail url="{escape(home)}/anh/{item.video}.jpg" width="480" height="360"/>'
            f"<media:description>{escape(item.sapo)}</media:description></media:group></entry>"
        )
    return "\n".join([*out, "</feed>\n"])


def json_feed(name: str, home: str, items: list[Item], bodies: dict[str, str]) -> str:
    """JSON Feed 1.1; posts carry their whole text."""
    rows = [
        {
            "id": item.url,
            "url": item.url,
            "title": item.title,
            "content_text": bodies[item.url],
            "date_published": dates.iso(item.published),
            "language": item.lang,
        }
        for item in items
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": name, "home_page_url": home + "/", "items": rows}
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def news_sitemap(name: str, items: list[Item]) -> str:
    """A news sitemap with publication name, language, date and title."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">',
    ]
    for item in items:
        out.append(
            f"<url><loc>{escape(item.url)}</loc><lastmod>{dates.iso(item.modified)}</lastmod><news:news>"
            f"<news:publication><news:name>{escape(name)}</news:name><news:language>{item.lang}</news:language>"
            f"</news:publication><news:publication_date>{dates.iso(item.published)}</news:publication_date>"
            f"<news:title>{escape(item.title)}</news:title></news:news></url>"
        )
    return "\n".join([*out, "</urlset>\n"])
