"""Collecting, whole: feeds, sitemaps and list pages into the frontier, the frontier's pages into the WARC.

Safe to kill anywhere and to run again: what is on disk is committed first, what is not committed is asked for again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from crawlers import exchange as ex
from crawlers.exchange import Exchange
from crawlers.feeds import ParsedFeed
from crawlers.fetch import Fetcher
from crawlers.fillers import backups, settle
from crawlers.guard import Resolver, resolve
from crawlers.health import is_due, own_outage, update_health
from crawlers.history import with_older
from crawlers.line import excuse, nobody_answers, silent
from crawlers.pauses import kept_pauses
from crawlers.polling import LIAR, Poll
from crawlers.registry import Registry, Source
from crawlers.robots_kept import StoreBook
from crawlers.sink import BATCH, Sink
from crawlers.urls import clean_url, has_login, host_of
from crawlers.warc import mend
from pipelines.clock import now as clock_now
from pipelines.errors import UsageError, UserError
from pipelines.records import StepCount
from pipelines.settings import Settings
from pipelines.store import Store, feeds, frontier
from pipelines.store.frontier import Due, Found

T = TypeVar("T")
MANUAL = "manual"
STEPS = {"feed": "feeds", "sitemap": "sitemaps", "list": "lists"}
Progress = Callable[[int, int | None], None]


@dataclass
class Run:
    """What one run of collecting shares."""

    settings: Settings
    store: Store
    registry: Registry
    now: datetime
    progress: Progress
    since: datetime | None = None
    budget: float | None = None
    resolver: Resolver = resolve
    polls: list[Poll] = field(default_factory=list)
    done: int = 0
    total: int = 0
    bytes_in: int = 0
    liars: set[str] = field(default_factory=set)
    offline: bool = False

    def advance(self, count: int) -> None:
        """Move the progress display on."""
        self.done += count
        self.progress(self.done, self.total)


def collect(
    settings: Settings,
    store: Store,
    registry: Registry,
    sources: list[str] | None = None,
    urls: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    now: datetime | None = None,
    only_due: bool = False,
    since: datetime | None = None,
    budget: float | None = None,
    resolver: Resolver = resolve,
) -> list[StepCount]:
    """Collect from `sources` (None: all enabled) and `urls`; return the counted outcomes per step.

    With `urls` alone only those are fetched. `only_due` polls the sources whose time has come; `budget` is the
    longest time in seconds for which new requests are begun. Works in any thread, beside a running event loop too.
    UserError when disk or store give up: nothing that was counted is lost, the rest is done by the next run.
    """
    run = Run(settings, store, registry, now or clock_now(), progress or _quiet, since, budget, resolver)
    chosen = [] if urls and sources is None else registry.choose(sources)
    mend(settings.data, store)
    wanted = _enter(run, urls)
    if only_due:
        with store.read() as conn:
            states = feeds.source_rows(conn)
        polled = [source for source in chosen if is_due(states.get(source.id), run.now)]
    else:
        polled = chosen
    return run_apart(_run(run, chosen, polled, wanted))


def _quiet(_done: int, _total: int | None) -> None:
    return None


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` in an event loop of its own, in another thread when this one has a loop already (Prefect, tests)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1, thread_name_prefix="cotmoc-collect") as pool:
        return pool.submit(asyncio.run, work).result()


def checked(urls: Sequence[str]) -> list[str]:
    """Return addresses that a person gave as they are asked for; UsageError for one that is none."""
    cleaned = []
    for url in urls:
        address = clean_url(url)
        if address is None and has_login(url):
            raise UsageError("địa chỉ mang tên và mật khẩu (…@…): Cột Mốc không đăng nhập vào đâu; hãy chép lại địa chỉ không có phần ấy")
        if address is None:
            raise UsageError(f"“{url}” không phải địa chỉ http hay https; hãy chép lại địa chỉ của bài")
        cleaned.append(address)
    return cleaned


def _enter(run: Run, urls: Sequence[str]) -> list[str]:
    """Put addresses that a person gave into the frontier."""
    cleaned = checked(urls)
    if cleaned:
        owners = {url: run.registry.owner_of(url) for url in cleaned}
        found = [Found(url, owner.id if owner else MANUAL, host_of(url)) for url, owner in owners.items()]
        with run.store.begin() as conn:
            frontier.add(conn, found, run.now)
    return cleaned


async def _run(run: Run, chosen: list[Source], polled: list[Source], wanted: list[str]) -> list[StepCount]:
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    book = StoreBook(run.store, run.now)
    fetcher = Fetcher(run.settings, budget=run.budget, resolver=run.resolver, book=book)
    async with fetcher, kept_pauses(run.store, fetcher.gate, run.now) as pauses:
        with run.store.read() as conn:
            states = {source.id: feeds.of_source(conn, source.id) for source in polled}
            # Where one request an hour is all that is allowed, a page that waits goes before the feed.
            slow = frontier.hosts_owed(conn, [host for host, pause in pauses.items() if not pause.blocked], run.now)
        run.polls = [poll for source in polled for poll in _polls(run, fetcher, source, states[source.id])]
        run.total = len(run.polls)
        for poll in run.polls:
            if host_of(poll.url) in slow:
                poll.outcome, poll.reason = ex.DEFERRED, "máy chủ chỉ cho hỏi thưa: bài đang chờ đi trước, feed để lượt sau"
        asked = [poll for poll in run.polls if not poll.outcome]
        lists = [poll for poll in asked if poll.kind == "list"]
        await asyncio.gather(*(_poll(run, poll) for poll in asked if poll.kind != "list"), _crawl_lists(run, lists))
        run.offline = own_outage(run.polls) or await _alone(run, fetcher)
        if not run.offline:
            await _more(run, fetcher, polled, states)
        pages = await _pages(run, fetcher, chosen, wanted)
        run.bytes_in = fetcher.bytes_in
        if not run.offline:
            excuse(fetcher.line, run.polls)
    update_health(run.store, polled, run.polls, run.now, pauses, run.offline)
    counts = []
    for kind, step in STEPS.items():
        outcomes = Counter(poll.outcome for poll in run.polls if poll.kind == kind)
        if outcomes or kind == "feed":
            counts.append(StepCount(step=step, entered=sum(outcomes.values()), outcomes=dict(outcomes)))
    counts.append(StepCount(step="pages", entered=sum(pages.values()), outcomes=dict(pages)))
    return counts


async def _alone(run: Run, fetcher: Fetcher) -> bool:
    """Tell whether a round in which the few that were asked kept silent met an outage of our own: others are knocked at."""
    if not silent(run.polls):
        return False
    with run.store.read() as conn:
        rows = feeds.source_rows(conn)
    asked = {host_of(poll.url) for poll in run.polls} | {host_of(poll.source.home) for poll in run.polls}
    others = [source for source in run.registry if source.enabled and host_of(source.home) not in asked]
    return await nobody_answers(others, rows, asked, lambda other: fetcher.knock(other.home, other.rules(run.settings.delay)))


def _polls(run: Run, fetcher: Fetcher, source: Source, rows: list[dict[str, Any]]) -> list[Poll]:
    known = {row["url"]: row for row in rows}
    # Trust belongs to the host: one lie of one feed and all of its feeds are read in full.
    liar_hosts = {host_of(row["url"]) for row in rows if row["trust"] <= LIAR}
    run.liars |= liar_hosts
    named: list[tuple[str, str, Any]] = [(url, "feed", None) for url in source.feeds]
    named += [(url, "sitemap", None) for url in (*source.sitemaps, *(source.archives if run.since else ()))]
    named += [(page.url, "list", page) for page in source.lists if page.asked(run.since is not None)]
    polls = []
    for url, kind, page in named:
        state = known.get(url, {"url": url, "trust": None})
        poll = Poll(fetcher, source, url, kind, state, run.settings.delay, page, run.now)
        poll.liar = host_of(url) in liar_hosts and not poll.distrusted() and state.get("trust") is None
        polls.append(poll)
    return polls


async def _more(run: Run, fetcher: Fetcher, polled: list[Source], states: dict[str, list[dict[str, Any]]]) -> None:
    """Go the other ways into the sources that need them."""
    made = backups(run.polls, fetcher, polled, states, run.settings.delay, run.now)
    run.polls += made
    run.total += len(made)
    await asyncio.gather(*(_poll(run, poll) for poll in made if poll.kind != "list"))
    await _crawl_lists(run, [poll for poll in made if poll.kind == "list"])
    await asyncio.to_thread(settle, run.store, run.polls, made)


async def _poll(run: Run, poll: Poll) -> None:
    answer = await poll.ask()
    parsed: ParsedFeed | None = None
    if answer.outcome == ex.OK:
        if poll.kind == "sitemap":
            parsed = await poll.read_sitemap(answer, run.since or poll.since)
        else:
            parsed = await asyncio.to_thread(poll.read, answer)
            if parsed.older and run.since is None:
                gap = await asyncio.to_thread(poll.missing, run.store, parsed)
                poll.since = gap.begin if gap else None
            since = run.since or poll.since
            parsed = await with_older(poll, parsed, since) if since and parsed.older else parsed
    await asyncio.to_thread(poll.finish, run.store, answer, parsed, run.since or poll.since)
    answer.release()
    run.advance(1)


async def _crawl_lists(run: Run, lists: list[Poll]) -> None:
    if not lists:
        return
    from crawlers.spiders.pages import ListSpider

    failures: list[Exception] = []

    def finish(poll: Poll, answer: Exchange, found: ParsedFeed | None) -> None:
        missing = ParsedFeed("not-a-feed", problem="máy chủ trả trang rỗng hoặc không phải HTML")
        try:
            if not failures:
                poll.finish(run.store, answer, found or missing, run.since or poll.since)
        except (UserError, SQLAlchemyError, OSError) as error:
            # Scrapy would log it and go on: the disk or the store gave up, and the run has to say so.
            failures.append(error)
        answer.release()
        run.advance(1)

    await _crawl(ListSpider, polls=lists, finish=finish, since=run.since)
    if failures:
        raise failures[0]
    for poll in lists:
        if not poll.outcome:
            finish(poll, Exchange(poll.url, poll.url, ex.DEFERRED, "trang chưa được đọc xong", fetched=run.now), None)


async def _pages(run: Run, fetcher: Fetcher, chosen: list[Source], wanted: list[str]) -> Counter[str]:
    """Fetch what is due; posts of channels and summaries behind a paywall are rendered from the frontier instead."""
    with run.store.read() as conn:
        if chosen:
            names = [*(source.id for source in chosen), MANUAL]
            due = frontier.due(conn, run.now, names)
            due += [item for item in frontier.named(conn, wanted) if item.url not in {each.url for each in due}]
        else:
            due = frontier.named(conn, wanted)
    run.total += len(due)
    ready = [item for item in due if _rendered(run.registry.get(item.source))]
    to_fetch = [item for item in due if not _rendered(run.registry.get(item.source))] if not run.offline else []
    async with Sink(run.settings, run.store, run.registry, run.now, run.advance) as sink:
        for start in range(0, len(ready), BATCH):
            # What could not be stored is counted as deferred, and the failure is raised below.
            await asyncio.gather(*(sink.put(item, None) for item in ready[start : start + BATCH]), return_exceptions=True)
            if sink.failure:
                break
        if to_fetch and not sink.failure:
            from crawlers.spiders.pages import PageSpider

            await _crawl(PageSpider, todo=to_fetch, sink=sink, fetch_page=partial(_fetch_page, run, fetcher))
    if sink.failure:
        raise sink.failure
    lost = len(due) - sum(sink.outcomes.values())
    if lost > 0:
        sink.outcomes[ex.DEFERRED] += lost
    return sink.outcomes


def _rendered(source: Source | None) -> bool:
    return source is not None and (source.is_channel or not source.pages)


async def _fetch_page(run: Run, fetcher: Fetcher, item: Due) -> Exchange:
    rules = run.registry.describe(item.source).rules(run.settings.delay)
    # The third look and later ones are full ones: a page may lie about its 304 as a feed does.
    trusted = item.again and item.host not in run.liars and (run.now - item.discovered).total_seconds() < 86400
    if not trusted:
        return await fetcher.fetch(item.url, rules)
    return await fetcher.fetch(item.url, rules, etag=item.etag, last_modified=item.last_modified)


async def _crawl(spider: Any, **given: Any) -> None:
    from scrapy.crawler import AsyncCrawlerRunner

    from crawlers.spiders.handler import SETTINGS

    await AsyncCrawlerRunner(SETTINGS).crawl(spider, **given)
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        # Scrapy ends its crawl on Ctrl-C and keeps it to itself: what is fetched is stored, then the run stops.
        raise asyncio.CancelledError
