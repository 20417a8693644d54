"""The simulated day: outlets with four weeks behind them, a fault, its repair, and what the house made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from crawlers.collect import collect
from crawlers.registry import Registry
from pipelines.settings import Settings
from pipelines.store import Store, feeds, frontier
from pipelines.store import schema as tables
from pipelines.store.rows import insert_once, stamp
from tests.faults.plays import Fault
from tests.faults.world import Outlet, World

STEP = timedelta(hours=3)
DAY = timedelta(hours=24)
# Seconds: no machine is so busy that a healthy outlet of this world answers later; and for the outlets that never answer.
PATIENCE, IMPATIENCE = 20.0, 1.0


@dataclass
class Row:
    """What became of one fault."""

    fault: Fault
    statuses: list[tuple[float, str, str]] = field(default_factory=list)
    lost: int = 0
    stories: int = 0
    after: str = ""

    @property
    def named(self) -> float | None:
        """Hours after which an expected status was shown, or None."""
        return next((hours for hours, status, _ in self.statuses if status in self.fault.expected), None)

    @property
    def status(self) -> str:
        return self.statuses[-1][1]

    @property
    def reason(self) -> str:
        return next((reason for _, status, reason in reversed(self.statuses) if status in self.fault.expected), self.statuses[-1][2])

    @property
    def false_ok(self) -> bool:
        return self.status in {"ok", "new"}


@dataclass
class Desk:
    """The house under test."""

    world: World
    settings: Settings
    store: Store
    outlets: Sequence[Outlet]

    @classmethod
    def open(cls, world: World, data: Path, outlets: Sequence[Outlet]) -> Desk:
        settings = Settings(data=data, timeout=PATIENCE, max_bytes=2_000_000, delay=0)
        return cls(world, settings, Store.open(settings.store_url), outlets)

    def seed(self) -> None:
        """Give every outlet the four weeks that it has published, as found and done."""
        rows = [
            {"url": outlet.base + story.path, "source": outlet.name, "host": outlet.host, "title": story.title, "date_origin": "feed",
             "published": stamp(story.at), "discovered": stamp(story.at), "state": frontier.DONE, "outcome": "new"}
            for outlet in self.outlets for story in outlet.stories()
        ]  # fmt: skip
        with self.store.begin() as conn:
            insert_once(conn, tables.frontier, rows)

    def round(self) -> None:
        """Run one round of what is due at the world's time; only those that let us wait are waited for by the clock of the wall."""
        for dead, timeout in ((False, PATIENCE), (True, IMPATIENCE)):
            asked = tuple(outlet.source() for outlet in self.outlets if outlet.dead == dead)
            settings = self.settings.model_copy(update={"timeout": timeout})
            if asked:
                collect(settings, self.store, Registry(asked), now=self.world.now + dead * timedelta(milliseconds=1), only_due=True, resolver=self.world.resolver)

    def status(self, outlet: Outlet) -> tuple[str, str]:
        with self.store.read() as conn:
            row = feeds.source_state(conn, outlet.name) or {}
        return row.get("status", "new"), row.get("reason", "")

    def lost(self, outlet: Outlet, since: datetime, until: datetime) -> tuple[int, int]:
        """Return how many stories of that time have no capture of their true page, of how many."""
        query = select(tables.captures.c.url, tables.captures.c.body_sha256).where(tables.captures.c.source == outlet.name)
        with self.store.read() as conn:
            have = {(urlsplit(row.url).path, row.body_sha256) for row in conn.execute(query)}
        wanted = [story for story in outlet.stories(until) if story.at > since]
        pages = [(story.path, hashlib.sha256((outlet.page(story.path) or "").encode()).hexdigest()) for story in wanted]
        return sum(page not in have for page in pages), len(wanted)


def live(desk: Desk, until: datetime, step: timedelta, rows: Sequence[tuple[Row, Outlet]] = (), start: datetime | None = None) -> None:
    """Let time pass in steps, and note what is said of each outlet."""
    while desk.world.now < until:
        desk.world.now = min(desk.world.now + step, until)
        desk.round()
        for row, outlet in rows:
            assert start is not None
            row.statuses.append(((desk.world.now - start) / timedelta(hours=1), *desk.status(outlet)))
