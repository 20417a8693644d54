"""List pages: the addresses of articles on a section page, for outlets that offer no feed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawlers.feeds import FeedItem, ParsedFeed, plain
from crawlers.registry import ListPage
from crawlers.urls import clean_url, looks_like_article
from pipelines.urls import site

if TYPE_CHECKING:
    from scrapy.http import HtmlResponse

    from crawlers.exchange import Exchange

MAX_LINKS = 300


def links_in(answer: Exchange, page: ListPage, home: str) -> ParsedFeed:
    """Return the articles linked from a list page that was fetched without a spider."""
    from scrapy.http import HtmlResponse

    kind = answer.header("content-type")
    return links_of(HtmlResponse(answer.final_url, headers={"Content-Type": kind} if kind else {}, body=answer.body), page, home)


def links_of(response: HtmlResponse, page: ListPage, home: str) -> ParsedFeed:
    """Return the articles of the outlet linked from a list page: by the declared selector and pattern, else by their shape."""
    found: dict[str, FeedItem] = {}
    own = {site(home), site(page.url)}
    try:
        nodes = response.css(page.link)
    except ValueError as error:
        return ParsedFeed("not-a-feed", problem=f"bộ chọn “{page.link}” không đúng cú pháp CSS ({error})")
    for node in nodes:
        anchor = node if node.root.tag == "a" else next(iter(node.css("a[href]")), None)
        url = clean_url(anchor.attrib.get("href", ""), response.url) if anchor is not None else None
        if anchor is None or url is None or url == response.url:
            continue
        # Neighbours of one publishing system have addresses of one shape, and link one another.
        if page.match and (not re.search(page.match, url) or site(url) not in own):
            continue
        if not page.match and not looks_like_article(url, home):
            continue
        title = plain(" ".join(anchor.css("::text").getall()))[:500] or plain(anchor.attrib.get("title", ""))[:500]
        # A picture links first, with no words; the headline comes after it.
        if url not in found or len(title) > len(found[url].title):
            found[url] = FeedItem(url, title, note="trang danh mục không ghi ngày")
        if len(found) >= MAX_LINKS:
            break
    problem = "" if found else "không thấy liên kết bài nào: trang có thể đã đổi giao diện"
    return ParsedFeed("feed" if found else "empty", tuple(found.values()), problem)

