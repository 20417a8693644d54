"""One page asked for by hand, through the same guarded and polite way as all others; nothing is stored."""

from __future__ import annotations

import asyncio

from crawlers.exchange import OK, Exchange
from crawlers.fetch import Fetcher
from crawlers.guard import Resolver, resolve
from crawlers.polite import Rules
from crawlers.registry import Registry
from crawlers.urls import clean_url
from pipelines.errors import UsageError, UserError
from pipelines.settings import Settings


def fetch_page(settings: Settings, registry: Registry, url: str, resolver: Resolver = resolve) -> Exchange:
    """Return the page at `url`, asked under its source's rules; UserError says why it did not come."""
    wanted = clean_url(url)
    if wanted is None:
        raise UsageError(f"{url[:120]}: không phải địa chỉ http(s)")
    source = registry.owner_of(wanted)
    rules = source.rules(settings.delay) if source else Rules(settings.delay)
    answer = asyncio.run(_ask(settings, wanted, rules, resolver))
    if answer.outcome != OK:
        raise UserError(f"{url[:200]}: không lấy được trang: {answer.reason or answer.outcome}")
    return answer


async def _ask(settings: Settings, url: str, rules: Rules, resolver: Resolver) -> Exchange:
    async with Fetcher(settings, resolver=resolver) as fetcher:
        answer = await fetcher.fetch(url, rules)
        answer.release()
        return answer
