"""Old stories for `--since`: sitemaps by their date, and the older pages that a feed itself links (RFC 5005)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawlers import exchange as ex
from crawlers.feeds import ParsedFeed
from crawlers.fetch import FEED, HTML
from crawlers.sitemaps import ParsedSitemap
from pipelines.dates import VIETNAM, date_from_url

if TYPE_CHECKING:
    from crawlers.polling import Poll

# Politeness bounds it: so many pages at five seconds each are four minutes per feed.
MAX_PAGES = 50
# What an index names without a date: newest of both ends, as at ordinary polls.
_ENDS = 2
_SLACK = timedelta(days=1)
_NAMED = re.compile(r"(?P<year>20\d\d)[-/](?P<month>\d{1,2})(?:-\d{1,2}-(?P<last>\d{1,2}))?(?:\.xml|\.rss|/)")


def ends(url: str) -> datetime | None:
    """Return when the days end that the name of a sitemap states, or None.

    Seen in public code, 2026: `news-2026-7.xml` (VietnamPlus), `/2026/6/article.xml` (VOV), `sitemaps-2026-6-21-25.xml` (VTV).
    """
    found = _NAMED.search(url)
    if found is None:
        return None
    year, month = int(found["year"]), int(found["month"])
    day = int(found["last"] or 0)
    try:
        first = datetime(year, month, day or 1, tzinfo=VIETNAM)
    except ValueError:
        return None
    return first + timedelta(days=1) if day else (first + timedelta(days=32)).replace(day=1)


def maps_to_read(found: ParsedSitemap, since: datetime | None, most: int) -> list[str]:
    """Return which sitemaps of an index to read: those changed since then, else news and the newest of both ends.

    What the index does not date is dated by its name, where that states a month or days.
    """
    if since is not None:
        moments = {url: found.changed.get(url) or ends(url) for url in found.sitemaps}
        dated = sorted((moment, url) for url, moment in moments.items() if moment is not None and moment >= since - _SLACK)
        if any(moments.values()):
            return [url for _, url in reversed(dated)][:MAX_PAGES]
    # Indexes name months back to the beginning, oldest first or last: news and the newest of both ends are enough.
    maps = [url for url in found.sitemaps if "news" in url] or [*found.sitemaps[:_ENDS], *found.sitemaps[-_ENDS:]]
    return list(dict.fromkeys(maps))[:most]


async def with_older_lists(poll: Poll, first: ParsedFeed, since: datetime) -> ParsedFeed:
    """Read the declared further pages of a list until one gives nothing new, names only dates before `since`, or MAX_PAGES."""
    from crawlers.lists import links_in

    page = poll.page
    assert page is not None
    items = {item.url: item for item in first.items}
    for number in range(2, MAX_PAGES + 2):
        url = page.older.replace("{n}", str(number))
        answer = await poll.fetcher.fetch(url, poll.source.rules(poll.delay), accept=HTML)
        found = links_in(answer, page, poll.source.home) if answer.outcome == ex.OK else ParsedFeed("empty")
        answer.release()
        fresh = {item.url: item for item in found.items if item.url not in items}
        # Past the last page many sites show the first one again.
        if not fresh:
            break
        items |= fresh
        dated = [day.value for link in fresh if (day := date_from_url(link, now=poll.now, zone=poll.zone)) is not None]
        if len(dated) * 2 >= len(fresh) and max(dated) < since - _SLACK:
            break
    return replace(first, items=tuple(items.values()))


async def with_older(poll: Poll, parsed: ParsedFeed, since: datetime) -> ParsedFeed:
    """Follow the links to older items until one page lies wholly before `since`, gives nothing new, or MAX_PAGES."""
    items = {item.url: item for item in parsed.items}
    page, asked = parsed, {poll.url}
    for _ in range(MAX_PAGES):
        dated = [item.published for item in page.items if item.published is not None]
        if not page.older or page.older in asked or (dated and max(dated) < since):
            break
        asked.add(page.older)
        answer = await poll.fetcher.fetch(page.older, poll.source.rules(poll.delay), accept=FEED)
        if answer.outcome != ex.OK:
            break
        page = poll.read(answer)
        answer.release()
        fresh = {item.url: item for item in page.items if item.url not in items}
        if not fresh:
            break
        items |= fresh
    return replace(parsed, items=tuple(items.values()))
