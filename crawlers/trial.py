"""One try of a source over the network: asks every address once and stores nothing."""

from __future__ import annotations

import asyncio

from crawlers import exchange as ex
from crawlers.fetch import Fetcher
from crawlers.lists import links_of
from crawlers.polling import Poll
from crawlers.registry import Source
from pipelines.settings import Settings


def try_source(settings: Settings, source: Source) -> list[tuple[str, bool]]:
    """Return one line per feed, sitemap and list page of `source`, and whether it gave items."""
    return asyncio.run(_try(settings, source))


async def _try(settings: Settings, source: Source) -> list[tuple[str, bool]]:
    lines = []
    named = [(url, "feed", None) for url in source.feeds] + [(url, "sitemap", None) for url in source.sitemaps]
    async with Fetcher(settings) as fetcher:
        for url, kind, page in [*named, *((page.url, "list", page) for page in source.lists)]:
            poll = Poll(fetcher, source, url, kind, {}, settings.delay, page)
            answer = await poll.ask()
            if answer.outcome != ex.OK:
                lines.append((f"{url}: {answer.outcome} – {answer.reason}", False))
                continue
            if page is not None:
                from scrapy.http import HtmlResponse

                found = links_of(HtmlResponse(answer.final_url, body=answer.body), page, source.home)
            else:
                found = await poll.read_sitemap(answer) if kind == "sitemap" else poll.read(answer)
            dated = sum(item.published is not None and item.confidence > 0.2 for item in found.items)
            moved = f", đã chuyển sang {answer.moved_to}" if answer.moved_to else ""
            lines.append((f"{url}: {len(found.items)} mục, {dated} có ngày{moved} {found.problem}".rstrip(), bool(found.items)))
    return lines
