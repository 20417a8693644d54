"""Scrapy's downloads through the house's own door, so that guard, robots.txt and pauses hold for every request."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import HtmlResponse, Response

# robots.txt, delays, redirects, packing and cookies are the Fetcher's, shared with feeds: Scrapy's own are off.
# Without a reactor, so that a crawl runs inside of any asyncio loop, a Prefect task's thread included.
SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "COOKIES_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 128,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 16,
    "HTTPERROR_ALLOW_ALL": True,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    "DOWNLOAD_HANDLERS": {
        "http": "crawlers.spiders.handler.GuardedHandler",
        "https": "crawlers.spiders.handler.GuardedHandler",
        "data": None, "file": None, "ftp": None, "s3": None,
    },
}  # fmt: skip


class GuardedHandler(BaseDownloadHandler):
    """Calls `request.meta["fetch"]`, leaves the exchange in `request.meta["exchange"]`, and never fails."""

    lazy = False

    async def download_request(self, request: Request) -> Response:
        """Return the page as Scrapy's response; failures are responses too, with their outcome in the exchange."""
        exchange = await request.meta["fetch"]()
        request.meta["exchange"] = exchange
        # Nobody parses an article here: its exchange goes to the sink as it is.
        if not exchange.body or "item" in request.meta:
            return Response(request.url, status=exchange.status or 599, request=request)
        kind = exchange.header("content-type")
        headers = {"Content-Type": kind} if kind else {}
        return HtmlResponse(exchange.final_url, status=exchange.status, headers=headers, body=exchange.body, request=request)
