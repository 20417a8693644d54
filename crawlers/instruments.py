"""Pages of the instruments that alerts cite: fetched once through the same door as news, kept in the WARC beside the claims."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from crawlers import exchange as ex
from crawlers.collect import MANUAL, run_apart
from crawlers.exchange import Exchange
from crawlers.fetch import Fetcher
from crawlers.guard import Resolver, resolve
from crawlers.network import certificate_row, facts_row
from crawlers.pauses import kept_pauses
from crawlers.registry import Registry
from crawlers.robots_kept import StoreBook
from crawlers.urls import clean_url
from crawlers.warc import WarcFile, capture_of
from pipelines.clock import now as clock_now
from pipelines.records import StepCount
from pipelines.settings import Settings
from pipelines.store import Store, captures

ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5"
# As many a night: an office cites some tens of instruments in all.
ROUND = 20


def collect_instruments(
    settings: Settings, store: Store, registry: Registry, urls: Sequence[str], now: datetime | None = None, *,
    budget: float | None = None, resolver: Resolver = resolve,
) -> StepCount:  # fmt: skip
    """Fetch those of `urls` that no capture holds yet, at most `ROUND`; each ends in one outcome (`new`, or why not).

    What failed is asked again another night, others first. UserError when the disk or the store gives up.
    """
    at = now or clock_now()
    with store.read() as conn:
        owed = [url for url in dict.fromkeys(urls) if (address := clean_url(url)) and not captures.latest(conn, address)]
    # Another order every day, so that addresses which never answer do not keep the others waiting.
    owed.sort(key=lambda url: hashlib.sha256(f"{at:%Y-%m-%d} {url}".encode()).digest())
    outcomes: Counter[str] = Counter()
    if owed:
        run_apart(_collect(settings, store, registry, at, owed[:ROUND], outcomes, budget, resolver))
    return StepCount(step="instruments", entered=sum(outcomes.values()), outcomes=dict(outcomes))


async def _collect(
    settings: Settings, store: Store, registry: Registry, now: datetime, owed: Sequence[str], outcomes: Counter[str],
    budget: float | None, resolver: Resolver,
) -> None:  # fmt: skip
    with WarcFile(settings.data, now, settings.user_agent) as warc:
        fetcher = Fetcher(settings, budget=budget, resolver=resolver, book=StoreBook(store, now))
        async with fetcher, kept_pauses(store, fetcher.gate, now):
            for url in owed:
                address = clean_url(url)
                assert address is not None
                owner = registry.owner_of(address)
                rules = registry.describe(owner.id if owner else MANUAL).rules(settings.delay)
                answer = await fetcher.fetch(address, rules, accept=ACCEPT)
                outcomes[await asyncio.to_thread(_keep, store, warc, owner.id if owner else MANUAL, answer, now)] += 1
                answer.release()


def _keep(store: Store, warc: WarcFile, source: str, answer: Exchange, now: datetime) -> str:
    """Store one answer: record first, synced, then the row, marked so that it is never read as an article."""
    if answer.outcome != ex.OK:
        return answer.outcome
    place = warc.write(answer)
    warc.commit()
    capture = capture_of(answer, source, place, now)
    facts = facts_row(answer)
    with store.begin() as conn:
        captures.add(conn, [capture])
        captures.mark_read(conn, capture.id, captures.INSTRUMENT)
        if facts is not None:
            captures.add_facts(conn, capture.id, facts, certificate_row(answer.network))
    return "new"
