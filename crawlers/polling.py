"""Polling feeds, sitemaps and list pages: conditional GET that is trusted only after it has been verified.

A host starts unproven: each 304 is followed by a full request, and the items are compared. After three true answers
it is asked again in full only every six hours; after one lie it gets no conditional request for a week.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from crawlers import exchange as ex
from crawlers.belongs import gone_elsewhere
from crawlers.channels import parse_channel
from crawlers.exchange import Exchange
from crawlers.feeds import FeedItem, ParsedFeed, parse_feed
from crawlers.fetch import FEED, HTML, Fetcher
from crawlers.gaps import Gap, find_gap, hold
from crawlers.history import maps_to_read
from crawlers.registry import ListPage, Source
from crawlers.signs import FAILING, Aliases, known_by_title, read_signs, still
from crawlers.sitemaps import MAX_OLD_URLS, MAX_URLS, parse_sitemap
from crawlers.urls import host_of
from pipelines.clock import now as clock_now
from pipelines.extract.dating import zone_of
from pipelines.records import content_id
from pipelines.store import Store, feeds, frontier
from pipelines.store.frontier import Found
from pipelines.store.rows import moment, stamp

UNPROVEN, PROVEN, LIAR, STEP = 0.5, 0.8, 0.2, 0.1
PROBE_EVERY = timedelta(hours=6)
FORGIVEN_AFTER = timedelta(days=7)
SITEMAP_WINDOW = timedelta(days=7)
MAX_SUBMAPS = 20


@dataclass
class Poll:
    """One feed, sitemap or list page on its way through a run."""

    fetcher: Fetcher
    source: Source
    url: str
    kind: str
    state: dict[str, Any]
    delay: float
    page: ListPage | None = None
    now: datetime = field(default_factory=clock_now)
    liar: bool = False
    verifying: bool = False
    bytes_saved: int = 0
    outcome: str = ""
    reason: str = ""
    new: int = 0
    items: int = 0
    exchange: Exchange | None = None
    odd: tuple[str, str] = ("", "")
    still: tuple[str, str] = ("", "")
    # Stories may have been missed before this answer; they were found by another way; items were known from earlier rounds.
    gap: Gap | None = None
    filled: bool = False
    joined: int = 0
    holds: timedelta | None = None
    # Asked for older stories too: since then.
    since: datetime | None = None

    async def ask(self) -> Exchange:
        """Make the request; a 304 that is not to be trusted yet is checked at once by a full one."""
        rules = self.source.rules(self.delay)
        accept = HTML if self.kind == "list" or self.source.protocol == "telegram" else FEED
        etag, modified = self.state.get("etag"), self.state.get("last_modified")
        if self.distrusted() or not (etag or modified):
            return await self.fetcher.fetch(self.url, rules, accept=accept)
        answer = await self.fetcher.fetch(self.url, rules, etag=etag, last_modified=modified, accept=accept)
        if answer.outcome != ex.UNCHANGED:
            return answer
        probed = moment(self.state.get("full_probe"))
        if self.trust() >= PROVEN and probed is not None and self.now - probed < PROBE_EVERY:
            return answer
        self.verifying = True
        full = await self.fetcher.fetch(self.url, rules, accept=accept)
        return full if full.outcome == ex.OK else answer

    @property
    def zone(self) -> tzinfo:
        """The zone of this outlet's times that are written without one."""
        return self.source.clock or zone_of(self.url)

    def trust(self) -> float:
        """Return the trust in this host's 304, from 0 (lied) to 1."""
        kept = self.state.get("trust")
        return UNPROVEN if kept is None else float(kept)

    def distrusted(self) -> bool:
        """Tell whether conditional requests are not worth making: the host lied less than a week ago."""
        probed = moment(self.state.get("full_probe"))
        lied = self.trust() <= LIAR and probed is not None and self.now - probed < FORGIVEN_AFTER
        return lied or self.liar

    def read(self, answer: Exchange) -> ParsedFeed:
        """Parse a full answer by the kind of this poll."""
        kind = answer.header("content-type")
        if self.source.is_channel:
            return parse_channel(self.source.protocol, answer.body, answer.final_url, self.now, kind)
        return parse_feed(answer.body, answer.final_url, self.now, kind, self.zone)

    async def read_sitemap(self, answer: Exchange, since: datetime | None = None) -> ParsedFeed:
        """Parse a sitemap, or an index with the sitemaps it names (one level): the newest, or those `since` then."""
        most = MAX_URLS if since is None else MAX_OLD_URLS
        found = parse_sitemap(answer.body, answer.final_url, self.now, self.zone, most)
        items, problem, cut, failed = list(found.items), found.problem, found.cut, []
        maps = maps_to_read(found, since, MAX_SUBMAPS)
        for url in maps:
            part = await self.fetcher.fetch(url, self.source.rules(self.delay), accept=FEED)
            read = parse_sitemap(part.body, part.final_url, self.now, self.zone, most) if part.outcome == ex.OK else None
            part.release()
            if read is None or read.outcome not in {"feed", "empty"}:
                failed.append(f"{url}: {read.problem if read else part.reason}")
            else:
                items += read.items
                cut = cut or read.cut
        if failed:
            problem = f"{len(failed)}/{len(maps)} sơ đồ trang con không đọc được; {failed[0]}"
        return ParsedFeed(found.outcome if items or not maps else "empty", tuple(items), problem, cut=cut, failed=bool(failed), index=bool(maps))

    def finish(self, store: Store, answer: Exchange, parsed: ParsedFeed | None, since: datetime | None = None) -> None:
        """Store what was found and how it went, in one transaction, and set this poll's one outcome."""
        self.exchange = answer
        row: dict[str, Any] = {"status": answer.status or None, "checked": stamp(self.now), "moved_to": answer.moved_to}
        with store.begin() as conn:
            if answer.outcome == ex.OK:
                self._take(conn, answer, parsed or self.read(answer), row, since)
            else:
                self.outcome, self.reason = answer.outcome, answer.reason
                if answer.outcome == ex.UNCHANGED:
                    self.items = int(self.state.get("item_count") or 0)
            if self.outcome in feeds.ANSWERED:
                self.still = still({**self.state, **row}, self.now)
                self.reason = self.reason or self.still[1]
            row |= {"outcome": self.outcome, "reason": self.reason}
            feeds.save(conn, self.url, self.source.id, **row)

    def robots_note(self) -> str:
        """Return why this host is asked by an old robots.txt, or an empty string."""
        return self.fetcher.robots_note(self.url)

    def _take(
        self, conn: frontier.Connection, answer: Exchange, parsed: ParsedFeed, row: dict[str, Any], since: datetime | None
    ) -> None:
        body_hash = hashlib.sha256(answer.body).hexdigest()
        self.items, self.reason = len(parsed.items), parsed.problem
        if parsed.outcome in {"not-a-feed", "too-large"}:
            self.outcome = parsed.outcome
            return
        items_hash = content_id(*(part for item in parsed.items for part in (item.url, item.title)))
        # What is met for the first time has no past under another address.
        met = bool(self.state.get("items_sha256"))
        aliases = known_by_title(conn, self.source.id, parsed.items) if met else Aliases()
        wanted = [item for item in parsed.items if item.url not in aliases.same]
        wanted, elsewhere = gone_elsewhere(conn, self.source, wanted)
        known = frontier.known_before(conn, [item.url for item in parsed.items], self.now)
        self.joined = len(known) + aliases.count
        self.holds = hold(parsed.items)
        self.new = frontier.add(conn, self._found(wanted, since), self.now)
        self.gap = self._gap(parsed, known) if not aliases.count else None
        signs = read_signs(self.state, parsed, self.new, aliases, self.now)
        self.odd = (signs.kind, signs.reason) if signs.kind or not parsed.failed else (FAILING, parsed.problem)
        if elsewhere:
            self.odd, self.reason = ("moved", elsewhere), elsewhere
        # What is out of order is read in full each time: a 304 would hide that it still is.
        # Nor is the next answer to be compared with the older pages that were read too.
        unsure = parsed.index or parsed.failed or bool(elsewhere) or since is not None
        if self.verifying:
            self._learn(row, items_hash)
        elif self.state.get("full_probe") is None:
            row |= {"trust": self.trust()}
        row |= {
            "etag": None if unsure else answer.header("etag") or None,
            "last_modified": None if unsure else answer.header("last-modified") or None,
            "body_sha256": body_hash, "items_sha256": items_hash, "item_count": self.items,
            **signs.columns, **self._missed(),
        }  # fmt: skip
        if self.verifying and row.get("trust") == 0.0:
            self.outcome, self.reason = "lied", "máy chủ trả 304 dù đã có tin mới; từ nay tải đầy đủ"
        elif answer.moved_to:
            self.outcome, self.reason = "moved", f"đã chuyển hẳn sang {answer.moved_to}"
        elif self.new:
            self.outcome = "new"
        elif parsed.outcome == "empty":
            self.outcome, self.reason = "empty", self.reason or "không có mục nào"
        else:
            self.outcome = ex.UNCHANGED if self.verifying else "same"
        if signs.kind and not self.reason:
            self.reason = signs.reason

    def _learn(self, row: dict[str, Any], items_hash: str) -> None:
        """Compare what the 304 claimed with what the full answer holds."""
        truthful = items_hash == self.state.get("items_sha256")
        row |= {"trust": round(min(1.0, self.trust() + STEP), 2) if truthful else 0.0, "full_probe": stamp(self.now)}

    def missing(self, store: Store, parsed: ParsedFeed) -> Gap | None:
        """Return the gap before an answer that is not stored yet."""
        with store.read() as conn:
            known = frontier.known_before(conn, [item.url for item in parsed.items], self.now)
        return self._gap(parsed, known)

    def fill(self, store: Store) -> None:
        """Note that what this answer missed was found by another way."""
        self.filled = True
        with store.begin() as conn:
            feeds.save(conn, self.url, self.source.id, missed_from=None, missed_to=None)

    def _gap(self, parsed: ParsedFeed, known: set[str]) -> Gap | None:
        first = self.now - SITEMAP_WINDOW
        if self.kind == "sitemap" and any(item.published is not None and item.published < first for item in parsed.items):
            # It names older stories than are taken out of it: it reaches back far enough.
            return None
        return find_gap(self.state, parsed.items, known, self.now)

    def _missed(self) -> dict[str, Any]:
        return {"missed_from": stamp(self.gap.begin), "missed_to": stamp(self.gap.end)} if self.gap is not None else {}

    def _found(self, items: Sequence[FeedItem], since: datetime | None) -> list[Found]:
        first = since or (self.now - SITEMAP_WINDOW if self.kind == "sitemap" else None)
        origin = {"sitemap": "sitemap", "list": "none"}.get(self.kind, "feed")
        found = []
        for item in items:
            if first and item.published and item.confidence > 0.2 and item.published < first:
                continue
            date_origin = origin if item.published else "none"
            found.append(
                Found(
                    item.url, self.source.id, host_of(item.url), item.title, item.sapo, item.published, date_origin,
                    item.modified,
                )  # fmt: skip
            )
        return found
