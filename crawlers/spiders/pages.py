"""The two spiders: article pages out of the frontier, and list pages of outlets without a feed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from crawlers.exchange import Exchange
from crawlers.history import with_older_lists
from crawlers.lists import links_of
from crawlers.polling import Poll
from crawlers.sink import Sink
from crawlers.urls import host_of
from pipelines.errors import UserError
from pipelines.store.frontier import Due

FetchPage = Callable[[Due], Any]


# So many requests of a host are made before they can be sent: Scrapy keeps 5 KB for each that waits (50,000 pages, 2026-11-21).
AHEAD = 4
# When nothing came back for so long (slow hosts all of them) the next one is made all the same: this never stands still.
NEXT_AFTER = 5.0


class PageSpider(Spider):
    """Fetches every due address and hands the exchange to the sink; one request at a time per host."""

    name = "pages"
    todo: Iterable[Due]
    sink: Sink
    fetch_page: FetchPage
    free: asyncio.Queue[str]

    async def start(self) -> AsyncIterator[Request]:
        """Yield the due addresses in their order, a few ahead for each host."""
        waiting: dict[str, deque[Due]] = {}
        for item in self.todo:
            waiting.setdefault(item.host, deque()).append(item)
        self.free = asyncio.Queue()
        for host in [*waiting] * AHEAD:
            self.free.put_nowait(host)
        while waiting:
            try:
                host = await asyncio.wait_for(self.free.get(), NEXT_AFTER)
            except TimeoutError:
                host = next(iter(waiting))
            if host not in waiting:
                continue
            item = waiting[host].popleft()
            if not waiting[host]:
                del waiting[host]
            meta = {"fetch": partial(self.fetch_page, item), "item": item, "download_slot": item.host}
            yield Request(item.url, meta=meta, dont_filter=True, callback=self.parse)

    async def parse(self, response: Response) -> None:
        """Store what came; stop the crawl when the disk or the store has given up."""
        exchange: Exchange = response.meta["exchange"]
        self.free.put_nowait(response.meta["item"].host)
        try:
            await self.sink.put(response.meta["item"], exchange)
        except UserError as error:
            raise CloseSpider(str(error)) from error


class ListSpider(Spider):
    """Reads list pages and hands the addresses found on them to their poll."""

    name = "lists"
    polls: Iterable[Poll]
    finish: Callable[[Poll, Exchange, Any], None]
    since: datetime | None

    async def start(self) -> AsyncIterator[Request]:
        """Yield every list page that is to be polled."""
        for poll in self.polls:
            meta = {"fetch": poll.ask, "poll": poll, "download_slot": host_of(poll.url)}
            yield Request(poll.url, meta=meta, dont_filter=True, callback=self.parse)

    async def parse(self, response: Response) -> None:
        """Read the links by the selector of the declaration."""
        poll: Poll = response.meta["poll"]
        page = poll.page
        assert page is not None
        found = links_of(response, page, poll.source.home) if isinstance(response, HtmlResponse) else None
        since = self.since or poll.since
        if found is not None and since is not None and page.older:
            found = await with_older_lists(poll, found, since)
        self.finish(poll, response.meta["exchange"], found)
