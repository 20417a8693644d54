"""Pictures of articles that raised an alert: fetched once through the same door as pages, kept in the WARC as evidence."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from crawlers import exchange as ex
from crawlers.collect import run_apart
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
from pipelines.records import Article, StepCount, content_id
from pipelines.settings import Settings
from pipelines.store import Store, articles, captures
from pipelines.store.rows import moment, stamp, upsert
from pipelines.store.schema import alerts, article_images

ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1"
# Articles carry one map and a few photographs; a gallery of a hundred is no evidence of a claim.
MOST, MAX_BYTES = 8, 8_000_000
ROUND = 200
RETRIES = (timedelta(minutes=30), timedelta(hours=6), timedelta(hours=24), timedelta(hours=48))
_PASSING = {ex.TIMEOUT, ex.UNREACHABLE, ex.THROTTLED, ex.HTTP_ERROR, ex.CERTIFICATE, ex.DEFERRED, ex.ROBOTS}
# First bytes of what may be called a picture. SVG is not among them: it carries scripts.
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def wanted(conn: Connection, now: datetime, own: Collection[str] | None = None) -> list[tuple[Article, str, int]]:
    """Return (article, address, attempts so far) of pictures of alerts that are still to be had, oldest alert first.

    `own`: only of articles of these sources.
    """
    query = select(alerts.c.article, alerts.c.revision).order_by(alerts.c.raised, alerts.c.id)
    found: list[tuple[Article, str, int]] = []
    seen: set[tuple[str, str]] = set()
    for name, revision in conn.execute(query).tuples():
        article = articles.get(conn, name, revision)
        if article is None or not article.images or (own is not None and article.source not in own):
            continue
        rows = conn.execute(select(article_images).where(article_images.c.article == name)).mappings()
        known = {row["url"]: row for row in rows}
        for image in article.images[:MOST]:
            row = known.get(image.url)
            later = moment(row["next_try"]) if row else None
            if (row is not None and (later is None or later > now)) or (name, image.url) in seen:
                continue
            seen.add((name, image.url))
            found.append((article, image.url, row["attempts"] if row else 0))
        if len(found) >= ROUND:
            break
    return found


def collect_images(
    settings: Settings, store: Store, registry: Registry, now: datetime | None = None, *,
    own: Collection[str] | None = None, budget: float | None = None, resolver: Resolver = resolve,
) -> StepCount:  # fmt: skip
    """Fetch the pictures that alerts are still owed; every one ends in one outcome (`new`, `same`, or why not).

    `own` are the sources of this machine where several share the work: no host is asked by two of them. UserError when the disk or the store gives up; what was stored stays.
    """
    at = now or clock_now()
    with store.read() as conn:
        todo = wanted(conn, at, own)
    outcomes: Counter[str] = Counter()
    if todo:
        run_apart(_collect(settings, store, registry, at, todo, outcomes, budget, resolver))
    return StepCount(step="images", entered=sum(outcomes.values()), outcomes=dict(outcomes))


async def _collect(
    settings: Settings, store: Store, registry: Registry, now: datetime, todo: list[tuple[Article, str, int]],
    outcomes: Counter[str], budget: float | None, resolver: Resolver,
) -> None:  # fmt: skip
    limited = settings.model_copy(update={"max_bytes": min(settings.max_bytes, MAX_BYTES)})
    with WarcFile(settings.data, now, settings.user_agent) as warc:
        fetcher = Fetcher(limited, budget=budget, resolver=resolver, book=StoreBook(store, now))
        async with fetcher, kept_pauses(store, fetcher.gate, now):
            for article, url, attempts in todo:
                address = clean_url(url)
                if address is None:
                    answer = Exchange(url, url, ex.GUARD, "địa chỉ ảnh không nhận", fetched=now)
                else:
                    rules = registry.describe(article.source).rules(settings.delay)
                    answer = await fetcher.fetch(address, rules, accept=ACCEPT)
                outcome = await asyncio.to_thread(_keep, store, warc, article, url, answer, attempts, now)
                answer.release()
                outcomes[outcome] += 1


def _keep(store: Store, warc: WarcFile, article: Article, url: str, answer: Exchange, attempts: int, now: datetime) -> str:
    """Store one answer: record first, synced, then the rows in one transaction."""
    outcome, reason = judge(answer)
    row = {"article": article.id, "url": url, "outcome": outcome, "reason": reason, "attempts": attempts + 1, "next_try": None}
    if outcome != "new":
        if outcome in _PASSING and attempts < len(RETRIES):
            pause = max(RETRIES[attempts], timedelta(seconds=answer.retry_after or 0))
            row["next_try"] = stamp(now + pause)
        with store.begin() as conn:
            upsert(conn, article_images, row)
        return outcome
    key = content_id(answer.url, answer.body)
    with store.read() as conn:
        known = captures.get(conn, key)
    if known is not None:
        with store.begin() as conn:
            upsert(conn, article_images, row | {"capture": key, "outcome": "same"})
        return "same"
    place = warc.write(answer)
    warc.commit()
    capture = capture_of(answer, article.source, place, now)
    facts = facts_row(answer)
    with store.begin() as conn:
        captures.add(conn, [capture])
        captures.mark_read(conn, key, captures.IMAGE)
        if facts is not None:
            captures.add_facts(conn, key, facts, certificate_row(answer.network))
        upsert(conn, article_images, row | {"capture": key})
    return "new"


def judge(answer: Exchange) -> tuple[str, str]:
    """Return outcome and reason of an answer that should be a picture: its bytes count, not its label."""
    if answer.outcome != ex.OK:
        return answer.outcome, answer.reason
    head = answer.body[:16]
    if head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] in {b"ftypavif", b"ftypheic"}:
        return "new", ""
    return "not-an-image", f"nội dung là {answer.header('content-type')[:60] or 'không rõ loại'}, không phải ảnh"
