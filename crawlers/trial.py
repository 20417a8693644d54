"""One try of a source over the network: asks every address once, reads one article, and stores nothing."""

from __future__ import annotations

import asyncio

from crawlers import exchange as ex
from crawlers.canary import declares, missed
from crawlers.feeds import ParsedFeed
from crawlers.fetch import Fetcher
from crawlers.lists import links_of
from crawlers.polling import Poll
from crawlers.registry import ListPage, Source
from pipelines.clock import local
from pipelines.clock import now as clock_now
from pipelines.extract import FeedHint, NotArticle, extract, version_on
from pipelines.settings import Settings


def try_source(settings: Settings, source: Source) -> list[tuple[str, bool]]:
    """Return one line per feed, sitemap, list page and for one article of `source`, and whether each was fine."""
    return asyncio.run(_try(settings, source))


def _ways(source: Source) -> list[tuple[str, str, ListPage | None]]:
    named: list[tuple[str, str, ListPage | None]] = [(url, "feed", None) for url in source.feeds]
    named += [(url, "sitemap", None) for url in (*source.sitemaps, *source.archives)]
    return [*named, *((page.url, "list", page) for page in source.lists)]


async def _ask(fetcher: Fetcher, settings: Settings, source: Source, way: tuple[str, str, ListPage | None]) -> tuple[ex.Exchange, ParsedFeed | None]:
    url, kind, page = way
    poll = Poll(fetcher, source, url, kind, {}, settings.delay, page)
    answer = await poll.ask()
    if answer.outcome != ex.OK:
        return answer, None
    if page is not None:
        from scrapy.http import HtmlResponse

        return answer, links_of(HtmlResponse(answer.final_url, body=answer.body), page, source.home)
    return answer, await poll.read_sitemap(answer) if kind == "sitemap" else poll.read(answer)


async def offered(fetcher: Fetcher, settings: Settings, source: Source) -> dict[str, FeedHint]:
    """Return the articles that the first answering feed, sitemap or list page of `source` offers now, with what it says of them."""
    for way in _ways(source):
        _, found = await _ask(fetcher, settings, source, way)
        if found is not None and found.items:
            return {item.url: FeedHint(item.title, item.sapo, item.published) for item in found.items}
    return {}


async def _try(settings: Settings, source: Source) -> list[tuple[str, bool]]:
    lines = []
    first: tuple[str, FeedHint] | None = None
    async with Fetcher(settings) as fetcher:
        for way in _ways(source):
            answer, found = await _ask(fetcher, settings, source, way)
            if found is None:
                lines.append((f"{way[0]}: {answer.outcome} – {answer.reason}", False))
                continue
            dated = sum(item.published is not None and item.confidence > 0.2 for item in found.items)
            moved = f", đã chuyển sang {answer.moved_to}" if answer.moved_to else ""
            lines.append((f"{way[0]}: {len(found.items)} mục, {dated} có ngày{moved} {found.problem}".rstrip(), bool(found.items)))
            if first is None and found.items:
                item = found.items[0]
                first = item.url, FeedHint(item.title, item.sapo, item.published)
        if first is not None and not source.is_channel and source.pages:
            lines.append(await _article(fetcher, settings, source, *first))
    return lines


async def _article(fetcher: Fetcher, settings: Settings, source: Source, url: str, hint: FeedHint) -> tuple[str, bool]:
    """Read the newest article and say whether the declared selectors match it."""
    answer = await fetcher.fetch(url, source.rules(settings.delay))
    if answer.outcome != ex.OK:
        return f"{url}: {answer.outcome} – {answer.reason}", False
    moment = answer.fetched or clock_now()
    found = extract(
        answer.body, answer.final_url, content_type=answer.header("content-type"), selectors=version_on(source.selectors, local(moment).date()),
        feed=hint, now=moment, captured=local(moment).date(), zone=source.clock,
    )  # fmt: skip
    if isinstance(found, NotArticle):
        return f"{url}: không đọc được thành bài ({found.reason})", False
    when = f"{local(found.published):%d/%m/%Y %H:%M}" if found.published else "không rõ ngày"
    line = f"{url}: “{found.title[:60]}”, {when}, thân {len(found.body)} chữ cái ({found.parser})"
    version = declares(source, moment)
    if version and missed(found.parser, version):
        return f"{line}; bộ chọn “{version}” không còn khớp", False
    return line, True
