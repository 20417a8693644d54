"""Fetching articles of a declared source for its fixtures: the addresses given, else the newest that it offers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from crawlers import exchange as ex
from crawlers.discover.fixtures import record
from crawlers.discover.links import is_text_page
from crawlers.fetch import Fetcher
from crawlers.registry import Source
from crawlers.trial import offered
from crawlers.urls import clean_url, site_of
from pipelines.clock import now as clock_now
from pipelines.errors import UsageError, UserError
from pipelines.settings import Settings

PAGES = 3
MOST_TRIES = 6


def record_pages(settings: Settings, source: Source, urls: list[str], folder: Path) -> list[tuple[str, bool]]:
    """Fetch and store pages; return one line per page and whether it was stored. UsageError for a foreign address."""
    if source.is_channel or not source.pages:
        raise UsageError(f"{source.id}: nguồn này chỉ đọc từ feed, không có trang bài để lưu")
    wanted = []
    for text in urls:
        url = clean_url(text)
        if url is None:
            raise UsageError(f"“{text[:200]}” không phải địa chỉ http hay https")
        if not (site_of(url) == site_of(source.home) or site_of(url).endswith("." + site_of(source.home))):
            raise UsageError(f"{url}: không thuộc trang của nguồn {source.id} ({source.home})")
        wanted.append(url)
    return asyncio.run(_record(settings, source, wanted, folder))


async def _record(settings: Settings, source: Source, urls: list[str], folder: Path) -> list[tuple[str, bool]]:
    lines: list[tuple[str, bool]] = []
    stored = 0
    async with Fetcher(settings) as fetcher:
        hints = {} if urls else await offered(fetcher, settings, source)
        chosen = urls or sorted(hints, key=lambda url: not is_text_page(url))[:MOST_TRIES]
        if not chosen:
            raise UserError(f"{source.id}: nguồn không đưa ra bài nào; xem `cotmoc sources check --live {source.id}`")
        for url in chosen:
            if not urls and stored >= PAGES:
                break
            answer = await fetcher.fetch(url, source.rules(settings.delay))
            if answer.outcome != ex.OK:
                lines.append((f"{url}: {answer.outcome} – {answer.reason}", not urls))
                continue
            try:
                path = record(
                    folder, source, answer.final_url, answer.body, answer.header("content-type"), answer.fetched or clock_now(), hints.get(url)
                )
            except UserError as error:
                lines.append((str(error), not urls))
                continue
            stored += 1
            lines.append((f"đã lưu {path}", True))
    if not stored and not urls:
        lines.append((f"{source.id}: không lưu được trang nào", False))
    return lines
